"""Writing together: going on from a flag, locks, alternatives for some bars, trading bars."""
