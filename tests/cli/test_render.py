import json
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumapp import cli
from drumapp.core.kit import HOUSE_KIT
from drumapp.core.pattern import Note, Pattern
from drumapp.midi.smf import write_pattern


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    path = tmp_path / "beat.mid"
    write_pattern(Pattern.of([Note(0, 36, 120), Note(480, 38, 110), Note(960, 42, 100)]), path)
    return path


def samples(path: Path) -> tuple[np.ndarray, int, int]:
    with wave.open(str(path)) as file:
        width, rate, channels = file.getsampwidth(), file.getframerate(), file.getnchannels()
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, channels, width)
    # The most significant byte is enough to tell sound from silence.
    return data[:, :, -1].astype(np.int8), width, rate


def test_makes_a_wav_that_sounds_where_the_notes_are(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", str(beat), "--synth", "sampler"]) == 0
    output = beat.with_suffix(".wav")
    heard, width, rate = samples(output)
    assert (width, rate) == (3, 48_000)
    assert len(heard) >= 2 * rate  # a bar of 4/4 at 120
    for second in (0, 0.5, 1.0):
        start = int(second * rate)
        assert np.abs(heard[start : start + rate // 10].astype(int)).max() > 3
    assert str(output) in capsys.readouterr().out


@pytest.mark.parametrize(("bits", "width"), [("16", 2), ("24", 3)])
def test_rate_bits_and_json(beat: Path, bits: str, width: int, capsys: pytest.CaptureFixture[str]) -> None:
    output = beat.with_name("other.wav")
    arguments = ["render", str(beat), "-o", str(output), "--rate", "44100", "--bits", bits, "--json"]
    assert cli.main([*arguments, "--synth", "sampler"]) == 0
    heard, found_width, rate = samples(output)
    assert (found_width, rate) == (width, 44_100)
    made = json.loads(capsys.readouterr().out)
    assert made["output"] == str(output)
    assert made["notes"] == 3
    assert made["seconds"] == pytest.approx(len(heard) / rate)
    assert -40 < made["peak_dbfs"] <= 0


def test_float_wav(beat: Path) -> None:
    assert cli.main(["render", str(beat), "--bits", "float", "--synth", "sampler"]) == 0
    assert beat.with_suffix(".wav").read_bytes()[20:22] == b"\x03\0"


@pytest.mark.parametrize(
    ("content", "cause"), [(b"", "the file is empty"), (b"hello", "it is not a MIDI file"), (None, "no such file")]
)
def test_bad_midi_leaves_the_old_wav(
    tmp_path: Path, content: bytes | None, cause: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = tmp_path / "beat.mid", tmp_path / "beat.wav"
    if content is not None:
        path.write_bytes(content)
    output.write_bytes(b"old")
    assert cli.main(["render", str(path)]) == 1
    error = capsys.readouterr().err
    assert cause in error
    assert str(path) in error
    assert output.read_bytes() == b"old"


def test_the_beat_itself_is_not_overwritten(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = beat.read_bytes()
    assert cli.main(["render", str(beat), "-o", str(beat)]) == 1
    assert "it is the beat itself" in capsys.readouterr().err
    assert beat.read_bytes() == before


@pytest.mark.parametrize("place", ["", ".", ".."])
def test_a_folder_is_no_beat(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", place]) == 1
    assert "it is a folder" in capsys.readouterr().err


def test_soundfont_that_is_none(beat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    font, output = tmp_path / "font.sf2", beat.with_suffix(".wav")
    font.write_bytes(b"RIFFnothing")
    for synth in ("auto", "sampler"):
        assert cli.main(["render", str(beat), "--soundfont", str(font), "--synth", synth]) == 1
        assert str(font) in capsys.readouterr().err
        assert not output.exists()


def test_missing_soundfont(beat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", str(beat), "--soundfont", str(tmp_path / "none.sf2")]) == 1
    assert "none.sf2" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["none/beat.wav", "folder", "beat.mid/beat.wav"])
def test_output_that_cannot_be_written(beat: Path, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = beat.parent
    (folder / "folder").mkdir()
    before = sorted(folder.iterdir())
    assert cli.main(["render", str(beat), "-o", str(folder / place), "--synth", "sampler"]) == 1
    assert str(folder / place) in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_the_track_and_the_kit_map_that_were_asked_for_are_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lanes.mid"
    roland_hats = Pattern.of([Note(0, 22, 120), Note(480, 36, 120), Note(960, 36, 120)])
    write_pattern(roland_hats, path, midi_format=1, kit=HOUSE_KIT)
    options = ["--synth", "sampler", "--json", "--track", "Key 22"]
    heard = {}
    for kit_map in ("general-midi", "roland-td"):
        assert cli.main(["render", str(path), *options, "--kit-map", kit_map]) == 0
        heard[kit_map] = json.loads(capsys.readouterr().out)
    assert [made["notes"] for made in heard.values()] == [1, 1]
    assert heard["general-midi"]["peak_dbfs"] is None
    assert heard["roland-td"]["peak_dbfs"] > -60


def test_flac_by_the_suffix_normalised(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = beat.with_suffix(".flac")
    arguments = ["render", str(beat), "-o", str(output), "--synth", "sampler", "--normalise", "--tail", "0.5", "--json"]
    assert cli.main(arguments) == 0
    info = soundfile.info(output)
    assert (info.format, info.subtype) == ("FLAC", "PCM_24")
    made = json.loads(capsys.readouterr().out)
    assert made["peak_dbfs"] == pytest.approx(-1.0, abs=0.01)
    assert made["seconds"] == pytest.approx(2.5)


def test_a_file_for_each_drum(beat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "stems" / "here"
    arguments = ["render", str(beat), "--stems", str(folder), "--flac", "--synth", "sampler", "--json"]
    assert cli.main(arguments) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["output"] == str(folder / "beat - mix.flac")
    assert [Path(stem["output"]).name for stem in made["stems"]] == [
        "beat - Kick.flac",
        "beat - Snare.flac",
        "beat - Closed hat.flac",
    ]
    assert all(Path(stem["output"]).is_file() for stem in made["stems"])


def test_floats_do_not_go_into_flac(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", str(beat), "-o", str(beat.with_suffix(".flac")), "--bits", "float"]) == 1
    assert "16 or 24 bits" in capsys.readouterr().err


def test_a_folder_for_stems_that_cannot_be_made(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", str(beat), "--stems", str(beat / "stems")]) == 1
    assert "Cannot make the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", [("--tail", "-1"), ("--tail", "x"), ("--normalise", "3"), ("--program", "128"), ("--rate", "1")]
)
def test_options_that_make_no_sense(beat: Path, option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["render", str(beat), *option])
    assert caught.value.code == 2
    assert option[1] in capsys.readouterr().err
