"""The piano roll with 100,000 notes: milliseconds a frame and an edit, seconds to open a MIDI file of so many.

``python -m benchmarks.roll [--json]``. In the real window, 1280x800, on Qt's offscreen platform; only the process that
plays is left out. Each figure runs from an event to the end of the painting it leads to, and is taken at scale 1 and,
with ``_2x`` after its name, at scale 2, in a process of its own.

A frame is a scroll, a zoom or a page turned by the playhead, with the page showing from one bar to the whole piece;
``frame_p95_ms`` is that of the slowest page. An edit is a click that places a note, or a drag that moves one, with the
painting after its press, its move and its release added up; ``edit_ms`` is the median of the slower kind.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.first_note import percentile
from benchmarks.long_piece import BAR, CRASH, Hand, Took, long_piece, window
from drumapp.core.editing import NOTHING, Grid, select_all
from drumapp.core.pattern import Pattern
from drumapp.core.timing import Range

NOTES = 100_000
BARS_SHOWN = (1, 4, 16, 64, 256, 1024)
BARS_EDITED = (4, 16)
BATCH = 8  # notes that arrive at once while a drummer writes
FRAME_LIMIT_MS, EDIT_LIMIT_MS, OPEN_LIMIT_S = 16.0, 50.0, 2.0
TIMEOUT_S = 900
_FADE_FRAMES = 2
_FRAME_S = 0.016
_LONG_REST_S = 2.0


@dataclass(frozen=True)
class Effort:
    """How often all is done: frames of a kind with every page, edits of a kind, files opened, batches written."""

    frames: int = 20
    edits: int = 9
    openings: int = 3
    batches: int = 60


QUICK = Effort(frames=2, edits=1, openings=1, batches=3)


# What is measured


def pages(hand: Hand, bars_shown: Iterable[int] = BARS_SHOWN) -> Iterator[str]:
    """Show so many bars in the middle of the piece, one after the other, and in the end all of it; what is shown."""
    length, navigation = hand.pattern.length, hand.roll.navigation
    for bars in bars_shown:
        if bars * BAR < length:
            start = max(length // 2 // BAR - bars // 2, 0) * BAR
            hand.time(navigation.zoom_to_span, Range(start, start + bars * BAR))
            yield f"{bars} bar{'s' if bars > 1 else ''}"
    hand.time(navigation.zoom_to_fit)
    yield "all"


def frames(hand: Hand, count: int) -> dict[str, dict[str, list[Took]]]:
    """How long each frame took: by page and kind."""
    found: dict[str, dict[str, list[Took]]] = {}
    for page in pages(hand):
        view = hand.roll.view
        to_and_fro = [1 if turn % 2 else -1 for turn in range(count)]
        scrolls = [hand.time(hand.wheel, way) for way in to_and_fro]
        zooms = [hand.time(hand.wheel, -way, zooming=True) for way in to_and_fro]
        hand.time(hand.roll.navigation.look_at, view)
        hand.time(hand.play_to, view.tick_at(view.width / 2))  # in sight: from here on the page is turned for it
        steps, turns = [], []
        for _ in range(count):
            steps.append(hand.time(hand.play_on))
            after = hand.roll.view.right + 1
            if after <= hand.pattern.length:
                turns.append(hand.time(hand.play_to, after))
        found[page] = {"scroll": scrolls, "zoom": zooms, "turn": turns, "playhead": steps}
    return found


def placings(hand: Hand, count: int) -> list[Took]:
    """Clicks that place a note each, in free cells of a lane."""
    found = []
    for tick in free_cells(hand, count):
        before = len(hand.pattern)
        found.append(total((hand.time(hand.press, tick, CRASH), hand.time(hand.release, tick, CRASH))))
        if len(hand.pattern) != before + 1:
            raise RuntimeError(f"the click at tick {tick} placed no note")
        hand.rest()
    return found


def free_cells(hand: Hand, count: int) -> list[int]:
    """Lines in sight with no note of the lane near them, apart from each other."""
    step, view = Grid().step, hand.roll.view
    taken = [note.start for note in hand.pattern.notes if note.pitch == CRASH and view.left <= note.start <= view.right]
    free: list[int] = []
    for line in range((int(view.left) // step + 2) * step, int(view.right) - step, step):
        if len(free) < count and all(abs(line - start) > 2 * step for start in taken):
            free.append(line)
            taken.append(line)
    return free


def moves(hand: Hand, count: int) -> list[Took]:
    """Drags that move a note by a quarter each: press, one move, release."""
    found = []
    for turn in range(count):
        view = hand.roll.view
        near = hand.pattern.between(Range(int(view.left), int(view.right)))
        note, way = near[len(near) // 2], 480 if turn % 2 == 0 else -480
        tick, key, before = note.start + note.duration / 2, note.pitch, hand.pattern.notes
        acts = (hand.press, tick), (hand.drag, tick + way), (hand.release, tick + way)
        found.append(total(hand.time(act, at, key) for act, at in acts))
        if hand.pattern.notes == before:
            raise RuntimeError(f"the drag of {note} moved nothing")
        hand.rest()
    return found


def edits_of_all(hand: Hand, count: int) -> list[Took]:
    """Every note made louder, or softer again."""
    hand.editor.select(select_all(hand.pattern))
    found = []
    for turn in range(count):
        way = 4 if turn % 2 == 0 else -4
        found.append(hand.time(hand.editor.shift_velocity, way))
        hand.rest()
    hand.editor.select(NOTHING)
    return found


def take(hand: Hand, piece: Pattern, batches: int) -> list[Took]:
    """Frames in which notes arrive at the end of an endless take of so many, the playhead a bar behind them."""
    document = hand.application.document
    document.begin_take(replace(piece.without_notes(), length=0), None)
    hand.application.engine.set_growing(True)
    written = len(piece.notes) - batches * BATCH
    hand.write(piece.notes[:written])
    hand.rest(_LONG_REST_S)  # the journal does not write so many notes at once in a real take
    found = []
    for first in range(written, len(piece.notes), BATCH):
        found.append(hand.time(hand.write_and_play, piece.notes[first : first + BATCH]))
        for _ in range(_FADE_FRAMES):
            time.sleep(_FRAME_S)
            found.append(hand.time(hand.play_on))
    document.end_take()
    return found


def opening(hand: Hand, path: Path) -> Took:
    """A file opened, until the window shows it."""
    took = hand.time(hand.application.projects.open, path)
    if hand.pattern.name != path.stem:
        raise RuntimeError(f"{path} was not opened")
    hand.rest()
    return took


# Figures


def measure(notes: int, effort: Effort) -> dict[str, Any]:
    """All figures, at the scale Qt was told."""
    from drumapp.midi.smf import write_pattern

    piece = long_piece(notes)
    edits: dict[str, list[Took]] = {}
    with window() as hand, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.mid"
        write_pattern(piece, path)
        openings = [opening(hand, path) for _ in range(effort.openings)]
        plain = frames(hand, effort.frames)
        hand.editor.select(select_all(hand.pattern))
        selected = frames(hand, effort.frames)
        hand.editor.select(NOTHING)
        for page in pages(hand, BARS_EDITED):
            if page != "all":
                edits[f"place, {page}"] = placings(hand, effort.edits)
                edits[f"move, {page}"] = moves(hand, effort.edits)
        of_all = edits_of_all(hand, effort.edits)
        hand.roll.navigation.zoom_to_first_bars()
        after_all = moves(hand, effort.edits)
        written = take(hand, piece, effort.batches)
    slowest, p95 = slowest_page(plain)
    return {
        "frame_p95_ms": p95,
        "frame_cpu_p95_ms": max(percentile([took.cpu_ms for took in of_page(kinds)], 0.95) for kinds in plain.values()),
        "slowest_page": slowest,
        "edit_ms": max(median(times) for times in edits.values()),
        "edit_cpu_ms": max(statistics.median(took.cpu_ms for took in times) for times in edits.values()),
        "open_s": median(openings) / 1000,
        "selected_frame_p95_ms": slowest_page(selected)[1],
        "take_frame_p95_ms": p95_of(written),
        "edit_all_ms": median(of_all),
        "edit_after_all_max_ms": max(took.ms for took in after_all),
        "notes": notes,
        "edits_ms": {name: median(times) for name, times in edits.items()},
        "pages_p95_ms": {page: {kind: p95_of(t) for kind, t in kinds.items() if t} for page, kinds in plain.items()},
    }


def of_page(kinds: dict[str, list[Took]]) -> list[Took]:
    """The frames of a page that draw all of it."""
    return [*kinds["scroll"], *kinds["zoom"], *kinds["turn"]]


def slowest_page(found: dict[str, dict[str, list[Took]]]) -> tuple[str, float]:
    """The page with the largest p95 of its frames, and that p95 in milliseconds."""
    by_page = {page: p95_of(of_page(kinds)) for page, kinds in found.items()}
    page = max(by_page, key=by_page.__getitem__)
    return page, by_page[page]


def total(times: Iterable[Took]) -> Took:
    """One after the other."""
    every = list(times)
    return Took(sum(took.ms for took in every), sum(took.cpu_ms for took in every))


def median(times: Iterable[Took]) -> float:
    """Milliseconds by the clock."""
    return statistics.median(took.ms for took in times)


def p95_of(times: Iterable[Took]) -> float:
    """Milliseconds by the clock that 95 of 100 do not exceed."""
    return percentile([took.ms for took in times], 0.95)


def measure_at(scale: int, notes: int) -> dict[str, Any]:
    """All figures at a scale, taken in a process of its own. Raises CalledProcessError when that fails."""
    with tempfile.TemporaryDirectory() as settings:
        environment = os.environ | {
            "DRUMAPP_CONFIG_DIR": settings,
            "DRUMAPP_STATE_DIR": settings,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": str(scale),
        }
        command = (sys.executable, "-m", "benchmarks.roll", "--here", "--notes", str(notes))
        pipe = subprocess.PIPE
        done = subprocess.run(command, env=environment, stdout=pipe, text=True, timeout=TIMEOUT_S, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Measure and print; with ``--json`` one object with ``frame_p95_ms``, ``edit_ms`` and ``open_s`` in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--notes", type=int, default=NOTES)
    parser.add_argument("--here", action="store_true", help="in this process, at the scale Qt was told; prints JSON")
    parser.add_argument(
        "--quick", action="store_true", help="everything once or twice: a trial of the benchmark itself"
    )
    args = parser.parse_args()
    if args.here:
        print(json.dumps(measure(args.notes, QUICK if args.quick else Effort())))
        return
    by_scale = {scale: measure_at(scale, args.notes) for scale in (1, 2)}
    if args.json:
        twice = {f"{name}_2x": figure for name, figure in by_scale[2].items() if name != "notes"}
        print(json.dumps(by_scale[1] | twice))
        return
    for scale, figures in by_scale.items():
        print(f"{args.notes:,} notes in the window at scale {scale}:")
        print_figures(figures)


def print_figures(figures: dict[str, Any]) -> None:
    """For people."""
    print(
        f"  frame, p95 of the slowest page           {figures['frame_p95_ms']:6.1f} ms (at most {FRAME_LIMIT_MS:g})",
        end="",
    )
    print(f", of which processor {figures['frame_cpu_p95_ms']:.1f}")
    for page, kinds in figures["pages_p95_ms"].items():
        print(f"    {page:10}" + ", ".join(f"{kind} {ms:.1f}" for kind, ms in kinds.items()))
    print(f"  the same, every note selected            {figures['selected_frame_p95_ms']:6.1f} ms")
    print(f"  notes arriving in a take of so many, p95 {figures['take_frame_p95_ms']:6.1f} ms")
    print(
        f"  one edit                                 {figures['edit_ms']:6.1f} ms (at most {EDIT_LIMIT_MS:g})", end=""
    )
    print(f", of which processor {figures['edit_cpu_ms']:.1f}")
    print("    " + ", ".join(f"{name} {ms:.1f}" for name, ms in figures["edits_ms"].items()))
    print(f"  an edit of every note                    {figures['edit_all_ms']:6.1f} ms")
    print(f"  longest of the single edits after those  {figures['edit_after_all_max_ms']:6.1f} ms")
    print(f"  opening a MIDI file                      {figures['open_s']:6.2f} s  (at most {OPEN_LIMIT_S:g})")


if __name__ == "__main__":
    main()
