"""Tempo and metre of a file: MIDI's microseconds and powers of two to the program's maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drumapp.core.timing import (
    DEFAULT_TEMPO,
    MAX_TEMPO,
    MIN_TEMPO,
    Metre,
    MetreChange,
    MetreMap,
    TempoChange,
    TempoMap,
)
from drumapp.midi.errors import Fault, MidiFileError
from drumapp.midi.resolution import from_file

_MICROSECONDS_PER_MINUTE = 60_000_000


def microseconds(bpm: float) -> int:
    """Microseconds a quarter, whole as MIDI stores them, of a tempo."""
    return round(_MICROSECONDS_PER_MINUTE / bpm)


def beats_per_minute(stored: int) -> float:
    """The tempo of stored microseconds, to the fewest decimals they could stand for: 97, not 96.99995."""
    exact = _MICROSECONDS_PER_MINUTE / stored
    for decimals in range(7):
        rounded = round(exact, decimals)
        if rounded and microseconds(rounded) == stored:
            return rounded
    return exact


def tempo_map(tempos: Iterable[tuple[int, int]], resolution: int, exact: Mapping[int, float]) -> TempoMap:
    """The tempo through time of (tick, microseconds a quarter).

    Args: resolution of the file; exact, tempos by the file's tick that a file tells beside its microseconds, used where
    they fit these.
    Raises MidiFileError, with a clause that goes on from "Cannot open NAME: ", for tempos outside 20-400.
    """
    changes = {0: DEFAULT_TEMPO}  # what the specification says for files that do not tell
    for tick, stored in tempos:
        if stored == 0:
            raise MidiFileError("it is damaged (a tempo of no time a beat)")
        bpm = beats_per_minute(stored)
        if not MIN_TEMPO <= bpm <= MAX_TEMPO:
            raise MidiFileError(
                f"its tempo of {bpm:,.4g} beats a minute is outside {MIN_TEMPO:g} to {MAX_TEMPO:g};"
                " change it in the program that made the file",
                Fault.UNSUPPORTED,
            )
        told = exact.get(tick, bpm)
        if MIN_TEMPO <= told <= MAX_TEMPO and microseconds(told) == stored:
            bpm = told
        changes[from_file(tick, resolution)] = bpm
    return TempoMap(tuple(TempoChange(tick, bpm) for tick, bpm in sorted(changes.items())))


def metre_map(metres: Iterable[tuple[int, int, int]], resolution: int) -> MetreMap:
    """The metre through time of (tick, numerator, denominator).

    Raises MidiFileError, with a clause that goes on from "Cannot open NAME: ", for metres that cannot be counted.
    """
    changes = {0: Metre()}
    for tick, numerator, denominator in metres:
        try:
            changes[from_file(tick, resolution)] = Metre(numerator, denominator)
        except ValueError as error:
            written = f"{numerator}/{denominator}" if denominator else f"{numerator}/(2 to a high power)"
            raise MidiFileError(f"its time signature {written} cannot be used ({error})", Fault.UNSUPPORTED) from error
    return MetreMap(tuple(MetreChange(tick, metre) for tick, metre in sorted(changes.items())))
