"""The built-in sampler: plays the drums of a .sf2 file with NumPy alone.

It knows what drum kits use: key and velocity ranges, stereo pairs and pan, attenuation, velocity curve, tuning,
exclusive classes, loops and the volume envelope. It leaves out filters, LFOs, modulation envelopes and effects, for
which there is FluidSynth.
"""

from __future__ import annotations

from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import HOUSE_KIT
from drumapp.playback.sampler_sounds import Sound, make_sound
from drumapp.playback.sf2_zones import Zone, read_drum_kit
from drumapp.playback.synth import DEFAULT_SAMPLE_RATE, Audio

_POLYPHONY = 64
_MOST_VOICES = 2 * _POLYPHONY  # those that are fading out included
_FADE_SECONDS = 0.005
_SILENCE = 1e-5


class Sampler:
    """A synth that plays a SoundFont 2 file's drum kit; see `drumapp.playback.synth.Synth`.

    Sounds are made ready when first struck, or beforehand with `warm_up`. Raises SynthError for a file it cannot play.
    """

    def __init__(self, soundfont: Path, sample_rate: int = DEFAULT_SAMPLE_RATE) -> None:
        kit = read_drum_kit(soundfont)
        self.sample_rate = sample_rate
        self.description = f"Sampler: {soundfont.name}"
        self._frames = kit.frames
        self._zones_of_key: dict[int, list[Zone]] = {}
        for zone in kit.zones:
            for key in range(zone.keys[0], min(zone.keys[1], 127) + 1):
                self._zones_of_key.setdefault(key, []).append(zone)
        self._sounds: dict[tuple[int, int], Sound] = {}  # by id of the zone, which the kit keeps alive, and key
        self._voices: list[_Voice] = []
        self._fade_frames = max(1, round(_FADE_SECONDS * sample_rate))

    @property
    def keys(self) -> list[int]:
        """The keys that have a sound, in order."""
        return sorted(self._zones_of_key)

    def warm_up(self) -> None:
        """Make all sounds ready, the kit's most usual drums first, so that no first stroke waits for it."""
        usual = [lane.key for lane in HOUSE_KIT.lanes]
        for key in dict.fromkeys((*usual, *self.keys)):
            for zone in self._zones_of_key.get(key, ()):
                self._sound(zone, key)

    def note_on(self, key: int, velocity: int) -> None:
        """Strike a key; those of its exclusive class are choked."""
        struck = [self._sound(zone, key) for zone in self._zones_of_key.get(key, ()) if zone.answers(key, velocity)]
        choked = {sound.exclusive for sound in struck} - {0}
        if choked:
            for voice in self._voices:
                if voice.sound.exclusive in choked:
                    voice.fade_out(self._fade_frames)
        self._make_room(len(struck))
        self._voices += [_Voice(sound, key, velocity) for sound in struck]

    def note_off(self, key: int) -> None:
        """Let go of a key: its sounds die away as the font says."""
        for voice in self._voices:
            if voice.key == key:
                voice.released = True

    def all_off(self) -> None:
        """Fade out within five milliseconds."""
        for voice in self._voices:
            voice.fade_out(self._fade_frames)

    def render(self, frames: int) -> Audio:
        """The next frames, shape (frames, 2)."""
        if not self._voices:
            return np.zeros((frames, 2), np.float32)
        mix = np.zeros((2, frames), np.float32)
        for voice in self._voices:
            voice.add_to(mix, frames)
        self._voices = [voice for voice in self._voices if not voice.done]
        return np.ascontiguousarray(mix.T)

    def close(self) -> None:
        """Drop all sounds."""
        self._voices.clear()
        self._sounds.clear()

    def _sound(self, zone: Zone, key: int) -> Sound:
        place = id(zone), key
        sound = self._sounds.get(place)
        if sound is None:
            sound = self._sounds[place] = make_sound(zone, self._frames, key, self.sample_rate)
        return sound

    def _make_room(self, wanted: int) -> None:
        """Fade out the quietest voices so that ``wanted`` more fit."""
        held = [voice for voice in self._voices if not voice.fading]
        excess = len(held) + wanted - _POLYPHONY
        if excess > 0:
            for voice in sorted(held, key=lambda voice: voice.loudness)[:excess]:
                voice.fade_out(self._fade_frames)
        if len(self._voices) + wanted > _MOST_VOICES:
            del self._voices[: len(self._voices) + wanted - _MOST_VOICES]


class _Voice:
    """One sound that rings.

    Attributes: sound; key; released, once the key is let go; fading, once it was choked or stolen; done, when nothing
    is left of it.
    """

    __slots__ = (
        "_audio",
        "_fade_left",
        "_gain",
        "_level",
        "_place",
        "_step",
        "done",
        "fading",
        "key",
        "released",
        "sound",
    )

    def __init__(self, sound: Sound, key: int, velocity: int) -> None:
        self.sound = sound
        self.key = key
        self.released = False
        self.fading = False
        self.done = False
        heard = sound.fixed_velocity or velocity
        gain = (heard / 127.0) ** sound.velocity_exponent
        self._audio = sound.audio
        self._gain = np.array([[sound.left * gain], [sound.right * gain]], np.float32)
        self._place = 0
        self._level = 1.0
        self._step = 0.0
        self._fade_left = 0

    @property
    def loudness(self) -> float:
        """A rough measure of how much it would be missed: gain, and how much of it is still to come."""
        return float(self._gain.max()) * self._level * (1.0 - self._place / len(self._audio))

    def fade_out(self, frames: int) -> None:
        """End within ``frames`` frames, on a straight line from where it is."""
        if not self.fading:
            self.fading = True
            self._fade_left = frames
            self._step = self._level / frames

    def add_to(self, mix: NDArray[np.float32], frames: int) -> None:
        """Add the next ``frames`` frames to ``mix``, shape (2, frames)."""
        count = min(frames, len(self._audio) - self._place)
        if self.fading:
            count = min(count, self._fade_left)
        part = self._audio[self._place : self._place + count]
        if self.fading:
            part = part * (np.float32(self._level) - np.float32(self._step) * _counting(count))
            self._level -= self._step * count
            self._fade_left -= count
            self.done = self._fade_left <= 0
        elif self.released:
            rate = self.sound.release_rate
            part = part * (np.float32(self._level) * np.exp(np.float32(rate) * _counting(count)))
            self._level *= exp(rate * count)
            self.done = self._level < _SILENCE
        mix[:, :count] += part * self._gain
        self._place += count
        self.done = self.done or self._place >= len(self._audio)


def _counting(count: int) -> NDArray[np.float32]:
    """1, 2, 3 ... ``count``."""
    if count > len(_NUMBERS):
        return np.arange(1, count + 1, dtype=np.float32)
    return _NUMBERS[:count]


_NUMBERS = np.arange(1, 4097, dtype=np.float32)
