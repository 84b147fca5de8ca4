"""A list of drums to tick, for what goes to an output."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from drumapp.core.kit import Lane
from drumapp.gui.choice_box import CheckBox
from drumapp.gui.theme import Theme


class DrumList(QWidget):
    """``chosen`` carries the keys of the drums that are ticked, or None for all there may ever be."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, lanes: Sequence[Lane], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.all = CheckBox(theme, "All drums")
        self.list = QListWidget()
        self.list.setAccessibleName("Drums")
        for lane in lanes:
            item = QListWidgetItem(f"{lane.name} ({lane.key})")
            item.setData(Qt.ItemDataRole.UserRole, lane.key)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.list.addItem(item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.all)
        layout.addWidget(self.list, 1)
        self.all.toggled.connect(self._tell)
        self.list.itemChanged.connect(self._tell)

    def show_keys(self, keys: Sequence[int] | None) -> None:
        """Show which drums go there; no signal."""
        self.blockSignals(True)
        self.all.setChecked(keys is None)
        for item in self._items():
            ticked = keys is None or item.data(Qt.ItemDataRole.UserRole) in keys
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.setEnabled(keys is not None)
        self.blockSignals(False)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _tell(self, *_: object) -> None:
        if self.signalsBlocked():
            return
        self.list.setEnabled(not self.all.isChecked())
        ticked = [item for item in self._items() if item.checkState() is Qt.CheckState.Checked]
        keys = tuple(item.data(Qt.ItemDataRole.UserRole) for item in ticked)
        self.chosen.emit(None if self.all.isChecked() else keys)
