"""Whose underruns they were."""

import json
from pathlib import Path

import pytest

from benchmarks.endless_verdict import MS
from benchmarks.stalls import ALONE, AMONG_OTHERS, read_stalls
from benchmarks.underruns import Underruns, judge_underruns

GAP = (1000 * MS, 1022 * MS)
AT = [1021 * MS]


@pytest.mark.parametrize(
    ("stalls", "others", "expected"),
    [
        pytest.param([], [], Underruns(ours=1), id="nothing else was late"),
        pytest.param([(1005 * MS, 1015 * MS)], [], Underruns(stalled=1), id="a core stood still"),
        pytest.param([(1005 * MS, 1008 * MS)], [], Underruns(ours=1), id="for too short a time"),
        pytest.param([(1000 * MS, 1005 * MS), (1001 * MS, 1005 * MS)], [], Underruns(ours=1), id="both at once"),
        pytest.param([(1000 * MS, 1005 * MS), (1010 * MS, 1015 * MS)], [], Underruns(stalled=1), id="twice"),
        pytest.param([(980 * MS, 999 * MS)], [], Underruns(ours=1), id="before it"),
        pytest.param([], [1030 * MS], Underruns(stalled=1), id="another player was late"),
        pytest.param([], [1200 * MS], Underruns(ours=1), id="another player was late some other time"),
    ],
)
def test_we_are_to_blame_where_nothing_else_is(stalls, others, expected) -> None:
    assert judge_underruns(AT, [GAP], stalls, others) == expected


def test_one_who_was_not_late_is_not_to_blame() -> None:
    assert judge_underruns([2000 * MS], [GAP], [], []) == Underruns(on_time=1)


def test_stalls_are_sure_where_every_core_was_watched_before_all_else(tmp_path: Path) -> None:
    assert read_stalls(tmp_path) == ([], False)
    for core, first in enumerate((ALONE, AMONG_OTHERS)):
        lines = [json.dumps(first), json.dumps([(9 - core) * MS, 4.0]), "[12"]
        (tmp_path / f"stalls{core}.jsonl").write_text("\n".join(lines))
        assert read_stalls(tmp_path)[1] is (core == 0)
    assert read_stalls(tmp_path)[0] == [(4 * MS, 8 * MS), (5 * MS, 9 * MS)]
