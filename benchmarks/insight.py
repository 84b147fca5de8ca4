"""What the drummer thinks of 2,000 notes: how soon it is known, and how long the window waits meanwhile.

``python -m benchmarks.insight [--json]``. ``first_ms`` is from the question to the surprise of all notes and the memory
through time, when nothing was heard before; the others the same after an edit of a note in the first or the last bar.
``window_gap_p99_ms`` is how long a thread that wants to run every millisecond, as the window's does, has to wait beyond
that while the analysis works.
"""

from __future__ import annotations

import argparse
import json
import statistics
import threading
import time
from dataclasses import replace

from benchmarks.first_note import percentile
from drumapp.core.pattern import NoteRun, Pattern
from drumapp.gui.insight.analysis import Analysis, Question
from drumapp.gui.insight.insight import MemoryFilm
from drumapp.gui.seat import ModelSeat
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.resources import default_model

NOTES = 2000
ROUNDS = 5
_TIMEOUT_S = 60.0
_TICK_S = 0.001


class Asker:
    """Asks questions one after the other. Attributes: gaps_ms, how long this thread waited for its turn meanwhile."""

    def __init__(self, seat: ModelSeat) -> None:
        self._seat = seat
        self._known = threading.Event()
        self.gaps_ms: list[float] = []
        self.analysis = Analysis(self._take)

    def _take(self, _question: Question, answer: object) -> None:
        if isinstance(answer, MemoryFilm):  # what comes last
            self._known.set()

    def ms_until_known(self, pattern: Pattern) -> float:
        """Milliseconds until all is known of a pattern. Raises TimeoutError."""
        self._known.clear()
        begun = last = time.perf_counter()
        self.analysis.ask(Question(self._seat, pattern, True, None, GeneratorSettings(seed=1), "h"))
        while not self._known.is_set():
            time.sleep(_TICK_S)
            now = time.perf_counter()
            self.gaps_ms.append((now - last - _TICK_S) * 1000)
            last = now
            if now - begun > _TIMEOUT_S:
                raise TimeoutError("the analysis gives no answer")
        return (time.perf_counter() - begun) * 1000


def louder(pattern: Pattern, place: int, by: int) -> Pattern:
    """The pattern with one note struck otherwise."""
    notes = list(pattern.notes)
    velocity = (notes[place].velocity + by - 1) % 127 + 1
    notes[place] = notes[place]._replace(velocity=velocity)
    return replace(pattern, notes=NoteRun(sorted(notes)))


def measure(notes: int, rounds: int) -> dict[str, float]:
    """All figures, in milliseconds."""
    model = load_model(default_model())
    whole = generate_pattern(model, GeneratorSettings(seed=1, bars=notes // 6))
    pattern = replace(whole, notes=whole.notes.part(0, notes))
    firsts, starts, ends, gaps = [], [], [], []
    for number in range(1, rounds + 1):
        asker = Asker(ModelSeat(model))
        firsts.append(asker.ms_until_known(pattern))
        starts.append(asker.ms_until_known(louder(pattern, 0, 8 * number)))
        ends.append(asker.ms_until_known(louder(louder(pattern, 0, 8 * number), -1, 8 * number)))
        asker.analysis.close()
        gaps += asker.gaps_ms
    return {
        "first_ms": statistics.median(firsts),
        "first_bar_ms": statistics.median(starts),
        "last_bar_ms": statistics.median(ends),
        "window_gap_p99_ms": percentile(gaps, 0.99),
        "window_gap_max_ms": max(gaps),
        "notes": float(len(pattern.notes)),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--notes", type=int, default=NOTES)
    args = parser.parse_args()
    figures = measure(args.notes, ROUNDS)
    if args.json:
        print(json.dumps(figures))
        return
    print(f"Surprise and memory of {figures['notes']:.0f} notes:")
    print(f"  heard for the first time      {figures['first_ms']:7.0f} ms")
    print(f"  after an edit in the first bar {figures['first_bar_ms']:6.0f} ms")
    print(f"  after an edit in the last bar  {figures['last_bar_ms']:6.0f} ms")
    print(f"  the window waits, p99          {figures['window_gap_p99_ms']:6.1f} ms, at most", end=" ")
    print(f"{figures['window_gap_max_ms']:.1f}")


if __name__ == "__main__":
    main()
