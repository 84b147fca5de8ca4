"""Whatever is done to the music while it runs, each pass of the playhead strikes what lies under it, once."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.kit import DrumKit, Lane, general_midi_lane
from drumapp.core.pattern import Note
from drumapp.core.timing import Range, TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.mix import mix_of
from drumapp.playback.player import Player
from tests.playback.plain_player import PlainPlayer
from tests.playback.recording_synth import RecordingSynth

RATE = 960  # a frame a tick at 120 beats a minute, so that a bar is short to play
KEYS = (36, 42, 46, 50)
LANELESS = 20

ticks = st.integers(0, 150)
notes = st.lists(
    st.builds(Note, ticks, st.sampled_from((*KEYS, LANELESS)), st.integers(1, 127), st.integers(1, 60)),
    max_size=12,
    unique_by=lambda note: note[:2],
)
lanes = st.tuples(
    *(
        st.builds(
            replace,
            st.just(general_midi_lane(key)),
            choke_group=st.integers(0, 2),
            muted=st.booleans(),
            soloed=st.sampled_from([False, False, False, True]),
            pan=st.sampled_from([0.0, 0.5]),
        )
        for key in KEYS
    )
)
spans = st.none() | st.builds(lambda a, b: Range(min(a, b), max(a, b)), ticks, ticks)
processes = st.tuples(st.just("process"), st.integers(0, 60))
edits = st.one_of(
    st.tuples(st.just("set_pattern"), notes, ticks, st.sampled_from([30, 60, 120, 160, 240])),
    st.tuples(st.just("append"), notes, st.integers(0, 40)),
    st.tuples(st.just("set_loop"), spans),
    st.tuples(st.just("set_growing"), st.booleans()),
    st.tuples(st.just("set_kit"), st.builds(DrumKit, st.just("Any"), lanes)),
    st.tuples(st.sampled_from(["pause", "stop", "panic"])),
    st.tuples(st.just("seek"), ticks),
    st.tuples(st.just("audition"), st.sampled_from(KEYS), st.integers(1, 127)),
)
acts = st.one_of(processes, st.tuples(st.just("play")), edits)


class Both:
    """A player and its plain model, told the same."""

    def __init__(self) -> None:
        self.synth = RecordingSynth(RATE)
        self.player = Player(self.synth)
        self.plain = PlainPlayer(RATE)
        self._length = 0

    def do(self, act: str, *arguments: object) -> None:
        getattr(self, act)(*arguments)

    def process(self, frames: int) -> None:
        self.player.process(frames)
        self.plain.process(frames)

    def set_pattern(self, notes: list[Note], length: int, bpm: int) -> None:
        self._length = length
        self.player.post(protocol.SetPattern(protocol.pack(sorted(notes)), length, TempoMap.constant(bpm)))
        self.plain.set_pattern(notes, length, bpm)

    def append(self, notes: list[Note], longer: int) -> None:
        self._length += longer
        self.player.post(protocol.AppendNotes(protocol.pack(notes), self._length))
        self.plain.append(notes, self._length)

    def set_loop(self, span: Range | None) -> None:
        self.player.post(protocol.SetLoop(span))
        self.plain.set_loop(span)

    def set_growing(self, growing: bool) -> None:
        self.player.post(protocol.SetGrowing(growing))
        self.plain.set_growing(growing)

    def set_kit(self, kit: DrumKit) -> None:
        self.player.post(protocol.SetMix(mix_of(kit)))
        self.plain.unheard = frozenset(KEYS) - kit.heard_keys

    def audition(self, key: int, velocity: int) -> None:
        self.player.post(protocol.Audition(key, velocity))
        self.plain.audition(key, velocity)

    def seek(self, tick: int) -> None:
        self.player.post(protocol.Seek(tick))
        self.plain.seek(tick)

    def play(self) -> None:
        self.player.post(protocol.Play())
        self.plain.play()

    def pause(self) -> None:
        self.player.post(protocol.Pause())
        self.plain.pause()

    def stop(self) -> None:
        self.player.post(protocol.Stop())
        self.plain.stop()

    def panic(self) -> None:
        self.player.post(protocol.Panic())
        self.plain.panic()


def held_keys(log: list[tuple[int, str, int, int]]) -> set[int]:
    """The keys held at the end of a log. Fails when one is struck or let go twice."""
    held: set[int] = set()
    for frame, kind, key, _ in log:
        if kind == "on":
            assert key not in held, f"{key} is struck at {frame} while it is held"
            held.add(key)
        elif kind == "off":
            assert key in held, f"{key} is let go at {frame} without having been struck"
            held.discard(key)
        elif kind == "choke":
            held.discard(key)
        else:
            held.clear()
    return held


@settings(max_examples=100)
@given(st.lists(acts, min_size=10, max_size=60))
def test_what_is_struck_is_what_a_plain_player_strikes_and_nothing_sticks(acts):
    check_session(acts)


@pytest.mark.parametrize("seed", range(100))
def test_long_sessions_strike_what_a_plain_player_strikes_and_nothing_sticks(seed):
    check_session(any_session(random.Random(seed), 200))


def any_session(dice: random.Random, length: int) -> Iterator[tuple]:
    """Acts that keep the music running most of the time, which acts drawn evenly would not."""

    def tick() -> int:
        return dice.randint(0, 150)

    def some_notes(most: int) -> list[Note]:
        places = {(tick(), dice.choice((*KEYS, LANELESS))) for _ in range(dice.randint(0, most))}
        return [Note(start, key, dice.randint(1, 127), dice.randint(1, 60)) for start, key in places]

    def some_lane(key: int) -> Lane:
        muted, soloed = dice.random() < 0.3, dice.random() < 0.15
        return replace(general_midi_lane(key), choke_group=dice.randint(0, 2), muted=muted, soloed=soloed)

    for _ in range(length):
        yield "process", dice.randint(0, 60)
        match dice.randint(0, 15):
            case 0 | 1 | 2 | 3:
                yield "set_pattern", some_notes(20), tick(), dice.choice([30, 60, 120, 160, 240])
            case 4 | 5:
                yield "append", some_notes(5), dice.randint(0, 40)
            case 6 | 7 | 8:
                yield "set_loop", dice.choice([None, Range(0, 150), Range(*sorted((tick(), tick())))])
            case 9:
                yield "set_growing", dice.random() < 0.5
            case 10:
                yield "set_kit", DrumKit("Any", tuple(some_lane(key) for key in KEYS))
            case 11:
                yield "seek", tick()
            case 12:
                yield "audition", dice.choice(KEYS), dice.randint(1, 127)
            case 13:
                yield (dice.choice(["pause", "stop", "panic"]),)
            case _:
                yield ("play",)


def check_session(acts: Iterable[tuple]) -> None:
    both = Both()
    both.set_pattern([Note(tick, key, 90) for tick in range(0, 150, 10) for key in KEYS], 150, 120)
    both.play()
    for act in acts:
        both.do(*act)
    both.process(30)
    log = both.synth.log
    struck = [(frame, key, velocity) for frame, kind, key, velocity in log if kind == "on"]
    assert sorted(struck) == sorted(both.plain.strikes)
    assert bool(both.player.state.playing) == both.plain.playing
    assert [frame for frame, *_ in log] == sorted(frame for frame, *_ in log)
    held_keys(log)
    both.set_loop(None)
    both.set_growing(False)
    both.process(60 * 150 * RATE // 960)  # to the end, and the longest note after it
    assert held_keys(log) == set()


@settings(max_examples=150)
@given(st.lists(acts, min_size=5, max_size=30), st.builds(DrumKit, st.just("Any"), lanes))
def test_a_drum_that_is_muted_is_choked_and_stays_silent(acts, kit):
    both = Both()
    both.set_pattern([Note(tick, key, 90, 40) for tick in range(0, 150, 10) for key in KEYS], 150, 120)
    both.set_loop(Range(0, 150))
    both.play()
    for act in acts:
        both.do(*act)
    both.process(10)
    ringing = ringing_keys(both.synth.log)
    heard = frozenset(KEYS) - both.plain.unheard
    both.set_kit(kit)
    before = len(both.synth.log)
    both.process(200)
    unheard = set(KEYS) - kit.heard_keys
    choked = [(frame, key) for frame, kind, key, _ in both.synth.log[before:] if kind == "choke"]
    now = both.synth.frame - 200
    silenced = {key for frame, key in choked if frame == now and key in unheard}
    struck_now = {key for frame, kind, key, _ in both.synth.log[before:] if kind == "on" and frame == now}
    groups = {lane.key: lane.choke_group for lane in kit.lanes}
    choked_by_group = {key for key in unheard if groups[key] in {groups.get(other, 0) for other in struck_now} - {0}}
    assert ringing & heard & unheard <= silenced <= (ringing & heard) | choked_by_group
    assert not {key for _, kind, key, _ in both.synth.log[before:] if kind == "on"} & unheard


def ringing_keys(log: list[tuple[int, str, int, int]]) -> set[int]:
    """The keys that may still be heard at the end of a log."""
    ringing: set[int] = set()
    for _, kind, key, _ in log:
        if kind == "on":
            ringing.add(key)
        elif kind == "choke":
            ringing.discard(key)
        elif kind == "all off":
            ringing.clear()
    return ringing
