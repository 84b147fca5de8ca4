"""generate, train and evaluate, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drumapp.cli import main
from drumapp.core.pattern import Note, Pattern
from drumapp.lstm.checkpoint import load_model
from drumapp.midi.smf import read_pattern, write_pattern


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DRUMAPP_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve small beats, two of them held out."""
    data = tmp_path / "beats"
    data.mkdir()
    bar = [(0, 36), (0, 42), (240, 42), (480, 38), (480, 42), (720, 42), (960, 36), (1440, 38)]
    names = [f"{number}.mid" for number in range(12)]
    for number, name in enumerate(names):
        notes = [Note(b * 1920 + start, key, 60 + number) for b in range(4) for start, key in bar]
        write_pattern(Pattern.of(notes), data / name)
    rows = [f"{name},rock,beat,{'validation' if number < 2 else 'train'}" for number, name in enumerate(names)]
    (data / "info.csv").write_text("midi_filename,style,beat_type,split\n" + "\n".join(rows) + "\n")
    return data


def test_generate_writes_the_bars_and_tempo_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "beat.mid"
    asked = ["generate", "--bars", "4", "--tempo", "97", "--metre", "7/8", "--seed", "7", "-o", str(out), "--json"]
    assert main(asked) == 0
    made = json.loads(capsys.readouterr().out)
    pattern = read_pattern(out)
    assert (made["bars"], made["seed"], made["notes"]) == (4, 7, len(pattern))
    assert (pattern.bars, str(pattern.first_metre), round(pattern.bpm, 3)) == (4, "7/8", 97.0)


def test_the_same_seed_writes_the_same_file(tmp_path: Path) -> None:
    first, again = tmp_path / "a.mid", tmp_path / "b.mid"
    for path in (first, again):
        assert main(["generate", "--seed", "3", "-o", str(path)]) == 0
    assert first.read_bytes() == again.read_bytes()


def test_a_seed_is_drawn_and_told_when_none_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = set()
    for name in ("a.mid", "b.mid"):
        assert main(["generate", "--bars", "1", "-o", str(tmp_path / name), "--json"]) == 0
        seeds.add(json.loads(capsys.readouterr().out)["seed"])
    assert len(seeds) == 2


def status_of(arguments: list[str]) -> object:
    """The exit status of a command, however it ends."""
    try:
        return main(arguments)
    except SystemExit as left:
        return left.code


def test_a_beat_goes_on_with_what_a_longer_one_of_its_seed_has(tmp_path: Path) -> None:
    short, onward, long = (tmp_path / name for name in ("short.mid", "onward.mid", "long.mid"))
    assert main(["generate", "--bars", "3", "--seed", "3", "-o", str(short)]) == 0
    assert main(["generate", "--continue", str(short), "--bars", "2", "--seed", "3", "-o", str(onward)]) == 0
    assert main(["generate", "--bars", "5", "--seed", "3", "-o", str(long)]) == 0
    assert onward.read_bytes() == long.read_bytes()


def test_a_region_is_written_anew_in_several_ways_and_the_rest_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, out = tmp_path / "mine.mid", tmp_path / "new.mid"
    bar = [(0, 36, 99), (0, 42, 71), (240, 42, 55), (480, 38, 101), (960, 36, 90), (1440, 38, 103), (1700, 56, 80)]
    notes = [Note(b * 1920 + start, key, velocity, 77) for b in range(4) for start, key, velocity in bar]
    write_pattern(Pattern.of(notes), mine)
    asked = ["generate", "--continue", str(mine), "--region", "2-3", "--keep", "kick, closed hat,40", "--playable"]
    assert main([*asked, "--alternatives", "3", "--seed", "5", "-o", str(out), "--json"]) == 0
    told = capsys.readouterr()
    assert "4 notes on keys it has no drum for (Cowbell (56))" in told.err
    made = json.loads(told.out)
    paths = [Path(one["output"]) for one in made["alternatives"]]
    assert [path.name for path in paths] == ["new-1.mid", "new-2.mid", "new-3.mid"]
    assert len({path.read_bytes() for path in paths}) == 3
    stays = [note for note in notes if not 1920 <= note.start < 3 * 1920 or note.pitch in (36, 42, 56)]
    for path in paths:
        written = read_pattern(path)
        assert [note for note in stays if note not in written.notes] == []
        new = [note for note in written.notes if note not in notes]
        assert new
        assert all(1910 <= note.start < 3 * 1920 - 10 and note.pitch not in (35, 36, 40, 42) for note in new)
        assert written.length == 4 * 1920


def test_every_other_bar_is_answered(tmp_path: Path) -> None:
    mine, out = tmp_path / "mine.mid", tmp_path / "duet.mid"
    notes = [Note(bar * 1920, 36, 100) for bar in range(4)]
    write_pattern(Pattern.of(notes, length=4 * 1920), mine)
    assert main(["generate", "--continue", str(mine), "--trade", "1", "--seed", "3", "-o", str(out)]) == 0
    bars = {note.start // 1920 for note in read_pattern(out).notes if note not in notes}
    assert bars == {1, 3}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--region", "2"], 1, "--continue"),
        (["--keep", "kick"], 1, "--region"),
        (["--continue", "beat.mid", "--region", "1", "--bars", "2"], 1, "--bars"),
        (["--continue", "beat.mid", "--tempo", "100"], 1, "--tempo"),
        (["--continue", "beat.mid", "--metre", "3/4"], 1, "--metre"),
        (["--continue", "beat.mid", "--region", "3-9"], 1, "no bar 9"),
        (["--continue", "nowhere.mid"], 1, "nowhere.mid"),
        (["--alternatives", "0"], 1, "--alternatives"),
        (["--region", "4-2"], 2, "4-2"),
        (["--region", "0-2"], 2, "0-2"),
        (["--region", "x"], 2, "x"),
        (["--trade", "1"], 1, "--continue"),
        (["--continue", "beat.mid", "--trade", "1", "--bars", "2"], 1, "--bars"),
        (["--continue", "beat.mid", "--trade", "1"], 1, "1 bars"),
        (["--continue", "beat.mid", "--trade", "0"], 1, "at least one bar"),
        (["--keep", "kick,trumpet"], 2, "trumpet"),
        (["--keep", "128"], 2, "128"),
    ],
)
def test_options_that_do_not_go_together_are_refused_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_pattern(Pattern.of([Note(0, 36, 100)]), Path("beat.mid"))
    before = Path("beat.mid").read_bytes()
    assert status_of(["generate", *arguments, "-o", "out.mid"]) == status
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["beat.mid"]
    assert Path("beat.mid").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bars", "0"], "bars"),
        (["--tempo", "4"], "tempo"),
        (["--style", "polka"], "polka"),
        (["--seed", "-1"], "seed"),
        (["--model", "nowhere.safetensors"], "nowhere.safetensors"),
        (["-o", "no/such/folder/beat.mid"], "beat.mid"),
    ],
)
def test_generate_refuses_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("beat.mid").write_bytes(b"mine")
    assert main(["generate", *arguments]) == 1
    message = capsys.readouterr().err
    assert said in message
    assert "Traceback" not in message
    assert Path("beat.mid").read_bytes() == b"mine"


def test_train_evaluate_and_generate_with_the_result(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.safetensors"
    assert main(["train", str(folder), "-o", str(out), "--events", "400", "--licence", "mine", "--json"]) == 0
    *reports, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [report["event"] for report in reports]
    assert kinds[:2] == ["material", "started"]
    assert "check" in kinds
    assert reports[0]["files"] == summary["data"]["files"] == 10
    model = load_model(out)
    assert model.name == "beats"
    assert model.vocabulary.pitches == (36, 38, 42)
    assert model.styles == ("rock",)
    assert model.provenance["licence"] == "mine"

    assert main(["evaluate", "--data", str(folder), "--model", str(out), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["notes"], figures["files"], figures["split"]) == (64, 2, "validation")
    assert figures["nats"] == pytest.approx(figures["delay"] + figures["pitch"], abs=2e-4)
    assert figures["delay"] == pytest.approx(summary["held_out_nats"]["delay"], abs=0.05)

    beat = tmp_path / "beat.mid"
    assert main(["generate", "--model", str(out), "--bars", "2", "-o", str(beat)]) == 0
    assert beat.stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "nonsense"], "nonsense"),
        (["--events", "0"], "--events"),
        (["--start-from", "groove", "--set", "layers=3"], "--set layers"),
        (["--seed", "-1"], "--seed"),
        (["--seed", str(2**63)], "--seed"),
        (["-o", "no/such/folder/x.safetensors"], "x.safetensors"),
    ],
)
def test_train_refuses_before_it_begins(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["train", str(folder), "-o", str(tmp_path / "x.safetensors"), *arguments]) == 1
    assert said in capsys.readouterr().err


def test_train_offers_no_option_that_it_would_not_heed(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["train", str(folder), "-o", str(tmp_path / "x.safetensors"), "--no-cache"])


def test_train_and_evaluate_say_what_is_wrong_with_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["train", str(empty), "-o", str(tmp_path / "x.safetensors")]) == 1
    assert "no MIDI files" in capsys.readouterr().err
    assert main(["evaluate", "--data", str(empty)]) == 1
    assert "no MIDI files" in capsys.readouterr().err
    write_pattern(Pattern.of([Note(0, 60, 100), Note(480, 60, 100)]), empty / "bongo.mid")
    assert main(["evaluate", "--data", str(empty)]) == 1
    assert "no word" in capsys.readouterr().err
