"""The tab's first page: a folder is dropped, read, shown with its files and figures, and trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.kit_map import KitMap
from drumapp.gui.theme import Theme
from drumapp.gui.training.drop_zone import DropZone, ScanningView
from drumapp.gui.training.files_page import FilesPage
from drumapp.gui.training.train_form import TrainForm
from drumapp.gui.training.words import clock, counted
from drumapp.midi.corpus import Corpus, CorpusReport

FILES, FIGURES = 0, 1


class FolderView(QWidget):
    """Signals: choose_wanted; again_wanted, the folder is to be read anew; cancelled.

    Attributes: drop_zone; scanning; files; form; figures, made when it is first opened.
    """

    choose_wanted = Signal()
    again_wanted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, kit_maps: Callable[[], Sequence[KitMap]]) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[Corpus, CorpusReport] | None = None
        self._figures_stale = True
        self.figures = None
        self.drop_zone = DropZone(theme)
        self.scanning = ScanningView()
        self.files = FilesPage(theme, kit_maps)
        self.form = TrainForm(theme)
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.summary = QLabel()
        self.summary.setProperty("role", "hint")
        self.other = QPushButton("Another folder …")
        self.again = QPushButton("Read again")
        self.again.setToolTip("Look for files that came, went or changed since")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.files)
        self.figures_place = QWidget()
        QVBoxLayout(self.figures_place).setContentsMargins(0, 0, 0, 0)
        self.pages.addWidget(self.figures_place)
        self.stack = QStackedWidget()
        for page in (self.drop_zone, self.scanning, self._corpus_page()):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)
        self.drop_zone.choose_wanted.connect(self.choose_wanted)
        self.scanning.cancelled.connect(self.cancelled)
        self.other.clicked.connect(self.choose_wanted)
        self.again.clicked.connect(self.again_wanted)

    def _corpus_page(self) -> QWidget:
        switch = QHBoxLayout()
        switch.setSpacing(0)
        self._group = QButtonGroup(self)
        self.buttons: list[QPushButton] = []
        for number, (text, hint) in enumerate(
            (("Files", "Every file, and why it is taken or not"), ("Figures", "What is in the files that are taken"))
        ):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setChecked(number == FILES)
            button.setProperty("role", "segment")
            button.setToolTip(hint)
            self._group.addButton(button, number)
            self.buttons.append(button)
            switch.addWidget(button)
        self._group.idClicked.connect(self.show_page)
        head = QHBoxLayout()
        head.setSpacing(8)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.title)
        names.addWidget(self.summary)
        head.addLayout(names, 1)
        head.addLayout(switch)
        head.addSpacing(8)
        head.addWidget(self.again)
        head.addWidget(self.other)
        inside = QVBoxLayout()
        inside.setContentsMargins(20, 12, 20, 12)
        inside.setSpacing(10)
        inside.addLayout(head)
        inside.addWidget(self.pages, 1)
        page = QFrame()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(inside, 1)
        row.addWidget(self.form)
        return page

    # What is shown

    def invite(self, problem: str = "") -> None:
        """Nothing is open; ``problem`` says why."""
        self.drop_zone.show_problem(problem)
        self.stack.setCurrentIndex(0)

    def begin_scan(self, folder: Path) -> None:
        """A folder is read."""
        self.drop_zone.show_problem("")
        self.scanning.begin(str(folder))
        self.stack.setCurrentIndex(1)

    def show_corpus(self, corpus: Corpus, *, new: bool) -> None:
        """The files as they are judged; ``new`` when they were just read."""
        self.title.setText(corpus.folder.name or str(corpus.folder))
        self.title.setToolTip(str(corpus.folder))
        taken = len(corpus.accepted)
        self._shown, self._figures_stale = None, True
        self.summary.setText(f"{taken:,} of {len(corpus.catalogue):,} taken")
        if new:
            self.form.begin()
            self.files.begin(corpus)
            self.stack.setCurrentIndex(2)
        else:
            self.files.show_corpus(corpus)
        self.form.show_corpus(corpus)

    def show_report(self, corpus: Corpus, report: CorpusReport) -> None:
        """The figures were counted."""
        self._shown, self._figures_stale = (corpus, report), True
        self.summary.setText(
            f"{report.accepted:,} of {report.files:,} taken  ·  {counted(report.notes, 'note')}  ·  "
            f"{clock(report.seconds)}"
        )
        self._show_figures()

    def show_page(self, page: int) -> None:
        """Files or figures."""
        self.buttons[page].setChecked(True)
        self.pages.setCurrentIndex(page)
        self._show_figures()

    def _show_figures(self) -> None:
        """Plots take their time to load: only when they are looked at."""
        if self.pages.currentIndex() != FIGURES or self._shown is None or not self._figures_stale:
            return
        if self.figures is None:
            from drumapp.gui.training.figures_page import FiguresPage

            self.figures = FiguresPage(self._theme)
            self.figures_place.layout().addWidget(self.figures)
        self.figures.show_report(*self._shown)
        self._figures_stale = False
