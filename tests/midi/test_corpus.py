from __future__ import annotations

from pathlib import Path

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.midi.corpus import TRAIN, VALIDATION, CorpusError, scan_folder
from drumapp.midi.smf import write_pattern


def beat(*keys: int) -> Pattern:
    return Pattern.of([Note(index * 480, key, 100) for index, key in enumerate(keys)])


def test_every_file_is_accepted_or_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "funk").mkdir()
    write_pattern(beat(36, 38), tmp_path / "funk" / "a.mid")
    write_pattern(beat(36), tmp_path / "short.MID")
    (tmp_path / "broken.mid").write_bytes(b"MThd nonsense")
    (tmp_path / "notes.txt").write_text("not MIDI")
    corpus = scan_folder(tmp_path)
    assert [piece.path.as_posix() for piece in corpus.pieces] == ["funk/a.mid"]
    assert {refusal.path.name for refusal in corpus.refused} == {"broken.mid", "short.MID"}
    assert all(refusal.path.name in refusal.reason for refusal in corpus.refused)


def test_labels_and_splits_come_from_info_csv(tmp_path: Path) -> None:
    for name in ("a.mid", "b.mid", "c.mid"):
        write_pattern(beat(36, 38, 42), tmp_path / name)
    (tmp_path / "info.csv").write_text(
        "midi_filename,style,beat_type,split\na.mid,funk/slow,beat,validation\nb.mid,,solo,train\n"
    )
    by_name = {piece.path.name: piece for piece in scan_folder(tmp_path).pieces}
    assert (by_name["a.mid"].style, by_name["a.mid"].kind, by_name["a.mid"].split) == ("funk", "beat", VALIDATION)
    assert (by_name["b.mid"].style, by_name["b.mid"].kind, by_name["b.mid"].split) == (None, None, TRAIN)
    assert by_name["c.mid"].style is None


def test_without_info_a_share_is_held_out_by_name_alone(tmp_path: Path) -> None:
    for number in range(80):
        write_pattern(beat(36, 38), tmp_path / f"{number}.mid")
    first, again = scan_folder(tmp_path), scan_folder(tmp_path)
    held_out = first.of_split(VALIDATION)
    assert 1 <= len(held_out) <= 25
    assert held_out == again.of_split(VALIDATION)
    assert len(held_out) + len(first.of_split(TRAIN)) == 80


def test_of_a_handful_of_files_one_is_held_out(tmp_path: Path) -> None:
    for number in range(7):
        write_pattern(beat(36, 38), tmp_path / f"{number}.mid")
        assert len(scan_folder(tmp_path).of_split(VALIDATION)) == (1 if number else 0)
    assert len(scan_folder(tmp_path).of_split(TRAIN)) == 6


def test_a_rolands_keys_make_the_corpus_a_rolands(tmp_path: Path) -> None:
    write_pattern(beat(36, 22, 58), tmp_path / "a.mid")
    write_pattern(beat(36, 59), tmp_path / "b.mid")
    corpus = scan_folder(tmp_path)
    assert corpus.kit == "Roland TD"
    assert corpus.key_counts == {36: 2, 42: 1, 43: 1, 51: 1}


def test_general_midi_keys_stay_as_they_are(tmp_path: Path) -> None:
    write_pattern(beat(36, 59, 100), tmp_path / "a.mid")
    corpus = scan_folder(tmp_path)
    assert corpus.kit == "General MIDI"
    assert corpus.key_counts == {36: 1, 59: 1}


def test_the_digest_follows_names_and_contents(tmp_path: Path) -> None:
    write_pattern(beat(36, 38), tmp_path / "a.mid")
    first = scan_folder(tmp_path).digest
    assert scan_folder(tmp_path).digest == first
    (tmp_path / "a.mid").rename(tmp_path / "b.mid")
    renamed = scan_folder(tmp_path).digest
    write_pattern(beat(36, 40), tmp_path / "b.mid")
    assert len({first, renamed, scan_folder(tmp_path).digest}) == 3


def test_progress_ends_at_one(tmp_path: Path) -> None:
    for number in range(5):
        write_pattern(beat(36, 38), tmp_path / f"{number}.mid")
    shares: list[float] = []
    scan_folder(tmp_path, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_folders_that_hold_nothing_usable_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no folder"):
        scan_folder(tmp_path / "gone")
    with pytest.raises(CorpusError, match="no MIDI files"):
        scan_folder(tmp_path)
    (tmp_path / "a.mid").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"None of the 1 .*a\.mid"):
        scan_folder(tmp_path)


def test_an_unreadable_info_is_said(tmp_path: Path) -> None:
    write_pattern(beat(36, 38), tmp_path / "a.mid")
    (tmp_path / "info.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match=r"info\.csv"):
        scan_folder(tmp_path)
