"""What sounds and how loud: from the user's choice to the engine, and from the engine's news to the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp import resources
from drumapp.core.errors import DrumappError
from drumapp.gui.aside import Aside
from drumapp.gui.dialogs import SOUNDFONT_FILES, Asking
from drumapp.playback.output_settings import NO_DEVICE
from drumapp.settings import Settings
from drumapp.sound_choices import MOST_SOUNDFONTS, SoundChoice

if TYPE_CHECKING:
    from drumapp.playback.audio import DeviceInfo
    from drumapp.playback.engine import EngineEvent, PlaybackEngine, SoundReady, SoundSettings
    from drumapp.playback.sf2_zones import DrumPreset

BUILT_IN = "Built-in kit"
SILENT_DEVICE = "no sound device"  # what SoundReady calls the device that nobody hears
_SYNTH_PARTS = ("soundfont", "synth", "program", "sample_rate")
_DEVICE_PARTS = ("device", "backend", "buffer_ms")

_KICK, _SNARE, _HAT, _OPEN_HAT, _CRASH = 36, 38, 42, 46, 49
_STEP_MS = 140
_SAMPLE_BEAT = (
    ((_KICK, 112), (_HAT, 88)),
    ((_HAT, 64),),
    ((_SNARE, 108), (_HAT, 88)),
    ((_KICK, 96), (_HAT, 64)),
    ((_HAT, 88),),
    ((_KICK, 112), (_HAT, 64)),
    ((_SNARE, 112), (_HAT, 88)),
    ((_OPEN_HAT, 80),),
    ((_KICK, 116), (_CRASH, 96)),
)


class SoundControl(QObject):
    """Between the settings and the engine. What cannot be played or opened gives way to what could be before.

    Signals: chosen when the sound is to be another; changed when what is known of it is another; ready (what sounds, in
    words; whether it is as it should be); problem (cause, remedy) when there is no sound; refused (sentence) when a
    choice was none, and the one before holds; back (sentence) when a sound that was lost has come back; died (sentence)
    when the playing process ended.
    Attributes: sound, as it is chosen; devices, those there are, as far as is known; latest, what the engine said last
    of what sounds; busy: whether it has yet to answer; refusal, the sentence of the last choice if it was refused.
    """

    chosen = Signal()
    changed = Signal()
    ready = Signal(str, bool)
    problem = Signal(str, str)
    refused = Signal(str)
    back = Signal(str)
    died = Signal(str)

    def __init__(self, engine: PlaybackEngine, sound: SoundSettings, settings: Settings, asking: Asking) -> None:
        super().__init__()
        self._engine = engine
        self._settings = settings
        self._asking = asking
        self._good: SoundSettings | None = None  # with which there was sound last
        self._lost = False
        self._lent = False
        self._kits_of: Path | None = None
        self._kits: tuple[DrumPreset, ...] = ()
        self._aside = Aside()
        self._beat: list[tuple[tuple[int, int], ...]] = []
        self._beat_timer = QTimer(self, interval=_STEP_MS)
        self._beat_timer.timeout.connect(self._strike_next)
        self.sound = sound
        self.devices: tuple[DeviceInfo, ...] = ()
        self.latest: SoundReady | None = None
        self.busy = False
        self.refusal = ""

    # What there is to choose from

    def soundfonts(self) -> list[Path | None]:
        """The soundfonts there are: the built-in one, which is None; the system's; the user's own."""
        from drumapp.playback.soundfont import find_soundfonts

        builtin = resources.builtin_soundfont()
        found = [path for path in find_soundfonts() if path != builtin]
        own = [path for path in self._settings.recent_soundfonts if path.is_file()]
        current = self._settings.soundfont
        return list(dict.fromkeys([None, *found, *own, current]))

    @property
    def chosen_font(self) -> Path | None:
        """The soundfont that is chosen; None for the built-in one."""
        return self._settings.soundfont

    def name_of(self, soundfont: Path) -> str:
        """What a soundfont is called."""
        return BUILT_IN if soundfont == resources.builtin_soundfont() else soundfont.stem

    @property
    def kits(self) -> tuple[DrumPreset, ...]:
        """The drum kits of the chosen soundfont, in order of their programs; none while they are looked for."""
        soundfont = self.sound.soundfont
        if soundfont != self._kits_of:
            self._kits_of, self._kits = soundfont, ()
            self._aside.ask(lambda: _kits_in(soundfont), lambda kits: self._show_kits(soundfont, kits))
        return self._kits

    def _show_kits(self, soundfont: Path, kits: tuple[DrumPreset, ...]) -> None:
        if soundfont == self._kits_of:
            self._kits = kits
            self.changed.emit()

    def ask_devices(self) -> None:
        """Have the devices looked for; `changed` says when they are known."""
        self._engine.ask_devices()

    # What the user does

    def choose_soundfont(self, path: Path | None) -> None:
        """Play another soundfont, with its first drum kit; None is the built-in kit."""
        if path != self._settings.soundfont:
            self._choose(soundfont=path or resources.builtin_soundfont(), program=None)

    def bring_soundfont(self, path: Path) -> None:
        """Play a soundfont of the user's own, and keep it among those there are to choose from."""
        recent = self._settings.recent_soundfonts
        self._settings.recent_soundfonts = tuple(dict.fromkeys((path, *recent)))[:MOST_SOUNDFONTS]
        self.choose_soundfont(path)

    def ask_soundfont(self) -> None:
        """Let the user choose a soundfont file."""
        path = self._asking.file_to_open("Choose soundfont", self._settings.recent_folder, SOUNDFONT_FILES)
        if path is not None:
            self._settings.recent_folder = path.parent
            self.bring_soundfont(path)

    def choose_kit(self, soundfont: Path, program: int | None) -> None:
        """Play a soundfont with one of its drum kits; None is its first."""
        self._choose(soundfont=soundfont, program=program)

    def choose_program(self, program: int) -> None:
        """Play another drum kit of the soundfont."""
        self._choose(program=program)

    def choose_synth(self, synth: str) -> None:
        """Let another synth play."""
        self._choose(synth=synth)

    def choose_device(self, device: str, backend: str) -> None:
        """Play through another device. Args: as in `SoundSettings`."""
        self._choose(device=device, backend=backend)

    def choose_rate(self, sample_rate: int) -> None:
        """Render so many frames a second."""
        self._choose(sample_rate=sample_rate)

    def choose_buffer(self, buffer_ms: int) -> None:
        """Let the device hold back so much."""
        self._choose(buffer_ms=buffer_ms)

    def set_volume(self, volume_db: float) -> None:
        """Louder or softer, in decibels."""
        self._apply(volume_db=volume_db)

    def set_effects(self, reverb: float, chorus: float) -> None:
        """So much of each, 0 to 1."""
        self._apply(reverb=reverb, chorus=chorus)

    def set_offset(self, offset_ms: float) -> None:
        """Strike the synth so much later than the beat, earlier if below 0."""
        self._apply(offset_ms=offset_ms)

    def hear_kit(self) -> None:
        """Strike a short beat with what is chosen, whether music plays or not; once more, it begins anew."""
        self._beat = list(_SAMPLE_BEAT)
        self._beat_timer.start()
        self._strike_next()

    def try_again(self) -> None:
        """Look for a sound device once more; brings back a playing process that died."""
        self._engine.start()
        self._tell()

    def close(self) -> None:
        """End what runs in the background."""
        self._beat_timer.stop()
        self._aside.close()

    def lend_device(self, *, lent: bool) -> None:
        """Let go of the device, so that others have it to themselves; or take it up again."""
        self._lent = lent
        self._tell()

    # What the playing process says

    def hear(self, event: EngineEvent) -> None:
        """Take up what the engine says. An answer to a choice that has been made anew meanwhile is passed over."""
        from drumapp.playback import engine as playback

        if isinstance(event, playback.SoundDevices):
            self.devices = event.devices
        elif isinstance(event, playback.SoundReady):
            if self._lent or not self._as_chosen(event.wanted, (*_SYNTH_PARTS, *_DEVICE_PARTS)):
                return
            self._take_up(event)
        elif isinstance(event, playback.SoundProblem):
            if self._lent or not self._as_chosen(event.wanted, _DEVICE_PARTS):
                return
            self._device_refused(event.sentence, event.remedy)
        elif isinstance(event, playback.SoundfontProblem):
            if not self._as_chosen(event.wanted, _SYNTH_PARTS):
                return
            self._soundfont_refused(event.sentence)
        elif isinstance(event, playback.EngineDied):
            self._lost, self.busy, self.latest = True, False, None
            self.died.emit(event.sentence)
        else:
            return
        self.changed.emit()

    def _as_chosen(self, wanted: SoundSettings | None, parts: Sequence[str]) -> bool:
        return wanted is None or _same(wanted, self.sound, parts)

    def _take_up(self, event: SoundReady) -> None:
        heard = event.device != SILENT_DEVICE
        meant = heard or self.sound.device == NO_DEVICE
        self.latest, self.busy = event, False
        if meant:
            self._good = self.sound
            if self._lost and heard:
                self.back.emit(f"The sound is back, through {event.device}.")
            self._lost = False
        self.ready.emit(f"{event.description}, {event.device}", meant)

    def _device_refused(self, sentence: str, remedy: str) -> None:
        good = self._good
        if good is None or _same(good, self.sound, _DEVICE_PARTS):
            self._lost = good is not None
            self.problem.emit(sentence, remedy)
            return
        self._apply(**{part: getattr(good, part) for part in _DEVICE_PARTS})
        after = "It stays silent, as it was." if good.device == NO_DEVICE else "It plays on through the device before."
        self._refuse(f"{sentence} {after}")

    def _soundfont_refused(self, sentence: str) -> None:
        refused, good = self.sound.soundfont, self._good
        if good is None or good.soundfont != refused:
            recent = self._settings.recent_soundfonts
            self._settings.recent_soundfonts = tuple(path for path in recent if path != refused)
        if good is None or _same(good, self.sound, _SYNTH_PARTS):
            # At the start, or when what played can be played no more: what the engine plays instead is the choice.
            good = replace(self.sound, soundfont=resources.builtin_soundfont(), synth="auto", program=None)
        self._apply(**{part: getattr(good, part) for part in _SYNTH_PARTS})
        self._refuse(sentence)

    def _refuse(self, sentence: str) -> None:
        self.refusal = sentence
        self.refused.emit(sentence)

    def _choose(self, **changes: object) -> None:
        self.refusal, self.busy = "", True
        self._apply(**changes)

    def _apply(self, **changes: object) -> None:
        sound = replace(self.sound, **changes)
        builtin = resources.builtin_soundfont()
        self.sound = sound
        self._settings.soundfont = None if sound.soundfont == builtin else sound.soundfont
        self._settings.synth, self._settings.volume_db = sound.synth, sound.volume_db
        self._settings.sound = SoundChoice.of(sound)
        self._tell()
        self.chosen.emit()
        self.changed.emit()

    def _tell(self) -> None:
        self._engine.set_sound(replace(self.sound, device=NO_DEVICE) if self._lent else self.sound)

    def _strike_next(self) -> None:
        for key, velocity in self._beat.pop(0):
            self._engine.audition(key, velocity)
        if not self._beat:
            self._beat_timer.stop()


def _kits_in(soundfont: Path) -> tuple[DrumPreset, ...]:
    from drumapp.playback.sf2_zones import list_drum_presets

    try:
        return tuple(list_drum_presets(soundfont))
    except DrumappError:
        return ()  # the playing process says what is wrong with it


def _same(one: SoundSettings, other: SoundSettings, parts: Sequence[str]) -> bool:
    return all(getattr(one, part) == getattr(other, part) for part in parts)
