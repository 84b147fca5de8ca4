"""What is done with takes: brought back, compared, named, starred, branched from, played again, and kept."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from drumapp.core.editing import excerpt
from drumapp.core.project import Take
from drumapp.core.timing import Range
from drumapp.gui.amounts_dialog import Amount, AmountsDialog
from drumapp.gui.aside import Aside
from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow
from drumapp.gui.requests import Requests
from drumapp.gui.takes.replay import ReplayResult, replay
from drumapp.gui.takes.words import foreign_words, take_title
from drumapp.gui.theme import Theme

DEFAULT_BARS_KEPT = 8


class TakesControl(QObject):
    """Signals: said (sentence for the status line); branch_wanted (tick) when the drummer shall go on from a bar.

    Attributes: menu and dialog, those that were opened last.
    """

    said = Signal(str)
    branch_wanted = Signal(int)

    def __init__(self, window: MainWindow, document: Document, requests: Requests, aside: Aside, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._document, self._theme = window, document, theme
        self._panel = window.takes
        self._requests, self._aside = requests, aside
        self._before = ""  # id of the take that was in the roll before this one
        self._shown = document.project.origin
        self._switches = 0
        self.menu: QMenu | None = None
        self.dialog: AmountsDialog | None = None
        panel = self._panel
        panel.restore_wanted.connect(self.restore)
        panel.remove_wanted.connect(self.remove)
        panel.menu_wanted.connect(self.open_menu)
        panel.ab_wanted.connect(self.change_between)
        panel.model.renamed.connect(self.rename)
        panel.delegate.starred.connect(self.star)
        for name, act in {"ab": self.change_between, "keep_bars": self.ask_bars_kept}.items():
            window.actions_by_name[name].triggered.connect(lambda _=False, act=act: act())
        document.takes_changed.connect(self._show)
        document.begun_anew.connect(self._forget)
        self._show()

    # Bringing back

    def restore(self, take_id: str, gesture: object = None) -> bool:
        """Put a take into the roll as it was when it ended; whether it could be."""
        take = self._document.project.take(take_id)
        if take is None or take.result is None:
            return False
        self._document.replace(take.result, f"Put {take_title(take)} into the roll", gesture, origin=take_id)
        self._tell_whose(take)
        return True

    def change_between(self) -> None:
        """Put the take into the roll that was there before this one; again: back. A run of it is one undo."""
        takes = self._document.project.takes
        other = self._before if self._document.project.take(self._before) is not None else ""
        if not other:
            others = [take.id for take in takes if take.id != self._shown and take.result is not None]
            other = others[-1] if others else ""
        if other and self.restore(other, ("ab", id(self), self._switches)):
            self.said.emit(f"{take_title(self._document.project.take(other))} is in the roll")

    def branch(self, take_id: str, bar: int) -> None:
        """Bring a take back, and let the drummer go on from one of its bars, counted from 1, another way."""
        if self.restore(take_id):
            self.branch_wanted.emit(self._document.pattern.metre.bar_start(bar - 1))

    def ask_branch(self, take_id: str) -> None:
        """Ask from which bar."""
        take = self._document.project.take(take_id)
        if take is None or take.result is None:
            return
        last = max(take.result.bars, 1)
        amount = Amount("From bar", 1, last + 1, min(last // 2 + 1, last))
        hint = "What comes before that bar stays; from there on the drummer plays another way."
        self._ask(f"Branch from {take_title(take)}", hint, amount, lambda bar: self.branch(take_id, bar))

    def replay(self, take_id: str) -> None:
        """Play a take again from its recipe, and see whether it comes out note for note as it was."""
        take = self._document.project.take(take_id)
        seat = self._requests.seat
        if take is None:
            return
        if seat is None:
            self.said.emit("There is no drummer to play it again: open a model first")
            return
        self.said.emit(f"Playing {take_title(take)} again …")
        self._aside.ask(lambda: replay(seat, take), self._replayed)

    def _replayed(self, result: ReplayResult) -> None:
        title = take_title(result.take)
        if result.problem:
            self.said.emit(result.problem)
        elif result.same:
            self.said.emit(f"{title} comes out note for note as it was ({result.notes} notes)")
        else:
            self.said.emit(f"{title} was edited after it was played: the drummer's own {result.notes} notes differ")

    # Naming, starring, removing

    def rename(self, take_id: str, name: str) -> None:
        """Call a take something; an empty name gives back its number."""
        take = self._document.project.take(take_id)
        if take is not None:
            self._document.change_take(replace(take, name=name), f"Rename {take_title(take)}")

    def star(self, take_id: str, starred: bool) -> None:
        """Star a take, or no longer."""
        take = self._document.project.take(take_id)
        if take is not None:
            label = f"{'Star' if starred else 'Unstar'} {take_title(take)}"
            self._document.change_take(replace(take, starred=starred), label)

    def remove(self, take_id: str) -> None:
        """Keep a take no longer; the roll stays as it is, and Undo brings the take back."""
        take = self._document.project.take(take_id)
        if take is not None and self._document.remove_take(take_id, f"Remove {take_title(take)}"):
            self.said.emit(f"Removed {take_title(take)}; Undo brings it back")

    # Keeping what was played

    def ask_bars_kept(self) -> None:
        """Ask how many bars of what was played last are to be kept as a take."""
        bars = max(self._document.pattern.bars, 1)
        amount = Amount("The last", 1, bars, min(DEFAULT_BARS_KEPT, bars), "bars")
        hint = "Of what was played up to the playhead; they become a take of their own, beside the others."
        self._ask("Keep the last bars", hint, amount, self.keep_bars)

    def keep_bars(self, bars: int) -> None:
        """Keep the last bars up to the playhead as a take; the one being played counts when half of it has been."""
        pattern, metre = self._document.pattern, self._document.pattern.metre
        playhead = min(max(round(self._window.roll.scene.playhead), 0), pattern.length)
        bar = metre.bar_at(playhead)
        half = metre.bar_start(bar) + metre.metre_at(playhead).ticks_per_bar // 2
        stop = min(metre.bar_start(bar + (playhead >= half)), metre.bar_start(metre.bar_at(pattern.length)))
        if stop == 0:  # at the start: all that is there
            stop = metre.bar_start(max(metre.bar_at(pattern.length), 1))
        start = metre.bar_start(max(metre.bar_at(stop - 1) + 1 - bars, 0))
        result = replace(excerpt(pattern, Range(start, stop)), name=pattern.name)
        if not result.notes:
            self.said.emit("There is nothing in those bars to keep")
            return
        first, last = metre.bar_at(start) + 1, metre.bar_at(stop - 1) + 1
        name = f"Bars {first}–{last}" if last > first else f"Bar {first}"
        take = Take(self._document.next_take_id(), name, starred=True, made=time.time(), result=result)
        self._document.add_take(take)
        self.said.emit(f"{name} are kept as a take" if last > first else f"{name} is kept as a take")

    # Menu, and what is shown

    def open_menu(self, take_id: str, place: QPoint) -> None:
        """What can be done with a take."""
        take = self._document.project.take(take_id)
        if take is None:
            return
        menu = QMenu(self._panel)
        restorable = take.result is not None
        menu.addAction("Put into the roll", lambda: self.restore(take_id)).setEnabled(restorable)
        menu.addAction("Branch from a bar …", lambda: self.ask_branch(take_id)).setEnabled(restorable)
        menu.addAction("Play it again", lambda: self.replay(take_id)).setEnabled(bool(take.model))
        menu.addSeparator()
        menu.addAction("Rename …", lambda: self._panel.rename(take_id))
        menu.addAction("Unstar" if take.starred else "Star", lambda: self.star(take_id, not take.starred))
        menu.addSeparator()
        menu.addAction("Remove", lambda: self.remove(take_id))
        self.menu = menu
        menu.popup(place)

    def _ask(self, title: str, hint: str, amount: Amount, then) -> None:
        dialog = AmountsDialog(title, hint, (amount,), self._theme, self._window)
        dialog.agreed.connect(lambda asked: then(asked[0]))
        self.dialog = dialog
        dialog.open()

    def _show(self) -> None:
        project = self._document.project
        if project.origin != self._shown:
            if self._shown:
                self._before = self._shown
            self._shown = project.origin
        self._panel.show_takes(project.takes, project.origin)
        self._window.actions_by_name["ab"].setEnabled(len(project.takes) > 1)

    def _tell_whose(self, take: Take) -> None:
        seat = self._requests.seat
        if take.model and seat is not None and not seat.is_mine(take):
            here = "open that model for the drummer to go on as it would have; all else works without it"
            self.said.emit(f"{foreign_words(take)}: {here}")

    def _forget(self) -> None:
        self._before = self._shown = ""
        self._switches += 1
        take = self._document.project.take(self._document.project.origin)
        if take is not None:
            self._tell_whose(take)
