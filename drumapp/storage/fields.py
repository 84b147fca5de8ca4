"""Values from a stranger's file, checked one field at a time: each refusal names the field."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from reprlib import Repr
from typing import Any, NoReturn

from drumapp.core.project import Fields

_SHORT = Repr()
_SHORT.maxlong = 20

Stored = Mapping[str, Any]


class FieldError(ValueError):
    """A value that makes no sense; a clause that names the field, without the file."""


class NotJsonError(ValueError):
    """Text that is not JSON, or is cut off."""


def refuse(field: str, wanted: str, value: object) -> NoReturn:
    """Raise FieldError: ``field`` must be ``wanted``."""
    raise FieldError(f"{field} must be {wanted}, not {_SHORT.repr(value)}")


def parse_object(text: bytes) -> dict[str, Any]:
    """The JSON object in ``text``. Raises NotJsonError unless it is one; NaN and infinity are not JSON."""
    try:
        parsed = _DECODER.decode(text.decode())
    except FieldError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from error
    if not isinstance(parsed, dict):
        raise NotJsonError("not an object")
    return parsed


def to_json(value: object) -> bytes:
    """JSON in ASCII on one line. Raises FieldError for what JSON cannot say."""
    try:
        return _ENCODER.encode(value).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise FieldError(f"a value cannot be stored: {error}") from error


def whole(field: str, value: object, low: int, high: int) -> int:
    """A whole number between ``low`` and ``high``, both allowed."""
    if type(value) is not int or not low <= value <= high:
        refuse(field, f"a whole number from {low} to {high}", value)
    return value


def number(field: str, value: object, low: float, high: float) -> float:
    """A number between ``low`` and ``high``, both allowed."""
    if type(value) not in (int, float) or not isinstance(value, int | float):
        refuse(field, f"a number from {low:g} to {high:g}", value)
    if not (low <= value <= high and math.isfinite(value)):
        refuse(field, f"{low:g} to {high:g}", value)
    return value


def text(field: str, value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        refuse(field, "text", value)
    return value


def flag(field: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        refuse(field, "true or false", value)
    return value


def listed(field: str, value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        refuse(field, "a list", value)
    return value


def mapping(field: str, value: object) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        refuse(field, "an object", value)
    return value


def others(stored: Stored, known: frozenset[str]) -> Fields:
    """The fields that are not among the known ones."""
    return {name: value for name, value in stored.items() if name not in known}


def _refuse_constant(name: str) -> NoReturn:
    raise FieldError(f"{name} is not a number that a file can hold")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse_constant(_SHORT.repr(digits))
    return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


# Made once: a file has thousands of lines, and making one takes longer than a line.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_plain)
