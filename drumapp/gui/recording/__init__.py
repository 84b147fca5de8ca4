"""Pads and controls of MIDI devices: what is played on them is recorded, what they are bound to is done."""
