import sys

import pytest

from drumapp.playback.leader import Begin, Halt
from drumapp.playback.link import LinkError, LinkLeader


class FakeLink:
    """As much of aalink's session as is used."""

    def __init__(self, bpm: float) -> None:
        self.tempo = bpm
        self.beat = 2.5
        self.playing = False
        self.enabled = False
        self.start_stop_sync_enabled = False
        self.num_peers = 3


@pytest.fixture
def leader(monkeypatch: pytest.MonkeyPatch) -> LinkLeader:
    module = type(sys)("aalink")
    module.Link = FakeLink
    monkeypatch.setitem(sys.modules, "aalink", module)
    return LinkLeader(120.0)


def test_the_sessions_beat_and_tempo_are_the_count(leader):
    count = leader.count_at(0)
    assert (count.tick, count.bpm, count.locked) == (1200.0, 120.0, True)
    assert leader.peers == 3
    assert leader.bar_quantised


def test_others_start_and_stop_it(leader):
    link = leader._link
    assert link.enabled
    assert link.start_stop_sync_enabled
    leader.count_at(0)
    assert not leader.orders
    link.playing, link.beat = True, 4.0
    leader.count_at(0)
    link.playing = False
    leader.count_at(0)
    leader.count_at(0)
    assert list(leader.orders) == [Begin(0.0, 1920.0), Halt()]


@pytest.mark.parametrize("beat", [3.97, 4.0, 4.06])
def test_music_that_others_start_stays_on_the_sessions_beat(leader, beat):
    leader._link.playing, leader._link.beat = True, beat
    leader.count_at(0)
    assert list(leader.orders) == [Begin(0.0, 1920.0)]


def test_it_takes_our_tempo_and_is_left(leader):
    leader.lead(99.0)
    assert leader._link.tempo == 99.0
    leader.close()
    assert not leader._link.enabled


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "aalink", None)
    with pytest.raises(LinkError, match="pip install aalink"):
        LinkLeader(120.0)


def test_the_real_session_counts():
    pytest.importorskip("aalink")
    leader = LinkLeader(133.0)
    try:
        before = leader.count_at(0)
        assert before.bpm == pytest.approx(133.0, abs=0.1)
        assert leader.count_at(0).tick >= before.tick
    finally:
        leader.close()
