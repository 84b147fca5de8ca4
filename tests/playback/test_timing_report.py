import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.playback.timing_log import Sent
from drumapp.playback.timing_report import EDGES_MS, describe, report_timing

MS = 1_000_000


def run(late_ms: list[float], every_ms: float = 100.0, drift_ppm: float = 0.0) -> list[Sent]:
    """Sent notes, each so late, and later and later by a drift."""
    dues = [10**12 + round(n * every_ms * MS) for n in range(len(late_ms))]
    return [
        Sent(due, round(late * MS + (due - 10**12) * drift_ppm / 1e6)) for due, late in zip(dues, late_ms, strict=True)
    ]


def test_percentiles_histogram_and_offset():
    report = report_timing("Synth", run([0.3] * 98 + [1.5, 7.0]))
    assert (report.name, report.count) == ("Synth", 100)
    assert report.median_ms == pytest.approx(0.3)
    assert report.p99_ms == pytest.approx(1.5, abs=0.1)
    assert report.max_ms == pytest.approx(7.0)
    assert report.jitter_ms == pytest.approx(1.2, abs=0.1)
    assert report.drift_ms == pytest.approx(0.0, abs=1e-6)
    assert report.histogram == (0, 0, 0, 98, 0, 1, 0, 1, 0)
    assert report.offset_ms == -0.3


@pytest.mark.parametrize("ppm", [-80.0, 30.0, 80.0])
def test_drift_is_told_apart_from_chance(ppm):
    dice = np.random.default_rng(1)
    report = report_timing("Card", run(dice.exponential(0.5, 1200).tolist(), 50.0, ppm))
    assert report.drift_ms == pytest.approx(ppm * 0.6, abs=0.6)
    assert report.median_ms == pytest.approx(0.35, abs=0.08)


def test_a_drift_that_the_run_is_too_short_for_is_none():
    assert report_timing("Synth", run([0.1, 0.12, 0.11, 0.13] * 25, drift_ppm=5.0)).drift_ms == 0.0


def test_where_nobody_knows_when_it_was_due_the_earliest_was_on_time():
    report = report_timing("Card", run([-3.0, -2.5] * 50), relative=True)
    assert (report.median_ms, report.max_ms) == (pytest.approx(0.25, abs=0.26), pytest.approx(0.5))


def test_too_few_say_nothing():
    assert report_timing("Synth", []) is None
    assert report_timing("Synth", run([0.1] * 10)) is None


def test_what_was_before_a_device_was_opened_anew_does_not_count():
    report = report_timing("Card", run([0.0] * 50 + [900.0] * 60))
    assert report.count == 60


def test_it_is_described_with_a_bar_for_each_stretch_up_to_the_last():
    lines = describe(report_timing("Synth", run([0.03, 0.03, 0.3, 0.03] * 10)))
    assert "40 notes" in lines[0]
    labels = [line.split("#")[0].strip() for line in lines[1:]]
    assert labels == ["to 0.05 ms", "to 0.1 ms  0", "to 0.2 ms  0", "to 0.5 ms"]
    assert (lines[1].count("#"), lines[4].count("#")) == (40, 13)


@given(st.lists(st.floats(-5, 90), min_size=20, max_size=300))
def test_any_times_can_be_reported_and_every_note_is_in_one_bar(late_ms):
    report = report_timing("Synth", run(late_ms))
    assert sum(report.histogram) == report.count == len(late_ms)
    assert len(report.histogram) == len(EDGES_MS) + 1
    assert report.median_ms <= report.p99_ms <= report.max_ms + 1e-9
    assert describe(report)
