"""What is otherwise in a frozen bundle: streams, environment, the program's own command, FluidSynth's library."""

from __future__ import annotations

import ctypes.util
import io
import os
import sys
from pathlib import Path

import pytest

from drumapp import cli, frozen
from drumapp.jobs.launch import program
from drumapp.playback import bundled_library, soundfont


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    return tmp_path


def test_a_checkout_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/mine")
    monkeypatch.setattr(sys, "stdout", None)
    frozen.prepare()
    assert sys.stdout is None
    assert os.environ["LD_LIBRARY_PATH"] == "/mine"


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("before", [None, "", "/mine"])
def test_other_programs_do_not_get_the_bundles_libraries(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    frozen.prepare()
    assert os.environ.get("LD_LIBRARY_PATH") == (before or None)
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


@pytest.mark.usefixtures("bundle")
def test_a_program_without_streams_prints_into_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    there = io.StringIO()
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", there)
    frozen.prepare()
    print("lost")
    sys.stdout.close()
    assert sys.stderr is there


@pytest.mark.usefixtures("bundle")
def test_a_bundle_starts_itself() -> None:
    assert program() == [sys.executable]


def test_a_checkout_starts_its_python() -> None:
    assert program() == [sys.executable, "-m", "drumapp"]


@pytest.mark.usefixtures("bundle")
def test_a_bundle_without_training_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_args: object) -> int:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr("drumapp.cli.train.run", fail)
    assert cli.main(["train", str(tmp_path), "-o", "x.safetensors"]) == 1
    assert "made without training" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("linux", "libfluidsynth.so.3"),
        ("darwin", "libfluidsynth.3.dylib"),
        ("win32", "libfluidsynth-3.dll"),
        ("win32", "fluidsynth-3.dll"),
    ],
)
def test_a_bundles_own_library_is_found_by_its_path(
    platform: str, name: str, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    (bundle / name).touch()
    usual = ctypes.util.find_library
    with bundled_library.own_library_alone():
        for asked in ("fluidsynth", "libfluidsynth-3"):
            assert ctypes.util.find_library(asked) == str(bundle / name)
    assert ctypes.util.find_library is usual


@pytest.mark.usefixtures("bundle")
def test_a_bundle_that_lost_its_library_takes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEBREW_PREFIX", "/opt/homebrew")
    with pytest.raises(ImportError, match="without FluidSynth"), bundled_library.own_library_alone():
        pytest.fail("nothing may be loaded")
    monkeypatch.setattr(soundfont, "_library", soundfont._library.__wrapped__)
    assert soundfont.fluidsynth_version() is None
    assert "brew" not in soundfont.how_to_install()
    assert "apt" not in soundfont.how_to_install()


def test_a_checkout_looks_in_the_system() -> None:
    usual = ctypes.util.find_library
    with bundled_library.own_library_alone():
        assert ctypes.util.find_library is usual
    assert bundled_library.own_library() is None
