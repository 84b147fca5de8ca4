"""A look into a model's mind. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.gui.insight.insight import H, MemoryFilm, Stroke, WhatElse

if TYPE_CHECKING:
    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.listening import Guess, Listening
    from drumapp.lstm.take_settings import GeneratorSettings

NEAR_TICKS = 40  # two places on the drummer's grid: one drum struck so close to another time is the same stroke, looser
_GUESSES = 400


class ModelInsight:
    """See :class:`drumapp.gui.insight.insight.Insight`. It has a stepper of its own: the drummer may play meanwhile."""

    def __init__(self, model: DrumModel) -> None:
        from drumapp.lstm.listening import Listener
        from drumapp.lstm.remembering import MemoryWatch
        from drumapp.lstm.stepper import Stepper

        stepper = Stepper(model)
        self._listener = Listener(model, stepper)
        self._watch = MemoryWatch(model, stepper)
        self._grid = model.vocabulary.grid
        self._pattern = Pattern()

    def hear(self, pattern: Pattern) -> Iterator[None]:
        """See :meth:`Insight.hear`."""
        self._pattern = pattern
        return self._listener.hear(pattern)

    @property
    def listening(self) -> Listening:
        """See :attr:`Insight.listening`."""
        return self._listener.listening

    def what_else(self, note: Note, count: int) -> WhatElse | None:
        """See :meth:`Insight.what_else`."""
        notes = self._pattern.notes
        place = notes.index_of(note)
        found = np.flatnonzero(self._listener.listening.sources == place)
        if place == len(notes) or notes[place] != note or not len(found):
            return None
        tick = self._grid.nominal(note.start)
        guesses = self._listener.guesses(int(found[0]), _GUESSES)
        return what_else(note, tick, guesses, self._pattern, count)

    def follow(self, pattern: Pattern, settings: GeneratorSettings) -> Iterator[None]:
        """See :meth:`Insight.follow`."""
        return self._watch.follow(settings, pattern)

    def film(self, half: str) -> MemoryFilm:
        """See :meth:`Insight.film`."""
        memory = self._watch.through_time
        values = np.stack([held.h if half == H else held.c for held in memory.memories])
        return MemoryFilm(half, memory.ticks, values, memory.fresh)


def what_else(note: Note, tick: int, guesses: Iterable[Guess], pattern: Pattern, count: int) -> WhatElse:
    """Strokes in a note's stead, of guesses with the likeliest first.

    Guesses of one drum that lie close together are one stroke, as likely as they are together; those close to the note
    itself are the stroke it is. What stands there already, as another of the pattern's notes, is left out, and so is
    what would lie beyond the pattern's end.

    Args: tick, where the note lies on the drummer's grid.
    """
    strokes = [Stroke(tick, note.pitch, 0.0)]
    for guess in guesses:
        near = (at for at, known in enumerate(strokes) if known.key == guess.key and _near(known.tick, guess.tick))
        at = next(near, None)
        if at is not None:
            known = strokes[at]
            strokes[at] = Stroke(known.tick, known.key, known.probability + guess.probability)
        elif guess.tick + note.start - tick < pattern.length and not _stands(guess, note, pattern.notes):
            strokes.append(Stroke(guess.tick, guess.key, guess.probability))
    others = sorted(strokes[1:], key=lambda stroke: -stroke.probability)
    return WhatElse(note, strokes[0], tuple(others[:count]))


def _near(one: int, other: int) -> bool:
    return abs(one - other) <= NEAR_TICKS


def _stands(guess: Guess, note: Note, notes: NoteRun) -> bool:
    """Whether a guess is another of the notes."""
    first, stop = notes.index_from(guess.tick - NEAR_TICKS), notes.index_from(guess.tick + NEAR_TICKS + 1)
    return any(standing.pitch == guess.key and standing != note for standing in notes[first:stop])
