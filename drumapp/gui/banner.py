"""A bar above the roll that says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Theme


class Banner(QFrame):
    """Hidden until :meth:`show_problem`; stays until dismissed or the problem is gone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme = theme
        self._remedy: Callable[[], None] | None = None
        self._sign = QLabel()
        self.cause = QLabel()
        self.cause.setObjectName("bannerCause")
        self.remedy_text = QLabel()
        for label in (self.cause, self.remedy_text):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.clicked.connect(self._do_remedy)
        self._close = QToolButton()
        self._close.setProperty("role", "quiet")
        self._close.setToolTip("Dismiss")
        self._close.setAccessibleName("Dismiss")
        self._close.clicked.connect(self.hide)
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
        layout.addWidget(self._close)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def show_problem(
        self, cause: str, remedy: str = "", *, button: str = "", act: Callable[[], None] | None = None
    ) -> None:
        """Say what is wrong and what to do; with ``act``, a button that does it."""
        self.cause.setText(cause)
        self.remedy_text.setText(remedy)
        self.remedy_text.setVisible(bool(remedy))
        self.button.setText(button)
        self.button.setVisible(act is not None)
        self._remedy = act
        self.show()

    def _do_remedy(self) -> None:
        if self._remedy is not None:
            self._remedy()

    def _recolour(self) -> None:
        colours = self._theme.colours
        self._sign.setPixmap(icons.pixmap("warning", colours.warning, 20, self.devicePixelRatioF()))
        self._close.setIcon(icons.icon("close", colours.text_dim))
