"""Buttons that say by what is filtered, and open what it is set with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget, QWidgetAction

from drumapp.gui.choice_box import ARROW_ROOM, paint_chevron
from drumapp.gui.number_field import NumberField
from drumapp.gui.theme import Theme

_LONGEST = 14


class _MenuButton(QToolButton):
    """A button with a chevron that opens its menu; checked while it filters."""

    def __init__(self, name: str, help_text: str) -> None:
        super().__init__()
        self.name = name
        self.setToolTip(help_text)
        self.setAccessibleName(name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("role", "filter")
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.say("")

    def say(self, what: str) -> None:
        """Show what is let through; "" is everything."""
        short = what if len(what) <= _LONGEST else what[: _LONGEST - 1] + "…"
        self.setText(f"{self.name}: {short}" if what else self.name)
        self.setProperty("active", bool(what))
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()

    def paintEvent(self, event) -> None:
        """The chevron beside the text."""
        super().paintEvent(event)
        painter = QPainter(self)
        paint_chevron(painter, self.palette().buttonText().color(), self.width() - ARROW_ROOM / 2, self.height() / 2)


class ChoicesButton(_MenuButton):
    """Several of some values; none chosen means all. ``changed`` carries the tuple of those chosen."""

    changed = Signal(tuple)

    def __init__(self, name: str, help_text: str) -> None:
        super().__init__(name, help_text)
        self._menu.triggered.connect(lambda _: self._clicked())

    def offer(self, choices: Sequence[tuple[str, object]], chosen: Sequence[object]) -> None:
        """Offer (label, value) pairs, no signal."""
        self._menu.clear()
        for label, value in choices:
            action = self._menu.addAction(label)
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value in chosen)
        self.setVisible(len(choices) > 1 or bool(chosen))
        self._show()

    @property
    def chosen(self) -> tuple[object, ...]:
        """The values that are let through; () is all."""
        return tuple(action.data() for action in self._menu.actions() if action.isChecked())

    def _clicked(self) -> None:
        self._show()
        self.changed.emit(self.chosen)

    def _show(self) -> None:
        labels = [action.text() for action in self._menu.actions() if action.isChecked()]
        self.say("" if not labels else labels[0] if len(labels) == 1 else f"{len(labels)} of these")


class SpanButton(_MenuButton):
    """From one number to another. ``changed`` carries (from, to), or None for any."""

    changed = Signal(object)

    def __init__(self, theme: Theme, name: str, help_text: str, most: float, *, decimals: int = 0) -> None:
        super().__init__(name, help_text)
        self._decimals = decimals
        self._span: tuple[float, float] | None = None
        step = 10.0**-decimals
        self.least, self.most = (
            NumberField(
                theme, f"{name} {end}", least=0, most=most, default=default, step=step, decimals=decimals, width=72
            )
            for end, default in (("from", 0), ("to", most))
        )
        self.any = QPushButton("Any")
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(8, 8, 8, 8)
        for widget in (QLabel("from"), self.least, QLabel("to"), self.most, self.any):
            row.addWidget(widget)
        holder = QWidgetAction(self._menu)
        holder.setDefaultWidget(inside)
        self._menu.addAction(holder)
        self.any.clicked.connect(lambda: self._set(None))
        for field in (self.least, self.most):
            field.edited.connect(lambda _: self._typed())

    def show_span(self, span: tuple[float, float] | None) -> None:
        """Show what is let through, no signal."""
        self._span = span
        if span is not None:
            self.least.set_value(span[0])
            self.most.set_value(span[1])
        self.say("" if span is None else f"{span[0]:.{self._decimals}f}–{span[1]:.{self._decimals}f}")

    def offer(self, low: float, high: float) -> None:
        """Begin with these numbers where nothing is set."""
        if self._span is None:
            self.least.set_value(low)
            self.most.set_value(high)

    def _typed(self) -> None:
        low, high = sorted((self.least.value, self.most.value))
        self._set((low, high))

    def _set(self, span: tuple[float, float] | None) -> None:
        self.show_span(span)
        self.changed.emit(span)
        if span is None:
            self._menu.hide()
