import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drumapp import cli
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project
from drumapp.core.timing import TempoMap
from drumapp.midi.smf import write_pattern
from drumapp.playback import midiport
from drumapp.storage.project_file import save_project

FAST = TempoMap.constant(400)
SILENT = ["--device", "null", "--synth", "sampler"]


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    path = tmp_path / "beat.mid"
    write_pattern(Pattern.of([Note(0, 36, 120), Note(60, 38, 110)], length=120, tempo=FAST), path)
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drumapp.cli.play.RING_SECONDS", 0.0)


def test_a_beat_is_played_to_its_end(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["play", str(beat), *SILENT, "--tempo", "300", "--metronome"]) == 0
    told = capsys.readouterr().out
    assert "beat.mid: 2 notes to Sampler: drumapp.sf2" in told


def test_a_project_is_played_with_its_kit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.drumapp"
    save_project(Project(Pattern.of([Note(0, 36, 100)], length=60, tempo=FAST)), path)
    assert cli.main(["play", str(path), *SILENT]) == 0
    assert "1 notes" in capsys.readouterr().out


def test_a_port_that_is_not_there_is_named_with_those_that_are(
    beat: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(midiport, "list_output_ports", lambda: ["TD-17 1", "TD-17 2", "Digitakt"])
    assert cli.main(["play", str(beat), "--port", "Nord"]) == 1
    assert "there are: TD-17 1, TD-17 2, Digitakt." in capsys.readouterr().err
    assert cli.main(["play", str(beat), "--port", "td"]) == 1
    assert "there are: TD-17 1, TD-17 2." in capsys.readouterr().err


def test_where_no_virtual_port_can_be_made_it_says_why(
    beat: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    if Path("/dev/snd/seq").exists() or sys.platform != "linux":
        pytest.skip("this computer has virtual ports")
    assert cli.main(["play", str(beat), "--virtual", *SILENT]) == 1
    assert "No MIDI interface answers" in capsys.readouterr().err


def test_without_a_sound_device_it_says_so(beat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["play", str(beat), "--device", "no such device", "--synth", "sampler"]) == 1
    assert "no such device cannot be opened" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        ("--channel", "17"),
        ("--channel", "0"),
        ("--tempo", "19"),
        ("--tempo", "fast"),
        ("--offset", "501"),
        ("--count-in", "9"),
    ],
)
def test_options_that_make_no_sense(beat: Path, option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["play", str(beat), *option])
    assert caught.value.code == 2
    assert option[1] in capsys.readouterr().err


def test_a_beat_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["play", str(tmp_path / "absent.mid")]) == 1
    assert "absent.mid" in capsys.readouterr().err


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs started here heed Ctrl+C, also where the tests run in the background of a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_and_leaves_no_process(beat: Path) -> None:
    command = [sys.executable, "-m", "drumapp", "play", str(beat), *SILENT, "--loop"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as player:
        try:
            assert "Ctrl+C ends it" in player.stdout.readline()
            os.killpg(player.pid, signal.SIGINT)  # as a terminal does: to the playing process too
            _, said = player.communicate(timeout=30)  # which ends when nobody holds the pipes any more
        finally:
            player.kill()
    assert player.returncode == 130
    assert said == "drumapp: Interrupted.\n"
