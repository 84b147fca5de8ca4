"""Finds what crashes left behind, offers it in the banner, and does what the user answers."""

from __future__ import annotations

import time
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.gui.banner import Banner, Remedy
from drumapp.gui.dialogs import Asking
from drumapp.gui.project_control import ProjectControl
from drumapp.storage.recovery import AbandonedSession, decline, delete_old, find_abandoned, recover

_TOPIC = "recovery"


class RecoveryControl(QObject):
    """Signals: said (sentence for the status line); problem (sentence) when the folder cannot be searched."""

    said = Signal(str)
    problem = Signal(str)

    def __init__(self, banner: Banner, projects: ProjectControl, asking: Asking) -> None:
        super().__init__()
        self._banner, self._projects, self._asking = banner, projects, asking
        self._offers: list[AbandonedSession] = []

    def start(self) -> None:
        """Look for abandoned work and offer it, the last edited first."""
        try:
            self._offers = find_abandoned()
            delete_old(time.time())
        except DrumappError as error:
            self.problem.emit(str(error))
        self._offer_next()

    def _offer_next(self) -> None:
        """One at a time, and never in the way: the window works on beneath it."""
        if not self._offers:
            self._banner.clear(_TOPIC)
            return
        session = self._offers[0]
        edited = f", last edited {datetime.fromtimestamp(session.edited):%d %B, %H:%M}" if session.edited else ""
        self._banner.offer(
            _TOPIC,
            f"There is unsaved work: “{session.name}”{edited}.",
            "Drumapp ended before it was saved. “Not now” keeps it in a file for a week.",
            (
                Remedy("Recover", lambda: self._accept(session), "Open the work as it was within the last second"),
                Remedy("Not now", lambda: self._decline(session), "Do not offer it again; its file is kept for a week"),
            ),
            dismissible=False,
        )

    def _accept(self, session: AbandonedSession) -> None:
        if not self._projects.may_leave():
            return
        try:
            self._projects.take_up(recover(session))
        except DrumappError as error:
            self._asking.show_error(str(error))
        else:
            self.said.emit(f"Recovered {session.name}")
        self._answered(session)

    def _decline(self, session: AbandonedSession) -> None:
        try:
            kept = decline(session, time.time())
        except DrumappError as error:
            self._asking.show_error(str(error))
        else:
            self.said.emit(f"Kept for a week: {kept}")
        self._answered(session)

    def _answered(self, session: AbandonedSession) -> None:
        self._offers.remove(session)
        self._offer_next()
