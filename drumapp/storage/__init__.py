"""Project files, the journal that outlives a crash, and recovery from it."""
