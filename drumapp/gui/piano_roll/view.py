"""The piano roll: canvas, ruler, lane header and scroll bars around one view of the music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QGridLayout, QScrollBar, QSplitter, QWidget

from drumapp.core.editing import Grid, Selection
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.piano_roll.canvas import RollCanvas
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.corner import Corner
from drumapp.gui.piano_roll.lane_header import LaneHeader
from drumapp.gui.piano_roll.ruler import Ruler
from drumapp.gui.piano_roll.scene import Band, Scene
from drumapp.gui.piano_roll.velocity_lane import FIRST_HEIGHT, VelocityHeader, VelocityLane
from drumapp.gui.theme import Colours

BARS_SHOWN_AT_FIRST = 8
TALLEST_ROW_AT_FIRST = 64.0
ZOOM_PER_NOTCH = 1.2
ZOOM_PER_KEY = 1.4
_NOTCH = 120.0  # Qt counts a wheel's notch as 120
_SCROLL_PX_PER_NOTCH = 90.0


class PianoRoll(QWidget):
    """Shows a pattern, and the playhead in it.

    Signals: sought (tick) when the ruler is clicked; auditioned (key, velocity) when a drum's name is; file_dropped
    (Path); velocity_height_changed (pixels) when the velocity lane is resized by hand.
    Attributes: follow, whether the pages turn with the playhead.
    """

    sought = Signal(int)
    auditioned = Signal(int, int)
    file_dropped = Signal(object)
    velocity_height_changed = Signal(int)

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene(colours)
        self.canvas = RollCanvas(self.scene)
        self.ruler = Ruler(self.scene)
        self.header = LaneHeader(self.scene)
        self.corner = Corner()
        self.velocity_header = VelocityHeader(self.scene)
        self.velocity_lane = VelocityLane(self.scene)
        self._playing = False
        self.follow = True
        self._following = True  # off from a scroll by hand until the playhead is in sight again
        self._zoomed_by_hand = False
        self._rows_zoomed_by_hand = False
        self._across = QScrollBar(Qt.Orientation.Horizontal)
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._setting_bars = False
        self._lay_out()
        self.corner.set_colours(colours)
        self.corner.show_tool(drawing=True)
        self.corner.show_snap(self.scene.snap)
        for surface in (self.canvas, self.ruler, self.header, self.velocity_lane):
            surface.wheeled.connect(self._wheel)
        self.canvas.resized.connect(self._resized)
        self.canvas.file_dropped.connect(self.file_dropped)
        self.ruler.sought.connect(self.sought)
        self.ruler.end_previewed.connect(self._preview_end)
        self.ruler.end_left.connect(lambda: self._preview_end(self.scene.length))
        self.header.auditioned.connect(self.auditioned)
        self._across.valueChanged.connect(self._scrolled)
        self._down.valueChanged.connect(self._scrolled)

    def _lay_out(self) -> None:
        lanes, velocities = QWidget(), QWidget()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setHandleWidth(5)
        self._split.addWidget(lanes)
        self._split.addWidget(velocities)
        self._split.setStretchFactor(0, 1)
        self._split.setCollapsible(0, False)
        self.set_velocity_height(FIRST_HEIGHT)
        upper, lower = _tight_grid(lanes), _tight_grid(velocities)
        self._gutter = QWidget()  # as wide as the scroll bar above, so that the ticks stand under each other
        upper.addWidget(self.header, 0, 0)
        upper.addWidget(self.canvas, 0, 1)
        upper.addWidget(self._down, 0, 2)
        lower.addWidget(self.velocity_header, 0, 0)
        lower.addWidget(self.velocity_lane, 0, 1)
        lower.addWidget(self._gutter, 0, 2)
        self._split.splitterMoved.connect(lambda *_: self.velocity_height_changed.emit(self.velocity_height))
        layout = _tight_grid(self)
        layout.addWidget(self.corner, 0, 0)
        layout.addWidget(self.ruler, 0, 1)
        layout.addWidget(self._split, 1, 0, 1, 2)
        layout.addWidget(self._across, 2, 1)

    @property
    def velocity_height(self) -> int:
        """Pixels the velocity lane takes; 0 while it is closed."""
        return self._split.sizes()[1]

    def set_velocity_height(self, height: int) -> None:
        """Give the velocity lane a height in pixels; 0 closes it."""
        self._split.setSizes([max(self.height() - height, 120), height])

    @property
    def view(self) -> View:
        """What is in sight."""
        return self.scene.view

    # What is shown

    def show_pattern(self, pattern: Pattern, end: int | None, *, refit: bool = False) -> None:
        """Show another pattern; ``end`` as in Scene. With ``refit`` the page begins at its start."""
        self.scene.show(pattern, end)
        self._fit_rows()
        if refit:
            self.zoom_to_first_bars()
        else:
            self._settle()

    def append_notes(self, notes: Sequence[Note], length: int) -> None:
        """Show notes that were just written at the end of the pattern, now ``length`` ticks long."""
        extent = self.scene.extent
        self.scene.append(notes, length)
        new_keys = {note.pitch for note in notes} - set(self.scene.kit.row_of_key)
        if new_keys and self.scene.fit_kit():
            self._fit_rows()
            self._settle()
            return
        self.canvas.add(notes)
        self.velocity_lane.redraw()
        if self.scene.extent != extent:
            self._set_scroll_bars()

    def show_kit(self, kit: DrumKit) -> None:
        """Show the lanes of another kit, or the same lanes mixed otherwise."""
        self.scene.own_kit = kit
        if self.scene.fit_kit():
            self._fit_rows()
            self._settle()

    def set_hide_empty(self, hide: bool) -> None:
        """Show only the lanes that have notes, or all."""
        self.scene.hide_empty = hide
        if self.scene.fit_kit():
            self._fit_rows()
            self._settle()

    def cancel_drag(self) -> bool:
        """Leave what is dragged in header or ruler where it was; whether something was."""
        return self.header.cancel_drag() or self.ruler.cancel_drag()

    @property
    def pointed_key(self) -> int | None:
        """MIDI key of the lane the pointer is over, in the header or the roll, or that the keyboard has chosen."""
        lane = self.header.pointed_lane
        if lane is None and self.canvas.underMouse():
            lane = self.header.lane_at(self.canvas.mapFromGlobal(QCursor.pos()).y())
        return None if lane is None else lane.key

    def set_end(self, end: int | None, length: int) -> None:
        """Say where the music ends, once that is known."""
        if (end, length) != (self.scene.end, self.scene.length):
            self.scene.end, self.scene.length = end, length
            self._settle()

    def _preview_end(self, end: int) -> None:
        """Show where the music would end; the page stays where it is."""
        self.scene.end = end
        self._redraw()

    def show_preview(self, pattern: Pattern, end: int | None, band: Band | None) -> None:
        """Show what a gesture would make of the pattern; the page stays where it is."""
        if pattern.notes is not self.scene.shown or end != self.scene.end:
            self.scene.show(pattern, end, fit=False)  # no lane shall vanish from under the hand
        self.scene.band = band
        self._redraw()

    def show_selection(self, selection: Selection) -> None:
        """Show which notes are selected."""
        self.scene.select(selection)
        self._redraw()

    def set_snap(self, grid: Grid) -> None:
        """Draw the lines of another snap grid."""
        self.scene.snap = grid
        self._redraw()

    def audition_drawn(self, key: int, velocity: int) -> None:
        """Let a note be heard that was just drawn; while the music plays it is heard in its place."""
        if not self._playing:
            self.auditioned.emit(key, velocity)

    def _redraw(self) -> None:
        self.canvas.redraw()
        self.velocity_lane.redraw()

    def set_loop(self, loop: Range | None, *, looping: bool) -> None:
        """Mark the range that repeats, or that would."""
        if (loop, looping) != (self.scene.loop, self.scene.looping):
            self.scene.loop, self.scene.looping = loop, looping
            self.ruler.update()

    def set_colours(self, colours: Colours) -> None:
        """Draw in another theme's colours."""
        self.scene.colours = colours
        self.corner.set_colours(colours)
        self.velocity_header.update()
        self._settle()

    def move_playhead(self, tick: float, *, playing: bool) -> None:
        """Draw the playhead at a tick; turn the page for it when it plays and is followed."""
        self._playing = playing
        before = self.scene.playhead
        if tick == before:
            return
        in_sight = self.view.left <= tick <= self.view.right
        if in_sight or not playing:
            self._following = True
        if self.follow and (self._following or not playing):
            page = self.view.turned_to(tick, self.scene.extent)
            if page is not None:
                self.scene.playhead = tick
                self._look_at(page)
                return
        self.canvas.move_playhead(tick)
        self.ruler.move_playhead(before, tick)

    # Zoom and scroll

    def zoom(self, factor: float) -> None:
        """Zoom around the playhead where it is in sight, else around the middle."""
        x = self.view.x_of(self.scene.playhead)
        self._zoom_at(factor, x if 0 <= x <= self.view.width else self.view.width / 2)

    def zoom_rows(self, factor: float) -> None:
        """Make lanes taller or lower."""
        self._rows_zoomed_by_hand = True
        self._look_at(self.view.zoomed_rows(factor, self.view.height / 2))

    def zoom_to_fit(self) -> None:
        """All of the music and all lanes on one page."""
        self._zoomed_by_hand = self._rows_zoomed_by_hand = False
        length = self.scene.end or self.scene.length or self.scene.extent
        self.scene.view = self.view.fitted(length)
        self._fit_rows()
        self._settle()

    def zoom_to_span(self, span: Range) -> None:
        """Some ticks from edge to edge."""
        self._zoomed_by_hand = True
        self._following = False
        view = self.view.fitted(span.length)
        self._look_at(replace(view, left=view.left + span.start))

    def zoom_to_first_bars(self) -> None:
        """The first page, eight bars at most: notes large enough to read."""
        self._zoomed_by_hand = False
        self._following = True
        self._fit_first_bars()
        self._settle()

    def _zoom_at(self, factor: float, x: float) -> None:
        self._zoomed_by_hand = True
        self._look_at(self.view.zoomed(factor, x))

    def _fit_first_bars(self) -> None:
        bars = BARS_SHOWN_AT_FIRST
        if self.scene.end:
            bars = min(max(self.scene.metre.bar_at(self.scene.end - 1) + 1, 1), bars)
        self.scene.view = self.view.fitted(self.scene.metre.bar_start(bars))

    def _fit_rows(self) -> None:
        if not self._rows_zoomed_by_hand:
            self.scene.view = self.view.fitted_rows(self.scene.rows, TALLEST_ROW_AT_FIRST)

    def _resized(self) -> None:
        first = self.view.width == 0
        size = self.canvas.size()
        self.scene.view = replace(self.view, width=float(size.width()), height=float(size.height()))
        if first or (not self._zoomed_by_hand and self.view.left <= 0):
            self._fit_first_bars()
        self._fit_rows()
        self._settle()

    def _wheel(self, event) -> None:
        delta, keys = event.angleDelta(), event.modifiers()
        notches = (delta.y() or delta.x()) / _NOTCH
        if keys & Qt.KeyboardModifier.ControlModifier:
            if keys & Qt.KeyboardModifier.ShiftModifier:
                self._rows_zoomed_by_hand = True
                self._look_at(self.view.zoomed_rows(ZOOM_PER_NOTCH**notches, event.position().y()))
            else:
                self._zoom_at(ZOOM_PER_NOTCH**notches, event.position().x())
            return
        overflowing = self.scene.rows * self.view.row_height > self.view.height + 1
        sideways = delta.x() != 0 or bool(keys & Qt.KeyboardModifier.ShiftModifier) or not overflowing
        moved = -notches * _SCROLL_PX_PER_NOTCH
        if sideways:
            self._following = False
            self._look_at(replace(self.view, left=self.view.left + moved / self.view.pixels_per_tick))
        else:
            self._look_at(replace(self.view, top=self.view.top + moved))

    def _scrolled(self) -> None:
        if self._setting_bars:
            return
        self._following = False
        least = self.view.clamped(-1e18, self.scene.rows).left
        left = least + self._across.value() / self.view.pixels_per_tick
        self._look_at(replace(self.view, left=left, top=float(self._down.value())))

    def _look_at(self, view: View) -> None:
        self.scene.view = view
        self._settle()

    def _settle(self) -> None:
        """Keep the view where there is music, and draw everything anew."""
        self.scene.view = self.view.clamped(self.scene.extent, self.scene.rows)
        self._set_scroll_bars()
        self._redraw()
        self.ruler.update()
        self.header.update()

    def _set_scroll_bars(self) -> None:
        view = self.view
        least = view.clamped(-1e18, self.scene.rows).left
        most = view.clamped(self.scene.extent, self.scene.rows)
        reach = replace(view, left=1e18, top=1e18).clamped(self.scene.extent, self.scene.rows)
        self._setting_bars = True
        self._across.setPageStep(round(view.width))
        self._across.setRange(0, round((reach.left - least) * view.pixels_per_tick))
        self._across.setValue(round((most.left - least) * view.pixels_per_tick))
        self._down.setPageStep(round(view.height))
        self._down.setRange(0, round(reach.top))
        self._down.setValue(round(most.top))
        self._down.setVisible(reach.top > 0)
        self._gutter.setFixedWidth(self._down.sizeHint().width() if reach.top > 0 else 0)
        self._setting_bars = False


def _tight_grid(widget: QWidget) -> QGridLayout:
    layout = QGridLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
