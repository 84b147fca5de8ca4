"""Every figure that is quoted comes from one of these: ``python -m benchmarks.NAME [--json]``."""
