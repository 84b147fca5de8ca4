"""Does the drummer stay on the beat, and does it merely loop? Its long takes beside human playing.

``python -m benchmarks.drumming --data DIR [--json]``. Over 20 takes of 64 bars: the share of onsets within 20 ticks of
an eighth-note position in the first and the last eight bars, the share of bars that equal the bar before them (same
drums on the same sixteenths; also at temperature 1), and whether the last bar lies where it should.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable
from pathlib import Path

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, Range
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.vocabulary import TICKS_PER_GRID
from drumapp.midi.corpus import scan_folder
from drumapp.resources import default_model

SEEDS = 20
BARS = 64
STRETCH = 8
EIGHTH = 240
SIXTEENTH = 120
TOLERANCE = 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="human drumming in 4/4 among others")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(default_model())
    human = [
        piece.pattern
        for piece in scan_folder(args.data).pieces
        if piece.kind != "fill" and piece.pattern.first_metre == Metre(4, 4)
    ]
    takes = [generate_pattern(model, GeneratorSettings(seed=seed, bars=BARS)) for seed in range(SEEDS)]
    stiff = [generate_pattern(model, GeneratorSettings(seed=seed, bars=BARS, feel=False)) for seed in range(SEEDS)]
    plain = [
        generate_pattern(model, GeneratorSettings(seed=seed, bars=BARS, time_temperature=1.0, pitch_temperature=1.0))
        for seed in range(SEEDS)
    ]
    first, last = Range(0, STRETCH), Range(BARS - STRETCH, BARS)
    figures: dict[str, float] = {
        "human_on_eighths": on_eighths(note for pattern in human for note in pattern.notes),
        "first_bars_on_eighths": on_eighths(note for take in takes for note in in_bars(take, first)),
        "last_bars_on_eighths": on_eighths(note for take in takes for note in in_bars(take, last)),
        "human_bars_repeated": repeated(human),
        "bars_repeated": repeated(takes),
        "bars_repeated_at_1": repeated(plain),
        "first_bars_on_eighths_at_1": on_eighths(note for take in plain for note in in_bars(take, first)),
        "last_bars_on_eighths_at_1": on_eighths(note for take in plain for note in in_bars(take, last)),
        "human_notes_a_bar": notes_a_bar(human),
        "notes_a_bar": notes_a_bar(takes),
        "off_grid_without_feel": sum(note.start % TICKS_PER_GRID != 0 for take in stiff for note in take.notes),
        "takes_of_the_right_length": sum(take.length == BARS * 1920 and take.bars == BARS for take in takes),
        "takes_playing_in_the_last_bar": sum(bool(in_bars(take, Range(BARS - 1, BARS))) for take in takes),
    }
    if args.json:
        print(json.dumps({name: round(figure, 4) for name, figure in figures.items()}))
        return
    for name, figure in figures.items():
        print(f"{name:<32} {figure:.3f}")


def in_bars(pattern: Pattern, bars: Range) -> tuple[Note, ...]:
    """Notes of a run of bars, counted from 0."""
    return pattern.between(Range(pattern.metre.bar_start(bars.start), pattern.metre.bar_start(bars.stop)))


def on_eighths(notes: Iterable[Note]) -> float:
    """Share of onsets close to an eighth-note position."""
    return statistics.fmean(min(note.start % EIGHTH, -note.start % EIGHTH) <= TOLERANCE for note in notes)


def repeated(patterns: Iterable[Pattern]) -> float:
    """Share of bars, empty ones aside, with the same drums on the same sixteenths as the bar before."""
    same = []
    for pattern in patterns:
        bars: dict[int, set[tuple[int, int]]] = {}
        for note in pattern.notes:
            bar, step = divmod(round(note.start / SIXTEENTH), 1920 // SIXTEENTH)
            bars.setdefault(bar, set()).add((step, note.pitch))
        same += [bars[bar] == bars[bar - 1] for bar in bars if bar - 1 in bars]
    return statistics.fmean(same)


def notes_a_bar(patterns: Iterable[Pattern]) -> float:
    """Mean notes in a whole bar."""
    return statistics.fmean(
        len(in_bars(pattern, Range(bar, bar + 1))) for pattern in patterns for bar in range(pattern.length // 1920)
    )


if __name__ == "__main__":
    main()
