"""The list of a folder's files: which are taken, why others are not, and by what they are filtered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import KitMap
from drumapp.gui.choice_box import CheckBox, ChoiceBox
from drumapp.gui.number_field import tabular
from drumapp.gui.style_names import style_name
from drumapp.gui.theme import Theme
from drumapp.gui.training import choices
from drumapp.gui.training.corpus_work import View
from drumapp.gui.training.file_delegate import FileDelegate
from drumapp.gui.training.file_model import COLUMNS, PATH, WHY, FileModel
from drumapp.gui.training.filter_buttons import ChoicesButton, SpanButton
from drumapp.gui.training.words import counted
from drumapp.midi.corpus import Corpus, FileEntry, Filters, Verdict
from drumapp.midi.corpus.verdicts import density_of

SEARCH_MS = 200
_WHICH = (("All files", ""), ("Taken", "accepted"), ("Refused", "refused"))
_GUESSED = "Guessed"
_MOST_CLICKED = 500
_WHY_PX = 400
"""Width of the column of reasons where refused files are looked at."""


class FilesPage(QWidget):
    """Signals: judgement_wanted (Filters, kit maps by path), the files are to be judged so; view_wanted (View);
    listen_wanted and open_wanted (row of the catalogue).

    Attributes: model; table; search; which; kit_maps, asked for the maps to offer.
    """

    judgement_wanted = Signal(object, object)
    view_wanted = Signal(object)
    listen_wanted = Signal(int)
    open_wanted = Signal(int)

    def __init__(self, theme: Theme, kit_maps: Callable[[], Sequence[KitMap]]) -> None:
        super().__init__()
        self.kit_maps = kit_maps
        self._corpus: Corpus | None = None
        self._filters, self._kits = Filters(), {}  # as they are wanted, even where it is not judged by them yet
        self._view = View()
        self._look_again = False
        self._usual_hint = ""
        self._timer = QTimer(self, interval=SEARCH_MS, singleShot=True)
        self._timer.timeout.connect(self._look_for)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name")
        self.search.setAccessibleName("Search by name")
        self.search.setClearButtonEnabled(True)
        self.which = ChoiceBox("Which files", "Show all files, or only those that are taken, or refused")
        for text, value in _WHICH:
            self.which.addItem(text, value)
        self.kit = ChoiceBox("Kit map of all files", "What the keys of all files mean; guessed folder by folder")
        self.tempo = SpanButton(theme, "Tempo", "Take only files of these tempos", 999)
        self.bars = SpanButton(theme, "Bars", "Take only files of so many bars", 9999)
        self.density = SpanButton(theme, "Density", "Take only files of so many notes a quarter note", 999, decimals=1)
        self.metres = ChoicesButton("Metre", "Take only files of these metres")
        self.styles = ChoicesButton("Style", "Take only files of these styles")
        self.folders = ChoicesButton("Folder", "Take only files of these folders")
        self.ticks = ChoicesButton("Ticks", "Take only files of so many ticks a quarter note")
        self.twins = CheckBox(theme, "Duplicates")
        self.twins.setAccessibleName("Take duplicates")
        self.twins.setToolTip("Take files that play the same notes as another, too")
        self.model = FileModel(self)
        self.table = _FileTable(self.model, theme)
        self.hint = QLabel()
        self.hint.setProperty("role", "hint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.problems = QLabel()
        self.problems.setObjectName("dialogProblem")
        self.problems.setTextFormat(Qt.TextFormat.PlainText)
        self.problems.setWordWrap(True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.search.setMinimumWidth(160)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addWidget(self.which)
        head.addSpacing(8)
        head.addWidget(QLabel("Kit map"))
        head.addWidget(self.kit)
        filters = QHBoxLayout()
        filters.setSpacing(6)
        for widget in (self.tempo, self.metres, self.styles, self.folders, self.bars, self.density, self.ticks):
            filters.addWidget(widget)
        filters.addWidget(self.twins)
        filters.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(filters)
        layout.addWidget(self.problems)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.hint)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.search.returnPressed.connect(self._look_for)
        self.which.activated.connect(lambda _: self._look_for())
        self.kit.activated.connect(lambda _: self._kit_chosen("", self.kit.currentData()))
        self.tempo.changed.connect(lambda span: self._filter(tempo=span))
        self.bars.changed.connect(lambda span: self._filter(bars=span))
        self.density.changed.connect(lambda span: self._filter(density=span))
        self.metres.changed.connect(lambda values: self._filter(metres=values))
        self.styles.changed.connect(lambda values: self._filter(styles=values))
        self.folders.changed.connect(lambda values: self._filter(folders=values))
        self.ticks.changed.connect(lambda values: self._filter(resolutions=values))
        self.twins.clicked.connect(lambda on: self._filter(duplicates=on))
        self.model.taken.connect(lambda row, take: self._take([row], take=take))
        self.model.stale.connect(self._show_stale)
        self.table.listen_pressed.connect(lambda index: self.listen_wanted.emit(int(self.model.rows[index.row()])))
        self.table.switch_pressed.connect(self._switch_selected)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_hint())
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sorted)

    # What is shown

    def begin(self, corpus: Corpus) -> None:
        """Another folder was scanned."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.which.setCurrentIndex(0)
        self.table.setColumnWidth(WHY, COLUMNS[WHY].width)
        self.table.horizontalHeader().setSortIndicator(PATH, Qt.SortOrder.AscendingOrder)
        self._view = View()
        catalogue = corpus.catalogue
        sound = catalogue.notes > 0
        for button, values in (
            (self.tempo, catalogue.bpm),
            (self.bars, corpus.bars),
            (self.density, density_of(catalogue)),
        ):
            if sound.any():
                button.offer(float(values[sound].min()), float(values[sound].max()))
        self.model.show_rows(corpus, self.model.rows[:0])
        self.show_corpus(corpus)
        self.view_wanted.emit(self._view)

    def show_corpus(self, corpus: Corpus) -> None:
        """The files as they are judged now."""
        self._corpus = corpus
        filters = self._filters = corpus.filters
        self._kits = corpus.kit_choices
        self.tempo.show_span(filters.tempo)
        self.bars.show_span(filters.bars)
        self.density.show_span(filters.density)
        self.metres.offer([(metre, metre) for metre in choices.metres_of(corpus)], filters.metres)
        self.styles.offer([(style_name(style), style) for style in choices.styles_of(corpus)], filters.styles)
        self.folders.offer([(folder, folder) for folder in choices.folders_of(corpus)], filters.folders)
        self.ticks.offer([(f"{ticks}", ticks) for ticks in choices.resolutions_of(corpus)], filters.resolutions)
        self.twins.setChecked(filters.duplicates)
        self._show_kit(corpus)
        problems = [refusal.reason for refusal in corpus.problems]
        more = f" And {len(problems) - 3} more." if len(problems) > 3 else ""
        self.problems.setText(" ".join(problems[:3]) + more)
        self.problems.setVisible(bool(problems))
        self.model.rejudge(corpus)
        if self._look_again:
            self._look_again = False
            self.view_wanted.emit(self._view)

    def _show_stale(self, sentence: str) -> None:
        self.problems.setText(sentence)
        self.problems.show()

    def show_rows(self, rows) -> None:
        """The files that were looked for."""
        if self._corpus is None:
            return
        self.model.show_rows(self._corpus, rows)
        total = len(self._corpus.catalogue)
        shown = counted(len(rows), "file") if len(rows) == total else f"{len(rows):,} of {counted(total, 'file')}"
        self._usual_hint = (
            f"{shown}.  Click a box to take or leave a file, double-click to hear it, right-click for its folder and "
            "its kit map."
        )
        self._show_hint()

    def _show_hint(self) -> None:
        """Why the file under the cursor is refused; elsewhere, what can be done."""
        entry = self.model.entry(self.table.currentIndex().row())
        self.hint.setText(entry.reason if entry is not None and entry.reason else self._usual_hint)
        self.hint.setToolTip(self.hint.text())

    def _show_kit(self, corpus: Corpus) -> None:
        names = [kit_map.name for kit_map in self.kit_maps()]
        self.kit.clear()
        self.kit.addItem(_GUESSED, None)
        for name in names:
            self.kit.addItem(name, name)
        chosen = corpus.kit_choices.get("")
        self.kit.setCurrentIndex(names.index(chosen.name) + 1 if chosen is not None and chosen.name in names else 0)

    # What the user does

    def _filter(self, **values: object) -> None:
        self._look_again = bool(self._view.which) or self._view.order == "verdict"
        self._want(replace(self._filters, **values))

    def _want(self, filters: Filters) -> None:
        if self._corpus is not None:
            self._filters = filters
            self.judgement_wanted.emit(filters, self._kits)

    def _look_for(self) -> None:
        self._timer.stop()
        which = self.which.currentData()
        if which != self._view.which:
            self.table.setColumnWidth(WHY, _WHY_PX if which == "refused" else COLUMNS[WHY].width)
        self._show_view(text=self.search.text().strip(), which=which)

    def _sorted(self, column: int, order) -> None:
        if COLUMNS[column].order:
            self._show_view(order=COLUMNS[column].order, backwards=order == Qt.SortOrder.DescendingOrder)

    def _show_view(self, **values: object) -> None:
        view = replace(self._view, **values)
        if view != self._view:
            self._view = view
            self.view_wanted.emit(view)

    def _take(self, rows: Sequence[int], *, take: bool) -> None:
        if self._corpus is None:
            return
        filters = self._filters
        try:
            entries = self._corpus.entries_of(rows)
        except DrumappError as error:
            self._show_stale(str(error))
            return
        for entry in entries:
            if choices.can_be_chosen(entry.verdict):
                filters = choices.chosen(filters, entry.path.as_posix(), take=take)
        self._want(filters)

    def _switch_selected(self) -> None:
        places = [index.row() for index in self.table.selectionModel().selectedRows()][:_MOST_CLICKED]
        current = self.model.entry(self.table.currentIndex().row())
        if places and current is not None:
            rows = [int(self.model.rows[place]) for place in places]
            self._take(rows, take=current.verdict is not Verdict.ACCEPTED)

    def _take_folder(self, folder: str, *, take: bool) -> None:
        self._want(choices.chosen(self._filters, folder, take=take))

    def _kit_chosen(self, path: str, name: str | None) -> None:
        if self._corpus is None:
            return
        kits = {place: kit for place, kit in self._kits.items() if place != path}
        if name is not None:
            kits[path] = next(kit_map for kit_map in self.kit_maps() if kit_map.name == name)
        self._kits = kits
        self._want(self._filters)

    def _menu(self, place: QPoint) -> None:
        index = self.table.indexAt(place)
        entry = self.model.entry(index.row()) if index.isValid() else None
        if entry is not None:
            menu = self.menu_of(entry, int(self.model.rows[index.row()]))
            menu.popup(self.table.viewport().mapToGlobal(place))

    def menu_of(self, entry: FileEntry, row: int) -> QMenu:
        """What can be done with a file."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        path = entry.path.as_posix()
        folder = path.rpartition("/")[0]
        if entry.notes:
            menu.addAction("Listen", lambda: self.listen_wanted.emit(row))
            menu.addAction("Open in the roll", lambda: self.open_wanted.emit(row))
            menu.addSeparator()
        if choices.can_be_chosen(entry.verdict):
            take = entry.verdict is not Verdict.ACCEPTED
            text = "Take it all the same" if take else "Leave it out"
            menu.addAction(text, lambda: self._take([row], take=take))
        if folder:
            menu.addAction(f"Leave out all of {folder}", lambda: self._take_folder(folder, take=False))
            menu.addAction(f"Take all of {folder}", lambda: self._take_folder(folder, take=True))
        places = [("Kit map of this file", path), *([(f"Kit map of {folder}", folder)] if folder else [])]
        for title, where in places:
            kits = menu.addMenu(title)
            for name in (None, *(kit_map.name for kit_map in self.kit_maps())):
                action = kits.addAction(name or _GUESSED)
                action.triggered.connect(lambda _=False, at=where, kit=name: self._kit_chosen(at, kit))
        return menu


class _FileTable(QTableView):
    """Signals: listen_pressed (index) by Return or a double click; switch_pressed by Space."""

    listen_pressed = Signal(object)
    switch_pressed = Signal()

    def __init__(self, model: FileModel, theme: Theme) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegateForColumn(PATH, FileDelegate(theme, self))
        self.setAccessibleName("Files")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFont(tabular(self.font()))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(40)
        header.setStretchLastSection(True)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        self.doubleClicked.connect(lambda index: self.listen_pressed.emit(index))

    def event(self, event) -> bool:
        """Here Space takes or leaves the selected files, and Return plays one."""
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == event.Type.ShortcutOverride and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event) -> None:
        """Space switches, Return plays, the rest moves about."""
        if event.key() == Qt.Key.Key_Space:
            self.switch_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.listen_pressed.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
