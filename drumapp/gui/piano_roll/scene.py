"""What the roll's widgets draw from: one picture of the music, shared by canvas, ruler and lane header."""

from __future__ import annotations

from dataclasses import dataclass, field

from drumapp.core.kit import HOUSE_KIT, DrumKit
from drumapp.core.pattern import Pattern
from drumapp.core.timing import MetreMap, Range
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.note_index import NoteIndex
from drumapp.gui.theme import Colours


@dataclass
class Scene:
    """The music as the roll shows it.

    Attributes: end is the tick where the music stops, None while nobody knows (an endless take); loop the range that
    repeats, or None; playhead a tick.
    """

    colours: Colours
    view: View = field(default_factory=View)
    kit: DrumKit = HOUSE_KIT
    index: NoteIndex = field(default_factory=NoteIndex)
    metre: MetreMap = field(default_factory=MetreMap)
    length: int = 0
    end: int | None = None
    loop: Range | None = None
    playhead: float = 0.0
    key_hovered: int | None = None

    def show(self, pattern: Pattern, end: int | None) -> None:
        """Take up a pattern whose music ends at ``end``, None when that is open."""
        self.index = NoteIndex(pattern.notes)
        self.kit = HOUSE_KIT.with_keys({note.pitch for note in pattern.notes})
        self.metre = pattern.metre
        self.length = pattern.length
        self.end = end

    @property
    def rows(self) -> int:
        """How many lanes there are."""
        return len(self.kit.lanes)

    @property
    def extent(self) -> int:
        """Ticks that can be scrolled to: the music and a bar beyond, at least eight bars."""
        reach = max(self.length, self.end or 0)
        bars = max(self.metre.bar_at(max(reach - 1, 0)) + (1 if self.end else 2), 8)
        return self.metre.bar_start(bars)
