"""What the playing process plays: the document but for what is withheld, or something in its stead, and what of it is
repeated. No Qt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drumapp.core import editing
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.document import Document

if TYPE_CHECKING:
    from drumapp.playback.engine import PlaybackEngine


class SoundingMusic:
    """Tells an engine of a document.

    Attributes: looping, whether a finished pattern is repeated; listened: ticks to repeat in the loop's stead; aside:
    what plays in the document's stead, if anything does.
    """

    def __init__(self, document: Document, engine: PlaybackEngine) -> None:
        self.looping = True
        self.listened: Range | None = None
        self.aside: Pattern | None = None
        self._document = document
        self._engine = engine
        self._withheld: frozenset[Note] = frozenset()

    @property
    def loop(self) -> Range | None:
        """The ticks that are repeated as it is now; None while nothing is."""
        if self.aside is not None:
            return Range(0, self.aside.length)
        if self._document.in_take or self._document.pattern.length == 0:
            return None
        if self.listened is not None:
            return self.listened
        return self._document.project.loop_span if self.looping else None

    def put_aside(self, pattern: Pattern) -> None:
        """Play what is not in the document, over and over, until the document's pattern is sent again."""
        self.aside = pattern
        self._engine.set_pattern(pattern)
        self.send_loop()

    def withhold(self, notes: frozenset[Note]) -> None:
        """Keep these notes from being played, and no others, whether they are in the music or come into it."""
        changed, self._withheld = self._withheld ^ notes, notes
        pattern = self._document.pattern
        if editing.remove(pattern, changed).pattern is not pattern:
            self.send_pattern()

    def send_pattern(self) -> None:
        """Play the document's pattern."""
        self.aside = None
        self._engine.set_pattern(editing.remove(self._document.pattern, self._withheld).pattern)

    def send_loop(self) -> None:
        """Repeat what is to be repeated."""
        self._engine.set_loop(self.loop)

    def send_kit(self) -> None:
        """Play by the document's kit."""
        self._engine.set_kit(self._document.kit)
