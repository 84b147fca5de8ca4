"""A bar above the roll that says what is wrong, or what can be done now, with buttons that do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Theme


class Tone(Enum):
    """How a notice looks; the value is also the style sheet's name for it."""

    WARNING = "warning"
    OFFER = "offer"


@dataclass(frozen=True)
class Remedy:
    """A button of a notice: its text, what it does, and a tool tip."""

    text: str
    act: Callable[[], None]
    hint: str = ""


@dataclass(frozen=True)
class Notice:
    """What is the matter, what more there is to say, and the buttons."""

    cause: str
    detail: str
    remedies: tuple[Remedy, ...]
    tone: Tone
    dismissible: bool


class Banner(QFrame):
    """Shows the latest of its notices; dismissed or solved, it gives way to the one before.

    Attributes: cause and detail, the labels; buttons, those of the notice that is shown; close_button.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme = theme
        self._notices: dict[str, Notice] = {}
        self._sign = QLabel()
        self.cause = QLabel()
        self.cause.setObjectName("bannerCause")
        self.detail = QLabel()
        for label in (self.cause, self.detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold what looks like markup
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: list[QPushButton] = []
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "quiet")
        self.close_button.setToolTip("Dismiss")
        self.close_button.setAccessibleName("Dismiss")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.clicked.connect(self._dismiss)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.cause)
        words.addWidget(self.detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        self._button_row = QHBoxLayout()
        self._button_row.setSpacing(8)
        layout.addLayout(self._button_row)
        layout.addWidget(self.close_button)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def show_problem(self, topic: str, cause: str, detail: str = "", *remedies: Remedy) -> None:
        """Say what is wrong and what to do; with remedies, buttons that do it. A topic has one notice at a time."""
        self._show(topic, Notice(cause, detail, remedies, Tone.WARNING, dismissible=True))

    def offer(
        self, topic: str, cause: str, detail: str, remedies: Sequence[Remedy], *, dismissible: bool = True
    ) -> None:
        """Say what can be done now. What is not dismissible waits for one of its buttons."""
        self._show(topic, Notice(cause, detail, tuple(remedies), Tone.OFFER, dismissible))

    def clear(self, topic: str) -> None:
        """The matter is settled, if there was one."""
        if self._notices.pop(topic, None) is not None:
            self._show_last()

    def _show(self, topic: str, notice: Notice) -> None:
        self._notices.pop(topic, None)
        self._notices[topic] = notice
        self._show_last()

    def _dismiss(self) -> None:
        self._notices.popitem()
        self._show_last()

    def _show_last(self) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        if not self._notices:
            self.hide()
            return
        notice = next(reversed(self._notices.values()))
        self.cause.setText(notice.cause)
        self.detail.setText(notice.detail)
        self.detail.setVisible(bool(notice.detail))
        for remedy in notice.remedies:
            button = QPushButton(remedy.text)
            button.setToolTip(remedy.hint)
            # It vanishes when it is clicked: with the focus, it would hand it on to some control nobody chose.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, act=remedy.act: act())
            self._button_row.addWidget(button)
            self.buttons.append(button)
        self.close_button.setVisible(notice.dismissible)
        self.setProperty("tone", notice.tone.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._recolour()
        self.show()

    def _recolour(self) -> None:
        colours = self._theme.colours
        offer = self.property("tone") == Tone.OFFER.value
        shape, colour = ("offer", colours.accent_hover) if offer else ("warning", colours.warning)
        self._sign.setPixmap(icons.pixmap(shape, colour, 20, self.devicePixelRatioF()))
        self.close_button.setIcon(icons.icon("close", colours.text_dim))
