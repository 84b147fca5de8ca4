import json
import os
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from drumapp.core.errors import DrumappError
from drumapp.core.midi_learn import ControlKind, MidiBinding, MidiControl
from drumapp.port_choices import InputChoice, OutputChoice
from drumapp.settings import Settings, load_settings, save_settings, settings_file
from drumapp.sound_choices import AudioExportChoice, SoundChoice


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRUMAPP_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


def store(text: str | bytes) -> Path:
    path = settings_file()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


CHANGED = Settings(
    soundfont=Path("/music/Räume.sf2"),
    synth="sampler",
    sound=SoundChoice("USB Audio", "ALSA", 44_100, 12, 8, 0.25, 0.5, -3.5),
    recent_soundfonts=(Path("/music/Räume.sf2"), Path("old.sf3")),
    model=Path("model.safetensors"),
    tempo=97.5,
    bars=0,
    seed=7,
    metre="7/8",
    style="funk",
    time_temperature=0.5,
    pitch_temperature=2.0,
    memory_range=0.5,
    feel=False,
    playable=True,
    loop=False,
    metronome=True,
    count_in=2,
    midi_outputs=(OutputChoice("TD-17", on=False, keys=(36,)),),
    midi_inputs=(InputChoice("Pads", channel=3),),
    synth_keys=(36, 38),
    sync="clock",
    sync_port="Pads",
    record_replaces=True,
    record_quantised=True,
    midi_bindings=(
        MidiBinding("play", MidiControl(ControlKind.NOTE, 10, 36)),
        MidiBinding("Tempo", MidiControl(ControlKind.CONTROLLER, 1, 21)),
    ),
    follow=False,
    hide_empty_lanes=True,
    export_layout="lanes",
    export_resolution=960,
    export_kit_map="Roland TD",
    audio_export=AudioExportChoice("flac", 16, 44_100, 0.5, normalise=True, peak_dbfs=-3.0, stems=True),
    theme="light",
    snap="1/8T",
    velocity_lane=0,
    surprise=True,
    memory_strip=140,
    memory_half="c",
    drummer_panel=False,
    volume_db=-6.5,
    window_geometry="AAEC",
    recent_folder=Path("/music"),
    recent_files=(Path("/music/Räume.drumapp"), Path("beat.drumapp")),
)


CONTROL = {"kind": "note", "channel": 10, "number": 36}


def test_first_start_has_defaults_and_no_problem() -> None:
    assert load_settings() == Settings()
    assert load_settings().problem is None


def test_every_field_survives_saving() -> None:
    defaults = asdict(Settings())
    assert all(value != defaults[name] for name, value in asdict(CHANGED).items() if name != "problem")
    save_settings(CHANGED)
    loaded = load_settings()
    assert loaded == CHANGED
    assert loaded.problem is None
    assert set(json.loads(settings_file().read_text())) == {entry.name for entry in fields(Settings)} - {"problem"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "null", "7", "[" * 100_000, b"\xff\xfe\x00", b"\x00" * 100, b" " * (1 << 21)],
    ids=["empty", "cut", "list", "null", "number", "deep", "utf16", "zeros", "large"],
)
def test_damaged_file_is_kept_aside(text: str | bytes) -> None:
    path = store(text)
    content = path.read_bytes()
    loaded = load_settings()
    assert loaded == Settings()
    assert loaded.problem is not None
    assert str(path) in loaded.problem
    assert not path.exists()
    assert path.with_name("settings.json.damaged").read_bytes() == content
    save_settings(loaded)
    assert load_settings().problem is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tempo", 4000),
        ("tempo", "fast"),
        ("tempo", True),
        ("tempo", float("nan")),
        ("tempo", 10**400),
        ("bars", -1),
        ("bars", 2.5),
        ("seed", "x"),
        ("synth", "moog"),
        ("synth", ["auto"]),
        ("feel", 1),
        ("follow", "yes"),
        ("volume_db", float("inf")),
        ("soundfont", 3),
        ("soundfont", "a\0b"),
        ("window_geometry", {}),
        ("pitch_temperature", 0),
        ("metre", "5/7"),
        ("metre", 4),
        ("theme", "pink"),
        ("sound", []),
        ("sound", {"device": ""}),
        ("sound", {"device": "a\0b"}),
        ("sound", {"backend": 3}),
        ("sound", {"sample_rate": 48_000.0}),
        ("sound", {"sample_rate": 1}),
        ("sound", {"buffer_ms": 10**9}),
        ("sound", {"program": 128}),
        ("sound", {"program": True}),
        ("sound", {"reverb": float("nan")}),
        ("sound", {"chorus": 1.5}),
        ("sound", {"offset_ms": "late"}),
        ("recent_soundfonts", "font.sf2"),
        ("audio_export", 7),
        ("audio_export", {"kind": "mp3"}),
        ("audio_export", {"kind": []}),
        ("audio_export", {"bits": 16.0}),
        ("audio_export", {"kind": "flac", "bits": "float"}),
        ("audio_export", {"sample_rate": 0}),
        ("audio_export", {"tail_seconds": -1}),
        ("audio_export", {"normalise": 1}),
        ("audio_export", {"peak_dbfs": 3}),
        ("audio_export", {"stems": None}),
        ("memory_range", -1),
        ("record_replaces", 1),
        ("midi_bindings", {}),
        ("midi_bindings", ["play"]),
        ("midi_bindings", [7]),
        ("midi_bindings", [None]),
        ("midi_bindings", [[]]),
        ("midi_bindings", [{"target": "play"}]),
        ("midi_bindings", [{"target": "play", "control": 36}]),
        ("midi_bindings", [{"target": "play", "control": CONTROL | {"kind": "harp"}}]),
        ("midi_bindings", [{"target": "play", "control": CONTROL | {"kind": []}}]),
        ("midi_bindings", [{"target": "play", "control": CONTROL | {"channel": 17}}]),
        ("midi_bindings", [{"target": "play", "control": CONTROL | {"number": 1.5}}]),
        ("midi_bindings", [{"target": "play", "control": CONTROL | {"number": True}}]),
        ("midi_bindings", [{"target": 7, "control": CONTROL}]),
        ("midi_bindings", [{"target": "", "control": CONTROL}]),
        ("midi_bindings", [{"target": "x" * 1000, "control": CONTROL}]),
        ("midi_bindings", [{"target": "play", "control": CONTROL}, {"target": "stop", "control": CONTROL}]),
        ("midi_bindings", [{"target": f"t{n}", "control": CONTROL | {"number": n % 128}} for n in range(300)]),
    ],
)
def test_senseless_value_is_replaced_and_named(name: str, value: object) -> None:
    store(json.dumps({"volume_db": -3.0, "follow": False} | {name: value}))
    loaded = load_settings()
    assert getattr(loaded, name) == getattr(Settings(), name)
    assert loaded.problem is not None
    assert name in loaded.problem
    if name not in ("follow", "volume_db"):
        assert (loaded.follow, loaded.volume_db) == (False, -3.0)


def test_unknown_entries_of_a_later_version_do_no_harm() -> None:
    store('{"bars": 4, "hologram": true, "problem": "none"}')
    loaded = load_settings()
    assert loaded.bars == 4
    assert loaded.problem is None


def test_folder_in_place_of_the_file(folder: Path) -> None:
    settings_file().mkdir(parents=True)
    loaded = load_settings()
    assert loaded == Settings()
    assert loaded.problem is not None
    with pytest.raises(DrumappError, match=r"settings\.json"):
        save_settings(Settings())
    assert folder.is_dir()


def test_folder_that_cannot_be_made(folder: Path) -> None:
    folder.write_text("a file")
    with pytest.raises(DrumappError, match="Cannot make the settings folder"):
        save_settings(Settings())
    assert load_settings() == Settings()


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind, not the administrator"
)
def test_unreadable_file_is_left_alone() -> None:
    path = store("{}")
    path.chmod(0)
    loaded = load_settings()
    assert loaded.problem is not None
    assert "permission denied" in loaded.problem
    assert path.exists()


def test_system_folder_is_used_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DRUMAPP_CONFIG_DIR")
    assert "drumapp" in str(settings_file()).lower()
