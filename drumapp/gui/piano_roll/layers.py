"""Notes and their frames as pictures to be laid over the grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPixmap

from drumapp.gui.piano_roll.note_index import NoteColumns
from drumapp.gui.piano_roll.raster import Stamp, looks, stamp_row
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.spans import WIDE_FROM_PX, Pixels, Spans, least_note_px
from drumapp.gui.piano_roll.stamps import edge, filled, frame, hollow, tinted


class Scratch:
    """Pixels that are drawn on again and again, so that they stay in the cache and no new ones are asked for."""

    def __init__(self) -> None:
        self._image = QImage()

    def image(self, columns: int, lines: int) -> tuple[QImage, NDArray[np.uint32]]:
        """A picture and its pixels (lines, columns), whatever they hold; those given out before are gone."""
        if (self._image.width(), self._image.height()) != (columns, lines):
            self._image = QImage(columns, lines, QImage.Format.Format_ARGB32_Premultiplied)
        return self._image, np.frombuffer(self._image.bits(), dtype=np.uint32).reshape(lines, columns)


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture as high as the view, of the columns from ``left`` on; both count the screen's own pixels."""

    left: int
    image: QImage

    def box(self, ratio: float) -> QRectF:
        """Where it lies, in the window's pixels."""
        return QRectF(self.left / ratio, 0, self.image.width() / ratio, self.image.height() / ratio)


@dataclass(frozen=True, slots=True)
class Look:
    """What notes make of a row.

    Attributes: foot, the line after its last; columns, which column of the stamp each of the screen's shows, from
    ``left`` on.
    """

    foot: int
    stamp: Stamp
    left: int
    columns: NDArray[np.uint16]


def notes_by_row(scene: Scene, notes: NoteColumns, ratio: float) -> Iterator[Look]:
    """The rows in sight that notes lie in, filled or hollow by their lanes. Keys without a lane are left out."""
    row_height, colours = scene.view.row_height, scene.colours
    narrow, muted = _narrow(scene), scene.muted_rows
    hues = (colours.control_edge, *colours.surprise) if scene.by_surprise else ()

    def stamp_of(row: int) -> Stamp:
        if hues:
            return tinted(hues, colours.roll, row_height, ratio, narrow=narrow, muted=row in muted)
        hue = colours.families[scene.kit.lanes[row].family]
        look = hollow if row in muted else filled
        return look(hue, colours.roll, row_height, ratio, narrow=narrow)

    pixels = Pixels(scene.view, ratio)
    return _by_row(scene, pixels, pixels.spans(scene.kit, notes, max(len(hues), 1)), stamp_of)


def frames_by_row(scene: Scene, notes: NoteColumns, ratio: float) -> Iterator[Look]:
    """The rows in sight that selected notes lie in, with frames for them."""
    pixels, colours = Pixels(scene.view, ratio), scene.colours
    stamp, outside = frame(colours.accent, colours.text, scene.view.row_height, ratio, narrow=_narrow(scene))
    return _by_row(scene, pixels, pixels.spans(scene.kit, notes).grown(outside), lambda _: stamp)


def locks_by_row(scene: Scene, notes: NoteColumns, ratio: float) -> Iterator[Look]:
    """The rows in sight with the left edges of notes that are locked, or in a lane that is. None where all are narrow.

    Args: notes, all that are in sight.
    """
    if _narrow(scene) or not (scene.locked_rows or scene.locks):
        return iter(())
    pixels = Pixels(scene.view, ratio)
    spans = pixels.spans(scene.kit, notes).in_rows(scene.locked_rows)
    spans += pixels.spans(scene.kit, scene.locked.between(*scene.view.reach))
    stamp, width = edge(scene.colours.text, scene.view.row_height, ratio)
    return _by_row(scene, pixels, spans.first_columns(width), lambda _: stamp)


def paint_rows(painter: QPainter, rows: Iterable[Look], scratch: Scratch) -> None:
    """Lay rows over what there is. The painter counts the screen's own pixels."""
    for row in rows:
        lines = row.stamp.table.shape[0]
        image, picture = scratch.image(len(row.columns), lines)
        stamp_row(picture, row.stamp, row.columns, lines)
        painter.drawImage(row.left, row.foot - lines, image)


def layer_of(rows: Iterable[Look], height: int) -> Layer | None:
    """Rows on a layer of their own, so many pixels high; None when there are none."""
    found = list(rows)
    if not found:
        return None
    image, picture = Scratch().image(len(found[0].columns), height)
    image.fill(0)
    for row in found:
        stamp_row(picture, row.stamp, row.columns, row.foot)
    return Layer(found[0].left, image)


def sized(picture: QPixmap, size: QSize, ratio: float) -> QPixmap:
    """The picture, or a new one where it is not as large as ``size`` in the window's pixels."""
    if picture.size() == size * ratio and picture.devicePixelRatio() == ratio:
        return picture
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    return made


def _narrow(scene: Scene) -> bool:
    return least_note_px(scene.view.pixels_per_tick) < WIDE_FROM_PX


def _by_row(scene: Scene, pixels: Pixels, spans: Spans, stamp_of: Callable[[int], Stamp]) -> Iterator[Look]:
    if len(spans) == 0:
        return
    left, right = max(int(spans.first.min()), 0), min(int(spans.stop.max()), pixels.width)
    if left >= right:
        return
    spans = spans.moved(-left)
    found: dict[tuple[int, ...], NDArray[np.uint16]] = {}
    for row in range(max(scene.view.row_at(0), 0), min(scene.view.row_at(scene.view.height) + 1, scene.rows)):
        stamp = stamp_of(row)
        if stamp.depths not in found:
            found[stamp.depths] = looks(spans, scene.rows, right - left, stamp.depths)
        columns = found[stamp.depths][row]
        if columns.any():
            yield Look(pixels.row_foot(row), stamp, left, columns)
