import io
import sys

import pytest

from drumapp.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("seconds", "shown"), [(0.5, False), (5.0, True)])
def test_shows_itself_after_a_second(seconds: float, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    now = 0.0
    with progress("Rendering beat.mid", clock=lambda: now) as report:
        report(0.1)
        now = seconds
        report(0.5)
        report(1.0)
    assert ("Rendering beat.mid" in terminal.getvalue()) is shown


def test_pipes_stay_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", pipe := io.StringIO())
    now = 0.0
    with progress("Rendering", clock=lambda: now) as report:
        now = 10.0
        report(0.5)
    assert pipe.getvalue() == ""


def test_cursor_comes_back_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    times = iter([0.0, 9.0])

    def work() -> None:
        with progress("Rendering", clock=lambda: next(times)) as report:
            report(0.5)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    hide, show = "\x1b[?25l", "\x1b[?25h"
    assert hide in terminal.getvalue()
    assert terminal.getvalue().rindex(show) > terminal.getvalue().rindex(hide)
