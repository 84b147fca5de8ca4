"""The drummer of 2017 comes in as its author kept it, plays, and goes out bit for bit."""

from __future__ import annotations

import argparse
import json
from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drumapp.cli import main
from drumapp.cli.number_lists import number_list
from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import DrumModel, load_model, save_model
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.listening import Listener
from drumapp.lstm.presets import PRESETS
from drumapp.lstm.raw_weights import RawWeights, RawWeightsError, export_raw, import_raw
from drumapp.lstm.remembering import MemoryWatch
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.midi.smf import read_pattern
from tests.lstm.drummers import random_model

NOTES = (36, 38, 42, 40, 46)
TICKS = (0, 1, 7, 120, 119, 240, 480)
HIDDEN = 9


def raw_weights(seed: int = 0, notes: tuple[int, ...] = NOTES, ticks: tuple[int, ...] = TICKS) -> RawWeights:
    rng = np.random.default_rng(seed)
    words = len(notes) + len(ticks)
    wx = rng.normal(0, 0.7, (words + HIDDEN + 1, 4 * HIDDEN)).astype("<f4")
    wy = rng.normal(0, 0.7, (HIDDEN + 1, words)).astype("<f4")
    wx[-1, :3] = -0.0
    return RawWeights(wx.tobytes(), wy.tobytes(), notes, ticks)


def as_published(raw: RawWeights, heard: list[tuple[int, int]], h: np.ndarray, c: np.ndarray) -> list[np.ndarray]:
    """What the author's own program would say after each (note, ticks): c = f*c + i*g, h = o*tanh(c), y = [h, 1] Wy."""
    words = len(raw.notes) + len(raw.ticks)
    wx = np.frombuffer(raw.wx, "<f4").astype(np.float64).reshape(-1, 4 * HIDDEN)
    wy = np.frombuffer(raw.wy, "<f4").astype(np.float64).reshape(HIDDEN + 1, words)
    said = []
    for note, ticks in heard:
        x = np.zeros(words)
        x[raw.notes.index(note)] = 1
        x[len(raw.notes) + raw.ticks.index(ticks)] = 1
        f, i, o, g = np.split(np.concatenate([x, h, [1.0]]) @ wx, 4)
        f, i, o = (1 / (1 + np.exp(-gate)) for gate in (f, i, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        said.append(np.concatenate([h, [1.0]]) @ wy)
    return said


def test_it_says_what_the_authors_program_would() -> None:
    raw = raw_weights()
    model = import_raw(raw, "2017")
    stepper = Stepper(model)
    rng = np.random.default_rng(1)
    heard = [(int(rng.choice(NOTES)), int(rng.choice(TICKS))) for _ in range(40)]
    memory = Memory.fresh(1, HIDDEN, 0.1, np.random.default_rng(2))
    expected = as_published(raw, heard, memory.h[0].astype(np.float64), memory.c[0].astype(np.float64))
    vocabulary = model.vocabulary
    for (note, ticks), said in zip(heard, expected, strict=True):
        row = {"delay": vocabulary.delay_class(ticks), "pitch": vocabulary.pitches.index(note)}
        stepper.advance(memory, [row[column] for column in stepper.input_columns])
        scores = dict(
            zip([vocabulary.delay_of(d) for d in range(vocabulary.delays)], stepper.delay_scores, strict=True)
        )
        np.testing.assert_allclose([scores[t] for t in TICKS], said[len(NOTES) :], atol=1e-5)
        drums = dict(zip(vocabulary.pitches, stepper.tell_delay(0, 0, []), strict=True))
        np.testing.assert_allclose([drums[n] for n in NOTES], said[: len(NOTES)], atol=1e-5)


@pytest.mark.parametrize("notes", [NOTES, tuple(sorted(NOTES))])
def test_weights_go_out_as_they_came_in(tmp_path: Path, notes: tuple[int, ...]) -> None:
    raw = raw_weights(notes=notes)
    save_model(import_raw(raw, "2017"), tmp_path / "2017.safetensors")
    assert export_raw(load_model(tmp_path / "2017.safetensors")) == raw


def test_weights_that_were_trained_here_go_out_and_come_in() -> None:
    architecture = replace(PRESETS["hollemans-2017"].architecture, hidden=7)
    model = random_model(architecture, scale=0.3)
    again = import_raw(export_raw(model), "again")
    assert again.vocabulary.pitches == model.vocabulary.pitches
    assert again.vocabulary.delays == model.vocabulary.delays
    for name in ("lstm.weight_ih_l0", "lstm.weight_hh_l0", "delay.weight", "pitch.bias"):
        np.testing.assert_array_equal(again.weights[name], model.weights[name])
    biases = model.weights["lstm.bias_ih_l0"] + model.weights["lstm.bias_hh_l0"]
    np.testing.assert_array_equal(again.weights["lstm.bias_ih_l0"], biases)


def test_other_drummers_are_not_written_so() -> None:
    with pytest.raises(RawWeightsError, match="hollemans-2017"):
        export_raw(random_model())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"notes": ()}, "notes is empty"),
        ({"notes": (36, 36, 38, 40, 41)}, "notes holds 36 twice"),
        ({"notes": (36, 38)}, "Wy has"),
        ({"notes": (36, 38, 42, 40, 130)}, "0 to 127"),
        ({"ticks": (0,) * 7}, "ticks holds 0 twice"),
        ({"wx": b"\0" * 12}, "Wx has 12 bytes"),
        ({"wy": b""}, "Wy has 0 bytes"),
        ({"wy": b"\0" * 5}, "Wy has 5 bytes"),
    ],
)
def test_what_does_not_fit_is_said(changed: dict[str, object], said: str) -> None:
    with pytest.raises(RawWeightsError, match=said):
        import_raw(replace(raw_weights(), **changed), "x")  # type: ignore[arg-type]


def test_weights_that_are_no_numbers_are_refused() -> None:
    raw = raw_weights()
    with pytest.raises(RawWeightsError, match="no numbers"):
        import_raw(replace(raw, wx=raw.wx[:-4] + np.float32("nan").tobytes()), "x")


def test_a_vocabulary_that_never_goes_on_is_refused() -> None:
    words = (36, 38)
    wy = np.zeros((HIDDEN + 1, 3), "<f4").tobytes()
    wx = np.zeros((3 + HIDDEN + 1, 4 * HIDDEN), "<f4").tobytes()
    with pytest.raises(RawWeightsError, match="goes on"):
        import_raw(RawWeights(wx, wy, words, (0,)), "x")


def test_ticks_of_another_resolution_are_converted() -> None:
    model = import_raw(raw_weights(ticks=(0, 1, 2, 4, 8, 12, 24)), "x", ticks_per_quarter=24)
    vocabulary = model.vocabulary
    assert [vocabulary.delay_of(d) * vocabulary.grid.ticks for d in range(7)] == [0, 20, 40, 80, 160, 240, 480]
    assert vocabulary.grid.ticks == 20
    with pytest.raises(RawWeightsError, match="1 ticks of 500"):
        import_raw(raw_weights(), "x", ticks_per_quarter=500)


@pytest.fixture(scope="module")
def drummer() -> DrumModel:
    return import_raw(raw_weights(3), "2017")


class TestPlaying:
    def test_it_plays_in_its_own_ticks(self, drummer: DrumModel) -> None:
        pattern = generate_pattern(drummer, GeneratorSettings(seed=1, bars=8))
        assert len(pattern) > 20
        assert {later.start - note.start for note, later in zip(pattern.notes, pattern.notes[1:], strict=False)} <= set(
            TICKS
        )
        assert {note.pitch for note in pattern.notes} <= set(NOTES)
        assert len({(note.start, note.pitch) for note in pattern.notes}) == len(pattern)
        assert pattern.length == 8 * 1920

    def test_the_same_seed_plays_the_same(self, drummer: DrumModel) -> None:
        first, again, other = (generate_pattern(drummer, GeneratorSettings(seed=seed)) for seed in (4, 4, 5))
        assert first == again != other

    @pytest.mark.parametrize("playable", [False, True])
    def test_a_region_is_written_anew_and_the_rest_stays(self, drummer: DrumModel, playable: bool) -> None:
        pattern = generate_pattern(drummer, GeneratorSettings(seed=6, bars=4))
        settings = GeneratorSettings(seed=9, playable=playable)
        written = generate_pattern(drummer, settings, Chart(pattern, 1920, 3840, frozenset({36}), by_beat=True))
        outside = [note for note in pattern.notes if not 1900 <= note.start < 3840]
        assert set(outside) <= set(written.notes)
        kicks = [note for note in pattern.notes if note.pitch == 36]
        assert [note for note in written.notes if note.pitch == 36] == kicks

    def test_it_goes_on_from_what_it_heard(self, drummer: DrumModel) -> None:
        context = generate_pattern(drummer, GeneratorSettings(seed=2, bars=2))
        run = DrumGenerator(drummer, GeneratorSettings(seed=2), chart=Chart(context, 3840, 3840 + 1920))
        new = list(run)
        assert new
        assert all(3840 <= note.start < 5760 for note in new)

    def test_its_thoughts_can_be_looked_at(self, drummer: DrumModel) -> None:
        pattern = generate_pattern(drummer, GeneratorSettings(seed=2, bars=2))
        listener, watch = Listener(drummer), MemoryWatch(drummer)
        deque(listener.hear(pattern), maxlen=0)
        assert listener.listening.complete
        assert np.isfinite(listener.listening.bits).all()
        guesses = listener.guesses(3, 5)
        assert len(guesses) == 5
        assert all(guess.key in drummer.vocabulary.pitches for guess in guesses)
        deque(watch.follow(GeneratorSettings(), pattern), maxlen=0)
        assert len(watch.through_time.memories) == len(listener.listening.bits) + 1


class TestCommands:
    @pytest.fixture
    def files(self, tmp_path: Path) -> Path:
        raw = raw_weights(notes=(36, 37, 38, 42, 46), ticks=(0, 1, 2, 3, 120, 240, 480))
        (tmp_path / "Wx.bin").write_bytes(raw.wx)
        (tmp_path / "Wy.bin").write_bytes(raw.wy)
        (tmp_path / "ticks.json").write_text(json.dumps(raw.ticks))
        return tmp_path

    def test_in_play_and_out(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        made, beat, out = files / "2017.safetensors", files / "beat.mid", files / "out"
        words = ["--notes", "36-38,42,46", "--ticks", str(files / "ticks.json")]
        matrices = [str(files / "Wx.bin"), str(files / "Wy.bin")]
        assert main(["import-weights", *matrices, *words, "-o", str(made), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["hidden"] == HIDDEN
        assert main(["generate", "--model", str(made), "--bars", "2", "-o", str(beat)]) == 0
        assert len(read_pattern(beat)) > 0
        assert main(["export", str(made), "--format", "raw", "-o", str(out)]) == 0
        for name in ("Wx.bin", "Wy.bin"):
            assert (out / name).read_bytes() == (files / name).read_bytes()
        assert json.loads((out / "words.json").read_text())["ticks"] == [0, 1, 2, 3, 120, 240, 480]

    @pytest.mark.parametrize(
        ("notes", "status", "said"),
        [
            ("36-40", 1, "Wx"),
            ("36-37", 1, "Wy"),
            ("x", 2, "neither"),
            ("40-36", 2, "no list"),
            ("1-9999999", 2, "no list"),
        ],
    )
    def test_lists_that_do_not_fit_are_refused(
        self, files: Path, capsys: pytest.CaptureFixture[str], notes: str, status: int, said: str
    ) -> None:
        (files / "Wx.bin").write_bytes(b"\0" * 100)
        arguments = [str(files / "Wx.bin"), str(files / "Wy.bin"), "--notes", notes, "--ticks", "0,1,2,3,120,240,480"]
        try:
            found = main(["import-weights", *arguments, "-o", str(files / "x.safetensors")])
        except SystemExit as left:
            found = left.code
        assert found == status
        assert said in capsys.readouterr().err
        assert not (files / "x.safetensors").exists()

    def test_files_that_are_not_there_are_named(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        arguments = [str(files / "gone.bin"), str(files / "Wy.bin"), "--notes", "36", "--ticks", "0"]
        assert main(["import-weights", *arguments, "-o", str(files / "x.safetensors")]) == 1
        assert "gone.bin" in capsys.readouterr().err


def test_lists_in_files_are_of_a_sensible_length(tmp_path: Path) -> None:
    path = tmp_path / "ticks.json"
    path.write_text(json.dumps(list(range(30))))
    assert number_list(str(path)) == tuple(range(30))
    path.write_text(json.dumps([1] * 10_001))
    with pytest.raises(argparse.ArgumentTypeError, match="more than 10,000"):
        number_list(str(path))
