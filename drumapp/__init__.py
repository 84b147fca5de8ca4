"""Drumapp: a desktop drum machine that writes its own beats."""

__version__ = "0.1.0"
