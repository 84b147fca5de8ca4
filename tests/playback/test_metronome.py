from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.timing import Metre, MetreChange, MetreMap, Range, TempoMap
from drumapp.playback.metronome import ClickSound, MetronomeSettings, clicks_in, count_in
from drumapp.playback.outputs import Click
from drumapp.playback.transport import Segment, TimeAnchor

RATE = 48_000
ANCHOR = TimeAnchor(0.0, 0.0, TempoMap(), RATE)  # a tick lasts 50 frames


def segment(start: int, stop: int) -> Segment:
    return Segment(start * 50, stop * 50, Range(start, stop), ANCHOR)


def test_it_clicks_on_the_beats_and_accents_the_bars():
    clicks = clicks_in([segment(0, 1921)], MetreMap(), 1.0)
    assert [(click.frame // 50, click.accent) for click in clicks] == [
        (0, True),
        (480, False),
        (960, False),
        (1440, False),
        (1920, True),
    ]


def test_odd_metres_and_bars_that_are_cut_short():
    metre = MetreMap((MetreChange(0, Metre(7, 8)), MetreChange(2000, Metre(2, 4))))
    clicks = clicks_in([segment(0, 3000)], metre, 1.0)
    assert [click.frame // 50 for click in clicks] == [*range(0, 2000, 240), 2000, 2480, 2960]
    assert [click.frame // 50 for click in clicks if click.accent] == [0, 1680, 2000, 2960]


@given(
    st.lists(st.integers(1, 700), min_size=1, max_size=40),
    st.sampled_from([Metre(4, 4), Metre(3, 4), Metre(7, 8), Metre(15, 16)]),
)
def test_however_the_music_is_cut_into_blocks_every_beat_clicks_once(sizes, metre):
    places = np.cumsum([0, *sizes]).tolist()
    pieces = [segment(start, stop) for start, stop in pairwise(places)]
    metres = MetreMap.constant(metre)
    together = clicks_in([segment(0, places[-1])], metres, 0.5)
    assert [click for piece in pieces for click in clicks_in([piece], metres, 0.5)] == together
    assert len(together) == -(-places[-1] // metre.ticks_per_beat)


def test_a_count_in_ends_where_the_music_starts():
    clicks, start = count_in(MetronomeSettings(count_in=2), Metre(3, 4), 90.0, 1000, RATE)
    beat = RATE * 60 / 90
    assert start == pytest.approx(1000 + 6 * beat)
    assert [click.frame for click in clicks] == [1000 + int(n * beat) for n in range(6)]
    assert [click.accent for click in clicks] == [True, False, False] * 2


@pytest.mark.parametrize("bars", [-1, 5])
def test_nobody_is_counted_in_for_ever(bars):
    with pytest.raises(ValueError, match="count_in must be 0 to 4"):
        MetronomeSettings(count_in=bars)


@pytest.mark.parametrize("block", [64, 480, 5000])
def test_a_click_sounds_from_its_frame_on_over_as_many_blocks_as_it_takes(block):
    sound = ClickSound(RATE)
    blocks = []
    for start in range(0, 5000, block):
        audio = np.zeros((min(block, 5000 - start), 2), np.float32)
        sound.ring_on(audio)
        if start <= 1000 < start + len(audio):
            sound.strike(audio, Click(1000 - start, True, 0.5))
        blocks.append(audio)
    heard = np.concatenate(blocks)
    assert not heard[:1001].any()  # a sine starts at zero
    assert np.abs(heard[1001:1500]).max() == pytest.approx(0.25, abs=0.05)
    assert not heard[1000 + RATE * 30 // 1000 :].any()
    assert np.array_equal(heard[:, 0], heard[:, 1])


def test_the_bars_first_beat_is_heard_as_another():
    def struck(accent: bool) -> np.ndarray:
        audio = np.zeros((1440, 2), np.float32)
        ClickSound(RATE).strike(audio, Click(0, accent))
        return audio

    assert np.abs(struck(True)).max() > np.abs(struck(False)).max() > 0.1
