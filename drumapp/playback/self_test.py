"""The timing self-test: plays softly for some seconds, and reports how each output kept time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range, TempoMap
from drumapp.playback.engine import (
    EngineDied,
    EngineEvent,
    MidiOutputSettings,
    MidiSettings,
    PlaybackEngine,
    PortLost,
    PortProblem,
    PortReady,
    SoundProblem,
    SoundReady,
    SoundSettings,
)
from drumapp.playback.timing_report import TimingReport, report_timing

SECONDS = 10.0
_PATIENCE_SECONDS = 10.0
_LOOK_SECONDS = 0.02
_TEMPO = 137.0
_KEY, _VELOCITY = 37, 1  # a side stick, as soft as can be


@dataclass(frozen=True)
class SelfTest:
    """What came of it.

    Attributes: device: the sound device that played; latency_ms that it holds back, for which the synth is struck
    ahead; sound, how evenly the device pulled its blocks, None where it pulled too few; ports, each one's report;
    problems: what could not be tested, a sentence each.
    """

    device: str
    latency_ms: float
    sound: TimingReport | None
    ports: tuple[TimingReport, ...]
    problems: tuple[str, ...]


def run_self_test(
    sound: SoundSettings,
    outputs: Sequence[MidiOutputSettings] = (),
    *,
    seconds: float = SECONDS,
    progress: Callable[[float], None] | None = None,
) -> SelfTest:
    """Play to a sound device and to MIDI ports in a playing process of its own; takes so many seconds and one more.

    Args: progress, told the share done, from 0 to 1, also while the process comes up: whatever it raises ends the test.
    Raises DrumappError when there is nothing to measure with, or the playing process ends meanwhile.
    """
    engine = PlaybackEngine(sound)
    engine.set_midi(MidiSettings(tuple(outputs)))
    engine.start()
    events: list[EngineEvent] = []
    try:
        _wait_until_ready(engine, {output.port for output in outputs}, events, progress)
        ticks = range(0, 1920, 120)
        engine.set_pattern(Pattern.of([Note(tick, _KEY, _VELOCITY) for tick in ticks], tempo=TempoMap.constant(_TEMPO)))
        engine.set_loop(Range(0, 1920))
        pulls = engine.pulls
        engine.play()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS * 5))
            if progress is not None:
                progress(1.0 - max(left, 0.0) / seconds)
        events += engine.poll()
        _fail_if_dead(events)
        ready = [event for event in events if isinstance(event, SoundReady)][-1]
        names = [output.port for output in outputs]
        reports = {name: report_timing(name, engine.sent_since(0, name)) for name in names}
        ports = tuple(report for report in reports.values() if report is not None)
        return SelfTest(
            device=ready.device,
            latency_ms=ready.latency_ms,
            sound=report_timing(ready.device, engine.pulls_since(pulls), relative=True),
            ports=ports,
            problems=_problems(events, [name for name, report in reports.items() if report is None]),
        )
    finally:
        engine.close()


def _problems(events: Sequence[EngineEvent], untested: Sequence[str]) -> tuple[str, ...]:
    told = [event for event in events if isinstance(event, SoundProblem | PortProblem | PortLost)]
    explained = {event.name for event in told if not isinstance(event, SoundProblem)}
    few = (f"Too few notes were sent to {name} to tell; test for longer." for name in untested if name not in explained)
    return (*(event.sentence for event in told), *few)


def _fail_if_dead(events: Sequence[EngineEvent]) -> None:
    for event in events:
        if isinstance(event, EngineDied):
            raise DrumappError(event.sentence)


def _wait_until_ready(
    engine: PlaybackEngine, ports: set[str], events: list[EngineEvent], progress: Callable[[float], None] | None
) -> None:
    """Until there is sound and each port is open, or has told why it is not."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        events += engine.poll()
        _fail_if_dead(events)
        answered = {event.name for event in events if isinstance(event, PortReady | PortProblem)}
        if any(isinstance(event, SoundReady) for event in events) and ports <= answered:
            return
        if progress is not None:
            progress(0.0)
        time.sleep(_LOOK_SECONDS)
    raise DrumappError("The playing process for the test did not come up; try again.")
