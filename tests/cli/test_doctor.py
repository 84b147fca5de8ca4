import json
from pathlib import Path

import pytest

from drumapp import cli, examination
from drumapp.core.errors import DrumappError
from drumapp.examination import Finding, can_make_sound, examine
from drumapp.playback.audio import DeviceInfo
from drumapp.playback.output_settings import MidiOutputSettings, SoundSettings
from drumapp.playback.self_test import SelfTest
from drumapp.playback.timing_report import TimingReport
from drumapp.settings import Settings, save_settings

NAMES = ["model", "synth", "audio", "fluidsynth", "soundfonts", "midi", "display", "settings", "versions"]


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drumapp.playback.audio.list_devices", lambda: [DeviceInfo("Speaker", "PulseAudio")])


@pytest.fixture
def no_speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drumapp.playback.audio.list_devices", list)


def found(name: str) -> Finding:
    return {finding.name: finding for finding in examine()}[name]


@pytest.mark.usefixtures("speaker")
def test_shipped_kit_and_model_make_a_sound_where_there_is_a_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "Generate can make a sound." in told
    assert "Speaker (PulseAudio)" in told


@pytest.mark.usefixtures("no_speaker")
def test_without_a_device_it_fails_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "missing: Sound device." in told
    assert "-> " in told
    finding = found("audio")
    assert finding.remedy is not None


@pytest.mark.usefixtures("no_speaker")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["can_make_sound"] is False
    assert list(told["findings"]) == NAMES
    assert told["findings"]["audio"]["devices"] == []
    assert len(told["findings"]["model"]["digest"]) >= 12
    assert told["findings"]["synth"]["peak"] > 0.01


@pytest.mark.usefixtures("speaker")
@pytest.mark.parametrize(("field", "name"), [("model", "model"), ("soundfont", "synth")])
def test_chosen_file_that_is_gone(field: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_settings(Settings(**{field: tmp_path / "gone.bin"}))
    assert cli.main(["doctor"]) == 1
    assert "gone.bin" in capsys.readouterr().out
    assert not found(name).ok


@pytest.mark.parametrize("error", [DrumappError("It is broken."), OSError("no libasound"), RuntimeError("odd")])
def test_a_piece_that_breaks_is_a_finding(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("drumapp.playback.audio.list_devices", fail)
    finding = found("audio")
    assert not finding.ok
    assert str(error) in finding.found
    assert finding.remedy is not None
    assert not can_make_sound([finding])


def test_missing_extras_do_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drumapp.playback.soundfont.fluidsynth_version", lambda: None)
    finding = found("fluidsynth")
    assert (finding.ok, finding.needed) == (False, False)
    assert can_make_sound([finding])


def test_damaged_settings_are_told(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    finding = found("settings")
    assert not finding.ok
    assert "damaged" in finding.found


@pytest.mark.parametrize(("variable", "ok"), [("DISPLAY", True), ("WAYLAND_DISPLAY", True), (None, False)])
def test_display_of_a_linux_desktop(variable: str | None, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, ":7")
    assert found("display").ok is ok


def test_torch_is_not_missed_by_who_only_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(examination._PACKAGES, "torch", "no-such-package-of-anyones")
    finding = found("versions")
    assert finding.ok
    assert "torch (not installed, only training needs it)" in finding.found
    assert finding.details["versions"]["torch"] is None


def test_torch_is_not_imported_to_learn_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(examination._PACKAGES, "absent", "no-such-package-of-anyones")
    finding = found("versions")
    assert not finding.ok
    assert "absent (missing)" in finding.found


def test_timing_of_the_outputs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    report = TimingReport("Synth", 30, 0.1, 0.4, 0.5, 0.02, (10, 10, 10, 0, 0, 0, 0, 0, 0), -0.1)
    asked = []

    def test(_sound: SoundSettings, outputs: list[MidiOutputSettings], **options: object) -> SelfTest:
        asked.append(([output.port for output in outputs], options["seconds"]))
        return SelfTest("Speaker", 20.0, report, (report,), ("The port Nord is not there.",))

    monkeypatch.setattr("drumapp.playback.self_test.run_self_test", test)
    assert cli.main(["doctor", "--timing", "--port", "Synth", "--virtual", "--seconds", "3"]) == 0
    told = capsys.readouterr().out
    assert asked == [(["Synth", "Drumapp"], 3.0)]
    assert "30 notes, late by 0.10 ms in the middle, 0.40 ms at p99" in told
    assert "offset for this port: -0.1 ms" in told
    assert "holds back 20 ms" in told
    assert "not tested: The port Nord is not there." in told
    assert cli.main(["doctor", "--timing", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ports"][0]["p99_ms"] == 0.4


def test_timing_of_nothing_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = SelfTest("no sound device", 0.0, None, (), ("There is no sound.",))
    monkeypatch.setattr("drumapp.playback.self_test.run_self_test", lambda *_, **__: nothing)
    assert cli.main(["doctor", "--timing"]) == 1
    assert "not tested: There is no sound." in capsys.readouterr().out
