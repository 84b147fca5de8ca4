import pytest

from drumapp.core.timing import Range, TempoMap
from drumapp.playback.heard_music import HeardMusic
from drumapp.playback.transport import TimeAnchor, Transport

RATE = 48_000


def playing(transport: Transport, blocks: int, start: int = 0, block: int = 480) -> HeardMusic:
    heard = HeardMusic()
    for n in range(blocks):
        heard.add(transport.advance(start + n * block, block))
    return heard


def make(length: int = 1920, loop: Range | None = None) -> Transport:
    transport = Transport(RATE)
    transport.set_music(length, TempoMap(), 0)
    transport.set_loop(loop)
    transport.play()
    return transport


def test_every_frame_of_the_music_has_its_tick():
    heard = playing(make(), 100)
    assert [heard.tick_at(frame) for frame in (0, 25, 47_999)] == pytest.approx([0, 0.5, 959.98])


def test_what_has_not_been_handed_out_is_not_known():
    assert playing(make(), 10).tick_at(4800) is None
    assert HeardMusic().tick_at(0) is None


def test_the_rounds_of_a_loop_are_told_apart():
    heard = playing(make(loop=Range(0, 100)), 40)
    assert [heard.tick_at(frame) for frame in (4999, 5000, 12_500)] == pytest.approx([99.98, 0, 50])


def test_a_stroke_just_before_the_music_belongs_to_its_beginning():
    transport = make()
    transport.stop()
    transport.seek(960)
    transport.play(start=48_000.0)
    heard = playing(transport, 10)
    assert heard.tick_at(47_000, transport.coming) == pytest.approx(940)
    heard.add(transport.advance(4800, 48_000))
    assert transport.coming is None
    assert heard.tick_at(47_000) == pytest.approx(940)
    assert heard.tick_at(30_000) is None


def test_nothing_before_music_that_followed_other_music():
    transport = make()
    heard = playing(transport, 10)
    transport.pause(4800)
    transport.play()
    heard.add(transport.advance(20_000, 480))
    assert heard.tick_at(4799) == pytest.approx(95.98)
    assert heard.tick_at(4900) is None
    assert heard.tick_at(19_999) == pytest.approx(95.98)


def test_it_remembers_the_last_only_and_keeps_no_more():
    heard = playing(make(loop=Range(0, 10)), 1000)
    assert heard.tick_at(0) is None
    assert heard.tick_at(479_999) is not None


def test_an_anchor_that_lies_ahead_is_asked_only_when_it_is_near():
    coming = TimeAnchor(10_000.0, 5.0, TempoMap(), RATE)
    assert HeardMusic().tick_at(9_950, coming) == pytest.approx(4)
    assert HeardMusic().tick_at(10_000 - RATE, coming) is None
