"""The roll's benchmark does what it says it measures."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from benchmarks.long_piece import Took, long_piece
from benchmarks.roll import p95_of, slowest_page, total


def test_a_long_piece_has_so_many_notes_of_all_families_none_twice() -> None:
    piece = long_piece(5000)

    assert len(piece) == 5000
    assert all(one[:2] < other[:2] for one, other in pairwise(piece.notes))
    assert len({note.pitch for note in piece.notes}) == 14
    assert long_piece(5000) == piece


def test_figures_are_of_the_slowest_page() -> None:
    def kinds(ms: float) -> dict[str, list[Took]]:
        return {"scroll": [Took(ms, 1)], "zoom": [Took(ms + 1, 1)], "turn": [], "playhead": [Took(99, 1)]}

    assert slowest_page({"1 bar": kinds(3), "all": kinds(5), "4 bars": kinds(4)}) == ("all", 6)
    assert p95_of([Took(ms, 0) for ms in range(1, 101)]) == 95
    assert total([Took(1, 2), Took(3, 4)]) == (4, 6)


def test_everything_is_done_in_the_window_and_told(tmp_path: Path) -> None:
    environment = os.environ | {
        "DRUMAPP_CONFIG_DIR": str(tmp_path),
        "DRUMAPP_STATE_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = (sys.executable, "-m", "benchmarks.roll", "--here", "--quick", "--notes", "2000")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])

    assert {"frame_p95_ms", "edit_ms", "open_s"} <= set(figures)
    assert set(figures["pages_p95_ms"]) == {"1 bar", "4 bars", "16 bars", "64 bars", "all"}
    assert set(figures["pages_p95_ms"]["4 bars"]) == {"scroll", "zoom", "turn", "playhead"}
    assert set(figures["edits_ms"]) == {f"{act}, {page}" for act in ("place", "move") for page in ("4 bars", "16 bars")}
