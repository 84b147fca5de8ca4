"""Everything by which user and drummer write together, wired into the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from drumapp.core import editing
from drumapp.core.timing import Range
from drumapp.gui.aside import Aside
from drumapp.gui.conductor import Conductor
from drumapp.gui.cowriting.flag import ResumeFlag
from drumapp.gui.cowriting.locks import NoteLocks
from drumapp.gui.cowriting.rewriting import Rewriting, bars_of
from drumapp.gui.cowriting.trading import OFFERED, Trading
from drumapp.gui.document import Document
from drumapp.gui.drummer_control import DrummerControl
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.takes.control import TakesControl
from drumapp.gui.theme import Theme


class CoWriting(QObject):
    """Signals: said (sentence for the status line); failed (sentence). Attributes: its parts."""

    said = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        conductor: Conductor,
        drummer: DrummerControl,
        editor: RollEditor,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._conductor, self._drummer, self._editor = conductor, drummer, editor
        self.aside = Aside()
        self.flag = ResumeFlag(window, document)
        self.locks = NoteLocks(window, document, editor)
        self.takes = TakesControl(window, document, conductor.requests, self.aside, theme)
        self.rewriting = Rewriting(window.alternatives, window.roll, document, conductor, self.aside)
        self.trading = Trading(window.offers, window.roll, document, conductor, self.aside)
        self.rewriting.wanted = self.trading.wanted = drummer.wanted_settings
        self._wire()
        self._show_trading()

    def close(self) -> None:
        """End what is done aside."""
        self.aside.close()

    def _wire(self) -> None:
        actions = self._window.actions_by_name
        self.flag.go_on_wanted.connect(self._drummer.go_on)
        self.takes.branch_wanted.connect(self._drummer.go_on)
        self.aside.failed.connect(self.failed)
        for part in (self.takes, self.rewriting, self.trading, self._conductor):
            part.said.connect(self.said)
        actions["rewrite"].triggered.connect(lambda: self.rewrite())
        actions["rewrite_lanes"].triggered.connect(lambda: self.rewrite_lanes())
        actions["fresh_memory"].triggered.connect(lambda: self._drummer.freshen())
        actions["trade_0"].triggered.connect(lambda: self.trading.stop())
        for bars in OFFERED:
            actions[f"trade_{bars}"].triggered.connect(lambda _=False, bars=bars: self._trade(bars))
        self.trading.changed.connect(self._show_trading)
        self._editor.selection_changed.connect(self._show_what_can_be_done)
        self._show_what_can_be_done()

    # Some bars anew

    def rewrite(self) -> None:
        """Write the bars of the selection anew; without one the loop, or else the bar at the playhead."""
        self.trading.stop()
        self.rewriting.begin(self._span())

    def rewrite_lanes(self) -> None:
        """Write the selected notes' lanes anew, in their bars."""
        self.trading.stop()
        keys = frozenset(note.pitch for note in self._editor.selection)
        if keys:
            self.rewriting.begin(self._span(), keys)

    def _span(self) -> Range:
        project = self._document.project
        chosen = editing.still_there(project.pattern, self._editor.selection)
        if chosen:
            return bars_of(project.pattern, chosen)
        if project.loop is not None:
            return project.loop_span
        metre = project.pattern.metre
        bar = metre.bar_at(max(round(self._window.roll.scene.playhead), 0))
        return Range(metre.bar_start(bar), metre.bar_start(bar + 1))

    # Bars in turn

    def _trade(self, bars: int) -> None:
        self.rewriting.leave()
        self.trading.stop()
        self.trading.begin(bars)

    def _show_trading(self) -> None:
        self._window.actions_by_name[f"trade_{self.trading.bars}"].setChecked(True)

    def _show_what_can_be_done(self) -> None:
        self._window.actions_by_name["rewrite_lanes"].setEnabled(bool(self._editor.selection))
