"""What the shipped drummer must keep up over 64 bars."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.resources import default_model

SEEDS = 40
BARS = 64
BAR = 1920
EIGHTH = 240


@pytest.fixture(scope="module")
def takes() -> list[Pattern]:
    model = load_model(default_model())
    stepper = Stepper(model)
    made = []
    for seed in range(SEEDS):
        run = DrumGenerator(model, GeneratorSettings(seed=seed, bars=BARS), stepper)
        made.append(Pattern.of(run, length=run.length))
    return made


def share_on_eighths(notes: Sequence[Note]) -> float:
    return sum(min(note.start % EIGHTH, -note.start % EIGHTH) <= 20 for note in notes) / len(notes)


def test_the_beat_does_not_drift_off_the_grid(takes: list[Pattern]) -> None:
    first = [note for take in takes for note in take.between(Range(0, 8 * BAR))]
    last = [note for take in takes for note in take.between(Range((BARS - 8) * BAR, BARS * BAR))]
    assert share_on_eighths(last) == pytest.approx(share_on_eighths(first), abs=0.05)


def test_the_last_bar_is_played_and_nothing_lies_beyond_it(takes: list[Pattern]) -> None:
    for take in takes:
        assert take.length == BARS * BAR
        assert take.notes[-1].start < BARS * BAR
    assert sum(bool(take.between(Range((BARS - 1) * BAR, BARS * BAR))) for take in takes) >= SEEDS - 1


def test_takes_neither_loop_nor_fall_silent(takes: list[Pattern]) -> None:
    for take in takes:
        bars = [
            frozenset(
                (round((note.start - bar * BAR) / 120), note.pitch)
                for note in take.between(Range(bar * BAR, (bar + 1) * BAR))
            )
            for bar in range(BARS)
        ]
        assert len(set(bars)) > BARS // 4
        assert sum(not bar for bar in bars) < BARS // 4
