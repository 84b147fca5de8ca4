"""Which files of a folder are wanted: by tempo, metre, folder, style, length and so on, or one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from drumapp.core.timing import Metre

Span = tuple[float, float]


@dataclass(frozen=True)
class Filters:
    """What a file must be to be accepted. What is None or empty holds for every file.

    Attributes: ``fewest_notes``; ``tempo``, from and to, quarter notes a minute, at the start; ``metres``, such as
    "4/4", at the start; ``folders``, paths of which the file must lie in one; ``styles``, of which it must be one;
    ``bars``, from and to; ``density``, from and to, notes a quarter note; ``resolutions``, ticks a quarter;
    ``excluded`` and ``included``, paths of files or folders that are left out, or taken whatever the other filters say;
    the closest path around a file counts. ``duplicates`` takes files that play the same notes as another.

    Raises ValueError, naming the field, for a span that ends before it begins or a metre that is none.
    """

    fewest_notes: int = 2
    tempo: Span | None = None
    metres: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    bars: Span | None = None
    density: Span | None = None
    resolutions: tuple[int, ...] = ()
    excluded: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    duplicates: bool = False

    def __post_init__(self) -> None:
        for name in ("tempo", "bars", "density"):
            span = getattr(self, name)
            if span is not None and not span[0] <= span[1]:
                raise ValueError(f"{name} must be from a number to a greater one, not {span[0]:g} to {span[1]:g}")
        if self.fewest_notes < 1:
            raise ValueError("fewest_notes must be at least 1")
        for metre in self.metres:
            Metre.parse(metre)

    def to_json(self) -> dict[str, Any]:
        """What differs from no filter at all, as a value json can write."""
        usual = Filters()
        return {name: value for name, value in asdict(self).items() if value != getattr(usual, name)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Filters:
        """Read what :meth:`to_json` wrote; raises ValueError when it is not that."""
        if odd := sorted(set(value) - {entry.name for entry in fields(cls)}):
            raise ValueError(f"there are no such filters: {', '.join(odd)}")
        read: dict[str, Any] = {}
        for name, given in value.items():
            read[name] = _READERS[name](name, given)
        return cls(**read)


def _span(name: str, value: Any) -> Span | None:
    if value is None:
        return None
    if isinstance(value, list | tuple) and len(value) == 2 and all(_is_number(bound) for bound in value):
        return float(value[0]), float(value[1])
    raise ValueError(f"{name} must be two numbers")


def _whole(name: str, value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"{name} must be a whole number")
    return value


def _flag(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"{name} must be true or false")
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return tuple(value)
    raise ValueError(f"{name} must be a list of texts")


def _wholes(name: str, value: Any) -> tuple[int, ...]:
    if isinstance(value, list | tuple) and all(type(number) is int for number in value):
        return tuple(value)
    raise ValueError(f"{name} must be a list of whole numbers")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_READERS = {
    "fewest_notes": _whole,
    "tempo": _span,
    "metres": _texts,
    "folders": _texts,
    "styles": _texts,
    "bars": _span,
    "density": _span,
    "resolutions": _wholes,
    "excluded": _texts,
    "included": _texts,
    "duplicates": _flag,
}
