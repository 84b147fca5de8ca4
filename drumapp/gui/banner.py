"""A bar above the roll that says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Theme


@dataclass(frozen=True)
class Problem:
    """What is wrong, what to do, and a button that does it."""

    cause: str
    remedy: str
    button: str
    act: Callable[[], None] | None


class Banner(QFrame):
    """Shows the latest of the problems there are; dismissed or solved, it gives way to the one before."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme = theme
        self._problems: dict[str, Problem] = {}
        self._sign = QLabel()
        self.cause = QLabel()
        self.cause.setObjectName("bannerCause")
        self.remedy_text = QLabel()
        for label in (self.cause, self.remedy_text):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.clicked.connect(self._do_remedy)
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "quiet")
        self.close_button.setToolTip("Dismiss")
        self.close_button.setAccessibleName("Dismiss")
        self.close_button.clicked.connect(self._dismiss)
        for button in (self.button, self.close_button):
            # They vanish when they are clicked: with the focus, they would hand it on to some control nobody chose.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.cause)
        words.addWidget(self.remedy_text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def show_problem(
        self, topic: str, cause: str, remedy: str = "", *, button: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Say what is wrong and what to do; with ``act``, a button that does it. A topic has one problem at a time."""
        self._problems.pop(topic, None)
        self._problems[topic] = Problem(cause, remedy, button, act)
        self._show_last()

    def clear(self, topic: str) -> None:
        """The problem is gone, if there was one."""
        if self._problems.pop(topic, None) is not None:
            self._show_last()

    def _dismiss(self) -> None:
        self._problems.popitem()
        self._show_last()

    def _show_last(self) -> None:
        if not self._problems:
            self.hide()
            return
        problem = next(reversed(self._problems.values()))
        self.cause.setText(problem.cause)
        self.remedy_text.setText(problem.remedy)
        self.remedy_text.setVisible(bool(problem.remedy))
        self.button.setText(problem.button)
        self.button.setVisible(problem.act is not None)
        self.show()

    def _do_remedy(self) -> None:
        problem = next(reversed(self._problems.values()))
        if problem.act is not None:
            problem.act()

    def _recolour(self) -> None:
        colours = self._theme.colours
        self._sign.setPixmap(icons.pixmap("warning", colours.warning, 20, self.devicePixelRatioF()))
        self.close_button.setIcon(icons.icon("close", colours.text_dim))
