"""The page of the soundfont: which, which of its drum kits, how it sounds, and how much room there is around it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QSlider, QWidget

from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.dropped_files import SOUNDFONT_SUFFIXES, dropped_file
from drumapp.gui.number_field import tabular
from drumapp.gui.setup_page import Page
from drumapp.gui.sound.control import BUILT_IN, SoundControl

_LINE_PX = 28
_REST_MS = 200  # before a soundfont is loaded that the arrow keys have come to
_NO_EFFECTS = "The built-in sampler has no reverb and no chorus; FluidSynth has, where it is installed."
_DROP_HINT = "Drop an .sf2 or .sf3 file here to play it. What is chosen is heard at once, while music plays too."


class KitPage(Page):
    """What is chosen counts at once. Attributes: fonts, the list; hear, back, kit, reverb, chorus."""

    def __init__(self, control: SoundControl) -> None:
        super().__init__()
        self._control = control
        self._first = control.sound.soundfont, control.sound.program
        self.setAcceptDrops(True)
        self.title.setText("Soundfont")
        self.fonts = QListWidget()
        self.fonts.setAccessibleName("Soundfonts")
        self.fonts.setMinimumHeight(120)
        self.hear = QPushButton("Hear it")
        self.hear.setToolTip("A short beat with what is chosen (Return or a double click in the list does the same)")
        self.browse = QPushButton("Browse …")
        self.browse.setToolTip("Bring an .sf2 or .sf3 file of your own")
        self.back = QPushButton("Back")
        for button in (self.hear, self.browse, self.back):
            button.setAutoDefault(False)
        self.kit = ChoiceBox("Drum kit", "The drum kits that the soundfont offers, by its maker's names")
        self.reverb, self.chorus = _Amount("Reverb"), _Amount("Chorus")
        buttons = QHBoxLayout()
        for button in (self.hear, self.browse, self.back):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.column.insertWidget(2, self.fonts, 1)
        self.column.insertLayout(3, buttons)
        self.add_row("Drum kit", self.kit)
        self.add_row("Reverb", self.reverb)
        self.add_row("Chorus", self.chorus)
        self.hint = self.add_hint(_DROP_HINT)
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._choose_font)
        self.fonts.currentRowChanged.connect(lambda _: self._rest.start())
        self.fonts.itemActivated.connect(lambda _: self._hear())
        self.hear.clicked.connect(self._hear)
        self.browse.clicked.connect(control.ask_soundfont)
        self.back.clicked.connect(self._go_back)
        self.kit.activated.connect(lambda index: control.choose_program(control.kits[index].program))
        for amount in (self.reverb, self.chorus):
            amount.slider.valueChanged.connect(self._set_effects)
        control.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen and what there is."""
        if not self._rest.isActive():
            self._show_fonts()
        control, sound = self._control, self._control.sound
        self.back.setEnabled((sound.soundfont, sound.program) != self._first)
        self.back.setToolTip(f"Back to {control.name_of(self._first[0])}, as it was")
        kits = control.kits
        names = [kit.name for kit in kits]
        if [self.kit.itemText(place) for place in range(self.kit.count())] != names:
            self.kit.clear()
            self.kit.addItems(names)
        programs = [kit.program for kit in kits]
        self.kit.setCurrentIndex(programs.index(sound.program) if sound.program in programs else 0)
        self.kit.setEnabled(len(kits) > 1)
        latest = control.latest
        effects = latest is None or latest.has_effects
        for amount, share in ((self.reverb, sound.reverb), (self.chorus, sound.chorus)):
            amount.show_share(share)
            amount.setEnabled(effects)
        self.hint.setText(_DROP_HINT if effects else _NO_EFFECTS)
        self.show_problem(control.refusal)

    def dragEnterEvent(self, event) -> None:
        """Take soundfonts."""
        if dropped_file(event.mimeData(), SOUNDFONT_SUFFIXES) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:
        """Play what is dropped."""
        path = dropped_file(event.mimeData(), SOUNDFONT_SUFFIXES)
        if path is not None:
            event.acceptProposedAction()
            self._control.bring_soundfont(path)

    def _show_fonts(self) -> None:
        control = self._control
        fonts = control.soundfonts()
        with QSignalBlocker(self.fonts):
            if [self._font_at(row) for row in range(self.fonts.count())] != fonts:
                self.fonts.clear()
                for font in fonts:
                    item = QListWidgetItem(BUILT_IN if font is None else font.stem)
                    item.setData(Qt.ItemDataRole.UserRole, None if font is None else str(font))
                    item.setSizeHint(QSize(0, _LINE_PX))
                    item.setToolTip(BUILT_IN if font is None else str(font))
                    self.fonts.addItem(item)
            self.fonts.setCurrentRow(fonts.index(control.chosen_font))

    def _font_at(self, row: int) -> Path | None:
        stored = self.fonts.item(row).data(Qt.ItemDataRole.UserRole)
        return None if stored is None else Path(stored)

    def _choose_font(self) -> None:
        self._rest.stop()
        if self.fonts.currentRow() >= 0:
            self._control.choose_soundfont(self._font_at(self.fonts.currentRow()))

    def _hear(self) -> None:
        self._choose_font()
        self._control.hear_kit()

    def _go_back(self) -> None:
        self._rest.stop()
        self._control.choose_kit(*self._first)

    def _set_effects(self) -> None:
        self._control.set_effects(self.reverb.share, self.chorus.share)


class _Amount(QWidget):
    """A slider from nothing to all, with its number beside it. Attributes: slider."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(f"How much {name.lower()}")
        self._number = QLabel()
        self._number.setFont(tabular(self._number.font()))
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("100 %") + 8)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self._number)
        self.slider.valueChanged.connect(self._say)
        self._say(0)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.slider.value() / 100

    def show_share(self, share: float) -> None:
        """Show an amount; no signal."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(share * 100))
        self._say(self.slider.value())

    def _say(self, value: int) -> None:
        self._number.setText(f"{value} %")
