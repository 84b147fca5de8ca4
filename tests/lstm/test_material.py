"""From a folder to tables of events; pieces varied; words extended; bars compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoMap
from drumapp.lstm.augment import Music, varied
from drumapp.lstm.ear import Ear
from drumapp.lstm.encoding import Labels, encode_pattern
from drumapp.lstm.extension import drums_to_learn, extended
from drumapp.lstm.material import PieceMaterial, occurring_vocabulary, table_of, vocabulary_of
from drumapp.lstm.memorisation import MemorisationMeter, bar_marks
from drumapp.lstm.presets import VARIED, Architecture, Augmentation
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.vocabulary import Vocabulary
from drumapp.midi.corpus import TRAIN, VALIDATION, Corpus, CorpusError, scan_folder
from drumapp.midi.smf import write_pattern
from tests.lstm.drummers import SMALL, VOCABULARY, random_beat, random_model

KEYS = (36, 38, 42, 43, 45, 46, 48, 51, 53)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "funk").mkdir()
    for number in range(6):
        beat = random_beat(number, notes=120, metre=Metre(7, 8) if number == 5 else None)
        write_pattern(beat, tmp_path / "funk" / f"{number}.mid")
    return scan_folder(tmp_path)


def music(beat: Pattern) -> Music:
    return Music(np.array(beat.notes, np.int64).reshape(-1, 4)[:, :3], beat.tempo, beat.metre)


class TestTables:
    def test_a_table_is_what_the_patterns_give(self, corpus: Corpus) -> None:
        vocabulary = vocabulary_of(corpus)
        assert vocabulary.styles == ("funk",)
        table = table_of(corpus.pieces, vocabulary, (1, 2))
        for piece, own in zip(corpus.pieces, table.pieces, strict=True):
            expected = encode_pattern(piece.pattern, vocabulary, (1, 2), Labels("funk"))
            np.testing.assert_array_equal(own.rows, expected.rows)

    def test_only_the_first_events_are_taken(self, corpus: Corpus) -> None:
        vocabulary = vocabulary_of(corpus)
        whole = table_of(corpus.pieces, vocabulary, ())
        some = table_of(corpus.pieces, vocabulary, (), most_events=131)
        np.testing.assert_array_equal(some.rows, whole.rows[:131])

    def test_words_that_occur_are_all_there_is(self, corpus: Corpus) -> None:
        vocabulary = occurring_vocabulary(corpus.pieces)
        house = table_of(corpus.pieces, vocabulary_of(corpus), ())
        assert len(vocabulary.pitches) == len(np.unique(house.column("pitch")))
        assert set(np.unique(house.column("delay"))) <= set(vocabulary.delay_words)
        assert vocabulary.delay_words[-1] < 400

    def test_drums_that_are_seldom_struck_get_no_word(self, tmp_path: Path) -> None:
        write_pattern(Pattern.of([Note(0, 36, 9), Note(9, 38, 9)]), tmp_path / "a.mid")
        with pytest.raises(CorpusError, match="No drum"):
            vocabulary_of(scan_folder(tmp_path))


class TestAugmentation:
    def test_nothing_is_varied_unless_asked_for(self) -> None:
        beat = music(random_beat(1))
        same = varied(beat, Augmentation(), KEYS, np.random.default_rng(0))
        np.testing.assert_array_equal(same.columns, beat.columns)
        assert same.tempo == beat.tempo
        assert not Augmentation()
        assert VARIED

    def test_onsets_drift_together_and_not_far(self) -> None:
        beat = music(random_beat(2))
        warped = varied(beat, Augmentation(time_warp=9.0), KEYS, np.random.default_rng(0))
        moved = warped.columns[:, 0] - beat.columns[:, 0]
        assert 2 < np.abs(moved).max() <= 9
        for start in np.unique(beat.columns[:, 0]):
            assert len(set(moved[beat.columns[:, 0] == start])) == 1
        np.testing.assert_array_equal(warped.columns[:, 1:], beat.columns[:, 1:])

    def test_velocities_and_tempo_are_scaled(self) -> None:
        beat = music(random_beat(3))
        scaled = varied(beat, Augmentation(velocity_scale=0.5, tempo_scale=0.2), KEYS, np.random.default_rng(3))
        ratio = scaled.columns[:, 2].astype(float) / beat.columns[:, 2]
        loud = (beat.columns[:, 2] > 40) & (scaled.columns[:, 2] < 127)
        assert ratio[loud].std() < 0.02
        assert scaled.columns[:, 2].min() >= 1
        assert scaled.columns[:, 2].max() <= 127
        assert scaled.tempo != beat.tempo
        assert 96 <= scaled.tempo.changes[0].bpm <= 144

    def test_hats_and_ride_change_places(self) -> None:
        beat = Music(np.array([[0, 42, 9], [9, 46, 9], [20, 51, 9], [30, 36, 9]]), TempoMap(), MetreMap())
        always = Augmentation(lane_swaps=1.0)
        assert varied(beat, always, KEYS, np.random.default_rng(0)).columns[:, 1].tolist() == [51, 53, 42, 36]
        assert varied(beat, always, (42, 46), np.random.default_rng(0)).columns[:, 1].tolist() == [42, 46, 51, 36]

    def test_toms_are_mirrored(self) -> None:
        beat = Music(np.array([[0, 43, 9], [9, 45, 9], [20, 48, 9], [30, 36, 9]]), TempoMap(), MetreMap())
        mirrored = varied(beat, Augmentation(mirrored_toms=1.0), KEYS, np.random.default_rng(0))
        assert mirrored.columns[:, 1].tolist() == [48, 45, 43, 36]

    def test_bars_are_rotated_whole(self) -> None:
        notes = [Note(bar * 1920 + shift, 36 + bar, 100) for bar in range(4) for shift in (0, 480, 1900)]
        beat = music(Pattern.of(notes))
        rotated = varied(beat, Augmentation(bar_rotation=1.0), KEYS, np.random.default_rng(1))
        starts = rotated.columns[:, 0]
        assert not np.array_equal(starts, beat.columns[:, 0])
        first = beat.columns[beat.columns[:, 0] % 1920 == 480]
        moved = starts[beat.columns[:, 0] % 1920 == 480]
        assert sorted(moved.tolist()) == sorted(first[:, 0].tolist())
        order = first[np.argsort(moved), 1]
        assert (np.diff(order) % 4 == 1).all()

    def test_a_metre_that_changes_is_not_rotated(self) -> None:
        metre = MetreMap((MetreChange(0, Metre()), MetreChange(1920, Metre(3, 4))))
        beat = Music(np.array([[0, 36, 9], [1920, 38, 9], [4000, 36, 9]]), TempoMap(), metre)
        rotated = varied(beat, Augmentation(bar_rotation=1.0), KEYS, np.random.default_rng(1))
        np.testing.assert_array_equal(rotated.columns, beat.columns)

    @given(st.integers(0, 10**6), st.integers(0, 3))
    def test_whatever_is_drawn_is_a_beat(self, seed: int, which: int) -> None:
        wild = Augmentation(60.0, 0.9, 0.9, 1.0, 1.0, 1.0)
        beat = music(
            [Pattern(), random_beat(1), Pattern.of([Note(0, 36, 1)]), random_beat(2, metre=Metre(7, 16))][which]
        )
        found = varied(beat, wild, KEYS, np.random.default_rng(seed)).columns
        assert len(found) == len(beat.columns)
        assert (found[:, 0] >= 0).all()
        assert (found[:, 2] >= 1).all()

    def test_each_round_is_another_and_the_same_again(self, corpus: Corpus) -> None:
        vocabulary = vocabulary_of(corpus)
        options = (corpus.pieces, vocabulary, (1,), None, VARIED, 4)
        material, again = PieceMaterial(*options), PieceMaterial(*options)
        np.testing.assert_array_equal(material.table(2, 5).rows, again.table(2, 5).rows)
        assert not np.array_equal(material.table(2, 6).rows[:40], material.table(2, 5).rows[:40])
        assert not np.array_equal(PieceMaterial(*options[:-1], 5).table(2, 5).rows[:40], material.table(2, 5).rows[:40])


class TestExtension:
    def test_what_it_knew_it_says_as_before(self) -> None:
        model = random_model(replace(SMALL, bar_memory=(1, 2)))
        wider = extended(model, [39, 56], ["samba"])
        assert wider.vocabulary.pitches == (36, 38, 39, 42, 46, 49, 56)
        assert wider.vocabulary.styles == ("funk", "rock", "samba")
        table = encode_pattern(random_beat(1), model.vocabulary, (1, 2), Labels("rock"))
        other = encode_pattern(random_beat(1), wider.vocabulary, (1, 2), Labels("rock"))
        one, two = Stepper(model), Stepper(wider)
        memory, memory_of_wider = one.empty_memory(), two.empty_memory()
        old = [wider.vocabulary.pitches.index(key) for key in model.vocabulary.pitches]
        for mine, theirs in zip(table.rows[:50].tolist(), other.rows[:50].tolist(), strict=True):
            at, at_other = (dict(zip(table.columns, row, strict=True)) for row in (mine, theirs))
            one.advance(memory, [at[column] for column in one.input_columns])
            two.advance(memory_of_wider, [at_other[column] for column in two.input_columns])
            np.testing.assert_allclose(one.delay_scores, two.delay_scores, atol=1e-4)
            struck = ["struck_now", "struck_1", "near_1", "struck_2", "near_2"]
            drums = one.tell_delay(at["delay"], at["position"], [at[name] for name in struck])
            more = two.tell_delay(at_other["delay"], at_other["position"], [at_other[name] for name in struck])
            np.testing.assert_allclose(drums, more[old], atol=1e-4)
            velocities = one.tell_pitch(at["pitch"], at["last_velocity"]).copy()
            np.testing.assert_allclose(velocities, two.tell_pitch(at_other["pitch"], at["last_velocity"]), atol=1e-4)

    def test_only_what_no_drum_is_like_is_learnt_anew(self) -> None:
        assert drums_to_learn(VOCABULARY, {35: 99, 57: 99, 56: 50, 75: 12, 60: 3, 90: 99}, 10) == (56, 75)
        assert Ear(VOCABULARY).key_heard(56) is None

    def test_nothing_new_leaves_it_as_it_is(self) -> None:
        model = random_model()
        assert extended(model, [36], ["funk"]) is model

    def test_without_labels_styles_are_none_of_its_business(self) -> None:
        model = random_model(Architecture(layers=1, hidden=8, labels=False))
        assert extended(model, [], ["samba"]) is model


class TestMemorisation:
    def test_bars_are_alike_by_drums_and_sixteenths(self) -> None:
        bar = [(0, 36), (240, 42), (480, 38), (720, 42)]
        human = np.array([(1920 * b + start + b * 7, key) for b in range(3) for start, key in bar])
        marks = bar_marks(human, MetreMap())
        assert len(marks) == 3
        assert len(set(marks.tolist())) == 1
        other = human.copy()
        other[5, 1] = 46
        assert len(set(bar_marks(other, MetreMap()).tolist())) == 2

    def test_bars_of_another_metre_are_others(self) -> None:
        bar = np.array([(0, 36), (240, 42), (480, 38), (720, 42)])
        three = bar_marks(bar, MetreMap.constant(Metre(3, 4)))
        assert three.tolist() != bar_marks(bar, MetreMap()).tolist()

    def test_bars_of_few_strokes_are_nobodys(self) -> None:
        assert len(bar_marks(np.array([(0, 36), (480, 38), (960, 36)]), MetreMap())) == 0
        assert len(bar_marks(np.zeros((0, 3), np.int64), MetreMap())) == 0

    def test_what_is_in_the_files_is_found(self, corpus: Corpus) -> None:
        meter = MemorisationMeter(corpus.of_split(TRAIN), corpus.of_split(VALIDATION))
        copied = meter.measure([corpus.of_split(TRAIN)[0].pattern])
        assert copied.drummer == 1.0
        assert copied.by_heart
        fresh = meter.measure([random_beat(99)])
        assert fresh.drummer < 0.5
        assert fresh.bars > 0
        assert meter.measure([]).bars == 0


def test_vocabularies_hold_so_many_drums(tmp_path: Path) -> None:
    write_pattern(Pattern.of([Note(key * 10, key, 100) for key in range(30, 110)]), tmp_path / "a.mid")
    with pytest.raises(CorpusError, match="62 drums"):
        occurring_vocabulary(scan_folder(tmp_path).pieces)
    assert Vocabulary((36,)).pitches == (36,)
