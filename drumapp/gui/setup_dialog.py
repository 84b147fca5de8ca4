"""The dialog of sound, MIDI ports and whose time is kept. What is changed counts at once; the music goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.kit import Lane
from drumapp.gui.midi_setup.control import VIRTUAL_PORT, MidiControl
from drumapp.gui.midi_setup.pages import InputPage, OutputPage, SyncPage, SynthPage
from drumapp.gui.sound.control import SoundControl
from drumapp.gui.sound.device_page import DevicePage
from drumapp.gui.sound.kit_page import KitPage
from drumapp.gui.sound.timing_page import TimingPage
from drumapp.gui.sound.timing_test import TimingTest
from drumapp.gui.theme import Theme
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import Playhead

_ROLE = Qt.ItemDataRole.UserRole
Place = tuple[str, str]
"""What a line of the list stands for, and the port's name: a head, a page of PAGES, an output or an input."""

PAGES = {
    "device": "Device",
    "kit": "Soundfont and effects",
    "synth": "Drums played here",
    "sync": "Sync",
    "timing": "Timing test",
}


class SetupDialog(QDialog):
    """Attributes: list; the pages, by what they show: device, kit, synth, output, input, sync, timing."""

    def __init__(
        self,
        sound: SoundControl,
        control: MidiControl,
        test: TimingTest,
        settings: Settings,
        lanes: Sequence[Lane],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sound and MIDI")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(QSize(760, 600))
        self._control, self._settings, self._theme = control, settings, theme
        self.list = QListWidget()
        self.list.setAccessibleName("Pages")
        self.list.setFixedWidth(256)
        self.output, self.input = OutputPage(theme, lanes), InputPage(theme)
        self.synth, self.sync = SynthPage(theme, lanes), SyncPage()
        self.device, self.kit, self.timing = DevicePage(theme, sound), KitPage(sound), TimingPage(theme, test)
        self._pages = {
            "device": self.device,
            "kit": self.kit,
            "synth": self.synth,
            "output": self.output,
            "input": self.input,
            "sync": self.sync,
            "timing": self.timing,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        body = QHBoxLayout()
        body.addWidget(self.list)
        body.addWidget(self._stack, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        # In a list Return means its line, not the button that Qt would choose.
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(body, 1)
        layout.addWidget(buttons)
        self.list.currentItemChanged.connect(lambda *_: self._show_page())
        self.list.itemChanged.connect(self._ticked)
        self.output.changed.connect(control.set_output)
        self.input.changed.connect(control.set_input)
        self.synth.changed.connect(control.set_synth_keys)
        self.sync.changed.connect(control.set_sync)
        control.changed.connect(self._refresh)
        self.finished.connect(lambda _: test.cancel())
        self._refresh()
        self.choose(("device", ""))
        sound.ask_devices()

    def choose(self, place: Place) -> None:
        """Show the page of a line."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ROLE) == place:
                self.list.setCurrentRow(row)

    # The list

    def _places(self) -> list[Place]:
        outputs = [("output", choice.port) for choice in self._control.outputs]
        inputs = [("input", choice.port) for choice in self._control.inputs]
        heads = [("head", name) for name in ("Sound", "MIDI outputs", "MIDI inputs", "Time")]
        sound, time = ([(page, "") for page in pages] for pages in (("device", "kit", "synth"), ("sync", "timing")))
        return [heads[0], *sound, heads[1], *outputs, heads[2], *inputs, heads[3], *time]

    def _refresh(self) -> None:
        """List the ports there are now; the lines stay where they are as far as they are the same."""
        places = self._places()
        self.list.blockSignals(True)
        if [self.list.item(row).data(_ROLE) for row in range(self.list.count())] != places:
            current = self.list.currentItem().data(_ROLE) if self.list.currentItem() else None
            self.list.clear()
            for place in places:
                item = QListWidgetItem()
                item.setData(_ROLE, place)
                self.list.addItem(item)
            if current in places:
                self.list.setCurrentRow(places.index(current))
        for row, place in enumerate(places):
            self._show_line(self.list.item(row), place)
        self.list.blockSignals(False)
        self._show_page()

    def _show_line(self, item: QListWidgetItem, place: Place) -> None:
        kind, port = place
        colours = self._theme.colours
        if kind == "head":
            item.setText(port)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(QColor(colours.text_dim))
            item.setSizeHint(QSize(0, 32))
            return
        item.setSizeHint(QSize(0, 28))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        if kind in PAGES:
            item.setText(PAGES[kind])
            return
        choices = self._control.outputs if kind == "output" else self._control.inputs
        choice = next(choice for choice in choices if choice.port == port)
        state = self._control.state_of(port, output=kind == "output")
        item.setText(f"{port} (virtual port)" if port == VIRTUAL_PORT else port)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if choice.on else Qt.CheckState.Unchecked)
        dim = colours.warning if state and choice.on else colours.text_dim if state else colours.text
        item.setForeground(QColor(dim))
        item.setToolTip(state or port)

    def _ticked(self, item: QListWidgetItem) -> None:
        kind, port = item.data(_ROLE)
        on = item.checkState() is Qt.CheckState.Checked
        if kind == "output":
            self._control.switch_output(port, on=on)
        elif kind == "input":
            self._control.switch_input(port, on=on)

    # The pages

    def _show_page(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        kind, port = item.data(_ROLE)
        control, settings = self._control, self._settings
        maps = [kit_map.name for kit_map in control.maps()]
        if kind == "output":
            choice = next(choice for choice in control.outputs if choice.port == port)
            self.output.show_choice(choice, maps, control.state_of(port, output=True))
        elif kind == "input":
            entry = next(entry for entry in control.inputs if entry.port == port)
            self.input.show_choice(entry, maps, control.state_of(port, output=False))
        elif kind == "synth":
            self.synth.drums.show_keys(settings.synth_keys)
        elif kind == "sync":
            ports = (VIRTUAL_PORT, *control.input_ports)
            self.sync.show_choice(settings.sync, settings.sync_port, ports, control.problems.get("sync", ""))
        if kind in self._pages:
            self._stack.setCurrentWidget(self._pages[kind])

    def notice(self, head: Playhead) -> None:
        """Show the tempo of who is followed."""
        self.sync.show_leader(head.leader_bpm, locked=head.locked)
