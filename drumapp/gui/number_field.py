"""A number that can be dragged, typed, wheeled, stepped by arrow keys and double-clicked back to its default."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDoubleValidator, QFont, QPainter, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from drumapp.gui.inline_editor import InlineEditor
from drumapp.gui.theme import Theme

DRAG_PX_PER_STEP = 3.0
_NOTCH = 120.0


def tabular(font: QFont) -> QFont:
    """The font with digits of one width, so that numbers do not jump while they change."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class NumberField(QWidget):
    """Shows a number and its unit. Shift makes drags and the wheel ten times finer where there are decimals.

    Signals: changed (value) while it changes by hand; edited (value) once a drag, a key or a typed number is done.
    """

    changed = Signal(float)
    edited = Signal(float)

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        least: float,
        most: float,
        default: float,
        step: float = 1.0,
        decimals: int = 0,
        unit: str = "",
        unit_of_one: str = "",
        width: int = 88,
        height: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._least, self._most, self._default = least, most, default
        self._step, self._decimals = step, decimals
        self._unit, self._unit_of_one = unit, unit_of_one or unit
        self._value = default
        self._dragged_from: tuple[float, float] | None = None
        self._wheeled = 0.0
        self._editor: InlineEditor | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(QSize(width, height))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Its fixed size."""
        return self.minimumSize()

    @property
    def value(self) -> float:
        """The number shown."""
        return self._value

    @property
    def busy(self) -> bool:
        """Whether the user has it in hand."""
        return self._editor is not None or self._dragged_from is not None

    def set_value(self, value: float) -> None:
        """Show a number, kept within its bounds; no signal."""
        self._value = min(max(value, self._least), self._most)
        self.setAccessibleDescription(self.text())
        self.update()

    def turn(self, share: float) -> None:
        """Go to a share, 0 to 1, of the way from the least to the most, as by a knob. `changed` says so; the one who
        turns calls `rest` when it is done.
        """
        self._change(self._least + share * (self._most - self._least), done=False)

    def rest(self) -> None:
        """Say that the number has been changed for now."""
        self.edited.emit(self._value)

    def text(self) -> str:
        """The number as it is shown, without its unit."""
        return f"{self._value:.{self._decimals}f}"

    def start_typing(self, text: str | None = None) -> None:
        """Open a text field over the number, holding ``text`` or the number itself."""
        if self._editor is not None:
            return
        editor = InlineEditor(self)
        editor.setValidator(_bounded(self._least, self._most, self._decimals))
        editor.setGeometry(self.rect())
        editor.setAccessibleName(self.accessibleName())
        editor.setText(self.text() if text is None else text)
        if text is None:
            editor.selectAll()
        editor.left.connect(self._typed)
        editor.show()
        editor.setFocus()
        self._editor = editor

    def _typed(self, accepted: bool) -> None:
        """The text field was left; a number that was typed counts if it is another than the one shown."""
        editor, self._editor = self._editor, None
        if editor is None:
            return
        text = editor.text().replace(",", ".")
        had_focus = editor.hasFocus()
        editor.hide()
        editor.deleteLater()
        if had_focus:
            self.setFocus()
        # The number may have more decimals than are shown: to open the field and leave it must not round them away.
        if accepted and text not in ("", "-", ".", self.text()):
            self._change(float(text), done=True)

    def _change(self, value: float, *, done: bool) -> None:
        value = min(max(round(value, self._decimals), self._least), self._most)
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)
        if done:
            self.edited.emit(value)

    def _fine(self, modifiers) -> float:
        return 0.1 if self._decimals and modifiers & Qt.KeyboardModifier.ShiftModifier else 1.0

    def mousePressEvent(self, event) -> None:
        """Begin to drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = (event.globalPosition().y(), self._value)

    def mouseMoveEvent(self, event) -> None:
        """Up is more."""
        if self._dragged_from is None:
            return
        from_y, from_value = self._dragged_from
        steps = (from_y - event.globalPosition().y()) / DRAG_PX_PER_STEP
        self._change(from_value + steps * self._step * self._fine(event.modifiers()), done=False)

    def mouseReleaseEvent(self, event) -> None:
        """End the drag."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragged_from is not None:
            from_value, self._dragged_from = self._dragged_from[1], None
            if self._value != from_value:
                self.edited.emit(self._value)

    def mouseDoubleClickEvent(self, _event) -> None:
        """Back to the default."""
        self._change(self._default, done=True)

    def wheelEvent(self, event) -> None:
        """A notch is a step."""
        self._wheeled += event.angleDelta().y() / _NOTCH
        notches = int(self._wheeled)
        self._wheeled -= notches
        if notches:
            self._change(self._value + notches * self._step * self._fine(event.modifiers()), done=True)
        event.accept()

    def keyPressEvent(self, event) -> None:
        """Arrows step; digits and Return open the text field."""
        key, text = event.key(), event.text()
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if key in steps:
            self._change(self._value + steps[key] * self._step, done=True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.start_typing()
        elif text and (text.isdecimal() or text in "-."):
            self.start_typing(text)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event) -> None:
        """Number in tabular digits, unit dimmed beside it."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(colours.field))
        painter.setPen(QPen(QColor(colours.accent_hover if self.hasFocus() else colours.border), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(tabular(self.font()))
        number, metrics = self.text(), painter.fontMetrics()
        unit = f" {self._unit_of_one if self._value == 1 else self._unit}" if self._unit else ""
        left = (self.width() - metrics.horizontalAdvance(number + unit)) / 2
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.control_edge))
        place = QRectF(left, 0, self.width(), self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, number)
        painter.setPen(QColor(colours.text_dim))
        painter.drawText(place.translated(metrics.horizontalAdvance(number), 0), Qt.AlignmentFlag.AlignVCenter, unit)


def _bounded(least: float, most: float, decimals: int) -> QDoubleValidator:
    # Numbers too large may be typed: they are brought within bounds when done, which is kinder than a dead key.
    validator = QDoubleValidator(min(least, 0.0), most * 100 + 1, decimals, QApplication.instance())
    validator.setNotation(QDoubleValidator.Notation.StandardNotation)
    locale = validator.locale().c()
    validator.setLocale(locale)
    return validator
