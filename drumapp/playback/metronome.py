"""The metronome: on which frames it clicks, along the music and before it, and what a click sounds like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from drumapp.core.timing import Metre, MetreMap, Range, TempoMap
from drumapp.playback.mix import gain_of
from drumapp.playback.outputs import Click
from drumapp.playback.transport import Segment, TimeAnchor

_SECONDS = 0.03
_DECAY_SECONDS = 0.006
_HERTZ = {True: 1760.0, False: 1175.0}  # the bar's first beat lies a fifth above the others
_LEVEL = {True: 0.5, False: 0.35}

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class MetronomeSettings:
    """Attributes: on: whether it clicks while the music plays; count_in: how many bars it clicks before the music, 0 to
    4; volume_db of its sound. Raises ValueError for another count_in.
    """

    on: bool = False
    count_in: int = 0
    volume_db: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.count_in <= 4:
            raise ValueError(f"count_in must be 0 to 4 bars, not {self.count_in}")

    @property
    def gain(self) -> float:
        """The volume as a factor."""
        return gain_of(self.volume_db)


def clicks_in(segments: Sequence[Segment], metre: MetreMap, gain: float) -> list[Click]:
    """The clicks on the beats that fall into segments."""
    return [
        Click(max(segment.anchor.frame_of(tick), segment.start), accent, gain)
        for segment in segments
        for tick, accent in _beats(segment.ticks, metre)
    ]


def count_in(
    settings: MetronomeSettings, metre: Metre, bpm: float, frame: int, sample_rate: int
) -> tuple[list[Click], float]:
    """The clicks before music that is started at a frame, and the frame, with its fraction, at which it then begins."""
    anchor = TimeAnchor(float(frame), 0.0, TempoMap.constant(bpm), sample_rate)
    ticks = settings.count_in * metre.ticks_per_bar
    beats = range(0, ticks, metre.ticks_per_beat)
    clicks = [Click(anchor.frame_of(tick), tick % metre.ticks_per_bar == 0, settings.gain) for tick in beats]
    return clicks, anchor.exact_frame_of(ticks)


def _beats(ticks: Range, metre: MetreMap) -> Iterator[tuple[int, bool]]:
    """The ticks of beats, and whether a bar begins with them."""
    if not ticks.length:
        return
    bar = metre.bar_at(ticks.start)
    while (start := metre.bar_start(bar)) < ticks.stop:
        stop = min(metre.bar_start(bar + 1), ticks.stop)
        step = metre.metre_at(start).ticks_per_beat
        skipped = max(-(-(ticks.start - start) // step), 0)
        for tick in range(start + skipped * step, stop, step):
            yield tick, tick == start
        bar += 1


class ClickSound:
    """Adds the sound of clicks to blocks of audio."""

    def __init__(self, sample_rate: int) -> None:
        self._sounds = {accent: _sound(accent, sample_rate) for accent in (True, False)}
        self._ringing: list[Audio] = []  # what is left of each click

    def strike(self, audio: Audio, click: Click) -> None:
        """Add a click to a block, shape (frames, 2), from whose start its frame counts."""
        self._ringing += _added(audio[click.frame :], self._sounds[click.accent] * np.float32(click.gain))

    def ring_on(self, audio: Audio) -> None:
        """Add what is left of the clicks before. To be called first for each block."""
        ringing, self._ringing = self._ringing, []
        for rest in ringing:
            self._ringing += _added(audio, rest)

    def hush(self) -> None:
        """Forget the clicks that ring; they have died away within some milliseconds anyhow."""
        self._ringing.clear()


def _added(audio: Audio, sound: Audio) -> list[Audio]:
    """Add a sound to the start of a block; what did not fit, if any."""
    count = min(len(audio), len(sound))
    audio[:count] += sound[:count, np.newaxis]
    return [sound[count:]] if count < len(sound) else []


def _sound(accent: bool, sample_rate: int) -> Audio:
    times = np.arange(round(_SECONDS * sample_rate)) / sample_rate
    tone = np.sin(2.0 * pi * _HERTZ[accent] * times) * np.exp(-times / _DECAY_SECONDS)
    sound: Audio = (_LEVEL[accent] * tone).astype(np.float32)
    return sound
