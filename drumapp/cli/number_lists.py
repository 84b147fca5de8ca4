"""Lists of whole numbers as they are typed, such as 36-38,40, or in a file."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

_MOST = 10_000
_LARGEST_FILE = 1 << 20


def number_list(text: str) -> tuple[int, ...]:
    """The numbers of a list, or of the file of that name. Raises ArgumentTypeError for what is neither."""
    if re.fullmatch(r"[\d\s,-]+", text):
        return _numbers(text, text)
    path = Path(text)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise argparse.ArgumentTypeError(f"{text} is too large for a list of numbers")
        content = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a list of numbers, such as 36-38,40, nor a file that holds one"
        ) from None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return _numbers(content, text)
    if not isinstance(found, list) or not all(type(number) is int and number >= 0 for number in found):
        raise argparse.ArgumentTypeError(f"{text} holds no list of whole numbers")
    if len(found) > _MOST:
        raise argparse.ArgumentTypeError(f"{text} holds more than {_MOST:,} numbers")
    return tuple(found)


def _numbers(text: str, shown: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for word in re.split(r"[,\s]+", text.strip().strip(",")):
        match = re.fullmatch(r"(\d{1,7})(?:-(\d{1,7}))?", word)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not first <= last or last - first + len(numbers) > _MOST:
            raise argparse.ArgumentTypeError(f"{shown[:60]!r} is no list of numbers such as 36-38,40")
        numbers += range(first, last + 1)
    return tuple(numbers)
