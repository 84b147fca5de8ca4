"""What part of the music is in sight: zoom, scroll, pinch, and pages that turn with the playhead."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from drumapp.core.timing import Range
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.scene import Scene

BARS_SHOWN_AT_FIRST = 8
TALLEST_ROW_AT_FIRST = 64.0
ZOOM_PER_NOTCH = 1.2
ZOOM_PER_KEY = 1.4
_NOTCH = 120.0  # Qt counts a wheel's notch as 120
_SCROLL_PX_PER_NOTCH = 90.0


class Navigation(QObject):
    """Changes a scene's view; ``moved`` says that it is another.

    Attributes: follow, whether the pages turn with the playhead.
    """

    moved = Signal()

    def __init__(self, scene: Scene, parent: QObject) -> None:
        super().__init__(parent)
        self._scene = scene
        self.follow = True
        self._following = True  # off from a scroll by hand until the playhead is in sight again
        self._zoomed_by_hand = False
        self._rows_zoomed_by_hand = False

    @property
    def _view(self) -> View:
        return self._scene.view

    # Zoom

    def zoom(self, factor: float) -> None:
        """Zoom around the playhead where it is in sight, else around the middle."""
        x = self._view.x_of(self._scene.playhead)
        self.zoom_at(factor, x if 0 <= x <= self._view.width else self._view.width / 2)

    def zoom_at(self, factor: float, x: float) -> None:
        """Zoom in time around a pixel."""
        self._zoomed_by_hand = True
        self.look_at(self._view.zoomed(factor, x, self._scene.extent))

    def zoom_rows(self, factor: float, y: float | None = None) -> None:
        """Make lanes taller or lower around a pixel, or around the middle."""
        self._rows_zoomed_by_hand = True
        self.look_at(self._view.zoomed_rows(factor, self._view.height / 2 if y is None else y))

    def zoom_to_fit(self) -> None:
        """All of the music and all lanes on one page."""
        self._zoomed_by_hand = self._rows_zoomed_by_hand = False
        scene = self._scene
        scene.view = self._view.fitted(scene.end or scene.length or scene.extent)
        self.fit_rows()
        self.settle()

    def zoom_to_span(self, span: Range) -> None:
        """Some ticks from edge to edge."""
        self._zoomed_by_hand = True
        self._following = False
        view = self._view.fitted(span.length)
        self.look_at(replace(view, left=view.left + span.start))

    def zoom_to_first_bars(self) -> None:
        """The first page, eight bars at most: notes large enough to read."""
        self._zoomed_by_hand = False
        self._following = True
        self._fit_first_bars()
        self.settle()

    def fit_rows(self) -> None:
        """All lanes on the page, unless they were made taller or lower by hand."""
        if not self._rows_zoomed_by_hand:
            self._scene.view = self._view.fitted_rows(self._scene.rows, TALLEST_ROW_AT_FIRST)

    def resize(self, width: float, height: float) -> None:
        """The page is another size."""
        first = self._view.width == 0
        self._scene.view = replace(self._view, width=width, height=height)
        if first or (not self._zoomed_by_hand and self._view.left <= 0):
            self._fit_first_bars()
        self.fit_rows()
        self.settle()

    def _fit_first_bars(self) -> None:
        scene, bars = self._scene, BARS_SHOWN_AT_FIRST
        if scene.end:
            bars = min(max(scene.metre.bar_at(scene.end - 1) + 1, 1), bars)
        scene.view = self._view.fitted(scene.metre.bar_start(bars))

    # Scroll

    def scroll_to(self, left: float | None = None, top: float | None = None) -> None:
        """Show what lies from a tick, and from a pixel downwards, on."""
        view = self._view
        if left is not None:
            self._following = False
            view = replace(view, left=left)
        if top is not None:
            view = replace(view, top=top)
        self.look_at(view)

    def bring_into_sight(self, span: Range, row: int) -> None:
        """Scroll as far as it takes to see some ticks of a row."""
        view = self._view
        left = top = None
        if span.start < view.left:
            left = float(span.start)
        elif span.stop > view.right:
            left = span.stop - view.ticks_shown
        if view.y_of(row) < 0:
            top = row * view.row_height
        elif view.y_of(row + 1) > view.height:
            top = (row + 1) * view.row_height - view.height
        if left is not None or top is not None:
            self.scroll_to(left, top)

    def wheel(self, event) -> None:
        """A wheel scrolls, with Ctrl it zooms, with Ctrl and Shift it makes lanes taller."""
        delta, keys, at = event.angleDelta(), event.modifiers(), event.position()
        notches = (delta.y() or delta.x()) / _NOTCH
        if keys & Qt.KeyboardModifier.ControlModifier:
            if keys & Qt.KeyboardModifier.ShiftModifier:
                self.zoom_rows(ZOOM_PER_NOTCH**notches, at.y())
            else:
                self.zoom_at(ZOOM_PER_NOTCH**notches, at.x())
            return
        pixels = event.pixelDelta()
        if not pixels.isNull() and event.device() is not None and not keys:
            self._scroll_by(-pixels.x(), -pixels.y())
            return
        moved = -notches * _SCROLL_PX_PER_NOTCH
        if delta.x() != 0 or keys & Qt.KeyboardModifier.ShiftModifier or not self._overflows:
            self._scroll_by(moved, 0.0)
        else:
            self._scroll_by(0.0, moved)

    @property
    def _overflows(self) -> bool:
        return self._scene.rows * self._view.row_height > self._view.height + 1

    def _scroll_by(self, across: float, down: float) -> None:
        view = self._view
        left = view.left + across / view.pixels_per_tick if across else None
        self.scroll_to(left, view.top + down if down else None)

    def feel_pinches_over(self, surface: QWidget) -> None:
        """Take the pinches of a track pad over a part of the roll."""
        surface.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:
        """Two fingers zoom in time around the pointer, with Shift in height."""
        if event.type() != QEvent.Type.NativeGesture:
            return False
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        factor, at = 1.0 + event.value(), event.position()
        if factor > 0:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.zoom_rows(factor, at.y())
            else:
                self.zoom_at(factor, at.x())
        return True

    # The playhead

    def turn_page(self, tick: float, *, playing: bool) -> bool:
        """Turn to the page that a playhead has come to, if it is followed; whether the page is another."""
        if self._view.left <= tick <= self._view.right or not playing:
            self._following = True
        if not self.follow or not (self._following or not playing):
            return False
        page = self._view.turned_to(tick, self._scene.extent)
        if page is not None:
            self._scene.playhead = tick
            self.look_at(page)
        return page is not None

    def look_at(self, view: View) -> None:
        """Show another part of the music."""
        self._scene.view = view
        self.settle()

    def settle(self) -> None:
        """Keep the view where there is music."""
        self._scene.view = self._view.clamped(self._scene.extent, self._scene.rows)
        self.moved.emit()
