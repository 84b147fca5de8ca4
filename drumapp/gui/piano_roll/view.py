"""The piano roll: canvas, ruler, lane header, velocity and memory lane, and overview around one view of the music."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QGridLayout, QScrollBar, QSplitter, QWidget

from drumapp.core.editing import Grid, Selection
from drumapp.core.kit import DrumKit
from drumapp.core.locks import Locks
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.insight.memory_lane import MemoryHeader, MemoryLane
from drumapp.gui.piano_roll.canvas import RollCanvas
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.corner import Corner
from drumapp.gui.piano_roll.lane_header import LaneHeader
from drumapp.gui.piano_roll.navigation import Navigation
from drumapp.gui.piano_roll.overview import Overview
from drumapp.gui.piano_roll.ruler import Ruler
from drumapp.gui.piano_roll.scene import Band, Scene
from drumapp.gui.piano_roll.velocity_lane import FIRST_HEIGHT, VelocityHeader, VelocityLane
from drumapp.gui.theme import Colours

_LANES, _VELOCITY, _MEMORY = range(3)  # the panes, from above
_LEAST_LANES_PX = 120


class PianoRoll(QWidget):
    """Shows a pattern, and the playhead in it.

    Signals: sought (tick) when the ruler is clicked; auditioned (key, velocity) when a drum's name is; file_dropped
    (Path); velocity_height_changed and memory_height_changed (pixels) when a lane is resized by hand.
    Attributes: scene; navigation; and the parts it is made of.
    """

    sought = Signal(int)
    auditioned = Signal(int, int)
    file_dropped = Signal(object)
    velocity_height_changed = Signal(int)
    memory_height_changed = Signal(int)

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene(colours)
        self.canvas = RollCanvas(self.scene)
        self.ruler = Ruler(self.scene)
        self.header = LaneHeader(self.scene)
        self.corner = Corner()
        self.velocity_header = VelocityHeader(self.scene)
        self.velocity_lane = VelocityLane(self.scene)
        self.memory_header = MemoryHeader(self.scene)
        self.memory_lane = MemoryLane(self.scene)
        self.overview = Overview(self.scene)
        self.navigation = Navigation(self.scene, self)
        self._playing = False
        self._lanes_in_header: tuple[object, ...] = ()
        self._down = QScrollBar(Qt.Orientation.Vertical)
        self._lay_out()
        self.corner.set_colours(colours)
        self.corner.show_tool(drawing=True)
        self.corner.show_snap(self.scene.snap)
        navigation = self.navigation
        for surface in (self.canvas, self.ruler, self.header, self.velocity_lane, self.memory_lane, self.overview):
            surface.wheeled.connect(navigation.wheel)
            navigation.feel_pinches_over(surface)
        navigation.moved.connect(self._moved)
        self.canvas.resized.connect(lambda: navigation.resize(float(self.canvas.width()), float(self.canvas.height())))
        self.overview.scrolled.connect(lambda left: navigation.scroll_to(left=left))
        self.overview.spanned.connect(self._show_span)
        self.overview.fit_wanted.connect(navigation.zoom_to_fit)
        self.canvas.file_dropped.connect(self.file_dropped)
        self.ruler.sought.connect(self.sought)
        self.ruler.end_previewed.connect(self._preview_end)
        self.ruler.end_left.connect(lambda: self._preview_end(self.scene.length))
        self.header.auditioned.connect(self.auditioned)
        self._down.valueChanged.connect(lambda top: navigation.scroll_to(top=float(top)))

    def _lay_out(self) -> None:
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setHandleWidth(5)
        # As wide as the scroll bar above, so that the ticks stand under each other.
        self._gutters = (QWidget(), QWidget())
        for header, surface, aside in (
            (self.header, self.canvas, self._down),
            (self.velocity_header, self.velocity_lane, self._gutters[0]),
            (self.memory_header, self.memory_lane, self._gutters[1]),
        ):
            pane = QWidget()
            grid = _tight_grid(pane)
            for column, widget in enumerate((header, surface, aside)):
                grid.addWidget(widget, 0, column)
            self._split.addWidget(pane)
        self._split.setStretchFactor(0, 1)
        self._split.setCollapsible(0, False)
        self.set_memory_height(0)
        self.set_velocity_height(FIRST_HEIGHT)
        self._split.splitterMoved.connect(self._lanes_resized)
        layout = _tight_grid(self)
        layout.addWidget(self.corner, 0, 0)
        layout.addWidget(self.ruler, 0, 1)
        layout.addWidget(self._split, 1, 0, 1, 2)
        layout.addWidget(self.overview, 2, 0, 1, 2)

    @property
    def velocity_height(self) -> int:
        """Pixels the velocity lane takes; 0 while it is closed."""
        return self._split.sizes()[_VELOCITY]

    def set_velocity_height(self, height: int) -> None:
        """Give the velocity lane a height in pixels; 0 closes it."""
        self._set_height(_VELOCITY, height)

    @property
    def memory_height(self) -> int:
        """Pixels the memory lane takes; 0 while it is closed."""
        return self._split.sizes()[_MEMORY]

    def set_memory_height(self, height: int) -> None:
        """Give the memory lane a height in pixels; 0 closes it, and takes its handle away."""
        self._split.widget(_MEMORY).setVisible(height > 0)
        self._set_height(_MEMORY, height)

    def _set_height(self, pane: int, height: int) -> None:
        sizes = self._split.sizes()
        sizes[pane] = height
        sizes[_LANES] = max(self.height() - sizes[_VELOCITY] - sizes[_MEMORY], _LEAST_LANES_PX)
        self._split.setSizes(sizes)

    def _lanes_resized(self) -> None:
        """By the handles."""
        self.velocity_height_changed.emit(self.velocity_height)
        self.memory_height_changed.emit(self.memory_height)

    @property
    def view(self) -> View:
        """What is in sight."""
        return self.scene.view

    # What is shown

    def show_pattern(self, pattern: Pattern, end: int | None, *, refit: bool = False) -> None:
        """Show another pattern; ``end`` as in Scene. With ``refit`` the page begins at its start."""
        self.scene.show(pattern, end)
        self.overview.redraw()
        self.navigation.fit_rows()
        if refit:
            self.navigation.zoom_to_first_bars()
        else:
            self.navigation.settle()

    def append_notes(self, notes: Sequence[Note], pattern: Pattern) -> None:
        """Show notes that were just written at the end of a pattern."""
        self.scene.append(notes, pattern)
        new_keys = {note.pitch for note in notes} - set(self.scene.kit.row_of_key)
        if new_keys and self.scene.fit_kit():
            self._show_lanes()
            return
        self.canvas.add(notes)
        self.velocity_lane.redraw()
        self.memory_lane.redraw()
        self.overview.redraw_soon()

    def show_kit(self, kit: DrumKit) -> None:
        """Show the lanes of another kit, or the same lanes mixed otherwise."""
        self.scene.own_kit = kit
        if self.scene.fit_kit():
            self._show_lanes()

    def set_hide_empty(self, hide: bool) -> None:
        """Show only the lanes that have notes, or all."""
        self.scene.hide_empty = hide
        if self.scene.fit_kit():
            self._show_lanes()

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
            self.navigation.settle()

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

    def show_surprise(self, tints: NDArray[np.int64] | None) -> None:
        """Colour notes by how surprising they are, by a tint for each of the scene's index; None: by their drums."""
        self.scene.by_surprise = tints is not None
        if tints is not None:
            self.scene.index.tint(tints)
        self._redraw()

    def show_flag(self, tick: int | None) -> None:
        """Show where the drummer would go on."""
        if tick != self.scene.flag:
            self.scene.flag = tick
            self.ruler.redraw()
            self.canvas.update()
            self.memory_lane.redraw()

    def show_regions(self, regions: tuple[Range, ...]) -> None:
        """Show the spans that the drummer writes anew."""
        if regions != self.scene.regions:
            self.scene.regions = regions
            self.ruler.redraw()
            self.canvas.redraw()

    def show_locks(self, locks: Locks) -> None:
        """Show which notes the drummer leaves as they are."""
        if locks != self.scene.locks:
            self.scene.lock(locks)
            self.canvas.redraw()

    def set_snap(self, grid: Grid) -> None:
        """Draw the lines of another snap grid."""
        self.scene.snap = grid
        self._redraw()

    def audition_drawn(self, key: int, velocity: int) -> None:
        """Let a note be heard that was just drawn; while the music plays it is heard in its place."""
        if not self._playing:
            self.auditioned.emit(key, velocity)

    def _show_span(self, left: float, right: float) -> None:
        start = max(round(left), 0)
        self.navigation.zoom_to_span(Range(start, max(round(right), start + 1)))

    def _redraw(self) -> None:
        self.canvas.redraw()
        self.velocity_lane.redraw()

    def _show_lanes(self) -> None:
        self.overview.redraw()
        self.navigation.fit_rows()
        self.navigation.settle()

    def set_loop(self, loop: Range | None, *, looping: bool) -> None:
        """Mark the range that repeats, or that would."""
        if (loop, looping) != (self.scene.loop, self.scene.looping):
            self.scene.loop, self.scene.looping = loop, looping
            self.ruler.redraw()

    def set_colours(self, colours: Colours) -> None:
        """Draw in another theme's colours."""
        self.scene.colours = colours
        self.corner.set_colours(colours)
        self.velocity_header.update()
        self.memory_header.update()
        self.memory_lane.recolour()
        self.overview.redraw()
        self.navigation.settle()

    def move_playhead(self, tick: float, *, playing: bool) -> None:
        """Draw the playhead at a tick; turn the page for it when it plays and is followed."""
        self._playing = playing
        before = self.scene.playhead
        if tick == before or self.navigation.turn_page(tick, playing=playing):
            return
        self.canvas.move_playhead(tick)
        self.overview.move_playhead(before, tick)
        self.ruler.move_playhead(before, tick)

    def _moved(self) -> None:
        """Another part of the music is in sight, or it shows other lanes: draw everything anew."""
        self._set_scroll_bar()
        self._redraw()
        self.memory_lane.redraw()
        self.ruler.redraw()
        self.overview.update()
        lanes = (self.view.row_height, self.view.top, self.scene.kit, self.scene.colours)
        if lanes != self._lanes_in_header:  # scrolled or zoomed in time, it stays as it is
            self._lanes_in_header = lanes
            self.header.update()

    def _set_scroll_bar(self) -> None:
        reach = replace(self.view, top=1e18).clamped(self.scene.extent, self.scene.rows)
        self._down.blockSignals(True)
        self._down.setPageStep(round(self.view.height))
        self._down.setRange(0, round(reach.top))
        self._down.setValue(round(self.view.top))
        self._down.blockSignals(False)
        overflows = reach.top >= 1
        self._down.setVisible(overflows)
        for gutter in self._gutters:
            gutter.setFixedWidth(self._down.sizeHint().width() if overflows else 0)


def _tight_grid(widget: QWidget) -> QGridLayout:
    layout = QGridLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
