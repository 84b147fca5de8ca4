"""The engine with its real process, in silence. What waits here waits for a state, never for a stretch of time."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drumapp.core.kit import HOUSE_KIT, general_midi_lane
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range, TempoMap
from drumapp.playback.engine import (
    EngineDied,
    EngineEvent,
    MidiPortsChanged,
    PlaybackEngine,
    Playhead,
    SoundfontProblem,
    SoundProblem,
    SoundReady,
    SoundSettings,
)
from tests.playback.font_building import Font, key_zone, pulse

PATIENCE_SECONDS = 30  # after which a test has failed; a healthy one needs a fraction of it
FAST = TempoMap.constant(400)
MUTED_KICK = HOUSE_KIT.with_lane(replace(general_midi_lane(36), muted=True))


@pytest.fixture
def sound(font: Path) -> SoundSettings:
    return SoundSettings(font, synth="sampler", device="null")


@pytest.fixture
def engine(sound: SoundSettings) -> Iterator[PlaybackEngine]:
    engine = PlaybackEngine(sound)
    engine.start()
    yield engine
    engine.close()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


def events_until(engine: PlaybackEngine, kind: type) -> list[EngineEvent]:
    events: list[EngineEvent] = []

    def heard() -> bool:
        events.extend(event for event in engine.poll() if not isinstance(event, MidiPortsChanged))
        return any(isinstance(event, kind) for event in events)

    wait_for(heard)
    return events


def playhead_when(engine: PlaybackEngine, condition: Callable[[Playhead], object]) -> Playhead:
    seen = Playhead()

    def reached() -> object:
        nonlocal seen
        seen = engine.playhead()
        return condition(seen)

    wait_for(reached)
    return seen


def pattern(*starts: int, length: int = 960) -> Pattern:
    return Pattern.of([Note(start, 36, 100) for start in starts], length=length, tempo=FAST)


def is_gone(process_id: int) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] == "Z"


def test_it_comes_up_and_says_what_plays(engine):
    (ready,) = events_until(engine, SoundReady)
    assert ready == SoundReady("Sampler: font0.sf2", "no sound device", 0.0, 48_000, has_effects=False)
    assert engine.poll() == []


def test_commands_given_before_it_is_up_are_carried_out(engine):
    engine.set_pattern(pattern(0, 120, 240))
    engine.play()
    assert engine.playhead().playing
    head = playhead_when(engine, lambda head: not head.playing)
    assert head.notes_played == 3
    assert head.tick == 0


def test_commands_given_before_start_are_kept(sound):
    engine = PlaybackEngine(sound)
    engine.set_pattern(pattern(0))
    engine.append_notes([Note(100, 38, 90)], 960)
    engine.start()
    try:
        engine.play()
        assert playhead_when(engine, lambda head: not head.playing).notes_played == 2
    finally:
        engine.close()


def test_the_first_notes_time_is_that_of_the_clock_all_processes_share(engine):
    events_until(engine, SoundReady)
    before = time.monotonic_ns()
    engine.set_pattern(pattern(0))
    engine.play()
    assert engine.playhead().first_note_ns is None
    head = playhead_when(engine, lambda head: head.first_note_ns)
    assert before < head.first_note_ns < time.monotonic_ns()


def test_a_growing_pattern_waits_for_notes_and_plays_them_as_they_come(engine):
    engine.set_growing(True)
    engine.set_pattern(Pattern(tempo=FAST))
    engine.play()
    playhead_when(engine, lambda head: head.waiting)
    engine.append_notes([Note(0, 36, 100), Note(0, 42, 90)], 60)
    head = playhead_when(engine, lambda head: head.waiting and head.notes_played == 2)
    assert head.tick == 60
    engine.append_notes([Note(60, 38, 100)], 120)
    head = playhead_when(engine, lambda head: head.waiting and head.tick == 120)
    assert head.notes_played == 3
    engine.set_growing(False)
    assert playhead_when(engine, lambda head: not head.playing).notes_played == 3


def test_it_loops(engine):
    engine.set_pattern(pattern(0, length=60))
    engine.set_loop(Range(0, 60))
    engine.play()
    playhead_when(engine, lambda head: head.notes_played >= 5)
    assert engine.playhead().tick < 60


def test_pause_keeps_and_stop_rewinds(engine):
    engine.set_pattern(pattern(0, length=10**6))
    engine.play()
    playhead_when(engine, lambda head: head.tick > 100)
    engine.pause()
    assert not engine.playhead().playing
    playhead_when(engine, lambda head: head.level == 0)
    place = engine.playhead().tick
    assert place > 100
    engine.play()
    playhead_when(engine, lambda head: head.tick > place)
    engine.stop()
    assert engine.playhead().tick == 0
    assert not engine.playhead().playing


def test_the_playhead_tells_what_was_asked_for_before_it_has_happened(engine):
    engine.seek(480)
    assert engine.playhead().tick == 480
    engine.set_growing(True)
    engine.play()
    assert engine.playhead().playing
    engine.seek(-5)
    assert engine.playhead().tick == 0


def test_the_level_is_the_peak_since_the_last_look(engine):
    events_until(engine, SoundReady)
    engine.audition(36, 127)
    assert playhead_when(engine, lambda head: head.level > 0).level < 1
    playhead_when(engine, lambda head: head.level == 0)
    assert engine.playhead().notes_played == 0


def test_a_muted_drum_is_not_struck_but_may_be_auditioned(engine):
    events_until(engine, SoundReady)
    engine.set_kit(MUTED_KICK)
    engine.set_pattern(Pattern.of([Note(0, 36, 100), Note(60, 38, 100)], length=120, tempo=FAST))
    engine.play()
    assert playhead_when(engine, lambda head: not head.playing).notes_played == 1
    playhead_when(engine, lambda head: head.level == 0)
    engine.audition(36, 127)
    playhead_when(engine, lambda head: head.level > 0)


def test_the_kit_given_before_start_is_kept_and_outlives_the_process(sound):
    engine = PlaybackEngine(sound)
    engine.set_kit(MUTED_KICK)
    engine.set_pattern(Pattern.of([Note(0, 36, 100), Note(60, 38, 100)], length=120, tempo=FAST))
    for _ in range(2):
        engine.start()
        try:
            engine.play()
            assert playhead_when(engine, lambda head: not head.playing).notes_played == 1
        finally:
            engine.close()


@pytest.mark.parametrize(("key", "velocity"), [(-1, 100), (128, 100), (36, 0), (36, 128)])
def test_an_audition_midi_does_not_have_is_refused(sound, key, velocity):
    with pytest.raises(ValueError, match="key must be"):
        PlaybackEngine(sound).audition(key, velocity)


def test_another_soundfont_is_reported(engine, make_font):
    events_until(engine, SoundReady)
    other = make_font(Font([key_zone(36, pulse())]))
    engine.set_sound(SoundSettings(other, "sampler", 0.0, "null"))
    assert events_until(engine, SoundReady)[-1].description == f"Sampler: {other.name}"


def test_a_soundfont_that_cannot_be_played_leaves_the_sound_as_it_was(engine, tmp_path):
    events_until(engine, SoundReady)
    engine.set_sound(SoundSettings(tmp_path / "absent.sf2", "sampler", 0.0, "null"))
    problem, ready = events_until(engine, SoundReady)
    assert isinstance(problem, SoundfontProblem)
    assert "absent.sf2" in problem.sentence
    assert "stays as it was" in problem.sentence
    assert ready.description == "Sampler: font0.sf2"


def test_starting_with_a_soundfont_that_cannot_be_played_takes_the_built_in_kit(tmp_path):
    engine = PlaybackEngine(SoundSettings(tmp_path / "absent.sf2", "sampler", 0.0, "null"))
    engine.start()
    try:
        events = events_until(engine, SoundReady)
        assert isinstance(events[0], SoundfontProblem)
        assert "built-in kit" in events[0].sentence
        engine.set_pattern(pattern(0))
        engine.play()
        assert playhead_when(engine, lambda head: not head.playing).notes_played == 1
    finally:
        engine.close()


def test_without_a_sound_device_it_says_so_and_plays_on_in_silence(font, monkeypatch, tmp_path):
    # No sound server can be found there; where a real card answers, there is nothing to see.
    for variable in ("XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/absent")
    engine = PlaybackEngine(SoundSettings(font, "sampler", 0.0, "default"))
    engine.start()
    try:
        events = events_until(engine, SoundReady)
        if events[-1].device != "no sound device":
            pytest.skip(f"this computer has a sound device ({events[-1].device})")
        assert isinstance(events[0], SoundProblem)
        assert events[0].remedy
        engine.set_pattern(pattern(0))
        engine.play()
        assert playhead_when(engine, lambda head: not head.playing).notes_played == 1
    finally:
        engine.close()


def test_close_ends_the_process_and_start_brings_a_new_one_that_holds_the_pattern(engine):
    events_until(engine, SoundReady)
    first = engine.process_id
    engine.set_pattern(pattern(0, 60))
    engine.close()
    assert is_gone(first)
    engine.close()
    assert engine.playhead() == Playhead()
    engine.play()  # nobody there: no harm
    engine.start()
    assert engine.process_id != first
    assert not engine.playhead().playing
    engine.play()
    assert playhead_when(engine, lambda head: not head.playing).notes_played == 2


def test_a_second_start_changes_nothing(engine):
    first = engine.process_id
    engine.start()
    assert engine.process_id == first


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
class TestDeath:
    def test_a_killed_process_is_reported_once_and_can_be_started_again(self, engine):
        events_until(engine, SoundReady)
        engine.set_pattern(pattern(0, 60))
        engine.play()
        os.kill(engine.process_id, signal.SIGKILL)
        (died,) = [event for event in events_until(engine, EngineDied) if isinstance(event, EngineDied)]
        assert "signal 9" in died.sentence
        assert engine.poll() == []
        assert not engine.running
        assert not engine.playhead().playing
        engine.stop()
        engine.seek(10)
        engine.append_notes([Note(120, 38, 90)], 960)
        engine.start()
        engine.play()
        assert playhead_when(engine, lambda head: not head.playing).notes_played == 3

    def test_commands_into_the_pipe_of_a_dead_process_do_no_harm(self, engine):
        events_until(engine, SoundReady)
        os.kill(engine.process_id, signal.SIGKILL)
        wait_for(lambda: is_gone(engine.process_id))
        for _ in range(50):
            engine.set_pattern(pattern(*range(200)))
        assert isinstance(events_until(engine, EngineDied)[-1], EngineDied)

    def test_a_process_that_hangs_blocks_nothing_and_is_ended_by_close(self, engine):
        events_until(engine, SoundReady)
        process_id = engine.process_id
        os.kill(process_id, signal.SIGSTOP)
        large = pattern(*range(20_000), length=20_000)
        for _ in range(5):  # several times what a pipe holds
            engine.set_pattern(large)
            engine.playhead()
            engine.poll()
        engine.close()
        assert is_gone(process_id)

    def test_interrupts_from_the_terminal_are_left_to_the_window(self, engine):
        events_until(engine, SoundReady)
        os.kill(engine.process_id, signal.SIGINT)
        engine.set_pattern(pattern(0))
        engine.play()
        assert playhead_when(engine, lambda head: not head.playing).notes_played == 1
        assert all(isinstance(event, MidiPortsChanged) for event in engine.poll())

    def test_it_goes_when_the_window_is_killed(self, font, tmp_path):
        script = tmp_path / "window.py"
        script.write_text(
            textwrap.dedent(f"""
                import time
                from pathlib import Path
                from drumapp.core.pattern import Note, Pattern
                from drumapp.core.timing import Range
                from drumapp.playback.engine import PlaybackEngine, SoundReady, SoundSettings

                if __name__ == "__main__":
                    engine = PlaybackEngine(SoundSettings(Path({str(font)!r}), "sampler", 0.0, "null"))
                    engine.start()
                    while not any(isinstance(event, SoundReady) for event in engine.poll()):
                        time.sleep(0.01)
                    engine.set_pattern(Pattern.of([Note(0, 36, 100)]))
                    engine.set_loop(Range(0, 1920))
                    engine.play()
                    print(engine.process_id, flush=True)
                    time.sleep(600)
            """)
        )
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        with subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment
        ) as window:
            process_id = int(window.stdout.readline())
            assert not is_gone(process_id)
            window.kill()
        wait_for(lambda: is_gone(process_id))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_the_process_holds_neither_qt_nor_torch(engine):
    events_until(engine, SoundReady)
    maps = Path(f"/proc/{engine.process_id}/maps").read_text()
    assert "PySide6" not in maps
    assert "torch" not in maps
