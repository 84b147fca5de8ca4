"""Chooses what sounds: the soundfont, the synth that plays it, and MIDI ports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QPainter
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from drumapp.gui import icons
from drumapp.gui.choice_box import ARROW_ROOM, paint_chevron
from drumapp.gui.sound.control import BUILT_IN
from drumapp.gui.theme import Theme

SYNTH_NAMES = {"auto": "Best there is", "fluidsynth": "FluidSynth", "sampler": "Built-in sampler"}
_LEAST_WIDTH, _MOST_WIDTH = 112, 168
_BESIDE_TEXT = 64  # icon, chevron and margins
_PORTS_SHARE = 0.6  # of the text's room, at most


class OutputButton(QToolButton):
    """Shows the soundfont's name; its menu offers the others.

    Signals: soundfont_chosen (Path, or None for the built-in kit); synth_chosen (name); browse_requested;
    port_switched (name of a MIDI port, on); setup_requested and sound_requested, for the settings of MIDI and sound.
    Attributes: find_soundfonts and find_ports (names, and whether they are played), asked when the menu opens.
    """

    soundfont_chosen = Signal(object)
    synth_chosen = Signal(str)
    browse_requested = Signal()
    port_switched = Signal(str, bool)
    setup_requested = Signal()
    sound_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._soundfont: Path | None = None
        self._synth = "auto"
        self._ports: tuple[str, ...] = ()
        self.find_soundfonts: Callable[[], Sequence[Path | None]] = list
        self.find_ports: Callable[[], Sequence[tuple[str, bool]]] = list
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(18, 18))
        self.setMinimumWidth(_LEAST_WIDTH)
        self.setMaximumWidth(_MOST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Output")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.fill_menu)
        self.setMenu(self._menu)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.show_choice(None, "auto")

    def show_choice(self, soundfont: Path | None, synth: str) -> None:
        """Show what is chosen; None is the built-in kit."""
        self._soundfont, self._synth = soundfont, synth
        self._show()

    def show_ports(self, ports: Sequence[str]) -> None:
        """Show which MIDI ports are played besides."""
        self._ports = tuple(ports)
        self._show()

    def _show(self) -> None:
        self._fit_text()
        sounds = [BUILT_IN if self._soundfont is None else str(self._soundfont), *self._ports]
        self.setToolTip(f"Output: {', '.join(sounds)}")

    def _fit_text(self) -> None:
        name = BUILT_IN if self._soundfont is None else self._soundfont.stem
        ports, room, metrics = "", self.width() - _BESIDE_TEXT, self.fontMetrics()
        if self._ports:
            ports = f" + {self._ports[0]}" if len(self._ports) == 1 else f" + {len(self._ports)} ports"
            if metrics.horizontalAdvance(ports) > room * _PORTS_SHARE:
                ports = f" +{len(self._ports)}"
        room -= metrics.horizontalAdvance(ports)
        self.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) + ports)

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(_MOST_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for half a name."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event) -> None:
        """Show as much of the name as there is room for."""
        super().resizeEvent(event)
        self._fit_text()

    def fill_menu(self) -> None:
        """Look for soundfonts now, so that one installed meanwhile is there."""
        menu = self._menu
        menu.clear()
        fonts = QActionGroup(menu)
        offered = list(dict.fromkeys([None, *self.find_soundfonts(), self._soundfont]))
        for font in offered:
            action = menu.addAction(BUILT_IN if font is None else font.stem)
            action.setToolTip(str(font) if font else BUILT_IN)
            action.setCheckable(True)
            action.setChecked(font == self._soundfont)
            action.triggered.connect(lambda _=False, chosen=font: self.soundfont_chosen.emit(chosen))
            fonts.addAction(action)
        menu.addSeparator()
        menu.addAction("Choose soundfont …", self.browse_requested.emit)
        menu.addSeparator()
        synths = menu.addMenu("Played by")
        group = QActionGroup(synths)
        for synth, name in SYNTH_NAMES.items():
            action = synths.addAction(name)
            action.setCheckable(True)
            action.setChecked(synth == self._synth)
            action.triggered.connect(lambda _=False, chosen=synth: self.synth_chosen.emit(chosen))
            group.addAction(action)
        menu.addSection("MIDI outputs")
        for port, on in self.find_ports():
            action = menu.addAction(port)
            action.setCheckable(True)
            action.setChecked(on)
            action.triggered.connect(lambda checked, port=port: self.port_switched.emit(port, checked))
        menu.addAction("MIDI and sync …", self.setup_requested.emit)
        menu.addSeparator()
        menu.addAction("Sound settings …", self.sound_requested.emit)

    def paintEvent(self, event) -> None:
        """With the mark of what opens a list."""
        super().paintEvent(event)
        colour = QColor(self._theme.colours.text)
        paint_chevron(QPainter(self), colour, self.width() - ARROW_ROOM / 2 - 2, self.height() / 2 + 0.5)

    def _recolour(self) -> None:
        self.setIcon(icons.icon("volume", self._theme.colours.text_dim, size=18))
