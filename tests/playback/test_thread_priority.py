import os
import sys

import pytest

from drumapp.playback.thread_priority import hurry_this_thread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked")


def forbidden(*_arguments: object) -> None:
    raise PermissionError("not this user")


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
def test_other_systems_are_left_alone(monkeypatch, system):
    monkeypatch.setattr("sys.platform", system)
    for name in ("sched_setscheduler", "setpriority"):
        monkeypatch.setattr(os, name, forbidden)
    assert hurry_this_thread() == "normal"
