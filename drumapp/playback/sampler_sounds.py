"""Zones of a drum kit made ready to play: at the output's rate and pitch, loops unrolled, envelope applied."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from drumapp.playback import sf2_zones as sf2
from drumapp.playback.mix import KeyMix, panned
from drumapp.playback.resample import resample
from drumapp.playback.sf2_zones import Zone

# Fonts are written for the EMU chips' scale of attenuation, which every player follows: 0.4 dB for each dB said.
_ATTENUATION_SCALE = 0.4
_RELEASE_SPAN_DB = 100.0
_LONGEST_SECONDS = 30.0
_LOOPED_SECONDS = 10.0
# Played octaves too high, a loop runs through frames by the gigabyte in so many seconds.
_MOST_SOURCE_FRAMES = 2**23
_END_FADE_SECONDS = 0.001
_LOOPED_MODES = (1, 3)
_NO_TIME_TIMECENTS = -12_000


@dataclass(frozen=True)
class Sound:
    """One zone at one key.

    Attributes: audio at the output rate, shape (frames,), full scale at +-1; gain, a factor; place from -1 (left) to 1;
    velocity_exponent: a stroke's gain is (velocity / 127) to its power; fixed_velocity, or None; exclusive: number of
    the exclusive class, 0 for none; release_rate: logarithm of the gain that each frame takes after the key is let go.
    """

    audio: NDArray[np.float32]
    gain: float
    place: float
    velocity_exponent: float
    fixed_velocity: int | None
    exclusive: int
    release_rate: float

    def velocity_gain(self, velocity: int) -> float:
        """The factor for a stroke of a velocity from 1 to 127."""
        gain: float = ((self.fixed_velocity or velocity) / 127.0) ** self.velocity_exponent
        return gain

    def sides(self, mix: KeyMix) -> tuple[float, float]:
        """The left and the right gain under a key's mix: as loud wherever it lies."""
        angle = pi / 4 * (1.0 + panned(self.place, mix.pan))
        gain = self.gain * mix.gain
        return gain * cos(angle), gain * sin(angle)


def make_sound(zone: Zone, frames: NDArray[np.int16], key: int, sample_rate: int) -> Sound:
    """Make a zone ready for a key. Args: frames of the whole soundfont; sample_rate of the output."""
    start, stop = zone.span
    raw = frames[start:stop]
    looped = zone.value(sf2.SAMPLE_MODES) & 3 in _LOOPED_MODES
    ratio = _pitch_ratio(zone, key, sample_rate)
    if looped:
        raw = _unrolled(raw, zone, min(round(_LOOPED_SECONDS * sample_rate * ratio), _MOST_SOURCE_FRAMES))
    raw = raw[: min(round(_LONGEST_SECONDS * sample_rate * ratio), _MOST_SOURCE_FRAMES)]
    audio = resample(raw.astype(np.float32) / np.float32(32768.0), ratio)
    audio = _with_envelope(audio, zone, key, sample_rate)
    fade = min(len(audio), round(_END_FADE_SECONDS * sample_rate))
    audio[len(audio) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    release = max(_seconds(zone.value(sf2.RELEASE)), 0.005)  # any shorter would click
    fixed = zone.value(sf2.FIXED_VELOCITY)
    return Sound(
        audio=audio,
        gain=10.0 ** (-_ATTENUATION_SCALE * max(zone.value(sf2.ATTENUATION), 0) / 200.0),
        place=min(max(zone.value(sf2.PAN), -500), 500) / 500.0,
        velocity_exponent=max(zone.velocity_amount, 0) / 480.0,  # a soft stroke is never the louder one
        fixed_velocity=fixed if 1 <= fixed <= 127 else None,
        exclusive=zone.value(sf2.EXCLUSIVE_CLASS),
        release_rate=-_RELEASE_SPAN_DB / 20.0 * float(np.log(10.0)) / (release * sample_rate),
    )


def _pitch_ratio(zone: Zone, key: int, sample_rate: int) -> float:
    root = zone.value(sf2.ROOT_KEY)
    if not 0 <= root <= 127:
        root = zone.sample.root_key if zone.sample.root_key <= 127 else 60
    fixed = zone.value(sf2.FIXED_KEY)
    played = fixed if 0 <= fixed <= 127 else key
    cents = (played - root) * zone.value(sf2.SCALE_TUNING) + zone.sample.correction
    cents += 100 * zone.value(sf2.COARSE_TUNE) + zone.value(sf2.FINE_TUNE)
    # Eight octaves either way are more than any drum needs.
    return float(zone.sample.sample_rate / sample_rate * 2.0 ** (np.clip(cents, -9600, 9600) / 1200.0))


def _unrolled(raw: NDArray[np.int16], zone: Zone, length: int) -> NDArray[np.int16]:
    """A looped sample as it sounds for ``length`` frames; a loop that makes no sense is not played."""
    start = zone.span[0]
    loop_start, loop_stop = (place - start for place in zone.loop)
    if not 0 <= loop_start < loop_stop <= len(raw) or loop_stop - loop_start < 2:
        return raw
    if length <= loop_stop:
        return raw[:length]
    return np.concatenate((raw[:loop_start], np.resize(raw[loop_start:loop_stop], length - loop_start)))


def _with_envelope(audio: NDArray[np.float32], zone: Zone, key: int, sample_rate: int) -> NDArray[np.float32]:
    """Delay, attack, hold, decay and sustain of the volume envelope; the release comes with the key's letting go."""
    delay, attack = _seconds(zone.value(sf2.DELAY)), _seconds(zone.value(sf2.ATTACK))
    hold = _seconds(zone.value(sf2.HOLD) + (60 - key) * zone.value(sf2.KEY_TO_HOLD))
    decay = _seconds(zone.value(sf2.DECAY) + (60 - key) * zone.value(sf2.KEY_TO_DECAY))
    sustain_db = min(max(zone.value(sf2.SUSTAIN), 0), 1440) / 10.0
    if not (delay or attack or sustain_db):
        return audio
    lead = round(min(delay, _LOOPED_SECONDS) * sample_rate)
    if lead:
        audio = np.concatenate((np.zeros(lead, np.float32), audio))
    times = (np.arange(len(audio)) - lead) / sample_rate
    gain = np.ones(len(audio))
    if sustain_db:
        slope = _RELEASE_SPAN_DB / max(decay, 1e-4)
        lost_db = np.clip((times - attack - hold) * slope, 0.0, sustain_db)
        gain = 10.0 ** (-lost_db / 20.0)
    if attack:
        gain = np.where(times < attack, np.clip(times / attack, 0.0, 1.0), gain)
    shaped = (audio * gain).astype(np.float32)
    if sustain_db >= _RELEASE_SPAN_DB - 10.0:
        # It has died away by then: nothing is left to play.
        shaped = shaped[: lead + 1 + round((attack + hold + decay) * sample_rate)]
    return shaped


def _seconds(timecents: int) -> float:
    """A time in seconds; at or below the format's shortest, 1/1024 s, it is none at all."""
    if timecents <= _NO_TIME_TIMECENTS:
        return 0.0
    return float(2.0 ** (min(timecents, 8_000) / 1200.0))
