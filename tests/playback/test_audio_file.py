import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumapp.atomic import WriteError
from drumapp.playback.audio_file import AudioFileError, kind_of, write_audio, write_flac

AUDIO = np.array([[0.0, 1.0], [0.5, -1.0], [2.0, -2.0], [1e-7, 0.25]], np.float32)


@pytest.mark.parametrize(("bits", "subtype"), [(16, "PCM_16"), (24, "PCM_24")])
def test_flac_is_read_back_to_the_bit(tmp_path: Path, bits, subtype):
    dice = np.random.default_rng(3)
    audio = dice.uniform(-1, 1, (5000, 2)).astype(np.float32)
    path = tmp_path / "beat.flac"
    write_flac(path, audio, 44_100, bits)
    info = soundfile.info(path)
    assert (info.format, info.subtype, info.samplerate, info.channels) == ("FLAC", subtype, 44_100, 2)
    whole = soundfile.read(path, dtype="int32")[0] >> (32 - bits)
    scale = 2 ** (bits - 1) - 1
    assert np.array_equal(whole, np.rint(audio.astype(np.float64) * scale).astype(np.int32))


def test_flac_holds_the_very_frames_of_the_wav(tmp_path: Path):
    for bits in (16, 24):
        for kind in ("wav", "flac"):
            write_audio(tmp_path / f"beat.{kind}", AUDIO, 48_000, kind, bits)
        wav, flac = (soundfile.read(tmp_path / f"beat.{kind}", dtype="int32")[0] for kind in ("wav", "flac"))
        assert np.array_equal(wav, flac)
        assert np.abs(wav >> (32 - bits)).max() == 2 ** (bits - 1) - 1  # clipped, never wrapped


@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000, 192_000])
def test_any_rate(tmp_path: Path, rate):
    write_flac(tmp_path / "some.flac", AUDIO, rate)
    assert soundfile.info(tmp_path / "some.flac").samplerate == rate


def test_no_frames_are_no_flac_file(tmp_path: Path):
    with pytest.raises(AudioFileError, match="nothing to write"):
        write_flac(tmp_path / "none.flac", np.zeros((0, 2), np.float32), 48_000)


@pytest.mark.parametrize("rate", [65_537, 96_001, 191_999])
def test_a_rate_that_flac_does_not_know_is_refused_with_a_sentence(tmp_path: Path, rate):
    with pytest.raises(AudioFileError, match=f"{rate} frames a second"):
        write_flac(tmp_path / "odd.flac", AUDIO, rate)
    assert not list(tmp_path.iterdir())


def test_floats_are_refused(tmp_path: Path):
    with pytest.raises(AudioFileError, match="16 or 24 bits"):
        write_flac(tmp_path / "beat.flac", AUDIO, 48_000, "float")
    assert not list(tmp_path.iterdir())


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(WriteError, match="absent"):
        write_flac(tmp_path / "absent" / "beat.flac", AUDIO, 48_000)


def test_what_is_there_is_replaced_whole(tmp_path: Path):
    path = tmp_path / "beat.flac"
    path.write_bytes(b"old")
    write_flac(path, AUDIO, 48_000)
    assert soundfile.read(io.BytesIO(path.read_bytes()))[0].shape == (4, 2)


@pytest.mark.parametrize(("name", "kind"), [("a.flac", "flac"), ("a.FLAC", "flac"), ("a.wav", "wav"), ("a", "wav")])
def test_the_suffix_tells_the_kind(name, kind):
    assert kind_of(Path(name)) == kind
