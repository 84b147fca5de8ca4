"""Music as values: time, kits, notes and patterns. Imports nothing outside the standard library."""
