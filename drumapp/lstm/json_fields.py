"""Values read from a stranger's JSON, checked by type: each refusal is a ValueError that names the field."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from reprlib import repr as short

from drumapp.core.project import Fields, Json

_LARGEST = 2**63 - 1


def number(value: Fields, name: str) -> float:
    """A finite number."""
    found = value.get(name)
    if type(found) is float and math.isfinite(found):
        return found
    if type(found) is int and abs(found) <= _LARGEST:
        return float(found)
    raise ValueError(f"{name} must be a number, not {short(found)}")


def whole(value: Fields, name: str) -> int:
    """A whole number that 64 bits hold."""
    found = value.get(name)
    if type(found) is int and abs(found) <= _LARGEST:
        return found
    raise ValueError(f"{name} must be a whole number, not {short(found)}")


def flag(value: Fields, name: str) -> bool:
    """True or false."""
    found = value.get(name)
    if isinstance(found, bool):
        return found
    raise ValueError(f"{name} must be true or false, not {short(found)}")


def text(value: Fields, name: str) -> str:
    """Text."""
    found = value.get(name)
    if isinstance(found, str):
        return found
    raise ValueError(f"{name} must be text, not {short(found)}")


def items(value: Fields, name: str) -> Sequence[Json]:
    """A list."""
    found = value.get(name)
    if isinstance(found, Sequence) and not isinstance(found, str):
        return found
    raise ValueError(f"{name} must be a list, not {short(found)}")


def wholes(value: Json, name: str, length: int) -> list[int]:
    """A list of so many whole numbers."""
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == length:
        return [whole({name: item}, name) for item in value]
    raise ValueError(f"{name} must be {length} whole numbers, not {short(value)}")


def mapping(value: Json, name: str) -> Fields:
    """An object."""
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"{name} must be an object, not {short(value)}")


def refuse_unknown(value: Fields, known: set[str], what: str) -> None:
    """Refuse fields that this version does not know: it could not replay what they mean."""
    if odd := sorted(set(value) - known):
        raise ValueError(f"this version does not know these fields of {what}: {', '.join(odd)}")
