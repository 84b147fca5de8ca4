"""Shows, edits, loads and saves kit maps: which keys of a device mean which drum."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.kit import GENERAL_MIDI_LANES, DrumKit, Lane
from drumapp.core.kit_map import KitMap
from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.kit_map_text import map_of, text_of
from drumapp.gui.kit_maps import KitMaps
from drumapp.gui.theme import Theme

_HINT = (
    "The keys that mean a drum on the device: the first is sent to it, all are understood from it. “as 43” plays "
    "another drum in place of one that the device lacks. MIDI files are imported and exported by these maps."
)


class KitMapDialog(QDialog):
    """While it is open the music goes on. Attributes: chosen, name, table and the buttons."""

    def __init__(
        self, kit_maps: KitMaps, kit: DrumKit, theme: Theme, folder: Callable[[], Path | None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Kit maps")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 620)
        self._kit_maps, self._theme, self._folder = kit_maps, theme, folder
        others = [lane for lane in GENERAL_MIDI_LANES if lane.key not in kit.row_of_key]
        self._lanes: tuple[Lane, ...] = (*kit.lanes, *others)
        self._loaded: KitMap | None = None  # shown, but not kept yet
        self._deleted: KitMap | None = None
        self.chosen = ChoiceBox("Kit map", "The map that is shown")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the map")
        self.table = QTableWidget(len(self._lanes), 2)
        self.table.setHorizontalHeaderLabels(["Drum", "Keys"])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setColumnWidth(1, 160)
        self.table.setAccessibleName("Keys of each drum")
        self.problem = QLabel()
        self.problem.setObjectName("dialogProblem")
        self.problem.setWordWrap(True)
        self.save = QPushButton("Save")
        self.delete = QPushButton("Delete")
        self.load, self.export = QPushButton("Load file …"), QPushButton("Save to file …")
        for button in (self.save, self.delete, self.load, self.export):
            button.setAutoDefault(False)  # Return ends typing in a cell, and must not press one of them
        self._lay_out()
        self.chosen.activated.connect(self._choose)
        self.table.itemChanged.connect(self._edited)
        self.name.textEdited.connect(self._edited)
        self.save.clicked.connect(self._save)
        self.delete.clicked.connect(self._delete)
        self.load.clicked.connect(self._load)
        self.export.clicked.connect(self._export)
        self._list(None)

    def _lay_out(self) -> None:
        hint = QLabel(_HINT)
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        naming = QHBoxLayout()
        naming.addWidget(QLabel("Name"))
        naming.addWidget(self.name, 1)
        naming.addWidget(self.save)
        naming.addWidget(self.delete)
        files = QHBoxLayout()
        files.addWidget(self.load)
        files.addWidget(self.export)
        files.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        files.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.chosen)
        layout.addWidget(hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.problem)
        layout.addLayout(naming)
        layout.addLayout(files)

    # What is shown

    def _list(self, name: str | None) -> None:
        """Offer the maps there are, and show that of a name, else the first."""
        self._maps = (*self._kit_maps.all(), *((self._loaded,) if self._loaded is not None else ()))
        names = [kit_map.name for kit_map in self._maps]
        self.chosen.clear()
        self.chosen.addItems(names)
        row = len(names) - 1 - names[::-1].index(name) if name in names else 0
        self.chosen.setCurrentIndex(row)
        self._show(self._maps[row])

    def _choose(self, row: int) -> None:
        self._show(self._maps[row])

    def _show(self, kit_map: KitMap) -> None:
        self._shown = kit_map
        self.table.blockSignals(True)
        for row, lane in enumerate(self._lanes):
            drum = QTableWidgetItem(f"{lane.name} ({lane.key})")
            drum.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            drum.setForeground(QColor(self._theme.colours.text))
            self.table.setItem(row, 0, drum)
            self.table.setItem(row, 1, QTableWidgetItem(text_of(kit_map, lane.key)))
        self.table.blockSignals(False)
        own = self._kit_maps.is_own(kit_map.name) or kit_map is self._loaded
        self.name.setText(kit_map.name if own else f"My {kit_map.name}")
        self.delete.setText("Delete")
        self.delete.setEnabled(self._kit_maps.is_own(kit_map.name))
        self._deleted = None
        self._edited()

    def _edited(self) -> None:
        """Say what is wrong with the map as it stands, if something is."""
        try:
            self.typed_map()
        except ValueError as error:
            self.problem.setText(str(error))
        else:
            self.problem.setText("")
        sound = not self.problem.text()
        self.save.setEnabled(sound)
        self.export.setEnabled(sound)

    def typed_map(self) -> KitMap:
        """The map as it stands in the table, lines for drums beside it kept. Raises ValueError."""
        rows = {lane.key: self.table.item(row, 1).text() for row, lane in enumerate(self._lanes)}
        beside = {*self._shown.keys, *self._shown.stand_ins} - set(rows)
        return map_of(self.name.text().strip(), rows | {drum: text_of(self._shown, drum) for drum in beside})

    # What is done

    def _save(self) -> None:
        kit_map = self.typed_map()
        if self._kit_maps.save(kit_map):
            self._loaded = None
            self._list(kit_map.name)

    def _delete(self) -> None:
        """Delete the map; the same button brings it back."""
        if self._deleted is not None:
            back, self._deleted = self._deleted, None
            self._kit_maps.save(back)
            self._list(back.name)
            return
        deleted = self._kit_maps.delete(self._shown.name)
        if deleted is not None:
            self._list(None)
            self._deleted = deleted
            self.delete.setText(f"Bring “{deleted.name}” back")
            self.delete.setEnabled(True)

    def _load(self) -> None:
        loaded = self._kit_maps.ask_load(self._folder())
        if loaded is not None:
            self._loaded = loaded
            self._list(loaded.name)

    def _export(self) -> None:
        self._kit_maps.ask_export(self.typed_map(), self._folder())
