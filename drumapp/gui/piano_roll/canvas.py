"""The roll's surface: grid and notes kept as a picture, the playhead and fresh notes drawn over it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from drumapp.core.document_files import MIDI_SUFFIXES
from drumapp.core.pattern import Note
from drumapp.gui.dropped_files import dropped_file
from drumapp.gui.piano_roll.layers import (
    Layer,
    Scratch,
    frames_by_row,
    layer_of,
    locks_by_row,
    notes_by_row,
    paint_rows,
    sized,
)
from drumapp.gui.piano_roll.note_index import NoteIndex
from drumapp.gui.piano_roll.painting import paint_band, paint_cell, paint_flag_line, paint_grid
from drumapp.gui.piano_roll.scene import Scene

FADE_SECONDS = 0.12
FRAME_MS = 16
EMPTY_TEXT = "Click Generate, draw notes, or drop a MIDI file here"


class RollCanvas(QWidget):
    """Draws a scene. ``wheeled`` hands every wheel event on; ``file_dropped`` carries the Path of a MIDI file."""

    wheeled = Signal(object)
    file_dropped = Signal(object)
    resized = Signal()

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._picture = QPixmap()
        self._stale = True  # what the picture shows is not what there is
        self._scratch = Scratch()
        self._fading: list[tuple[Layer, float]] = []
        self._fade_timer = QTimer(self, interval=FRAME_MS)
        self._fade_timer.timeout.connect(self._fade)
        self._drop_hovers = False
        self._reached_by_key = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 120))
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Piano roll")

    def redraw(self) -> None:
        """Draw everything anew: the view, the notes or the colours are others."""
        self._stale = True
        self._fading.clear()
        self._fade_timer.stop()
        self.update()

    def add(self, notes: Sequence[Note]) -> None:
        """Draw notes that were just written, leaving the rest as it is."""
        if self._stale:
            self.update()
            return
        if len(self._scene.index) == len(notes):
            self.update()  # the first notes: the text of the empty roll goes
        ratio = self.devicePixelRatioF()
        rows = notes_by_row(self._scene, NoteIndex(notes).between(*self._scene.view.reach), ratio)
        layer = layer_of(rows, round(self.height() * ratio))
        if layer is not None:
            self._fading.append((layer, time.monotonic()))
            self._fade_timer.start()
            self._fade()

    def move_playhead(self, tick: float) -> None:
        """Draw the playhead elsewhere; only the two places are painted."""
        before = self._playhead_rect()
        self._scene.playhead = tick
        after = self._playhead_rect()
        if before != after:
            self.update(before)
            self.update(after)

    def _playhead_rect(self) -> QRect:
        return QRect(self._scene.view.pixel_of(self._scene.playhead) - 1, 0, 3, self.height())

    def _fade_seconds(self) -> float:
        """0 where the system asks for no motion."""
        animated = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        return FADE_SECONDS if animated else 0.0

    def _fade(self) -> None:
        """One frame of the fade; notes that are all there become part of the picture."""
        now, span = time.monotonic(), self._fade_seconds()
        ratio = self.devicePixelRatioF()
        for layer, _ in self._fading:
            self.update(layer.box(ratio).toAlignedRect())
        grown = [layer for layer, born in self._fading if now - born >= span]
        if grown and not self._stale:
            painter = _painter_of_pixels(self._picture)
            for layer in grown:
                painter.drawImage(layer.left, 0, layer.image)
            painter.end()
        self._fading = [(layer, born) for layer, born in self._fading if now - born < span]
        if not self._fading:
            self._fade_timer.stop()

    def _draw_picture(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture = sized(self._picture, self.size(), ratio)
        scene, reach = self._scene, self._scene.view.reach
        painter = QPainter(self._picture)
        paint_grid(painter, scene)
        painter.end()
        painter = _painter_of_pixels(self._picture)
        notes = scene.index.between(*reach)
        paint_rows(painter, notes_by_row(scene, notes, ratio), self._scratch)
        paint_rows(painter, locks_by_row(scene, notes, ratio), self._scratch)
        paint_rows(painter, frames_by_row(scene, scene.selected.between(*reach), ratio), self._scratch)
        painter.end()
        self._stale = False

    def paintEvent(self, event) -> None:
        """Copy the part of the picture that is asked for, and draw over it what moves."""
        if self._stale or self._picture.devicePixelRatio() != self.devicePixelRatioF():  # on another screen now
            self._draw_picture()
        painter = QPainter(self)
        area = event.rect()
        ratio = self._picture.devicePixelRatio()
        source = QRectF(area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio)
        painter.drawPixmap(QRectF(area), self._picture, source)
        now, span = time.monotonic(), self._fade_seconds()
        for layer, born in self._fading:
            painter.setOpacity(min((now - born) / span, 1.0) if span else 1.0)
            painter.drawImage(layer.box(ratio), layer.image)
        painter.setOpacity(1.0)
        if len(self._scene.index) == 0:
            self._paint_empty(painter)
        if self._scene.band is not None:
            paint_band(painter, self._scene, self._scene.band)
        if self._scene.cell is not None:
            paint_cell(painter, self._scene, self._scene.cell)
        if self._scene.flag is not None and self._scene.flag != self._scene.length:
            paint_flag_line(painter, self._scene, self._scene.flag)
        playhead = self._playhead_rect()
        if playhead.intersects(area):
            painter.fillRect(playhead.adjusted(1, 0, 0, 0).adjusted(0, 0, -1, 0), QColor(self._scene.colours.playhead))
        if self._drop_hovers or self._reached_by_key:
            painter.setPen(QPen(QColor(self._scene.colours.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))

    def _paint_empty(self, painter: QPainter) -> None:
        colours = self._scene.colours
        painter.setPen(QColor(colours.text_dim))
        font = self.font()
        font.setPixelSize(16)
        painter.setFont(font)
        words = painter.fontMetrics().boundingRect(self.rect(), Qt.AlignmentFlag.AlignCenter, EMPTY_TEXT)
        painter.fillRect(words.adjusted(-24, -12, 24, 12), QColor(colours.roll))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, EMPTY_TEXT)

    def resizeEvent(self, event) -> None:
        """Tell the roll, which owns the view."""
        super().resizeEvent(event)
        self.resized.emit()

    def focusInEvent(self, event) -> None:
        """Show where the keys go to whoever came by keys."""
        self._reached_by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event) -> None:
        """The keys go elsewhere."""
        self._reached_by_key = False
        super().focusOutEvent(event)

    def wheelEvent(self, event) -> None:
        """Scrolling and zooming are the roll's."""
        self.wheeled.emit(event)
        event.accept()

    def dragEnterEvent(self, event) -> None:
        """Take MIDI files, and say so by a frame."""
        if dropped_file(event.mimeData(), MIDI_SUFFIXES) is not None:
            self._drop_hovers = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event) -> None:
        """The file went away again."""
        self._drop_hovers = False
        self.update()
        super().dragLeaveEvent(event)

    def dropEvent(self, event) -> None:
        """Open the file."""
        self._drop_hovers = False
        self.update()
        path = dropped_file(event.mimeData(), MIDI_SUFFIXES)
        if path is not None:
            event.acceptProposedAction()
            self.file_dropped.emit(path)


def _painter_of_pixels(picture: QPixmap) -> QPainter:
    """A painter that counts the picture's own pixels."""
    painter = QPainter(picture)
    painter.scale(1 / picture.devicePixelRatio(), 1 / picture.devicePixelRatio())
    return painter
