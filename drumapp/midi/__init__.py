"""Standard MIDI Files to patterns and back."""
