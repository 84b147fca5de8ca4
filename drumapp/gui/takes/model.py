"""The takes as a list that Qt shows, the latest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from drumapp.core.project import Take
from drumapp.gui.takes.words import take_details, take_title

TAKE_ROLE = Qt.ItemDataRole.UserRole
CURRENT_ROLE = Qt.ItemDataRole.UserRole + 1
MAX_NAME_LENGTH = 80


class TakesModel(QAbstractListModel):
    """Signals: renamed (take id, name)."""

    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._takes: tuple[Take, ...] = ()
        self._current = ""
        self._starred_only = False
        self._all: Sequence[Take] = ()

    def show_takes(self, takes: Sequence[Take], current: str) -> None:
        """Show these takes; ``current`` is the id of the one in the roll, if any."""
        self._all = takes
        shown = tuple(take for take in reversed(takes) if take.starred or not self._starred_only)
        if [take.id for take in shown] != [take.id for take in self._takes]:
            self.beginResetModel()
            self._takes, self._current = shown, current
            self.endResetModel()
        else:
            self._takes, self._current = shown, current
            if shown:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))

    def show_starred_only(self, starred_only: bool) -> None:
        """Leave the others out, or not."""
        self._starred_only = starred_only
        self.show_takes(self._all, self._current)

    def take_at(self, index: QModelIndex) -> Take | None:
        """The take of a row."""
        return self._takes[index.row()] if index.isValid() and index.row() < len(self._takes) else None

    def index_of(self, take_id: str) -> QModelIndex:
        """The row of a take; none that is valid where it is not shown."""
        row = next((row for row, take in enumerate(self._takes) if take.id == take_id), -1)
        return self.index(row) if row >= 0 else QModelIndex()

    # What Qt asks

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many takes are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._takes)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is known of a take."""
        take = self.take_at(index)
        if take is None:
            return None
        current = take.id == self._current
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return take_title(take)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{take_title(take)}: {take_details(take)}. Return or a double click puts it into the roll"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = [take_title(take), take_details(take), "starred" * take.starred, "in the roll" * current]
            return ", ".join(word for word in words if word)
        return {TAKE_ROLE: take, CURRENT_ROLE: current}.get(role)

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A take was renamed; whoever hears of it changes the project, and then the list."""
        take = self.take_at(index)
        if take is None or role != Qt.ItemDataRole.EditRole:
            return False
        name = str(value).strip()[:MAX_NAME_LENGTH]
        if name != take_title(take):
            self.renamed.emit(take.id, name)
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Every take can be chosen and renamed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
