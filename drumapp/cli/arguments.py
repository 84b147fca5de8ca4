"""Arguments that are numbers within bounds, for all commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def number(what: str, least: float, most: float, unit: str = "") -> Callable[[str], float]:
    """Reads a number from ``least`` to ``most``; others are refused in a sentence that calls them not ``what``."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = least - 1.0
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {least:g} to {most:g} {unit}".rstrip())
        return value

    return read


def whole_number(what: str, least: int, most: int, unit: str = "") -> Callable[[str], int]:
    """Reads a whole number, as `number` does."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {least} to {most} {unit}".rstrip())
        return int(text)

    return read
