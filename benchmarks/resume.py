"""From an edit to the drummer's first new note, with a context of 2,000 notes, and the time a rewritten region takes.

``python -m benchmarks.resume [--json]``. Each edit moves, removes, adds or reweighs a note of the last or of the first
bar; the clock runs from the edited pattern to the first note of what goes on from it, with the memories kept along the
way. ``play`` is the same in the window: from a click on Play, as soon as may be after an edit, to the first new note in
the roll and on its way to the playing process; ``thought`` with half a second between edit and click. The region is two
bars of eight, several alternatives at once, and the figure is for one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from drumapp.gui.document import Document

NOTES = 2000
LAST_BAR_EDITS = 100
FIRST_BAR_EDITS = 40
REGIONS = 10
ALTERNATIVES = 8
BAR = 1920
_app = None
LIMITS = {
    "last_bar_p95_ms": 20.0,
    "first_bar_p95_ms": 150.0,
    "play_last_bar_p95_ms": 20.0,
    "play_first_bar_p95_ms": 150.0,
    "thought_first_bar_p95_ms": 150.0,
    "region_ms": 30.0,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(default_model())
    stepper = Stepper(model)
    last = edits_ms(model, stepper, last_bar=True, edits=LAST_BAR_EDITS)
    first = edits_ms(model, stepper, last_bar=False, edits=FIRST_BAR_EDITS)
    with tempfile.TemporaryDirectory() as settings:
        os.environ["DRUMAPP_CONFIG_DIR"] = os.environ["DRUMAPP_STATE_DIR"] = settings
        played_last = plays_ms(last_bar=True, edits=LAST_BAR_EDITS)
        played_first = plays_ms(last_bar=False, edits=FIRST_BAR_EDITS)
        thought_first = plays_ms(last_bar=False, edits=FIRST_BAR_EDITS, thought=0.5)
    figures = {
        "last_bar_p95_ms": percentile(last, 0.95),
        "last_bar_p50_ms": statistics.median(last),
        "first_bar_p95_ms": percentile(first, 0.95),
        "first_bar_p50_ms": statistics.median(first),
        "play_last_bar_p95_ms": percentile(played_last, 0.95),
        "play_last_bar_p50_ms": statistics.median(played_last),
        "play_first_bar_p95_ms": percentile(played_first, 0.95),
        "play_first_bar_p50_ms": statistics.median(played_first),
        "thought_first_bar_p95_ms": percentile(thought_first, 0.95),
        "thought_first_bar_p50_ms": statistics.median(thought_first),
        "region_ms": statistics.median(regions_ms(model, stepper)),
    }
    if args.json:
        print(json.dumps({name: round(figure, 2) for name, figure in figures.items()}))
        return
    for name, figure in figures.items():
        limit = f" (at most {LIMITS[name]:g})" if name in LIMITS else ""
        print(f"{name:<24} {figure:7.1f}{limit}")


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


def plays_ms(*, last_bar: bool, edits: int, thought: float = 0.0) -> list[float]:
    """Milliseconds from each click on Play to the first new note, the take held and edited so many seconds before."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop

    from drumapp.gui.application import Application
    from drumapp.gui.display import build_qt
    from drumapp.gui.garbage import settle_memory
    from drumapp.playback.engine import PlaybackEngine, SoundSettings
    from drumapp.resources import builtin_soundfont
    from drumapp.settings import Settings

    global _app
    settle_memory()  # as the program does
    _app = _app or build_qt([])
    engine = PlaybackEngine(SoundSettings(builtin_soundfont(), synth="sampler", device="null"))
    application = Application(_app, Settings(bars=0, seed=1), engine=engine)
    document, conductor = application.document, application.conductor
    arrived: list[float] = []

    def run_until(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, "the drummer does not write"
            _app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    try:
        application.show()
        run_until(lambda: conductor.can_generate and engine.running)
        application.drummer.generate()
        while len(document.pattern) < NOTES:
            conductor.seek(document.pattern.length)
            run_until(partial(_is_longer, document, document.pattern.length))
        document.appended.connect(lambda notes: arrived.append(time.perf_counter()) if notes else None)
        rng, waits = random.Random(1), []
        for _ in range(edits):
            conductor.pause()
            pattern = document.pattern
            bar = pattern.metre.bar_at(pattern.notes[-1].start) if last_bar else 0
            span = Range(bar * BAR, min((bar + 1) * BAR, pattern.length))
            document.edit(replace(edited(pattern, span, rng), length=pattern.length), "Edit")
            _app.processEvents()
            conductor.seek(pattern.length)
            run_until(partial(_is_past, time.monotonic() + thought))
            arrived.clear()
            started = time.perf_counter()
            application.window.transport.play.click()
            run_until(lambda: arrived)
            waits.append((arrived[0] - started) * 1e3)
        return waits
    finally:
        application.end_at_once()


def _is_longer(document: Document, length: int) -> bool:
    return document.pattern.length > length


def _is_past(moment: float) -> bool:
    return time.monotonic() >= moment


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
