"""The velocity lane as a picture: stalks all at once from arrays, and round heads on them where there is room."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from drumapp.core.kit import DrumKit, Family
from drumapp.gui.piano_roll.grid import Level, lines
from drumapp.gui.piano_roll.layers import Scratch
from drumapp.gui.piano_roll.note_index import NoteColumns
from drumapp.gui.piano_roll.raster import LEVELS, loudest
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.spans import WIDE_FROM_PX, Pixels, Spans, least_note_px
from drumapp.gui.theme import Colours

HEAD_PX = 3.5
MARGIN_PX = 8.0  # above the loudest head and below the foot
_HEADS_UP_TO = 2000  # beyond so many in sight they stand shoulder to shoulder
_CAP_PX = 1.0  # how far a head reaches to every side where there is no room for a round one
_OUTLINE_PX = 1.5
_MUTED_SHARE = 0.4  # of a muted drum's colour that is left
_MARKS = (32, 64, 96)
_FAMILIES = tuple(Family)


def head_y(velocity, height: float):
    """Pixels from the top of a lane so high to the heads of a velocity or of an array of them."""
    return height - MARGIN_PX - velocity / 127 * (height - 2 * MARGIN_PX)


def draw_velocities(picture: QPixmap, scene: Scene, size: QSize, scratch: Scratch) -> None:
    """Draw the lane into a picture.

    Args: size in the window's pixels, of which the picture's ratio says how many it has; scratch to draw the stalks on.
    """
    painter = QPainter(picture)
    _paint_lines(painter, scene, size)
    if size.height() <= 2 * MARGIN_PX:
        return  # no room for any stalk
    ratio, view = picture.devicePixelRatio(), scene.view
    stalks = _Stalks(scene, size, ratio)
    notes, selected = (index.between(*view.reach) for index in (scene.index, scene.selected))
    roomy = least_note_px(view.pixels_per_tick) >= WIDE_FROM_PX and len(notes) <= _HEADS_UP_TO
    painter.scale(1 / ratio, 1 / ratio)
    painter.drawImage(0, 0, stalks.image(scratch, notes, selected, capped=not roomy))
    if roomy:
        stalks.paint_heads(painter, notes, stalks.groups_of(notes))
        stalks.paint_heads(painter, selected, np.full(len(selected), stalks.selected))


def _paint_lines(painter: QPainter, scene: Scene, size: QSize) -> None:
    view, colours = scene.view, scene.colours
    painter.fillRect(0, 0, size.width(), size.height(), QColor(colours.roll))
    for mark in _MARKS:
        painter.fillRect(0, round(head_y(mark, size.height())), size.width(), 1, QColor(colours.line_beat))
    for line in lines(scene.metre, *view.reach, view.pixels_per_tick):
        if line.level is Level.BAR:
            painter.fillRect(view.pixel_of(line.tick), 0, 1, size.height(), QColor(colours.line_bar))


class _Stalks:
    """Stalks and heads of one picture, counted in the screen's pixels.

    Notes are drawn in groups of a colour: the families or degrees of surprise, the same muted, and the selected heads.
    """

    def __init__(self, scene: Scene, size: QSize, ratio: float) -> None:
        self._pixels = Pixels(scene.view, ratio)
        self._ratio = ratio
        self._columns, self._lines = round(size.width() * ratio), round(size.height() * ratio)
        self._width = max(round(ratio), 1)
        self._heads = np.rint(head_y(np.arange(LEVELS), size.height()) * ratio).astype(np.int64)
        self._by_surprise = scene.by_surprise
        self._plain = _plain_hues(scene.colours, by_surprise=scene.by_surprise)
        self._muted_keys = _muted_table(scene.kit)
        self._families = _family_table(scene.kit)
        self.selected = 2 * len(self._plain)
        self._hues = _hues(self._plain, scene.colours)
        self._rim = QColor(scene.colours.text)
        self._ground = QColor(scene.colours.roll)

    def groups_of(self, notes: NoteColumns) -> NDArray[np.int64]:
        """The group of each note."""
        groups = notes.tints if self._by_surprise else self._families[notes.pitches]
        return groups + len(self._plain) * self._muted_keys[notes.pitches]

    def image(self, scratch: Scratch, notes: NoteColumns, selected: NoteColumns, *, capped: bool) -> QImage:
        """All stalks; ``capped`` puts small heads on them, the selected ones in a colour of their own.

        Of stalks in one column the softer stand before the louder, so that each can be seen.
        """
        image, picture = scratch.image(self._columns, self._lines)
        loud = self._loudest(notes, self.groups_of(notes))
        present = np.flatnonzero(loud.any(axis=1))
        loud, paints = loud[present], np.array([hue.rgba() for hue in self._hues], dtype=np.uint32)[present]
        order = np.argsort(-loud.astype(np.int64), axis=0)
        loud, paints = np.take_along_axis(loud, order, axis=0), paints[order]
        # From top to bottom a column is nothing, then each stalk from its head to the next one's, then nothing again.
        edges = np.empty((len(present) + 3, self._columns), dtype=np.int64)
        edges[0], edges[1:-2], edges[-2], edges[-1] = 0, self._heads[loud], self._heads[0], self._lines
        colours = np.zeros((len(present) + 2, self._columns), dtype=np.uint32)
        colours[1:-1] = paints
        runs = np.repeat(colours.T.reshape(-1), np.diff(edges, axis=0).T.reshape(-1))
        picture[:] = runs.reshape(self._columns, self._lines).T
        if capped:
            chosen = self._loudest(selected, np.zeros(len(selected), dtype=np.int64))[:1]
            accent = np.full((1, self._columns), self._hues[self.selected].rgba(), dtype=np.uint32)
            self._cap(picture, np.concatenate([loud, chosen]), np.concatenate([paints, accent]))
        return image

    def _loudest(self, notes: NoteColumns, groups: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The loudest velocity of each group in each column: shape (groups, columns)."""
        first = self._pixels.columns(notes.starts)
        spans = Spans(groups, first, first + self._width, notes.velocities)
        return loudest(spans, len(self._hues), self._columns)

    def _cap(self, picture: NDArray[np.uint32], loud: NDArray[np.uint8], paints: NDArray[np.uint32]) -> None:
        """Small square heads where there are stalks, those of a later row over others: loud, paints (rows, columns)."""
        reach = max(round(_CAP_PX * self._ratio), 1)
        row, column = np.nonzero(loud)
        column = np.clip(column, reach, max(self._columns - 1 - reach, reach))
        lines = self._heads[loud[row, column]] + np.arange(-reach, reach + 1)[:, None]
        place, paint = lines * self._columns + column, paints[row, column]
        cells = picture.reshape(-1)
        for aside in range(-reach, reach + 1):
            cells[place + aside] = paint

    def paint_heads(self, painter: QPainter, notes: NoteColumns, groups: NDArray[np.int64]) -> None:
        """Round heads, in the order of the notes."""
        heads = {int(group): self._head(int(group)) for group in np.unique(groups)}
        xs, ys = self._pixels.columns(notes.starts), self._heads[notes.velocities]
        for x, y, group in zip(xs.tolist(), ys.tolist(), groups.tolist(), strict=True):
            head = heads[group]
            aside = (self._width - head.width()) // 2
            painter.drawPixmap(x + aside, y + aside, head)

    def _head(self, group: int) -> QPixmap:
        """A head in the middle of a stalk's width: hollow for what is not heard, rimmed for what is selected."""
        selected, muted = group == self.selected, len(self._plain) <= group < self.selected
        muted = muted or (self._by_surprise and group == 0)
        radius = (HEAD_PX + selected) * self._ratio
        outline = _OUTLINE_PX * self._ratio if selected or muted else 0.0
        side = 2 * math.ceil(radius + outline) + self._width % 2
        head = QPixmap(side, side)
        head.fill(Qt.GlobalColor.transparent)
        painter = QPainter(head)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._ground if muted else self._hues[group])
        painter.setPen(QPen(self._rim if selected else self._hues[group], outline) if outline else Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(side / 2, side / 2), radius, radius)
        painter.end()
        return head


@lru_cache(maxsize=8)
def _family_table(kit: DrumKit) -> NDArray[np.int64]:
    """The family of every MIDI key, keys without a lane being percussion: shape (128,)."""
    table = np.full(128, _FAMILIES.index(Family.PERCUSSION), dtype=np.int64)
    for lane in kit.lanes:
        table[lane.key] = _FAMILIES.index(lane.family)
    return table


@lru_cache(maxsize=8)
def _muted_table(kit: DrumKit) -> NDArray[np.int64]:
    """1 for every MIDI key whose lane is not heard, else 0: shape (128,)."""
    table, heard = np.zeros(128, dtype=np.int64), kit.heard_keys
    table[[lane.key for lane in kit.lanes if lane.key not in heard]] = 1
    return table


def _plain_hues(colours: Colours, *, by_surprise: bool) -> list[QColor]:
    """The colours of the groups that are heard."""
    if by_surprise:
        return [QColor(hue) for hue in (colours.control_edge, *colours.surprise)]
    return [QColor(colours.families[family]) for family in _FAMILIES]


def _hues(plain: list[QColor], colours: Colours) -> list[QColor]:
    """The colour of every group."""
    ground = QColor(colours.roll)
    return [*plain, *(_mixed(ground, hue, _MUTED_SHARE) for hue in plain), QColor(colours.accent)]


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """``share`` of the other colour over the one."""
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)))
