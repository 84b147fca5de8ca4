"""Asks how audio is to be exported: how much of the beat, mixed or drum by drum, in what kind of file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from drumapp.gui.choice_box import CheckBox, ChoiceBox
from drumapp.gui.excerpts import EXTENT_NAMES, Extent
from drumapp.gui.number_field import NumberField
from drumapp.gui.sound.device_page import rate_words
from drumapp.gui.theme import Theme
from drumapp.settings import Settings
from drumapp.sound_choices import MAX_TAIL_SECONDS, MIN_PEAK_DBFS, AudioExportChoice

RATES = (44_100, 48_000, 88_200, 96_000, 192_000)
_KINDS = {"wav": "WAV", "flac": "FLAC"}
_BITS = {16: "16 bits", 24: "24 bits", "float": "32 bits, floating"}
_AMOUNTS = {False: "The mix, in one file", True: "The mix, and a file for each drum"}
_WIDTH = 400


@dataclass(frozen=True, slots=True)
class AudioExportOrder:
    """What is to be exported, and how."""

    extent: Extent
    choice: AudioExportChoice


class AudioExportDialog(QDialog):
    """``agreed`` carries the AudioExportOrder, which the settings remember but for the extent."""

    agreed = Signal(object)

    def __init__(
        self, extents: Sequence[Extent], extent: Extent, settings: Settings, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export audio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings, self._extents = settings, tuple(extents)
        choice = settings.audio_export
        self.extent = ChoiceBox("What", "How much of the beat is written")
        self.extent.addItems([EXTENT_NAMES[each] for each in self._extents])
        self.extent.setCurrentIndex(self._extents.index(extent))
        self.files = ChoiceBox("Files", "The drums mixed, or besides each by itself; they add up to the mix")
        self.files.addItems(list(_AMOUNTS.values()))
        self.files.setCurrentIndex(int(choice.stems))
        self.kind = ChoiceBox("Format", "FLAC is as exact as WAV, and smaller")
        self.kind.addItems(list(_KINDS.values()))
        self.kind.setCurrentIndex(list(_KINDS).index(choice.kind))
        self.bits = ChoiceBox("Resolution", "Bits of a frame; 24 is more than anybody hears")
        self._rates = sorted({*RATES, choice.sample_rate})
        self.rate = ChoiceBox("Sample rate", "Frames a second: 44.1 kHz as on a CD, 48 kHz as in films")
        self.rate.addItems([rate_words(rate) for rate in self._rates])
        self.rate.setCurrentIndex(self._rates.index(choice.sample_rate))
        self.tail = NumberField(
            theme, "Tail", least=0.0, most=MAX_TAIL_SECONDS, default=2.0, step=0.5, decimals=1, unit="s", width=112
        )
        self.tail.setToolTip("For the last drums to ring, after the end of the beat; 0 to loop the file")
        self.tail.set_value(choice.tail_seconds)
        self.normalise = CheckBox(theme, "Normalise to")
        self.normalise.setToolTip("Bring the loudest moment to this level")
        self.normalise.setChecked(choice.normalise)
        self.peak = NumberField(
            theme, "Level", least=MIN_PEAK_DBFS, most=0.0, default=-1.0, decimals=1, unit="dBFS", width=112
        )
        self.peak.setToolTip("How loud the loudest moment is to be; 0 is all that a file holds")
        self.peak.set_value(choice.peak_dbfs)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._offer_bits)
        self.files.currentIndexChanged.connect(self._show_target)
        self.normalise.toggled.connect(self.peak.setEnabled)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.accepted.connect(self._agree)
        self._offer_bits()
        self.bits.setCurrentIndex(self._bits.index(choice.bits))
        self.peak.setEnabled(choice.normalise)
        self._show_target()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        level = QHBoxLayout()
        level.setSpacing(16)
        level.addWidget(self.normalise)
        level.addWidget(self.peak)
        level.addStretch(1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("What", self.extent),
            ("Files", self.files),
            ("Format", self.kind),
            ("Resolution", self.bits),
            ("Sample rate", self.rate),
            ("Tail", self.tail),
        )
        for row, (name, field) in enumerate(rows):
            grid.addWidget(QLabel(name), row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(QLabel("Level"), len(rows), 0)
        grid.addLayout(level, len(rows), 1)
        hint = QLabel("It sounds as it is heard: with its soundfont, effects, volumes and mutes.")
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(grid)
        layout.addWidget(hint)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(_WIDTH)

    @property
    def order(self) -> AudioExportOrder:
        """What is chosen."""
        choice = AudioExportChoice(
            list(_KINDS)[self.kind.currentIndex()],
            self._bits[self.bits.currentIndex()],
            self._rates[self.rate.currentIndex()],
            self.tail.value,
            self.normalise.isChecked(),
            self.peak.value,
            self.files.currentIndex() == 1,
        )
        return AudioExportOrder(self._extents[self.extent.currentIndex()], choice)

    @property
    def _bits(self) -> list:
        """The resolutions that the chosen format knows."""
        return [bits for bits in _BITS if self.kind.currentIndex() == 0 or bits != "float"]

    def _offer_bits(self) -> None:
        before = self.bits.currentText()
        self.bits.clear()
        self.bits.addItems([_BITS[bits] for bits in self._bits])
        # What the format does not know becomes the best that it does.
        place = self.bits.findText(before)
        self.bits.setCurrentIndex(place if place >= 0 else 1)

    def _show_target(self) -> None:
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText("Choose a folder …" if self.files.currentIndex() == 1 else "Choose a file …")

    def _agree(self) -> None:
        order = self.order
        self._settings.audio_export = order.choice
        self.agreed.emit(order)
