"""Sound and ports in the whole window: output button, status line, banners, and the dialog where they are set up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from drumapp.core.kit import Lane
from drumapp.gui.banner import Remedy
from drumapp.gui.conductor import Conductor
from drumapp.gui.dialogs import Asking
from drumapp.gui.main_window import MainWindow
from drumapp.gui.midi_setup.control import VIRTUAL_PORT, MidiControl
from drumapp.gui.setup_dialog import Place, SetupDialog
from drumapp.gui.sound.control import SoundControl
from drumapp.gui.sound.timing_test import TimingTest
from drumapp.gui.theme import Theme
from drumapp.logs import LOG
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import PlaybackEngine, SoundSettings

_NEWS_MS = 8000  # for which good news stays


class SoundRoom(QObject):
    """Attributes: control; timing, the self-test; lanes: asked for the drums there are, when the dialog opens."""

    def __init__(
        self,
        window: MainWindow,
        conductor: Conductor,
        engine: PlaybackEngine,
        sound: SoundSettings,
        midi: MidiControl,
        settings: Settings,
        asking: Asking,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._conductor, self._midi = window, conductor, midi
        self._settings, self._asking, self._theme = settings, asking, theme
        self._dialog: SetupDialog | None = None
        self.lanes: Callable[[], Sequence[Lane]] = tuple
        self.control = SoundControl(engine, sound, settings, asking)
        self.timing = TimingTest(self.control, midi, conductor.pause)
        self._news = QTimer(self, interval=_NEWS_MS, singleShot=True)
        self._news.timeout.connect(lambda: window.banner.clear("sound back"))
        self._wire()
        self._show_output()

    def close(self) -> None:
        """End what runs in the background."""
        self.timing.close()
        self.control.close()

    def set_up(self, place: Place = ("device", "")) -> None:
        """Open the dialog at one of its pages."""
        if self._dialog is None:
            self._dialog = SetupDialog(
                self.control, self._midi, self.timing, self._settings, self.lanes(), self._theme, self._window
            )
            self._conductor.playhead_moved.connect(self._dialog.notice)
            self._dialog.finished.connect(self._dialog_closed)
            self._dialog.open()
        self._dialog.choose(place)

    def set_up_midi(self) -> None:
        """Open the dialog at the program's own port."""
        self.set_up(("output", VIRTUAL_PORT))

    def _dialog_closed(self) -> None:
        self._dialog = None

    def _wire(self) -> None:
        window, control, midi = self._window, self.control, self._midi
        output = window.transport.output
        window.transport.volume_changed.connect(control.set_volume)
        window.soundfont_dropped.connect(control.bring_soundfont)
        output.soundfont_chosen.connect(control.choose_soundfont)
        output.synth_chosen.connect(control.choose_synth)
        output.browse_requested.connect(control.ask_soundfont)
        output.find_soundfonts = control.soundfonts
        output.find_ports = lambda: [(choice.port, choice.on) for choice in midi.outputs]
        output.port_switched.connect(lambda port, on: midi.switch_output(port, on=on))
        output.setup_requested.connect(self.set_up_midi)
        output.sound_requested.connect(self.set_up)
        self._conductor.sound_event.connect(control.hear)
        self._conductor.sound_event.connect(midi.hear)
        for name, act in {
            "choose_soundfont": control.ask_soundfont,
            "sound_setup": self.set_up,
            "midi_setup": self.set_up_midi,
            "test_timing": lambda: self.set_up(("timing", "")),
        }.items():
            window.actions_by_name[name].triggered.connect(lambda _=False, act=act: act())
        control.chosen.connect(self._show_output)
        control.ready.connect(self._sound_ready)
        control.problem.connect(self._sound_problem)
        control.back.connect(self._sound_back)
        control.refused.connect(self._refused)
        control.died.connect(self._engine_died)
        midi.changed.connect(self._show_ports)
        midi.problem.connect(self._port_problem)
        midi.said.connect(window.status.music.setText)

    def _show_output(self) -> None:
        self._window.transport.output.show_choice(self._settings.soundfont, self._settings.synth)

    def _show_ports(self) -> None:
        self._window.transport.output.show_ports([choice.port for choice in self._midi.outputs if choice.on])

    def _sound_ready(self, words: str, fine: bool) -> None:
        self._window.status.sound.setText(words)
        if fine:
            self._window.banner.clear("sound")

    def _sound_problem(self, cause: str, remedy: str) -> None:
        again = Remedy("Try again", self._try_again)
        other = Remedy("Sound settings …", self.set_up)
        self._window.banner.show_problem("sound", cause, f"The music runs in silence. {remedy}", again, other)

    def _sound_back(self, sentence: str) -> None:
        self._window.banner.offer("sound back", sentence, "", ())
        self._window.status.music.setText(sentence.rstrip("."))
        self._news.start()

    def _refused(self, sentence: str) -> None:
        """The dialog shows it itself where it is open."""
        if self._dialog is None:
            self._asking.show_error(sentence)

    def _engine_died(self, sentence: str) -> None:
        LOG.error("%s", sentence)
        self._window.status.sound.setText("No sound")
        self._window.banner.show_problem("sound", sentence, "", Remedy("Restart sound", self._try_again))

    def _port_problem(self, port: str, sentence: str) -> None:
        topic = f"port {port}"
        if not sentence:
            self._window.banner.clear(topic)
        else:
            self._window.banner.show_problem(topic, sentence, "", Remedy("MIDI and sync …", self.set_up_midi))

    def _try_again(self) -> None:
        self._window.banner.clear("sound")
        self.control.try_again()
