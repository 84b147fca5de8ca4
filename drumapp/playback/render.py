"""Pattern to audio without a sound device."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np

from drumapp.core.errors import DrumappError
from drumapp.core.kit import GENERAL_MIDI_KIT, DrumKit
from drumapp.core.pattern import Pattern
from drumapp.playback.engine_protocol import Play, SetMix, SetPattern, pack
from drumapp.playback.mix import Mix, mix_of
from drumapp.playback.player import Player
from drumapp.playback.synth import Audio, Synth

LONGEST_SECONDS = 2 * 3600

_BLOCK_FRAMES = 1024
_END_FADE_SECONDS = 0.02


class RenderError(DrumappError):
    """Audio that cannot be made."""


def render_pattern(
    pattern: Pattern,
    synth: Synth,
    *,
    kit: DrumKit = GENERAL_MIDI_KIT,
    mix: Mix | None = None,
    tail_seconds: float = 2.0,
    volume_db: float = 0.0,
    limited: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Audio:
    """Play a pattern once into an array, by the very code that plays it live.

    Args: synth, silent and without a mix so far; kit whose mix is heard, or the mix itself; tail_seconds for the last
    drums to ring, after the pattern's length; limited: whether the limiter keeps it within +-1, as it does live;
    progress, told the share done, from 0 to 1: whatever it raises ends the work.
    Returns shape (frames, 2) at the synth's rate.
    Raises RenderError when it would last more than two hours, ValueError for a negative tail.
    """
    if tail_seconds < 0:
        raise ValueError(f"the tail must not be negative: {tail_seconds}")
    seconds = pattern.seconds + tail_seconds
    if seconds > LONGEST_SECONDS:
        raise RenderError(
            f"The pattern lasts {pattern.seconds / 3600:,.1f} hours; at most {LONGEST_SECONDS // 3600} can be rendered."
        )
    player = Player(synth, volume_db=volume_db)
    player.master.limited = limited
    player.post(SetPattern(pack(pattern.notes), pattern.length, pattern.tempo))
    player.post(SetMix(mix_of(kit) if mix is None else mix))
    player.post(Play())
    total = ceil(seconds * synth.sample_rate)
    audio = np.empty((total, 2), np.float32)
    for start in range(0, total, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, total)
        audio[start:stop] = player.process(stop - start)
        if progress is not None:
            progress(stop / total)
    fade = min(total, round(_END_FADE_SECONDS * synth.sample_rate))
    audio[total - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, np.newaxis]
    return audio
