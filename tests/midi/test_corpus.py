"""A folder of MIDI files: every file is accepted or refused with its reason."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from drumapp.core.kit_map import GENERAL_MIDI, ROLAND_TD
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap, TempoMap
from drumapp.midi.corpus import (
    TRAIN,
    VALIDATION,
    Cache,
    Corpus,
    CorpusError,
    Filters,
    Verdict,
    look_into,
    report_on,
    scan_folder,
)
from drumapp.midi.smf import pattern_to_bytes, read_pattern, write_pattern
from tests.midi.corpus_folders import beat, reason, verdicts, write
from tests.midi.midi_bytes import midi, off, on, track


def test_every_file_is_accepted_or_refused_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path, "funk/a.mid", beat(36, 38))
    write(tmp_path, "funk/again.mid", beat(36, 38))
    write(tmp_path, "short.MID", beat(36))
    good = pattern_to_bytes(beat(36, 38, 42))
    (tmp_path / "cut.mid").write_bytes(good[:-9])
    (tmp_path / "torn.mid").write_bytes(midi(track((0, on(36)), (0, b"\x99\x24\xf0"))))
    (tmp_path / "text.mid").write_bytes(b"not a MIDI file at all")
    (tmp_path / "empty.mid").touch()
    (tmp_path / "film.mid").write_bytes(midi(track((0, on(36)), (9, off(36))), division=0xE728))
    (tmp_path / "songs.mid").write_bytes(midi(track((0, on(36))), track((0, on(36))), midi_format=2))
    (tmp_path / "piano.mid").write_bytes(midi(track((0, on(60, channel=0))), track((0, on(48, channel=1)))))
    (tmp_path / "notes.txt").write_text("not MIDI")
    corpus = scan_folder(tmp_path)
    assert verdicts(corpus) == {
        "funk/a.mid": Verdict.ACCEPTED,
        "funk/again.mid": Verdict.DUPLICATE,
        "short.MID": Verdict.TOO_SHORT,
        "cut.mid": Verdict.DAMAGED,
        "torn.mid": Verdict.DAMAGED,
        "text.mid": Verdict.NOT_MIDI,
        "empty.mid": Verdict.NOT_MIDI,
        "film.mid": Verdict.SMPTE,
        "songs.mid": Verdict.UNSUPPORTED,
        "piano.mid": Verdict.NO_DRUMS,
    }
    assert corpus.others == 1
    assert all(str(tmp_path / refusal.path) in refusal.reason for refusal in corpus.refused)
    assert all(refusal.reason.endswith(".") and "\n" not in refusal.reason for refusal in corpus.refused)
    assert f"at byte {len(good) - 9}" in reason(corpus, "cut.mid")
    assert "at byte 29" in reason(corpus, "torn.mid")
    assert "the same notes as funk/a.mid" in reason(corpus, "funk/again.mid")
    assert "too short: 1 note, and 2 are needed" in reason(corpus, "short.MID")


def test_drums_are_found_wherever_other_programs_put_them(tmp_path: Path) -> None:
    strikes = ((0, on(36, 100, 2)), (240, off(36, 2)), (0, on(38, 90, 2)), (240, off(38, 2)))
    named = (0, b"\xff\x03\x05Drums")
    (tmp_path / "named.mid").write_bytes(midi(track((0, on(60, channel=0)), (9, off(60, 0))), track(named, *strikes)))
    (tmp_path / "alone.mid").write_bytes(midi(track((0, on(35, 100, 7)), (9, off(35, 7)), (9, on(35, 1, 7)))))
    on_ten = ((0, on(36)), (240, off(36)), (0, on(40)), (240, off(40)))
    (tmp_path / "tenth.mid").write_bytes(midi(track((0, on(60, channel=0)), (9, off(60, 0))), track(*on_ten)))
    corpus = scan_folder(tmp_path)
    assert {piece.path.name: sorted(note.pitch for note in piece.pattern.notes) for piece in corpus.pieces} == {
        "alone.mid": [35, 35],
        "named.mid": [36, 38],
        "tenth.mid": [36, 40],
    }


def test_a_piece_is_what_the_file_holds(tmp_path: Path) -> None:
    pattern = Pattern.of(
        [Note(0, 42, 80, 31), Note(0, 36, 100, 70_000), Note(477, 38, 5, 1), Note(1921, 36, 127)],
        tempo=TempoMap.constant(97.0),
        metre=MetreMap.constant(Metre(7, 8)),
        name="Ünal",
    )
    write(tmp_path, "a.mid", pattern)
    (piece,) = scan_folder(tmp_path).pieces
    read = read_pattern(tmp_path / "a.mid")
    assert [note[:3] for note in piece.pattern.notes] == [note[:3] for note in read.notes]
    assert (piece.pattern.tempo, piece.pattern.metre, piece.pattern.length) == (read.tempo, read.metre, read.length)
    assert piece.pattern.name == "Ünal"
    assert piece.notes == 4


def test_labels_and_splits_come_from_info_csv(tmp_path: Path) -> None:
    for number, name in enumerate(("a.mid", "b.mid", "c.mid")):
        write(tmp_path, name, beat(36, 38, 42 + number))
    (tmp_path / "info.csv").write_text(
        "midi_filename,style,beat_type,split\na.mid,funk/slow,beat,validation\nb.mid,,solo,train\n"
    )
    by_name = {piece.path.name: piece for piece in scan_folder(tmp_path).pieces}
    assert (by_name["a.mid"].style, by_name["a.mid"].kind, by_name["a.mid"].split) == ("funk", "beat", VALIDATION)
    assert (by_name["b.mid"].style, by_name["b.mid"].kind, by_name["b.mid"].split) == (None, None, TRAIN)
    assert by_name["c.mid"].style is None


def test_without_info_the_topmost_folder_is_the_style(tmp_path: Path) -> None:
    write(tmp_path, "funk/slow/a.mid", beat(36, 38))
    write(tmp_path, "b.mid", beat(36, 42))
    assert {piece.path.name: piece.style for piece in scan_folder(tmp_path).pieces} == {"a.mid": "funk", "b.mid": None}


def test_without_info_a_share_is_held_out_by_name_alone(tmp_path: Path) -> None:
    for number in range(80):
        write(tmp_path, f"{number}.mid", beat(36, 38, shift=number))
    first, again = scan_folder(tmp_path), scan_folder(tmp_path)
    held_out = [piece.path for piece in first.of_split(VALIDATION)]
    assert 1 <= len(held_out) <= 25
    assert held_out == [piece.path for piece in again.of_split(VALIDATION)]
    assert len(held_out) + len(first.of_split(TRAIN)) == 80


def test_of_a_handful_of_files_one_is_held_out(tmp_path: Path) -> None:
    for number in range(7):
        write(tmp_path, f"{number}.mid", beat(36, 38, shift=number))
        assert len(scan_folder(tmp_path).of_split(VALIDATION)) == (1 if number else 0)
    assert len(scan_folder(tmp_path).of_split(TRAIN)) == 6


def test_duplicates_differ_in_words_alone(tmp_path: Path) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    write_pattern(beat(36, 38), tmp_path / "b.mid", midi_format=1, ticks_per_quarter=960)
    corpus = scan_folder(tmp_path)
    assert verdicts(corpus) == {"a.mid": Verdict.ACCEPTED, "b.mid": Verdict.DUPLICATE}
    assert len(corpus.select(Filters(duplicates=True)).pieces) == 2


class TestKitMaps:
    def test_each_folder_is_judged_by_all_its_files(self, tmp_path: Path) -> None:
        write(tmp_path, "roland/a.mid", beat(36, 22, 58))
        write(tmp_path, "roland/b.mid", beat(36, 59))
        write(tmp_path, "plain/c.mid", beat(36, 59, 100))
        write(tmp_path, "plain/d.mid", beat(36, 50))
        write(tmp_path, "plain/e.mid", beat(38, 50))
        write(tmp_path, "plain/f.mid", beat(36, 47))
        corpus = scan_folder(tmp_path)
        assert {name: kit.name for name, kit in corpus.kit_maps.items()} == {
            "roland": "Roland TD",
            "plain": "General MIDI",
        }
        keys = {piece.path.name: [note.pitch for note in piece.pattern.notes] for piece in corpus.pieces}
        assert keys["a.mid"] == [36, 42, 43]
        assert keys["b.mid"] == [36, 51]
        assert keys["c.mid"] == [36, 59, 100]
        assert corpus.key_counts[59] == 1

    def test_a_folder_without_a_hint_is_read_as_the_one_around_it(self, tmp_path: Path) -> None:
        write(tmp_path, "one/a.mid", beat(36, 22, 58))
        write(tmp_path, "two/b.mid", beat(36, 59))
        corpus = scan_folder(tmp_path)
        assert corpus.kit == "Roland TD"
        assert corpus.key_counts == {36: 2, 42: 1, 43: 1, 51: 1}
        assert corpus.raw_key_counts == {36: 2, 22: 1, 58: 1, 59: 1}

    def test_the_user_has_the_last_word(self, tmp_path: Path) -> None:
        write(tmp_path, "a.mid", beat(36, 22))
        write(tmp_path, "b.mid", beat(22, 59))
        write(tmp_path, "deep/er/c.mid", beat(36, 59))
        corpus = scan_folder(tmp_path, kit_choices={"": GENERAL_MIDI, "b.mid": ROLAND_TD, "deep": ROLAND_TD})
        keys = {piece.path.name: [note.pitch for note in piece.pattern.notes] for piece in corpus.pieces}
        assert keys == {"a.mid": [36, 22], "b.mid": [42, 51], "c.mid": [36, 51]}
        assert corpus.entry(1).kit == "Roland TD"
        assert corpus.select(kit_choices={}).kit == "Roland TD"

    def test_a_choice_changes_the_digest(self, tmp_path: Path) -> None:
        write(tmp_path, "a.mid", beat(36, 59))
        corpus = scan_folder(tmp_path)
        assert corpus.select(kit_choices={"": ROLAND_TD}).digest != corpus.digest


class TestFilters:
    @pytest.fixture
    def corpus(self, tmp_path: Path) -> Corpus:
        write(tmp_path, "slow/a.mid", beat(36, 38, tempo=70))
        write(tmp_path, "slow/b.mid", beat(36, 42, tempo=90, metre="3/4", bars=3))
        write(tmp_path, "fast/c.mid", beat(*[36] * 16, tempo=180, bars=4))
        write_pattern(beat(36, 46, 42, tempo=181), tmp_path / "fast" / "d.mid", ticks_per_quarter=96)
        return scan_folder(tmp_path)

    @pytest.mark.parametrize(
        ("filters", "left", "verdict", "said"),
        [
            (Filters(tempo=(60, 100)), "ab", Verdict.WRONG_TEMPO, "its tempo of 180 is outside 60 to 100"),
            (Filters(metres=("3/4",)), "b", Verdict.WRONG_METRE, "its metre is 4/4, not 3/4"),
            (Filters(folders=("fast",)), "cd", Verdict.OTHER_FOLDER, "none of the folders fast"),
            (Filters(styles=("slow",)), "ab", Verdict.OTHER_STYLE, "its style is fast, not slow"),
            (Filters(bars=(2, 9)), "bc", Verdict.WRONG_LENGTH, "length in bars of 1"),
            (Filters(density=(0.9, 9)), "c", Verdict.WRONG_DENSITY, "notes a quarter"),
            (Filters(resolutions=(96,)), "d", Verdict.WRONG_RESOLUTION, "480 ticks a quarter, not 96"),
            (Filters(fewest_notes=3), "cd", Verdict.TOO_SHORT, "2 notes, and 3 are needed"),
            (Filters(excluded=("slow/a.mid", "fast")), "b", Verdict.EXCLUDED, "you left it out"),
            (Filters(tempo=(1, 2), included=("slow",), excluded=("slow/b.mid",)), "a", Verdict.WRONG_TEMPO, "outside"),
        ],
    )
    def test_what_is_not_wanted_is_refused_with_its_reason(
        self, corpus: Corpus, filters: Filters, left: str, verdict: Verdict, said: str
    ) -> None:
        chosen = corpus.select(filters)
        assert sorted(piece.path.stem for piece in chosen.pieces) == list(left)
        told = [refusal.reason for refusal in chosen.refused if refusal.verdict is verdict]
        assert told
        assert said in told[0]
        assert len(chosen.pieces) + len(chosen.refused) == 4

    def test_what_the_user_wants_is_taken_whatever_the_other_filters_say(self, tmp_path: Path) -> None:
        for name in ("a.mid", "b.mid", "c.mid"):
            write(tmp_path, name, beat(36, 38))
        corpus = scan_folder(tmp_path)
        for filters, left in (
            (Filters(), "a"),
            (Filters(included=("c.mid",)), "ac"),
            (Filters(fewest_notes=3, included=("b.mid",)), "b"),
            (Filters(fewest_notes=3, included=("b.mid", "c.mid")), "bc"),
        ):
            assert "".join(piece.path.stem for piece in corpus.select(filters).pieces) == left

    def test_filters_come_back_from_json(self) -> None:
        filters = Filters(tempo=(60, 90.5), metres=("3/4",), resolutions=(96,), excluded=("a",), duplicates=True)
        assert Filters.from_json(json.loads(json.dumps(filters.to_json()))) == filters
        assert Filters.from_json({}) == Filters()

    @pytest.mark.parametrize(
        "value",
        [{"tempo": [1]}, {"tempo": "x"}, {"nonsense": 1}, {"metres": ["x"]}, {"bars": [3, 2]}, {"fewest_notes": 0}],
    )
    def test_filters_that_make_no_sense_are_refused(self, value: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=next(iter(value)).removesuffix("s")):
            Filters.from_json(value)


@pytest.mark.parametrize("workers", [0, 2])
def test_several_processes_find_what_one_finds(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from drumapp.midi.corpus import scan

    monkeypatch.setattr(scan, "_COST_OF_A_BATCH", 2000)
    monkeypatch.setattr(scan, "_may_fork", lambda _: False)
    monkeypatch.setattr(scan, "SPAWN_FROM_FILES", 3)
    for number in range(12):
        write(tmp_path, f"{number % 3}/{number}.mid", beat(36, 38, shift=number))
    (tmp_path / "0" / "bad.mid").write_bytes(b"MThd")
    corpus = scan_folder(tmp_path, cache=Cache(None), workers=workers)
    assert len(corpus.pieces) == 12
    assert [piece.pattern.notes[0].start for piece in corpus.pieces] == [0, 3, 6, 9, 1, 10, 4, 7, 11, 2, 5, 8]
    assert [refusal.path.as_posix() for refusal in corpus.refused] == ["0/bad.mid"]


def test_the_digest_follows_names_and_contents(tmp_path: Path) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    first = scan_folder(tmp_path).digest
    assert scan_folder(tmp_path).digest == first
    (tmp_path / "a.mid").rename(tmp_path / "b.mid")
    renamed = scan_folder(tmp_path).digest
    write(tmp_path, "b.mid", beat(36, 40))
    assert len({first, renamed, scan_folder(tmp_path).digest}) == 3


def test_progress_ends_at_one(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, f"{number}.mid", beat(36, 38, shift=number))
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
    assert len(look_into(tmp_path).refused) == 1


def test_an_unreadable_info_is_said(tmp_path: Path) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    (tmp_path / "info.csv").write_bytes(b"midi_filename\n\xff\xfe\x00")
    with pytest.raises(CorpusError, match=r"info\.csv"):
        scan_folder(tmp_path)


def test_an_info_of_another_kind_tells_nothing(tmp_path: Path) -> None:
    write(tmp_path / "funk", "a.mid", beat(36, 38))
    for info in (b"artist,title\ncaf\xe9,b\n", b"\xff\xfe"):
        (tmp_path / "info.csv").write_bytes(info)
        assert scan_folder(tmp_path).styles == {"funk"}
    (tmp_path / "info.csv").write_bytes(b"\xef\xbb\xbfmidi_filename,style\nfunk/a.mid,jazz/slow\n")
    assert scan_folder(tmp_path).styles == {"jazz"}


def test_pieces_are_a_sequence(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, f"{number}.mid", beat(36, 38, shift=number))
    pieces = scan_folder(tmp_path).pieces
    assert [piece.path.stem for piece in pieces] == ["0", "1", "2", "3", "4"]
    assert pieces[-1].path.stem == "4"
    assert [piece.path.stem for piece in pieces[1:3]] == ["1", "2"]
    assert pieces == pieces[:]
    with pytest.raises(IndexError):
        pieces[5]


def test_the_report_counts_what_is_there(tmp_path: Path) -> None:
    write(tmp_path, "x/a.mid", beat(36, 38, 36, tempo=100))
    write(tmp_path, "x/b.mid", beat(42, 42, tempo=140, metre="3/4", bars=2))
    write(tmp_path, "bad.mid", beat(36))
    (tmp_path / "cover.jpg").touch()
    report = report_on(scan_folder(tmp_path))
    assert (report.files, report.accepted, report.refused, report.others) == (3, 2, 1, 1)
    assert report.tempos == {100: 1, 140: 1}
    assert report.metres == {"4/4": 1, "3/4": 1}
    assert report.keys == {36: 2, 38: 1, 42: 2}
    assert report.delays == {480: 3}
    assert report.velocities == {100: 5}
    assert (report.notes, report.fewest_notes, report.most_notes) == (5, 2, 3)
    assert report.seconds == pytest.approx(4 * 0.6 + 6 * 60 / 140)
    assert report.styles == {"x": 2}
    assert json.loads(json.dumps(report.to_json()))["keys"] == [
        [36, "Kick", 2],
        [38, "Snare", 1],
        [42, "Closed hat", 2],
    ]


def test_the_report_on_nothing_is_empty(tmp_path: Path) -> None:
    report = report_on(look_into(tmp_path))
    assert (report.files, report.notes, report.seconds) == (0, 0, 0.0)
    json.dumps(report.to_json())


def test_counts_are_of_accepted_files_alone(tmp_path: Path) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    write(tmp_path, "b.mid", beat(42, 46, tempo=60))
    corpus = scan_folder(tmp_path).select(Filters(tempo=(100, 140)))
    assert corpus.key_counts == Counter({36: 1, 38: 1})
    assert corpus.accepted.tolist() == [0]
    np.testing.assert_array_equal(corpus.pieces[0].columns[:, 1], [36, 38])
