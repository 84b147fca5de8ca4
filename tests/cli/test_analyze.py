"""``drumapp analyze`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drumapp.cli import main
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.midi.smf import write_pattern


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRUMAPP_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "beats"
    for number, style in enumerate(("rock", "rock", "funk")):
        (data / style).mkdir(parents=True, exist_ok=True)
        notes = [Note(start * 240 + number, 36 + start % 3, 100) for start in range(8)]
        write_pattern(Pattern.of(notes, tempo=TempoMap.constant(100 + number)), data / style / f"{number}.mid")
    (data / "bad.mid").write_bytes(b"MThd")
    return data


def test_it_prints_tables_and_reasons(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(folder)]) == 0
    said = capsys.readouterr().out
    for word in (
        "MIDI files",
        "36 Kick",
        "rock",
        "4/4",
        "Refused because",
        "damaged",
        "cut off in its header at byte 4",
    ):
        assert word in said


def test_json_holds_every_figure_and_refusal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["accepted"], told["notes"]) == (4, 3, 24)
    assert told["tempos"] == [[100, 1], [101, 1], [102, 1]]
    assert [refusal["path"] for refusal in told["refusals"]] == ["bad.mid"]


def test_filters_are_heeded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--tempo",
        "100-101",
        "--in",
        "rock",
        "--exclude",
        "rock/1.mid",
        "--metre",
        "4/4",
        "--kit-map",
        "rock=roland-td",
    ]
    assert main(["analyze", str(folder), "--json", *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdicts"] == {"accepted": 1, "damaged": 1, "excluded": 1, "another folder": 1}
    assert told["kit_maps"]["rock"] == "Roland TD"


def test_what_was_read_is_kept_unless_not_wanted(folder: Path, cache: Path) -> None:
    assert main(["analyze", str(folder), "--json", "--no-cache"]) == 0
    assert not cache.exists()
    assert main(["analyze", str(folder), "--json"]) == 0
    assert (cache / "corpus" / "notes.bin").stat().st_size == 24 * 6


def test_brackets_in_names_are_no_markup(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rock").rename(folder / "rock [live]")
    odd = folder.rename(folder.with_name("[red]"))
    assert main(["analyze", str(odd)]) == 0
    said = capsys.readouterr().out
    assert "[live]" in said
    assert "[red]" in said.split("accepted")[0]


def test_an_empty_folder_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["analyze", str(tmp_path / "empty")]) == 0
    assert "MIDI files" in capsys.readouterr().out
    assert main(["analyze", str(tmp_path / "gone")]) == 1
    assert "There is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--tempo", "120-90"], 1, "tempo"),
        (["--metre", "waltz"], 1, "metre"),
        (["--kit-map", "nonsense"], 1, "no kit map"),
        (["--tempo", "fast"], 2, "fast"),
    ],
)
def test_options_without_sense_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], status: int, said: str
) -> None:
    try:
        found = main(["analyze", str(folder), *options])
    except SystemExit as left:
        found = left.code
    assert found == status
    assert said in capsys.readouterr().err
