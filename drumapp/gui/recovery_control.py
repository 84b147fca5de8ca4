"""Finds what crashes left behind, offers it in the banner, and does what the user answers."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.gui.dialogs import Asking
from drumapp.gui.project_control import ProjectControl
from drumapp.gui.recovery_banner import RecoveryBanner
from drumapp.storage.recovery import AbandonedSession, decline, delete_old, find_abandoned, recover


class RecoveryControl(QObject):
    """Signals: said (sentence for the status line); problem (sentence) when the folder cannot be searched."""

    said = Signal(str)
    problem = Signal(str)

    def __init__(self, banner: RecoveryBanner, projects: ProjectControl, asking: Asking) -> None:
        super().__init__()
        self._banner, self._projects, self._asking = banner, projects, asking
        self._offers: list[AbandonedSession] = []
        banner.accepted.connect(self._accept)
        banner.declined.connect(self._decline)

    def start(self) -> None:
        """Look for abandoned work and offer it, the last edited first."""
        try:
            self._offers = find_abandoned()
            delete_old(time.time())
        except DrumappError as error:
            self.problem.emit(str(error))
        self._offer_next()

    def _offer_next(self) -> None:
        self._banner.show_offer(self._offers[0] if self._offers else None)

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
