"""Surprise in the roll: notes in its colours, its legend, and its figures where the pointer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QToolTip

from drumapp.core.pattern import Note
from drumapp.gui.insight.legend import SurpriseLegend
from drumapp.gui.insight.surprise import tints_of_notes, unheard, words_of
from drumapp.gui.piano_roll.hit_test import place_at
from drumapp.gui.piano_roll.view import PianoRoll

if TYPE_CHECKING:
    from drumapp.lstm.listening import Listening

NOBODY = "Surprise: no drummer to be surprised"
DEAF = "Surprise: the drummer hears none of these notes"
BROKEN = "Surprise: could not be found out"


class SurpriseView(QObject):
    """``changed`` says that it is wanted now, or no more."""

    changed = Signal()

    def __init__(self, roll: PianoRoll, legend: SurpriseLegend) -> None:
        super().__init__(roll)
        self._roll, self._legend = roll, legend
        self._listening: Listening | None = None
        roll.canvas.installEventFilter(self)

    @property
    def wanted(self) -> bool:
        """Whether notes are coloured by it."""
        return self._roll.scene.by_surprise

    def set_wanted(self, wanted: bool) -> None:
        """Colour notes by surprise, or by their drums."""
        if wanted == self.wanted:
            return
        if wanted:
            self.forget("")
        else:
            self._listening = None
            self._roll.show_surprise(None)
        self._legend.setVisible(wanted)
        self.changed.emit()

    def show(self, listening: Listening) -> None:
        """Show how surprising the notes are, as far as the drummer has come."""
        if not self.wanted:
            return
        self._listening = listening
        index = self._roll.scene.index
        self._roll.show_surprise(tints_of_notes(listening, index.fields, index.tints))
        if not listening.complete:
            self._legend.say(f"Listening, {len(listening.bits) * 100 // len(listening.sources)} %")
        elif len(listening.notes) and not len(listening.sources):
            self._legend.say(DEAF, scale=False)
        else:
            count = unheard(listening)
            self._legend.say(f"{count} note{'s' if count > 1 else ''} not heard" if count else "")

    def forget(self, sentence: str) -> None:
        """There are no figures: say why, if there is a reason."""
        self._listening = None
        self._roll.show_surprise(np.int64(0))
        self._legend.say(sentence, scale=not sentence)

    def refresh(self) -> None:
        """The roll shows other notes: those that are still there keep their colours."""
        index = self._roll.scene.index
        if self.wanted and self._listening is not None and not index.tints.any():
            self.show(self._listening)

    def words_for(self, note: Note) -> str:
        """A note's surprise; nothing where it is not known."""
        listening = self._listening
        if listening is None:
            return ""
        places = np.flatnonzero((listening.notes == note).all(axis=1))
        events = np.flatnonzero(np.isin(listening.sources, places))
        if len(events) == 0:
            return "The drummer does not hear this note" if len(places) else ""
        event = int(events[0])
        if event >= len(listening.bits):
            return ""
        lane = self._roll.scene.kit.lane_of(note.pitch)
        name = lane.name if lane is not None else str(note.pitch)
        return f"{name}, {words_of(listening.bits[event].tolist(), listening.heads)}"

    def eventFilter(self, canvas, event) -> bool:
        """A tool tip with the figures of the note under the pointer."""
        if event.type() != QEvent.Type.ToolTip or self._listening is None:
            return False
        at = event.pos()
        note = place_at(self._roll.scene, at.x(), at.y()).note
        QToolTip.showText(event.globalPos(), "" if note is None else self.words_for(note), canvas)
        return True
