"""The log: kept small, in a file of its own, with whatever nobody caught; and what is done where it cannot be kept."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drumapp import logs


@pytest.fixture(autouse=True)
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    yield
    logs.stop_logging()


def test_the_log_says_what_runs() -> None:
    assert logs.start_logging() is None
    logs.LOG.error("No sound device in %s", "Zürich")
    told = logs.log_file().read_text(encoding="utf-8")
    assert "Drumapp 0" in told
    assert "ERROR drumapp: No sound device in Zürich" in told


def test_the_log_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 2000)
    logs.start_logging()
    for number in range(400):
        logs.LOG.warning("the %dth of many lines", number)
    files = sorted(logs.log_folder().iterdir())
    assert [path.name for path in files] == ["drumapp.log", "drumapp.log.1", "drumapp.log.2", "drumapp.log.3"]
    assert all(path.stat().st_size <= 2000 for path in files)
    assert "the 399th" in files[0].read_text(encoding="utf-8")


def test_where_no_log_can_be_kept_it_is_said_and_nothing_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "file"))
    problem = logs.start_logging()
    assert problem is not None
    assert str(tmp_path / "file") in problem
    assert logs.LOG.handlers == []
    logs.watch_for_faults()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("odd")])
def test_only_faults_are_told(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    logs.start_logging()
    told: list[BaseException] = []
    logs.log_uncaught(lambda _kind, error, _trace: told.append(error))
    sys.excepthook(type(error), error, None)
    assert told == ([error] if isinstance(error, ValueError) else [])
    assert ("odd" in logs.log_file().read_text(encoding="utf-8")) is bool(told)
    assert type(error).__name__ in capsys.readouterr().err


def test_what_fails_in_a_destructor_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start_logging()
    logs.log_uncaught(lambda *_: None)

    class Odd:
        def __del__(self) -> None:
            raise ValueError("while dying")

    Odd()
    assert "while dying" in logs.log_file().read_text(encoding="utf-8")
    assert "while dying" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills itself by a signal")
def test_a_fault_in_a_library_leaves_the_stacks_of_all_threads(tmp_path: Path) -> None:
    program = """
import faulthandler
from drumapp import logs
assert logs.start_logging() is None
logs.watch_for_faults()
def play_on():
    faulthandler._sigsegv()
play_on()
"""
    environment = os.environ | {"DRUMAPP_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "play_on" in logs.faults_file().read_text(encoding="utf-8")
