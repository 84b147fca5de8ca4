"""What the roll's widgets draw from: one picture of the music, shared by canvas, ruler and lane header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drumapp.core.editing import NOTHING, Grid, Selection
from drumapp.core.kit import HOUSE_KIT, DrumKit
from drumapp.core.kit_editing import lanes_of
from drumapp.core.locks import Locks
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import MetreMap, Range
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.note_index import NoteIndex
from drumapp.gui.theme import Colours

_FEW = 4  # to sort a share of the notes less than this takes no longer than to look at all of them


@dataclass(frozen=True, slots=True)
class Band:
    """A rubber band: ticks, and rows from the first to the last, both included."""

    span: Range
    first_row: int
    last_row: int


@dataclass
class Scene:
    """The music as the roll shows it.

    Attributes: own_kit is the project's, kit the lanes that are shown: those of the project and of whatever else is
    played, with ``hide_empty`` only those that have notes; end is the tick where the music stops, None while nobody
    knows (an endless take); loop the range that repeats while ``looping``; playhead a tick; flag the tick at which the
    drummer would go on, None while it stands nowhere; regions the spans that the drummer writes anew; snap the grid
    that edits snap to; selection the selected notes; locks those that the drummer leaves as they are, besides whole
    lanes; band the rubber band; cell what the keyboard's cursor is on, while it shows; by_surprise, whether the notes'
    tints say how surprising they are, and take the place of their drums' hues.
    """

    colours: Colours
    view: View = field(default_factory=View)
    own_kit: DrumKit = HOUSE_KIT
    hide_empty: bool = False
    kit: DrumKit = HOUSE_KIT
    index: NoteIndex = field(default_factory=NoteIndex)
    metre: MetreMap = field(default_factory=MetreMap)
    length: int = 0
    end: int | None = None
    loop: Range | None = None
    looping: bool = False
    playhead: float = 0.0
    flag: int | None = None
    regions: tuple[Range, ...] = ()
    snap: Grid = field(default_factory=Grid)
    band: Band | None = None
    cell: Band | None = None
    by_surprise: bool = False
    selection: Selection = NOTHING
    locks: Locks = frozenset()
    _notes: NoteRun = field(default_factory=NoteRun)
    _locked: NoteIndex | None = None
    _selected: NoteIndex | None = None  # found when it is asked for: selection and notes change one after the other

    def show(self, pattern: Pattern, end: int | None, *, fit: bool = True) -> None:
        """Take up a pattern whose music ends at ``end``, None when that is open; ``fit`` its lanes to it."""
        self.index = self.index.exchanged(self._notes, pattern.notes)
        self._notes = pattern.notes
        self._selected = None
        if fit:
            self.fit_kit()
        self.metre = pattern.metre
        self.length = pattern.length
        self.end = end

    def fit_kit(self) -> bool:
        """Give every key that is played a lane, and where that is asked for no other; whether the lanes are others."""
        before, played = self.kit, set(self.index.pitches.tolist())
        self.kit = self.own_kit.with_keys(played)
        if self.hide_empty and played:
            self.kit = lanes_of(self.kit, played)
        return self.kit != before

    def append(self, notes: Sequence[Note], pattern: Pattern) -> None:
        """Take up notes that were written at the end of the music. Args: pattern, all of it, with them."""
        aligned = len(self._notes) == len(self.index)
        self.index.append(notes)
        before, whole = self._notes, self._notes.with_notes(notes)
        if not aligned or (*before[-1:], *notes) != whole[max(len(before) - 1, 0) :]:
            # They came in another order than the pattern's: the next one is read anew.
            self._notes = NoteRun()
        else:
            # The pattern's own where it is the same, for that shares what it holds; a preview has other notes.
            self._notes = pattern.notes if whole == pattern.notes else whole
        self.length = pattern.length

    def select(self, selection: Selection) -> None:
        """Show which notes are selected, of those that are shown."""
        if selection != self.selection:
            self.selection = selection
            self._selected = None

    @property
    def selected(self) -> NoteIndex:
        """The selected notes."""
        if self._selected is None:
            if len(self.selection) * _FEW < len(self.index) or len(self._notes) < len(self.index):
                self._selected = NoteIndex(sorted(self.selection))
            else:
                self._selected = self.index.where(map(self.selection.__contains__, self._notes))
        return self._selected

    def lock(self, locks: Locks) -> None:
        """Show which notes are locked."""
        if locks != self.locks:
            self.locks, self._locked = locks, None

    @property
    def locked(self) -> NoteIndex:
        """The notes that are locked one by one."""
        if self._locked is None:
            self._locked = NoteIndex(sorted(self.locks))
        return self._locked

    @property
    def locked_rows(self) -> frozenset[int]:
        """The rows of lanes that are locked."""
        return frozenset(row for row, lane in enumerate(self.kit.lanes) if lane.locked)

    @property
    def shown(self) -> NoteRun:
        """The notes that were shown last."""
        return self._notes

    @property
    def rows(self) -> int:
        """How many lanes there are."""
        return len(self.kit.lanes)

    @property
    def muted_rows(self) -> frozenset[int]:
        """The rows of lanes that mute and solo keep from being heard."""
        heard = self.kit.heard_keys
        return frozenset(row for row, lane in enumerate(self.kit.lanes) if lane.key not in heard)

    @property
    def extent(self) -> int:
        """Ticks that can be scrolled to: the music and a bar beyond, at least eight bars."""
        reach = max(self.length, self.end or 0)
        bars = max(self.metre.bar_at(max(reach - 1, 0)) + (1 if self.end else 2), 8)
        return self.metre.bar_start(bars)
