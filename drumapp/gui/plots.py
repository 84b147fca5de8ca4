"""Bars and curves in the window's look. They need pyqtgraph: this is imported when a plot is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QToolTip

from drumapp.gui.theme import Theme

pg.setConfigOptions(imageAxisOrder="row-major", exitCleanup=False, antialias=True)

_AXIS_PX = 11
BAR_PX = 20
_HEAD_PX = 12
_TOP_PX = 8
_FOOT_PX = 26
_CURVE_REACH_PX = 24


@dataclass(frozen=True)
class Curve:
    """A line through points: name, as it is told; x and y, float (points,); colour, the name of one of the theme's;
    whether it is dashed, and its width in pixels.
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    colour: str
    dashed: bool = False
    width: float = 2.0


class _Plot(pg.PlotWidget):
    """A plot that is looked at, not dragged about."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(background=None)
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(self.Shape.NoFrame)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.getViewBox().setDefaultPadding(0.0)
        item.layout.setContentsMargins(0, _TOP_PX, 4, 0)
        theme.changed.connect(self._recolour)

    def _recolour(self) -> None:
        colours = self._theme.colours
        self.setBackground(colours.field)
        font = QFont(self.font())
        font.setPixelSize(_AXIS_PX)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(colours.border))
            axis.setTextPen(pg.mkPen(colours.text_dim))
            axis.setTickFont(font)
            axis.setStyle(tickLength=0, tickTextOffset=6)
        self._draw()

    def _draw(self) -> None:
        """Draw what is shown in the theme's colours."""
        raise NotImplementedError

    def _words_at(self, x: float, y: float) -> str:
        """What is told of a place, in the plot's own coordinates."""
        raise NotImplementedError

    def wheelEvent(self, event) -> None:
        """Scrolling goes past it."""
        event.ignore()

    def viewportEvent(self, event) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            at = self.getPlotItem().getViewBox().mapSceneToView(self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), self._words_at(at.x(), at.y()), self)
            return True
        return super().viewportEvent(event)


def _with_commas(values, _scale, _spacing) -> list[str]:
    return [f"{value:,.10g}" for value in values]


class NamedBars(_Plot):
    """How often each of some names occurs: bars that lie, the first at the top. As high as its bars need."""

    def __init__(self, theme: Theme, name: str, unit: str) -> None:
        super().__init__(theme, name)
        self._unit = unit
        self._names: Sequence[str] = ()
        self._counts = np.zeros(0)
        self._colours: Sequence[str] = ()
        self.getAxis("bottom").setStyle(maxTickLevel=0)
        self.getAxis("bottom").tickStrings = _with_commas
        self._recolour()

    def show_counts(self, names: Sequence[str], counts: Sequence[int], colours: Sequence[str] = ()) -> None:
        """Show these. Colours, names of the theme's or #rrggbb, one for each; the accent unless given."""
        self._names, self._counts, self._colours = names, np.asarray(counts, np.float64), colours
        self.setFixedHeight(max(len(names), 1) * BAR_PX + _HEAD_PX + _FOOT_PX)
        self._draw()

    def _draw(self) -> None:
        item, colours = self.getPlotItem(), self._theme.colours
        item.clear()
        rows = len(self._names)
        brushes = [QColor(colour) for colour in self._colours] or [QColor(colours.accent)] * rows
        if rows:
            item.addItem(
                pg.BarGraphItem(
                    x0=np.zeros(rows), y=np.arange(rows), height=0.6, width=self._counts, brushes=brushes, pen=None
                )
            )
        longest = 18
        short = [name if len(name) <= longest else name[: longest - 1] + "…" for name in self._names]
        self.getAxis("left").setTicks([list(enumerate(short))])
        item.invertY(True)
        item.setYRange(-0.5, max(rows, 1) - 0.5, padding=0)
        item.setXRange(0, float(self._counts.max(initial=1.0)) * 1.04, padding=0)

    def _words_at(self, _x: float, y: float) -> str:
        row = round(y)
        if not 0 <= row < len(self._names):
            return ""
        total = self._counts.sum()
        return f"{self._names[row]}: {self._counts[row]:,.0f} {self._unit} ({self._counts[row] / total:.1%})"


class Histogram(_Plot):
    """How often numbers occur, by size."""

    def __init__(self, theme: Theme, name: str, unit: str, thing: str) -> None:
        super().__init__(theme, name)
        self._unit, self._thing = unit, thing
        self._edges = np.array([0.0, 1.0])
        self._counts = np.zeros(1)
        self.getAxis("left").setStyle(maxTickLevel=0)
        self.getAxis("left").setWidth(50)
        for side in ("left", "bottom"):
            self.getAxis(side).tickStrings = _with_commas
        self._recolour()

    def show_counts(self, edges: NDArray[np.float64], counts: NDArray[np.float64]) -> None:
        """Show counts (bins,) between edges (bins + 1,)."""
        self._edges, self._counts = edges, counts
        self._draw()

    def _draw(self) -> None:
        item = self.getPlotItem()
        item.clear()
        left, right = self._edges[:-1], self._edges[1:]
        bars = pg.BarGraphItem(
            x0=left, x1=right, y0=0, height=self._counts, brush=QColor(self._theme.colours.accent), pen=None
        )
        item.addItem(bars)
        item.setXRange(float(left[0]), float(right[-1]), padding=0.01)
        item.setYRange(0, float(self._counts.max(initial=1.0)) * 1.06, padding=0)

    def _words_at(self, x: float, _y: float) -> str:
        place = int(np.searchsorted(self._edges, x, side="right")) - 1
        if not 0 <= place < len(self._counts):
            return ""
        span = f"{self._edges[place]:,.4g} to {self._edges[place + 1]:,.4g} {self._unit}"
        return f"{span}: {self._counts[place]:,.0f} {self._thing}"


class Curves(_Plot):
    """Lines over time.

    Args: ``words_of``, a value of y in words; ``clock``, a value of x in words.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        words_of: Callable[[float], str],
        clock: Callable[[float], str],
    ) -> None:
        super().__init__(theme, name)
        self._words_of, self._clock = words_of, clock
        self._curves: Sequence[Curve] = ()
        bottom, left = self.getAxis("bottom"), self.getAxis("left")
        bottom.tickStrings = lambda values, _scale, _spacing: [clock(value) for value in values]
        left.tickStrings = lambda values, _scale, _spacing: [words_of(value) for value in values]
        left.setWidth(40)
        for axis in (bottom, left):
            axis.setStyle(maxTickLevel=0)
        self.showGrid(y=True, alpha=0.12)
        self._recolour()

    @property
    def curves(self) -> Sequence[Curve]:
        """What is shown."""
        return self._curves

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Show these; the last lies on top."""
        self._curves = curves
        self._draw()

    def _draw(self) -> None:
        item, colours = self.getPlotItem(), self._theme.colours
        item.clear()
        drawn = [curve for curve in self._curves if len(curve.x)]
        for curve in drawn:
            style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
            colour = colour_of(colours, curve.colour)
            single = {"symbol": "o", "symbolSize": 6, "symbolBrush": colour, "symbolPen": None}
            item.plot(
                curve.x,
                curve.y,
                pen=pg.mkPen(colour, width=curve.width * self.devicePixelRatioF(), style=style),
                **(single if len(curve.x) == 1 else {}),
            )
        ends = [curve.x[-1] for curve in drawn]
        item.setXRange(0, max([*ends, 10.0]), padding=0.01)
        if drawn:
            item.setYRange(*_reach([curve.y for curve in drawn]), padding=0.06)

    def _words_at(self, x: float, y: float) -> str:
        box = self.getPlotItem().getViewBox()
        wide, high = box.viewPixelSize()
        nearest, words = _CURVE_REACH_PX, ""
        for curve in self._curves:
            if not len(curve.x):
                continue
            place = int(np.abs(curve.x - x).argmin())
            away = float(np.hypot((curve.x[place] - x) / (wide or 1), (curve.y[place] - y) / (high or 1)))
            if away < nearest:
                nearest = away
                words = f"{curve.name}: {self._words_of(curve.y[place])} after {self._clock(curve.x[place])}"
        return words


def colour_of(colours, name: str) -> str:
    """A colour of the theme by its field's name, or by a drum family's after "family "."""
    if name.startswith("family "):
        wanted = name.removeprefix("family ")
        return next(colour for family, colour in colours.families.items() if family.value == wanted)
    return getattr(colours, name)


def _reach(values: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """From where to where y goes; the first steps, far above the rest, may be cut off."""
    together = np.concatenate(values)
    together = together[np.isfinite(together)]
    if not len(together):
        return 0.0, 1.0
    low, high = float(together.min()), float(np.quantile(together, 0.98))
    return (low, high) if high - low > 1e-3 else (low - 0.05, high + 0.05)
