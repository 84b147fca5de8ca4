"""From an edit to the drummer's first new note, with a context of 2,000 notes, and the time a rewritten region takes.

``python -m benchmarks.resume [--json]``. Each edit moves, removes, adds or reweighs a note of the last or of the first
bar; the clock runs from the edited pattern to the first note of what goes on from it, with the memories kept along the
way. The region is two bars of eight, several alternatives at once, and the figure is for one of them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from itertools import islice

from benchmarks.first_note import percentile
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.cowriting import alternatives
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.resources import default_model

NOTES = 2000
LAST_BAR_EDITS = 100
FIRST_BAR_EDITS = 40
REGIONS = 10
ALTERNATIVES = 8
BAR = 1920
LIMITS = {"last_bar_p95_ms": 20.0, "first_bar_p95_ms": 150.0, "region_ms": 30.0}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(default_model())
    stepper = Stepper(model)
    last = edits_ms(model, stepper, last_bar=True, edits=LAST_BAR_EDITS)
    first = edits_ms(model, stepper, last_bar=False, edits=FIRST_BAR_EDITS)
    figures = {
        "last_bar_p95_ms": percentile(last, 0.95),
        "last_bar_p50_ms": statistics.median(last),
        "first_bar_p95_ms": percentile(first, 0.95),
        "first_bar_p50_ms": statistics.median(first),
        "region_ms": statistics.median(regions_ms(model, stepper)),
    }
    if args.json:
        print(json.dumps({name: round(figure, 2) for name, figure in figures.items()}))
        return
    for name, figure in figures.items():
        limit = f" (at most {LIMITS[name]:g})" if name in LIMITS else ""
        print(f"{name:<18} {figure:7.1f}{limit}")


def edits_ms(model: DrumModel, stepper: Stepper, *, last_bar: bool, edits: int) -> list[float]:
    """Milliseconds from each edit to the first new note."""
    settings = GeneratorSettings(seed=1, bars=None)
    take = DrumGenerator(model, settings, stepper)
    pattern = Pattern.of(islice(take, NOTES))
    trail = take.trail
    rng = random.Random(1)
    waits = []
    for _ in range(edits):
        bar = pattern.metre.bar_at(pattern.notes[-1].start) if last_bar else 0
        pattern = edited(pattern, Range(bar * BAR, (bar + 1) * BAR), rng)
        started = time.perf_counter()
        run = DrumGenerator(model, settings, stepper, chart=Chart(pattern, None), trail=trail)
        next(run)
        waits.append((time.perf_counter() - started) * 1e3)
    return waits


def edited(pattern: Pattern, span: Range, rng: random.Random) -> Pattern:
    """The pattern with one note of a span moved, reweighed or taken out, or one more put in."""
    notes = list(pattern.notes)
    inside = [index for index, note in enumerate(notes) if note.start in span]
    tick = rng.randrange(span.start, span.stop, 120)
    if len(inside) < 4 or rng.random() < 0.25:
        notes.append(Note(tick, rng.choice((36, 38, 42)), rng.randint(1, 127)))
        return Pattern.of(notes)
    index = rng.choice(inside)
    match rng.randrange(3):
        case 0:
            del notes[index]
        case 1:
            notes[index] = notes[index]._replace(start=tick)
        case _:
            notes[index] = notes[index]._replace(velocity=rng.randint(1, 127))
    return Pattern.of(notes)


def regions_ms(model: DrumModel, stepper: Stepper) -> list[float]:
    """Milliseconds an alternative takes, for each of some patterns of eight bars, the fifth and sixth rewritten."""
    times = []
    for seed in range(REGIONS):
        settings = GeneratorSettings(seed=seed, bars=8)
        chart = Chart(generate_pattern(model, settings), 4 * BAR, 6 * BAR)
        started = time.perf_counter()
        alternatives(model, settings, chart, ALTERNATIVES, stepper)
        times.append((time.perf_counter() - started) * 1e3 / ALTERNATIVES)
    return times


if __name__ == "__main__":
    main()
