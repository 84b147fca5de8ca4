"""What a drummer at work needs to know besides its notes: what was requested, what the user did meanwhile. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from drumapp.core.pattern import Note
from drumapp.core.timing import MetreMap
from drumapp.gui.generation import NOTHING_TURNED, GenerationRun, Request, Turned

if TYPE_CHECKING:
    from drumapp.lstm.take_settings import GeneratorSettings

PREPARATION_SECONDS = 0.08
SECONDS_A_NOTE = 0.0001
MOST_SECONDS = 0.4


@dataclass
class Writing:
    """A run, and what the user has done since it was requested.

    Attributes: run, request; touched, notes that the user put into the take and that the drummer therefore leaves;
    stale_from: the tick from which on the drummer should write otherwise, None while nothing has changed; turned, what
    is to be turned there; settings, those that hold from there on but for what was turned.
    """

    run: GenerationRun
    request: Request
    settings: GeneratorSettings = field(init=False)
    touched: set[Note] = field(default_factory=set)
    stale_from: int | None = None
    turned: Turned = NOTHING_TURNED

    def __post_init__(self) -> None:
        self.settings = self.request.settings

    def touch(self, removed: Iterable[Note], added: Iterable[Note], metre: MetreMap) -> None:
        """The user changed notes: from the beat after the last of them on the drummer heard something else."""
        removed, added = set(removed), set(added)
        self.touched = (self.touched - removed) | added
        changed = removed | added
        if changed:
            self.make_stale(beat_after(max(note.start for note in changed), metre))

    def make_stale(self, tick: int = 0) -> None:
        """From a tick on, or as soon as may be, the drummer should write otherwise."""
        self.stale_from = max(tick, self.stale_from or 0)

    def adjust(self, wanted: GeneratorSettings) -> None:
        """Take up other settings, as far as a take can: its seed, tempo, metre and fresh memory stay."""
        settings = replace(self.settings, style=wanted.style, feel=wanted.feel, playable=wanted.playable)
        time, pitch = temperatures_in_force(self.settings, _over(self.request.turned, self.turned))
        turned = replace(
            self.turned,
            time_temperature=wanted.time_temperature if wanted.time_temperature != time else None,
            pitch_temperature=wanted.pitch_temperature if wanted.pitch_temperature != pitch else None,
        )
        turned = _over(self.turned, turned)
        if settings != self.settings or turned != self.turned:
            self.settings, self.turned = settings, turned
            self.make_stale()

    def freshen(self, memory_range: float) -> None:
        """Draw the memory anew, as soon as may be."""
        self.turned = replace(self.turned, fresh=memory_range)
        self.make_stale()


def temperatures_in_force(settings: GeneratorSettings, turned: Turned = NOTHING_TURNED) -> tuple[float, float]:
    """The temperatures of time and of drums at the end of a take, and of what is about to be turned."""
    last = settings.changes[-1] if settings.changes else settings
    time = last.time_temperature if turned.time_temperature is None else turned.time_temperature
    pitch = last.pitch_temperature if turned.pitch_temperature is None else turned.pitch_temperature
    return time, pitch


def beat_after(tick: int, metre: MetreMap) -> int:
    """The first beat after a tick."""
    return next_beat(tick + 1, metre)


def next_beat(tick: int, metre: MetreMap) -> int:
    """The first beat at or after a tick."""
    bar = metre.bar_at(max(tick, 0))
    start, stop = metre.bar_start(bar), metre.bar_start(bar + 1)
    beat = metre.metre_at(start).ticks_per_beat
    return min(start + -(-(max(tick, 0) - start) // beat) * beat, stop)


def preparation_seconds(notes_to_hear: int) -> float:
    """How long a drummer may take before its first note, at the most: it hears again what has changed."""
    return min(PREPARATION_SECONDS + notes_to_hear * SECONDS_A_NOTE, MOST_SECONDS)


def _over(before: Turned, now: Turned) -> Turned:
    """What is turned now over what was to be turned before."""
    return Turned(
        before.time_temperature if now.time_temperature is None else now.time_temperature,
        before.pitch_temperature if now.pitch_temperature is None else now.pitch_temperature,
        before.fresh if now.fresh is None else now.fresh,
    )
