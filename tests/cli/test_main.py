import argparse
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import drumapp
from drumapp import __main__ as program
from drumapp import cli
from drumapp.core.errors import DrumappError


def command(name: str, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make one of the commands fail."""

    def run(_: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(f"drumapp.cli.{name}.run", run)


def test_failure_is_one_sentence_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command("doctor", monkeypatch, DrumappError("Cannot open beat.mid: the file is empty."))
    assert program.main(["doctor"]) == 1
    assert capsys.readouterr() == ("", "drumapp: Cannot open beat.mid: the file is empty.\n")


def test_interrupt_is_status_130_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command("doctor", monkeypatch, KeyboardInterrupt())
    assert program.main(["doctor"]) == 130
    assert capsys.readouterr().err == "drumapp: Interrupted.\n"


def test_programming_mistakes_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    command("doctor", monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        program.main(["doctor"])


def test_missing_torch_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command("doctor", monkeypatch, ModuleNotFoundError("No module named 'torch'", name="torch"))
    assert program.main(["doctor"]) == 1
    told = capsys.readouterr().err
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert f"{sys.executable} -m pip install {project['project']['optional-dependencies']['train'][0]}" in told
    assert "make training" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["sing"],
        ["render"],
        ["render", "a.mid", "--rate", "7"],
        ["train", ".", "-o", "x", "--device", "tpu"],
        ["doctor", "x"],
    ],
)
def test_senseless_arguments_end_with_status_2_and_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        program.main(arguments)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("drumapp: ")
    assert error.count("\n") == 1
    assert "--help" in error


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        program.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"drumapp {drumapp.__version__}\n"


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["--help"])
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    assert [name for name in listed if name in cli.COMMANDS] == list(cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        program.main([name, "--help"])
    assert caught.value.code == 0
    explained = capsys.readouterr().out
    assert explained.startswith(f"usage: drumapp {name}")
    assert len(explained) > 300


@pytest.mark.parametrize("arguments", [[], ["--quit-after-paint"], ["-platform", "offscreen"]])
def test_without_a_command_the_window_opens(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from drumapp.gui import running

    given = []

    def run(argv: list[str]) -> int:
        given.append(argv)
        return 5

    monkeypatch.setattr(running, "run", run)
    assert program.main(arguments) == 5
    assert given == [arguments]


def run_program(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-X", "importtime", "-m", "drumapp", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def test_help_loads_nothing_heavy() -> None:
    done = run_program("--help")
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "argparse" in loaded
    assert loaded.isdisjoint({"numpy", "torch", "PySide6", "symusic", "rich", "mido", "miniaudio", "fluidsynth"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_reader_that_leaves_early_sees_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "drumapp", "doctor", "--json"],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == b""


def test_module_and_status(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drumapp", "render", str(tmp_path / "none.mid")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"drumapp: Cannot open {tmp_path / 'none.mid'}: there is no such file.\n"


def test_json_of_the_doctor_is_parsed(capsys: pytest.CaptureFixture[str]) -> None:
    program.main(["doctor", "--json"])
    assert json.loads(capsys.readouterr().out)["findings"]["versions"]["versions"]["drumapp"] == drumapp.__version__
