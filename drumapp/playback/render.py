"""Pattern to audio without a sound device, and audio to WAV files."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Literal

import numpy as np

from drumapp.atomic import write_atomically
from drumapp.core.errors import DrumappError
from drumapp.core.kit import GENERAL_MIDI_KIT, DrumKit
from drumapp.core.pattern import Pattern
from drumapp.playback.engine_protocol import Play, SetMix, SetPattern, pack
from drumapp.playback.mix import mix_of
from drumapp.playback.player import Player
from drumapp.playback.synth import Audio, Synth

Bits = Literal[16, 24, "float"]

LONGEST_SECONDS = 2 * 3600

_BLOCK_FRAMES = 1024
_END_FADE_SECONDS = 0.02
_INTEGER, _FLOAT = 1, 3  # format tags of a WAV file


class RenderError(DrumappError):
    """Audio that cannot be made or put into a file."""


def render_pattern(
    pattern: Pattern,
    synth: Synth,
    *,
    kit: DrumKit = GENERAL_MIDI_KIT,
    tail_seconds: float = 2.0,
    volume_db: float = 0.0,
    progress: Callable[[float], None] | None = None,
) -> Audio:
    """Play a pattern once into an array, by the very code that plays it live.

    Args: synth, silent and without a mix so far; kit whose mix is heard; tail_seconds for the last drums to ring, after
    the pattern's length; progress, told the share done, from 0 to 1.
    Returns shape (frames, 2) at the synth's rate, within +-1.
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
    player.post(SetPattern(pack(pattern.notes), pattern.length, pattern.tempo))
    player.post(SetMix(mix_of(kit)))
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


def write_wav(path: Path, audio: Audio, sample_rate: int, bits: Bits = 16) -> None:
    """Write audio of shape (frames, channels) as a WAV file: 16 or 24 bit integers, or 32 bit floats.

    What exceeds +-1 is clipped in integer files. The file is written whole or not at all.
    Raises WriteError when it cannot be written, RenderError when it would be larger than a WAV file can be.
    """
    body = _encoded(audio, bits)
    width = {16: 2, 24: 3, "float": 4}[bits]
    channels = audio.shape[1]
    tag = _FLOAT if bits == "float" else _INTEGER
    form = struct.pack(
        "<HHIIHH", tag, channels, sample_rate, sample_rate * channels * width, channels * width, 8 * width
    )
    chunks = _chunk(b"fmt ", form + (b"\0\0" if tag == _FLOAT else b""))
    if tag == _FLOAT:
        chunks += _chunk(b"fact", struct.pack("<I", len(audio)))
    if len(chunks) + len(body) + 20 >= 2**32:
        raise RenderError(f"Cannot write {path}: a WAV file holds at most 4 GB. Render fewer bars.")
    chunks += _chunk(b"data", body)
    write_atomically(path, b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _encoded(audio: Audio, bits: Bits) -> bytes:
    if bits == "float":
        return np.ascontiguousarray(audio, dtype="<f4").tobytes()
    scale = 2.0 ** (bits - 1) - 1
    whole = np.rint(np.clip(audio.astype(np.float64), -1.0, 1.0) * scale)
    if bits == 16:
        return whole.astype("<i2").tobytes()
    # The lower three bytes of each four.
    return whole.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
