"""Asks how a MIDI file is to be written: how much, in which format, at which resolution, for whose keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from drumapp.core.kit_map import KitMap
from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.excerpts import EXTENT_NAMES, Extent
from drumapp.settings import RESOLUTIONS, Settings

_LAYOUTS = {
    "one": "One track (format 0)",
    "two": "Tempo and drums apart (format 1)",
    "lanes": "A track for each drum (format 1)",
}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """How to write: extent; layout, one of ``one``, ``two`` and ``lanes``; ticks per quarter; the map of the keys."""

    extent: Extent
    layout: str
    resolution: int
    kit_map: KitMap

    @property
    def midi_format(self) -> int:
        """0 or 1."""
        return 0 if self.layout == "one" else 1


class ExportDialog(QDialog):
    """``agreed`` carries the ExportChoice, which the settings remember but for the extent."""

    agreed = Signal(object)

    def __init__(
        self,
        extents: Sequence[Extent],
        extent: Extent,
        settings: Settings,
        kit_maps: Sequence[KitMap],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export MIDI")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings, self._extents, self._kit_maps = settings, tuple(extents), tuple(kit_maps)
        self.extent = ChoiceBox("What", "How much of the beat is written")
        self.extent.addItems([EXTENT_NAMES[each] for each in self._extents])
        self.extent.setCurrentIndex(self._extents.index(extent))
        self.layout_box = ChoiceBox("Tracks", "How the notes are spread over tracks")
        self.layout_box.addItems(list(_LAYOUTS.values()))
        self.layout_box.setCurrentIndex(list(_LAYOUTS).index(settings.export_layout))
        self.resolution = ChoiceBox("Resolution", "Ticks per quarter note; 480 keeps every tick as it is")
        self.resolution.addItems([f"{ticks} ticks per quarter" for ticks in RESOLUTIONS])
        self.resolution.setCurrentIndex(RESOLUTIONS.index(settings.export_resolution))
        self.kit = ChoiceBox("Kit map", "Which device or program shall play the file")
        self.kit.addItems([kit_map.name for kit_map in self._kit_maps])
        self.kit.setCurrentText(settings.export_kit_map)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        rows = (
            ("What", self.extent),
            ("Tracks", self.layout_box),
            ("Resolution", self.resolution),
            ("Keys for", self.kit),
        )
        for row, (name, box) in enumerate(rows):
            grid.addWidget(QLabel(name), row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Choose a file …")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self._agree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(grid)
        layout.addWidget(buttons)

    @property
    def choice(self) -> ExportChoice:
        """What is chosen."""
        return ExportChoice(
            self._extents[self.extent.currentIndex()],
            list(_LAYOUTS)[self.layout_box.currentIndex()],
            RESOLUTIONS[self.resolution.currentIndex()],
            self._kit_maps[self.kit.currentIndex()],
        )

    def _agree(self) -> None:
        choice, settings = self.choice, self._settings
        settings.export_layout, settings.export_resolution = choice.layout, choice.resolution
        settings.export_kit_map = choice.kit_map.name
        self.agreed.emit(choice)
