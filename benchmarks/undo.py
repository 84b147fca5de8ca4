"""What a thousand steps of undo hold in memory, on a pattern of 10,000 notes, half of them edits of all notes.

``python -m benchmarks.undo [--json]``. The steps are recorded as the window records them, old ones packed as when it is
idle; measured with tracemalloc, the pattern itself left out.
"""

from __future__ import annotations

import argparse
import json
import random
import tracemalloc
from dataclasses import replace

from drumapp.core import editing
from drumapp.core.changes import difference
from drumapp.core.editing import Selection
from drumapp.core.history import History
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project

NOTES, STEPS = 10_000, 1000
LIMIT_MB = 100.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    held, steps = memory_mb()
    if args.json:
        print(json.dumps({"undo_mb": round(held, 1), "steps": steps, "notes": NOTES}))
    else:
        print(f"{steps} steps on {NOTES} notes: {held:.1f} MB (at most {LIMIT_MB:g})")


def memory_mb() -> tuple[float, int]:
    """Megabytes that the history holds, and its steps."""
    rng = random.Random(1)
    notes = [
        Note(tick * 30 + rng.randint(-9, 9) + 9, rng.choice((36, 38, 42)), rng.randint(1, 127)) for tick in range(NOTES)
    ]
    project = Project(Pattern.of(notes))
    history = History()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for step in range(STEPS):
        pattern = project.pattern
        chosen: Selection = frozenset(pattern.notes) if step % 2 else frozenset(rng.sample(pattern.notes, 16))
        if step % 4 < 2:
            edited = editing.humanise(pattern, chosen, step, ticks=8, velocity=8).pattern
        else:
            edited = editing.shift_velocity(pattern, chosen, 1 if step % 8 < 4 else -1).pattern
        after = replace(project, pattern=edited)
        history.record("Edit", after, difference(after, project))
        project = after
        while history.pack_one():
            pass
    del pattern, edited, after, chosen
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    # The pattern of now is not the history's: its notes are others than those of the beginning.
    own = len(project.pattern.notes) * 150
    return (held - own) / 1e6, len(history.undo_labels)


if __name__ == "__main__":
    main()
