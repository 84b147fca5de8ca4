"""Synthesis of the built-in drum kit: every sound is computed here, no recording is used."""
