"""MIDI ports and whose time is kept: chosen in a dialog, remembered, and what becomes of them shown."""
