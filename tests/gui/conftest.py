import os

# Before Qt is imported: the window needs no screen here.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest

from drumapp.gui.application import Application
from drumapp.settings import Settings
from tests.gui.gui_fakes import Answers, RecordingEngine, make_application


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRUMAPP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def engine() -> RecordingEngine:
    return RecordingEngine()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def application(qapp, qtbot, engine: RecordingEngine, answers: Answers) -> Iterator[Application]:
    """The real window over an engine that only remembers, with a drummer that is there at once."""
    qapp.clipboard().clear()
    made = make_application(qapp, Settings(theme="dark", bars=4), engine, answers)
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    made.window.close()
    made.close()
