import os
import sys

import pytest

from drumapp.playback.thread_priority import MIDI, hurry_on_macos, hurry_on_windows, hurry_this_thread


def forbidden(*_arguments: object) -> None:
    raise PermissionError("not this user")


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's scheduler")
@pytest.mark.parametrize(
    ("may_realtime", "may_nice", "expected"),
    [(True, True, "realtime"), (False, True, "high"), (False, False, "normal")],
)
def test_it_takes_what_the_user_may_have(monkeypatch, may_realtime, may_nice, expected):
    asked = []
    monkeypatch.setattr(os, "sched_setscheduler", lambda *a: asked.append(a) if may_realtime else forbidden())
    monkeypatch.setattr(os, "setpriority", lambda *a: asked.append(a) if may_nice else forbidden())
    assert hurry_this_thread() == expected
    assert len(asked) == (expected != "normal")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_on_other_systems_sound_asks_for_nothing(system):
    assert hurry_this_thread(system=system) == "normal"


def test_on_systems_nobody_knows_nothing_is_asked():
    assert hurry_this_thread(MIDI, "haiku") == "normal"


class Function:
    """A function of a C library: remembers what it was called with."""

    def __init__(self, result: object = 0) -> None:
        self.called: list[tuple[object, ...]] = []
        self._result = result

    def __call__(self, *arguments: object) -> object:
        self.called.append(arguments)
        return self._result


class MacOs:
    """As much of macOS as is asked: a tick of its clock lasts 125/3 nanoseconds, as on Apple's processors."""

    def __init__(self, refusal: int = 0) -> None:
        self.pthread_self = Function(0x7FFF_0000_1234)
        self.pthread_mach_thread_np = Function(771)
        self.thread_policy_set = Function(refusal)

    def mach_timebase_info(self, timebase) -> int:
        timebase[0], timebase[1] = 125, 3
        return 0


def test_macos_is_told_in_its_own_ticks_how_soon_the_work_is_due():
    system = MacOs()
    assert hurry_on_macos(system) == "realtime"
    ((thread, policy, words, count),) = system.thread_policy_set.called
    assert (thread, policy, count) == (771, 2, 4)
    assert list(words) == [0, 12_000, 24_000, 1]
    assert system.pthread_mach_thread_np.called == [(0x7FFF_0000_1234,)]
    assert hurry_on_macos(MacOs(refusal=5)) == "normal"


@pytest.mark.parametrize(("task", "expected"), [(4711, "realtime"), (None, "normal")])
def test_windows_is_asked_for_its_audio_task_and_fine_timers(task, expected):
    class Library:
        timeBeginPeriod = Function()  # noqa: N815
        AvSetMmThreadCharacteristicsW = Function(task)

    assert hurry_on_windows(Library, Library) == expected
    assert Library.timeBeginPeriod.called == [(1,)]
    assert Library.AvSetMmThreadCharacteristicsW.called[0][0] == "Pro Audio"
