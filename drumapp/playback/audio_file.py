"""Audio into files: WAV by our own hand, FLAC through libsndfile."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drumapp.atomic import write_atomically
from drumapp.core.errors import DrumappError
from drumapp.playback.synth import Audio

Bits = Literal[16, 24, "float"]
FileKind = Literal["wav", "flac"]

_INTEGER, _FLOAT = 1, 3  # format tags of a WAV file


class AudioFileError(DrumappError):
    """Audio that cannot be put into a file."""


def kind_of(path: Path) -> FileKind:
    """The kind of file that a name stands for: FLAC by its suffix, else WAV."""
    return "flac" if path.suffix.lower() == ".flac" else "wav"


def write_audio(path: Path, audio: Audio, sample_rate: int, kind: FileKind = "wav", bits: Bits = 24) -> None:
    """Write audio of shape (frames, channels). What exceeds +-1 is clipped in files of integers.

    The file is written whole or not at all.
    Raises WriteError when it cannot be written, AudioFileError when it cannot be such a file.
    """
    if kind == "wav":
        write_wav(path, audio, sample_rate, bits)
    else:
        write_flac(path, audio, sample_rate, bits)


def write_flac(path: Path, audio: Audio, sample_rate: int, bits: Bits = 24) -> None:
    """Write audio of shape (frames, channels) as a FLAC file: 16 or 24 bit integers, clipped at +-1.

    The file is written whole or not at all.
    Raises WriteError when it cannot be written, AudioFileError for floats, for no frames and for rates that the format
    does not know.
    """
    if bits == "float":
        raise AudioFileError(f"Cannot write {path}: FLAC holds 16 or 24 bits a frame; choose one, or write a WAV file.")
    if not len(audio):
        raise AudioFileError(
            f"Cannot write {path}: a FLAC file holds one frame at least, and there is nothing to write."
        )
    import soundfile  # which takes longer to load than a short beat to render

    # libsndfile takes the upper bits of 32.
    whole = _whole_numbers(audio, bits).astype(np.int32) << (32 - bits)
    file = io.BytesIO()
    try:
        soundfile.write(file, whole, sample_rate, format="FLAC", subtype=f"PCM_{bits}")
    except soundfile.LibsndfileError as error:
        raise AudioFileError(
            f"Cannot write {path}: libsndfile makes no FLAC file of {sample_rate} frames a second; choose a usual "
            "rate, such as 48000, or write a WAV file."
        ) from error
    write_atomically(path, file.getvalue())


def write_wav(path: Path, audio: Audio, sample_rate: int, bits: Bits = 16) -> None:
    """Write audio of shape (frames, channels) as a WAV file: 16 or 24 bit integers, or 32 bit floats.

    What exceeds +-1 is clipped in integer files. The file is written whole or not at all.
    Raises WriteError when it cannot be written, AudioFileError when it would be larger than a WAV file can be.
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
        raise AudioFileError(f"Cannot write {path}: a WAV file holds at most 4 GB. Render fewer bars.")
    chunks += _chunk(b"data", body)
    write_atomically(path, b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _encoded(audio: Audio, bits: Bits) -> bytes:
    if bits == "float":
        return np.ascontiguousarray(audio, dtype="<f4").tobytes()
    whole = _whole_numbers(audio, bits)
    if bits == 16:
        return whole.astype("<i2").tobytes()
    # The lower three bytes of each four.
    return whole.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


def _whole_numbers(audio: Audio, bits: int) -> NDArray[np.float64]:
    scale = 2.0 ** (bits - 1) - 1
    whole: NDArray[np.float64] = np.rint(np.clip(audio.astype(np.float64), -1.0, 1.0) * scale)
    return whole
