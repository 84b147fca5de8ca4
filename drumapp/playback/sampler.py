"""The built-in sampler: plays the drums of a .sf2 file with NumPy alone.

It knows what drum kits use: key and velocity ranges, stereo pairs and pan, attenuation, velocity curve, tuning,
exclusive classes, loops and the volume envelope. It leaves out filters, LFOs, modulation envelopes and effects, for
which there is FluidSynth.
"""

from __future__ import annotations

from math import exp
from pathlib import Path

import numpy as np

from drumapp.core.kit import HOUSE_KIT
from drumapp.playback.mix import PLAIN, KeyMix
from drumapp.playback.sampler_sounds import Sound, make_sound
from drumapp.playback.sf2_zones import Zone, read_drum_kit
from drumapp.playback.synth import DEFAULT_SAMPLE_RATE, Audio

_POLYPHONY = 64
_MOST_VOICES = 2 * _POLYPHONY  # those that are fading out included
_MOST_LAYERS = 16  # zones that one stroke sounds: four velocity layers in stereo are eight
_MOST_FRAMES = 2**26  # of sounds made ready: 256 MB
_CHUNK_FRAMES = 1024
_FADE_SECONDS = 0.005
_SILENCE = 1e-5


class Sampler:
    """A synth that plays a SoundFont 2 file's drum kit; see `drumapp.playback.synth.Synth`.

    Sounds are made ready when first struck, or beforehand with `warm_up`. Raises SynthError for a file it cannot play.
    """

    has_effects = False

    def __init__(self, soundfont: Path, sample_rate: int = DEFAULT_SAMPLE_RATE, program: int | None = None) -> None:
        kit = read_drum_kit(soundfont, program)
        self.sample_rate = sample_rate
        self.description = f"Sampler: {soundfont.name}"
        self._frames = kit.frames
        self._zones_of_key: dict[int, list[Zone]] = {}
        for zone in kit.zones:
            for key in range(zone.keys[0], min(zone.keys[1], 127) + 1):
                self._zones_of_key.setdefault(key, []).append(zone)
        self._sounds: dict[tuple[int, int], Sound] = {}  # by id of the zone, which the kit keeps alive, and key
        self._held_frames = 0
        self._voices: list[_Voice] = []
        self._mixes: dict[int, KeyMix] = {}
        self._rows = np.zeros((_MOST_VOICES, _CHUNK_FRAMES), np.float32)
        self._counting = np.arange(1, _CHUNK_FRAMES + 1, dtype=np.float32)
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
                if self._held_frames > _MOST_FRAMES // 2:
                    return  # a huge font: the rest is made when it is struck

    def note_on(self, key: int, velocity: int) -> None:
        """Strike a key; what rings of its exclusive class is choked."""
        zones = [zone for zone in self._zones_of_key.get(key, ()) if zone.answers(key, velocity)]
        struck = [self._sound(zone, key) for zone in zones[:_MOST_LAYERS]]
        mix = self._mixes.get(key, PLAIN)
        choked = {sound.exclusive for sound in struck if mix.exclusive} - {0}
        if choked:
            for voice in self._voices:
                if voice.sound.exclusive in choked and voice.place and self._mixes.get(voice.key, PLAIN).exclusive:
                    voice.fade_out(self._fade_frames)
        self._make_room(len(struck))
        self._voices += [_Voice(sound, key, velocity, mix) for sound in struck]

    def note_off(self, key: int) -> None:
        """Let go of a key: its sounds die away as the font says."""
        for voice in self._voices:
            if voice.key == key:
                voice.released = True

    def choke(self, key: int) -> None:
        """Fade a key's sounds out within five milliseconds."""
        for voice in self._voices:
            if voice.key == key:
                voice.fade_out(self._fade_frames)

    def set_key_mix(self, key: int, mix: KeyMix) -> None:
        """Play a key so; what rings of it follows within five milliseconds."""
        self._mixes[key] = mix
        for voice in self._voices:
            if voice.key == key:
                voice.glide_to(mix, self._fade_frames)

    def set_effects(self, _reverb: float, _chorus: float) -> None:
        """Do nothing: it has neither."""

    def all_off(self) -> None:
        """Fade out within five milliseconds."""
        for voice in self._voices:
            voice.fade_out(self._fade_frames)

    def render(self, frames: int) -> Audio:
        """The next frames, shape (frames, 2)."""
        audio = np.zeros((frames, 2), np.float32)
        for start in range(0, frames, _CHUNK_FRAMES):
            if not self._voices:
                break
            stop = min(start + _CHUNK_FRAMES, frames)
            self._mix(audio[start:stop])
            self._voices = [voice for voice in self._voices if not voice.done]
        return audio

    def close(self) -> None:
        """Drop all sounds."""
        self._voices.clear()
        self._sounds.clear()

    def _sound(self, zone: Zone, key: int) -> Sound:
        place = id(zone), key
        sound = self._sounds.get(place)
        if sound is None:
            sound = make_sound(zone, self._frames, key, self.sample_rate)
            if self._held_frames + len(sound.audio) > _MOST_FRAMES:
                self._sounds.clear()  # what sounds at this moment is held by its voice
                self._held_frames = 0
            self._sounds[place] = sound
            self._held_frames += len(sound.audio)
        return sound

    def _mix(self, audio: Audio) -> None:
        """Add all voices to ``audio``: one row each, shaped together and summed together."""
        voices, frames = self._voices, len(audio)
        rows = self._rows[: len(voices), :frames]
        for row, voice in zip(rows, voices, strict=True):
            part = voice.audio[voice.place : voice.place + frames]
            row[: len(part)] = part
            row[len(part) :] = 0.0
            voice.place += frames
        counting = self._counting[:frames]
        released = [index for index, voice in enumerate(voices) if voice.released and not voice.fading]
        if released:
            level = np.array([voices[index].level for index in released], np.float32)
            rate = np.array([voices[index].sound.release_rate for index in released], np.float32)
            rows[released] *= level[:, np.newaxis] * np.exp(np.outer(rate, counting))
            for index in released:
                voices[index].level *= exp(voices[index].sound.release_rate * frames)
        fading = [index for index, voice in enumerate(voices) if voice.fading]
        if fading:
            level = np.array([voices[index].level for index in fading], np.float32)
            step = np.array([voices[index].fade_step for index in fading], np.float32)
            rows[fading] *= np.maximum(level[:, np.newaxis] - np.outer(step, counting), 0.0)
            for index in fading:
                voices[index].level -= voices[index].fade_step * frames
        gains = np.array([voice.sides for voice in voices], np.float32)
        audio += (gains.T @ rows).T
        gliding = [index for index, voice in enumerate(voices) if voice.glide_frames]
        if gliding:
            span = np.array([voices[index].glide_frames for index in gliding], np.float32)
            way = np.array([voices[index].way_to_go for index in gliding], np.float32)
            progress = np.minimum(counting / span[:, np.newaxis], 1.0)
            audio += (way.T @ (rows[gliding] * progress)).T
            for index in gliding:
                voices[index].glide(frames)

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

    Attributes: sound and its audio; key; sides, the left and right gains at present, and target, those to which they go
    on a straight line in glide_frames; place, the next frame; level, 1 until the key is let go (released) or the voice
    fades out (fading), by fade_step each frame.
    """

    __slots__ = (
        "_stroke",
        "audio",
        "fade_step",
        "fading",
        "glide_frames",
        "key",
        "level",
        "place",
        "released",
        "sides",
        "sound",
        "target",
    )

    def __init__(self, sound: Sound, key: int, velocity: int, mix: KeyMix) -> None:
        self._stroke = sound.velocity_gain(velocity)
        self.sound = sound
        self.audio = sound.audio
        self.key = key
        self.sides = self.target = self._sides_under(mix)
        self.glide_frames = 0
        self.place = 0
        self.level = 1.0
        self.released = False
        self.fading = False
        self.fade_step = 0.0

    @property
    def done(self) -> bool:
        """Whether nothing is left to hear."""
        return self.place >= len(self.audio) or self.level < _SILENCE

    @property
    def loudness(self) -> float:
        """A rough measure of how much it would be missed, whatever its lane's volume, so that stems add up."""
        return self.sound.gain * self._stroke * self.level * (1.0 - self.place / len(self.audio))

    @property
    def way_to_go(self) -> tuple[float, float]:
        """What the glide adds to each side's gain until its end."""
        return self.target[0] - self.sides[0], self.target[1] - self.sides[1]

    def glide_to(self, mix: KeyMix, frames: int) -> None:
        """Go to another mix within ``frames`` frames."""
        self.target = self._sides_under(mix)
        self.glide_frames = frames

    def glide(self, frames: int) -> None:
        """Let frames of the glide pass."""
        share = min(frames / self.glide_frames, 1.0)
        left, right = self.way_to_go
        self.glide_frames = max(self.glide_frames - frames, 0)
        self.sides = (self.sides[0] + left * share, self.sides[1] + right * share) if self.glide_frames else self.target

    def fade_out(self, frames: int) -> None:
        """End within ``frames`` frames, on a straight line from where it is."""
        if not self.fading:
            self.fading = True
            self.fade_step = self.level / frames

    def _sides_under(self, mix: KeyMix) -> tuple[float, float]:
        left, right = self.sound.sides(mix)
        return left * self._stroke, right * self._stroke
