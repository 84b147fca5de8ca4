"""Sound: transport, synths, and the process they play in."""
