"""A bar above the roll that offers work back which a crash cut off."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from drumapp.gui import icons
from drumapp.gui.theme import Theme
from drumapp.storage.recovery import AbandonedSession


class RecoveryBanner(QFrame):
    """Shows one offer at a time, and never in the way: the window works on beneath it.

    Signals: accepted and declined (the AbandonedSession shown).
    """

    accepted = Signal(object)
    declined = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._theme = theme
        self._session: AbandonedSession | None = None
        self._sign = QLabel()
        self.offer = QLabel()
        self.offer.setObjectName("bannerCause")
        self.offer.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold what looks like markup
        self.explanation = QLabel("Drumapp ended before it was saved. “Not now” keeps it in a file for a week.")
        for label in (self.offer, self.explanation):
            label.setWordWrap(True)
        self.recover = QPushButton("Recover")
        self.recover.setToolTip("Open the work as it was within the last second")
        self.recover.clicked.connect(lambda: self.accepted.emit(self._session))
        self.not_now = QPushButton("Not now")
        self.not_now.setToolTip("Do not offer it again; its file is kept for a week")
        self.not_now.clicked.connect(lambda: self.declined.emit(self._session))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.offer)
        words.addWidget(self.explanation)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(12)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        for button in (self.recover, self.not_now):
            # They vanish when they are clicked: with the focus, they would hand it on to some control nobody chose.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def show_offer(self, session: AbandonedSession | None) -> None:
        """Offer a session's work; with None there is nothing to offer."""
        self._session = session
        if session is None:
            self.hide()
            return
        edited = f", last edited {datetime.fromtimestamp(session.edited):%d %B, %H:%M}" if session.edited else ""
        self.offer.setText(f"There is unsaved work: “{session.name}”{edited}.")
        self.show()

    def _recolour(self) -> None:
        self._sign.setPixmap(icons.pixmap("warning", self._theme.colours.warning, 20, self.devicePixelRatioF()))
