"""FluidSynth: plays any soundfont, .sf3 too, where its library is installed; and where soundfonts are found."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from drumapp.playback.bundled_library import own_library_alone
from drumapp.playback.fluid_voices import HEADROOM_CENTIBELS, FluidVoices
from drumapp.playback.mix import MOST_GAIN, KeyMix
from drumapp.playback.native_chatter import silenced
from drumapp.playback.sf2 import read_soundfont
from drumapp.playback.sf2_zones import ATTENUATION, CHORUS_SEND, REVERB_SEND
from drumapp.playback.synth import DEFAULT_SAMPLE_RATE, Audio, SynthError
from drumapp.resources import builtin_soundfont, bundle_folder

SOUNDFONT_FOLDERS_VARIABLE = "DRUMAPP_SOUNDFONT_FOLDERS"

_DRUM_BANK = 128
_BANK_OFFSET = 1024  # whatever bank a channel starts with is an empty one
_OFFSET_DRUM_BANK = _DRUM_BANK + _BANK_OFFSET
_DRUM_CHANNEL = 9
_CHANNEL_VOLUME = 7
_MOST_SENT = 500.0, 100.0  # to reverb and chorus, in thousandths of the sound, above what the font sends
_GAIN = 0.9  # with it a stroke is as loud as with the sampler
_FADE_FRAMES = 256
_FLUIDSYNTH_BLOCK = 64
_SAMPLE_RATES = range(8_000, 96_001)
_LEVELS = range(5)  # FluidSynth's log levels: panic, error, warning, information, debugging
_LOG = logging.getLogger("drumapp.fluidsynth")

_POLYPHONY, _OFFLINE_POLYPHONY = 128, 1024
_SETTINGS: dict[str, int | float] = {
    # Switched on when asked for: each takes about as long as a dozen voices, whether it is heard or not.
    "synth.reverb.active": 0,
    "synth.reverb.room-size": 0.6,
    "synth.reverb.damp": 0.3,
    "synth.reverb.width": 0.8,
    "synth.reverb.level": 0.9,
    "synth.chorus.active": 0,
    "synth.dynamic-sample-loading": 1,  # of a file of 150 MB only the drums
}


@cache
def _library() -> ModuleType | None:
    """The pyfluidsynth module, or None where FluidSynth's library is missing."""
    try:
        # Under continuous integration pyfluidsynth prints where it found the library.
        with contextlib.redirect_stdout(io.StringIO()), own_library_alone():
            import fluidsynth
    except (ImportError, OSError, AttributeError):
        # ImportError: not found; OSError: found but unusable; AttributeError: a version with functions missing.
        _LOG.info("FluidSynth's library is not used", exc_info=True)
        return None
    for level in _LEVELS:
        fluidsynth._fl.fluid_set_log_function(level, _log_function, None)
    module: ModuleType = fluidsynth
    return module


def _keep_quiet(level: int, message: bytes, _data: object) -> None:
    """Keep FluidSynth's remarks off the terminal: what matters of them is said in a SynthError."""
    _LOG.debug("%d: %s", level, message.decode("utf-8", "replace"))


# Kept for as long as the library may call it, which is always.
_log_function = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(_keep_quiet)


def fluidsynth_version() -> str | None:
    """The version of FluidSynth's library, such as ``"2.3.1"``, or None where it is missing."""
    library = _library()
    if library is None:
        return None
    parts = [ctypes.c_int() for _ in range(3)]
    library._fl.fluid_version(*(ctypes.byref(part) for part in parts))
    return ".".join(str(part.value) for part in parts)


def plays_at(sample_rate: int) -> bool:
    """Whether FluidSynth is installed and renders that many frames a second."""
    return sample_rate in _SAMPLE_RATES and _library() is not None


def how_to_install() -> str:
    """What to do on this system to get FluidSynth."""
    if bundle_folder() is not None:
        return "install Drumapp again"
    if sys.platform == "darwin":
        return "brew install fluid-synth"
    if sys.platform == "win32":
        return "choco install fluidsynth (or unpack its release into C:\\tools\\fluidsynth)"
    return "sudo apt install libfluidsynth3 (or your distribution's fluidsynth package)"


class FluidSynth:
    """A synth played by FluidSynth; see `drumapp.playback.synth.Synth`. Onsets fall on blocks of 64 frames.

    Args: program of the drum kit in bank 128; None, or one that the soundfont lacks, for its first.
    Raises SynthError when the library is missing or the soundfont is not one, or has no drums.
    """

    has_effects = True

    def __init__(
        self,
        soundfont: Path,
        sample_rate: int = DEFAULT_SAMPLE_RATE,
        program: int | None = None,
        *,
        offline: bool = False,
    ) -> None:
        library = _library()
        if library is None:
            raise SynthError(
                f"FluidSynth is not installed: {how_to_install()}, or choose the built-in sampler as the synth."
            )
        if sample_rate not in _SAMPLE_RATES:
            raise SynthError(
                f"FluidSynth cannot play at {sample_rate} frames a second, only at {_SAMPLE_RATES.start} to "
                f"{_SAMPLE_RATES.stop - 1}: choose such a rate, or the built-in sampler as the synth."
            )
        read_soundfont(soundfont)  # says what is wrong with a file; FluidSynth says only that it failed
        self.sample_rate = sample_rate
        self.description = f"FluidSynth {fluidsynth_version()}: {soundfont.name}"
        self._channel = _DRUM_CHANNEL
        polyphony = _OFFLINE_POLYPHONY if offline else _POLYPHONY
        settings = _SETTINGS | {"synth.polyphony": polyphony}
        self._synth: Any = library.Synth(gain=_GAIN * MOST_GAIN, samplerate=sample_rate, channels=16, **settings)
        self._write = library._fl.fluid_synth_write_float
        self._handle = ctypes.c_void_p(self._synth.synth)
        self._silence = library._fl.fluid_synth_all_sounds_off
        self._reset = library._fl.fluid_synth_system_reset
        self._set_generator = library._fl.fluid_synth_set_gen
        self._voices = FluidVoices(library._fl, self._handle, polyphony)
        self._tail = np.zeros((0, 2), np.float32)
        self._effects = 0.0, 0.0
        try:
            with silenced():  # GLib's remarks do not go through the log function
                self._font = library.fluid_synth_sfload(self._synth.synth, os.fsencode(soundfont), 0)
            if self._font < 0:
                raise SynthError(
                    f"{soundfont} cannot be played as a soundfont: FluidSynth refuses it. Choose another .sf2 or .sf3 "
                    "file."
                )
            programs = [n for n in range(128) if self._synth.sfpreset_name(self._font, _DRUM_BANK, n) is not None]
            if not programs:
                raise SynthError(
                    f"{soundfont} has no drum kit (nothing in bank {_DRUM_BANK}). Choose a soundfont with drums."
                )
            self._program = program if program in programs else programs[0]
            self._keep_loaded(library)
            self._select()
        except SynthError:
            self.close()
            raise

    def note_on(self, key: int, velocity: int) -> None:
        """Strike a key; what rings of its exclusive class is choked."""
        self._synth.noteon(self._channel, key, velocity)
        self._voices.struck(key)

    def note_off(self, key: int) -> None:
        """Let go of a key."""
        self._synth.noteoff(self._channel, key)

    def choke(self, key: int) -> None:
        """Fade a key's voices out within five blocks of 64 frames; the reverb rings on."""
        self._voices.choke(key)

    def set_key_mix(self, key: int, mix: KeyMix) -> None:
        """Play a key so; what rings of it follows within five blocks of 64 frames."""
        self._voices.set_mix(key, mix)

    def set_effects(self, reverb: float, chorus: float) -> None:
        """So much of each, 0 to 1, from the next block on; what is not heard at all costs no time."""
        self._effects = reverb, chorus
        self._synth.setting("synth.reverb.active", int(reverb > 0.0))
        self._synth.setting("synth.chorus.active", int(chorus > 0.0))
        self._send_to_effects()

    def all_off(self) -> None:
        """Fall silent within 256 frames, reverb and all."""
        # FluidSynth cuts voices off with a click. So what would have come next is rendered, faded, and mixed under
        # what comes instead.
        tail = self.render(_FADE_FRAMES)
        tail *= np.linspace(1.0, 0.0, _FADE_FRAMES, dtype=np.float32)[:, np.newaxis]
        self._silence(self._handle, self._channel)
        self.render(_FLUIDSYNTH_BLOCK)  # the library obeys while it renders; a reset before that would undo it
        self._reset(self._handle)  # empties reverb and delay lines, and forgets the channel's settings
        self._voices.forget()
        self._select()
        self._tail = tail

    def render(self, frames: int) -> Audio:
        """The next frames, shape (frames, 2)."""
        audio = np.zeros((frames, 2), np.float32)
        # Not data_as: what it returns refers to itself, and while music plays nobody collects such garbage.
        place = ctypes.c_void_p(audio.ctypes.data)
        done = 0
        while done < frames:
            count = min(frames - done, self._voices.prepare())
            self._write(self._handle, count, place, 2 * done, 2, place, 2 * done + 1, 2)
            self._voices.rendered(count)
            done += count
        count = min(frames, len(self._tail))
        if count:
            audio[:count] += self._tail[:count]
            self._tail = self._tail[count:]
        return audio

    def warm_up(self) -> None:
        """Do nothing: choosing the drum kit has loaded its samples."""

    def close(self) -> None:
        """Free the library's synth."""
        if self._synth is not None:
            self._synth.delete()
            self._synth = None

    def _keep_loaded(self, library: ModuleType) -> None:
        """Have the drum kit's samples loaded and stay so, and no others.

        A reset gives every channel the first program of its bank and unloads what no channel plays any more: then
        whoever resets while music plays would wait for a piano, or for the drums, to be unpacked.
        """
        library._fl.fluid_synth_set_bank_offset(self._handle, self._font, _BANK_OFFSET)
        pin = getattr(library._fl, "fluid_synth_pin_preset", None)  # since FluidSynth 2.2
        if pin is not None:
            pin(self._handle, self._font, _OFFSET_DRUM_BANK, self._program)

    def _select(self) -> None:
        self._synth.program_select(self._channel, self._font, _OFFSET_DRUM_BANK, self._program)
        self._synth.cc(self._channel, _CHANNEL_VOLUME, 127)  # it starts at 100, which is 4 dB down
        self._set_generator(self._handle, self._channel, ATTENUATION, ctypes.c_float(HEADROOM_CENTIBELS))
        self._send_to_effects()

    def _send_to_effects(self) -> None:
        for generator, most, amount in zip((REVERB_SEND, CHORUS_SEND), _MOST_SENT, self._effects, strict=True):
            self._set_generator(self._handle, self._channel, generator, ctypes.c_float(most * amount))


def find_soundfonts(folders: Iterable[Path] | None = None) -> list[Path]:
    """The soundfonts on this computer, the built-in one first, then by folder and name.

    Args: folders to look through; left out, those named in the variable DRUMAPP_SOUNDFONT_FOLDERS, or else the places
    where this system keeps soundfonts.
    """
    found = {builtin_soundfont().resolve(): builtin_soundfont()} if builtin_soundfont().is_file() else {}
    for folder in _usual_folders() if folders is None else folders:
        with contextlib.suppress(OSError):  # a folder that may not be read has nothing to offer
            for path in sorted(folder.iterdir()):
                if path.suffix.lower() in (".sf2", ".sf3") and path.is_file():
                    found.setdefault(path.resolve(), path)
    return list(found.values())


def _usual_folders() -> list[Path]:
    named = os.environ.get(SOUNDFONT_FOLDERS_VARIABLE)
    if named is not None:
        return [Path(folder) for folder in named.split(os.pathsep) if folder]
    home = Path.home()
    if sys.platform == "darwin":
        return [
            home / "Library/Audio/Sounds/Banks",
            Path("/Library/Audio/Sounds/Banks"),
            Path("/opt/homebrew/share/soundfonts"),
            Path("/opt/homebrew/share/fluid-synth/sf2"),
            Path("/usr/local/share/soundfonts"),
            Path("/usr/local/share/fluid-synth/sf2"),
        ]
    if sys.platform == "win32":
        program_data = Path(os.environ.get("PROGRAMDATA", "C:\\ProgramData"))
        return [
            home / "Documents/SoundFonts",
            home / "Music/SoundFonts",
            program_data / "soundfonts",
            Path("C:/soundfonts"),
        ]
    data_home = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    roots = [data_home, Path("/usr/local/share"), Path("/usr/share")]
    places = [root / name for root in roots for name in ("soundfonts", "sounds/sf2", "sounds/sf3")]
    return [*places, home / ".sounds/sf2", home / "soundfonts"]
