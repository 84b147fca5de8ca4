"""The files of a folder as a table that Qt shows; a page of them is read when it comes into sight."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from drumapp.core.errors import DrumappError
from drumapp.gui.style_names import style_name
from drumapp.gui.training.choices import can_be_chosen
from drumapp.midi.corpus import Corpus, FileEntry, Verdict

_PAGE = 128
_MOST_PAGES = 32


@dataclass(frozen=True)
class Column:
    """Title; what the catalogue is sorted by, "" for what cannot be; width in pixels; whether it holds numbers."""

    title: str
    order: str
    width: int
    number: bool = False


COLUMNS = (
    Column("File", "path", 220),
    Column("Taken?", "verdict", 150),
    Column("Kit map", "", 102),
    Column("Tempo", "bpm", 60, True),
    Column("Metre", "metres", 58, True),
    Column("Bars", "bars", 52, True),
    Column("Notes", "notes", 60, True),
    Column("Ticks", "resolutions", 56, True),
    Column("Style", "styles", 90),
)
PATH, WHY = 0, 1


class FileModel(QAbstractTableModel):
    """Signals: taken (row of the catalogue, take) when a box is clicked; stale (sentence) when the cache cannot be
    read any more.
    """

    taken = Signal(int, bool)
    stale = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._corpus: Corpus | None = None
        self._rows = np.zeros(0, np.int64)
        self._pages: OrderedDict[int, list[FileEntry | None]] = OrderedDict()

    def show_rows(self, corpus: Corpus, rows: NDArray[np.int64]) -> None:
        """Show these rows of a corpus's catalogue."""
        self.beginResetModel()
        self._corpus, self._rows = corpus, rows
        self._pages.clear()
        self.endResetModel()

    def rejudge(self, corpus: Corpus) -> None:
        """The same rows, judged otherwise."""
        self._corpus = corpus
        self._pages.clear()
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the catalogue that are shown."""
        return self._rows

    def entry(self, place: int) -> FileEntry | None:
        """The file of a line of the table."""
        if self._corpus is None or not 0 <= place < len(self._rows):
            return None
        page = place // _PAGE
        if page not in self._pages:
            rows = self._rows[page * _PAGE : (page + 1) * _PAGE].tolist()
            try:
                self._pages[page] = list(self._corpus.entries_of(rows))
            except DrumappError as error:
                self._pages[page] = [None] * len(rows)
                self.stale.emit(str(error))
            if len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        return self._pages[page][place % _PAGE]

    # What Qt asks

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many files are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """How many things are told of each."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The columns' titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is known of a file."""
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(entry, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == PATH:
            taken = entry.verdict is Verdict.ACCEPTED
            return Qt.CheckState.Checked if taken else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.reason or f"{entry.path.as_posix()}\nDouble-click to hear it"
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A box was clicked."""
        entry = self.entry(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or entry is None or not can_be_chosen(entry.verdict):
            return False
        self.taken.emit(int(self._rows[index.row()]), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """All can be selected; what can be taken has a box."""
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == PATH and can_be_chosen(entry.verdict):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags


def cell_text(entry: FileEntry, column: int) -> str:
    """What a cell says."""
    title = COLUMNS[column].title
    if title == "File":
        return entry.path.as_posix().encode(errors="replace").decode()
    if title == "Taken?":
        return entry.clause or ("held out" if entry.split == "validation" else "taken")
    if not entry.resolution:
        return ""
    if title == "Kit map":
        return entry.kit if entry.notes else ""
    return {
        "Tempo": f"{entry.bpm:.4g}",
        "Metre": entry.metre,
        "Bars": f"{entry.bars:.3g}",
        "Notes": f"{entry.notes:,}",
        "Ticks": f"{entry.resolution}",
        "Style": style_name(entry.style) if entry.style else "",
    }[title]


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
