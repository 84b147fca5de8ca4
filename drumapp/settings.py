"""What the program remembers from one start to the next: typed, one small JSON file, no Qt."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

from drumapp.atomic import write_atomically
from drumapp.core.editing import GRIDS
from drumapp.core.errors import DrumappError
from drumapp.core.midi_learn import MAX_VALUE, Bindings, ControlKind, MidiBinding, MidiControl, check_bindings
from drumapp.core.timing import DEFAULT_TEMPO, MAX_TEMPO, MIN_TEMPO, Metre
from drumapp.lstm.presets import DEFAULT_TEMPERATURE
from drumapp.port_choices import MOST_PORTS, InputChoice, OutputChoice, input_from_stored, output_from_stored
from drumapp.sound_choices import (
    MOST_SOUNDFONTS,
    AudioExportChoice,
    SoundChoice,
    export_from_stored,
    sound_from_stored,
)

FOLDER_VARIABLE = "DRUMAPP_CONFIG_DIR"
CACHE_VARIABLE = "DRUMAPP_CACHE_DIR"
SYNTHS = ("auto", "fluidsynth", "sampler")
THEMES = ("system", "dark", "light")
SNAPS = tuple(grid.label for grid in GRIDS)
SYNCS = ("internal", "clock", "link")
MEMORY_HALVES = ("h", "c")
COUNT_INS = (0, 1, 2, 4)
EXPORT_LAYOUTS = ("one", "two", "lanes")
RESOLUTIONS = (96, 120, 192, 240, 384, 480, 960, 1920)
MAX_BARS = 1024
MAX_LANE_HEIGHT = 2000
MAX_SEED = 2**63 - 1
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 5.0
MAX_MEMORY_RANGE = 4.0
MAX_RECENT_FILES = 10
MIN_VOLUME_DB, MAX_VOLUME_DB = -60.0, 12.0

_MAX_FILE_BYTES = 1 << 20


@dataclass
class Settings:
    """The user's choices.

    Attributes:
        soundfont: a chosen .sf2 or .sf3; None plays the built-in kit.
        synth: one of SYNTHS.
        sound: device, drum kit of the soundfont, effects and offset.
        recent_soundfonts: those the user has brought, the last first; at most MOST_SOUNDFONTS.
        model: a chosen checkpoint; None plays the shipped one.
        tempo: quarter notes a minute.
        bars: how many Generate writes; 0 is endless.
        seed: of the next take; None draws a new one for each.
        metre: of the next take, as in "4/4".
        style: one of the model's styles for the next take; None lets the drummer choose.
        time_temperature, pitch_temperature: 1 is as learned, less is safer, more is wilder.
        memory_range: fresh memory is drawn from plus and minus this.
        feel: play the drummer's microtiming, or stay on the grid.
        playable: play only what two hands and two feet can strike.
        loop: a finished beat is repeated.
        metronome: whether it clicks along.
        count_in: one of COUNT_INS, the bars it counts before something is recorded.
        midi_outputs, midi_inputs: how ports are used, also those that are not there or off.
        synth_keys: the drums that the synth plays; None for all.
        sync, sync_port: one of SYNCS, whose time is kept, and the port a clock comes from.
        record_replaces: whether a lane that is struck while recording is emptied from there to the end of the pass.
        record_quantised: whether strokes are drawn to the snap grid as they are recorded.
        midi_bindings: which controls of MIDI devices do what.
        follow: the roll scrolls with the playhead.
        theme: one of THEMES.
        snap: the grid edits snap to, as in "1/16", "1/8T", "1/4." or "Off".
        velocity_lane: its height in pixels; 0 is closed.
        surprise: whether notes are coloured by how they surprise the drummer.
        memory_strip: height in pixels of the strip that shows the drummer's memory; 0 is closed.
        memory_half: one of MEMORY_HALVES, which half of its memory is shown.
        hide_empty_lanes: whether the roll shows only lanes that have notes.
        drummer_panel: whether the panel beside the roll is open.
        volume_db: loudness of the output; 0 is as the synth renders.
        export_layout: one of EXPORT_LAYOUTS, how MIDI files are spread over tracks.
        export_resolution: one of RESOLUTIONS, the ticks per quarter of MIDI files.
        export_kit_map: name of the kit map that MIDI files are written for.
        audio_export: how audio was exported last.
        window_geometry: as the window saved it, in base64.
        recent_folder: where the last file dialog ended.
        recent_files: projects opened or saved, the last first; at most MAX_RECENT_FILES.
        problem: why the file could not be used, as a sentence to show; None when all was well. Never saved.
    """

    soundfont: Path | None = None
    synth: str = "auto"
    sound: SoundChoice = field(default_factory=SoundChoice)
    recent_soundfonts: tuple[Path, ...] = ()
    model: Path | None = None
    tempo: float = DEFAULT_TEMPO
    bars: int = 8
    seed: int | None = None
    metre: str = "4/4"
    style: str | None = None
    time_temperature: float = DEFAULT_TEMPERATURE
    pitch_temperature: float = DEFAULT_TEMPERATURE
    memory_range: float = 0.1
    feel: bool = True
    playable: bool = False
    loop: bool = True
    metronome: bool = False
    count_in: int = 1
    midi_outputs: tuple[OutputChoice, ...] = ()
    midi_inputs: tuple[InputChoice, ...] = ()
    synth_keys: tuple[int, ...] | None = None
    sync: str = "internal"
    sync_port: str = ""
    record_replaces: bool = False
    record_quantised: bool = False
    midi_bindings: Bindings = ()
    follow: bool = True
    theme: str = "system"
    snap: str = "1/16"
    velocity_lane: int = 104
    surprise: bool = False
    memory_strip: int = 0
    memory_half: str = "h"
    hide_empty_lanes: bool = False
    drummer_panel: bool = True
    volume_db: float = 0.0
    export_layout: str = "one"
    export_resolution: int = 480
    export_kit_map: str = "General MIDI"
    audio_export: AudioExportChoice = field(default_factory=AudioExportChoice)
    window_geometry: str | None = None
    recent_folder: Path | None = None
    recent_files: tuple[Path, ...] = ()
    problem: str | None = field(default=None, compare=False)


def settings_folder() -> Path:
    """The folder of the settings file; the environment variable DRUMAPP_CONFIG_DIR overrides the system's place."""
    override = os.environ.get(FOLDER_VARIABLE)
    return Path(override) if override else platformdirs.user_config_path("drumapp", appauthor=False)


def settings_file() -> Path:
    """The settings file; it may not exist yet."""
    return settings_folder() / "settings.json"


def kit_maps_folder() -> Path:
    """The folder of the user's own kit maps, beside the settings file; it may not exist yet."""
    return settings_folder() / "kit-maps"


def corpus_cache_folder() -> Path:
    """The folder of what was read of MIDI files: $DRUMAPP_CACHE_DIR, else where the system wants caches. It may not
    exist yet, and may be deleted at any time.
    """
    override = os.environ.get(CACHE_VARIABLE)
    return (Path(override) if override else platformdirs.user_cache_path("drumapp", appauthor=False)) / "corpus"


def load_settings() -> Settings:
    """The saved settings, or defaults where there are none. Never raises.

    A file that cannot be understood is renamed to ``settings.json.damaged`` and defaults are returned; a value that
    makes no sense is replaced by its default. Either way ``problem`` says so.
    """
    path = settings_file()
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError("the file is far too large")
        stored = json.loads(path.read_bytes())
        if not isinstance(stored, dict):
            raise ValueError("the file does not hold settings")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        return Settings(problem=f"Cannot read the settings in {path} ({cause}); starting with defaults.")
    except (ValueError, RecursionError):
        return Settings(problem=_keep_aside(path))
    return _from_stored(stored, path)


def save_settings(settings: Settings) -> None:
    """Write the settings, all or nothing. Raises DrumappError, naming file and cause, when that fails."""
    path = settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise DrumappError(f"Cannot make the settings folder {path.parent}: {cause}.") from error
    stored = {name: _to_stored(value) for name, value in asdict(settings).items() if name != "problem"}
    write_atomically(path, (json.dumps(stored, indent=2, sort_keys=True) + "\n").encode())


def read_value(name: str, stored: object) -> Any:
    """A setting's value from JSON, as its field holds it. Raises ValueError for one that makes no sense."""
    try:
        return _READERS[name](stored)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{name} makes no sense") from error


def _to_stored(value: object) -> object:
    if isinstance(value, tuple):
        return [_to_stored(entry) for entry in value]
    return str(value) if isinstance(value, Path) else value


def _keep_aside(path: Path) -> str:
    """Move a damaged file out of the way and say so."""
    aside = path.with_name(path.name + ".damaged")
    try:
        path.replace(aside)
    except OSError:
        return f"The settings in {path} are damaged; starting with defaults."
    return f"The settings in {path} are damaged; starting with defaults, the old file is kept as {aside.name}."


def _from_stored(stored: Mapping[str, Any], path: Path) -> Settings:
    settings = Settings()
    refused = []
    for entry in fields(Settings):
        if entry.name == "problem" or entry.name not in stored:
            continue
        try:
            setattr(settings, entry.name, read_value(entry.name, stored[entry.name]))
        except ValueError:
            refused.append(entry.name)
    if refused:
        names = ", ".join(refused)
        settings.problem = f"The settings in {path} hold values that make no sense ({names}); using defaults for them."
    return settings


def _number(low: float, high: float, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    if not low <= value <= high:
        raise ValueError
    return float(value)


def _whole(low: int, high: int, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    if not low <= value <= high:
        raise ValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError
    return value


def _path(value: object) -> Path | None:
    text = _text(value)
    if text is not None and "\0" in text:
        raise ValueError
    return Path(text) if text else None


def _paths(most: int, value: object) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise TypeError
    paths = [_path(entry) for entry in value[:most]]
    return tuple(path for path in paths if path is not None)


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value[:most]


def _one_of(allowed: tuple[str, ...], value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    if value not in allowed:
        raise ValueError
    return value


def _one_number_of(allowed: tuple[int, ...], value: object) -> int:
    number = _whole(min(allowed), max(allowed), value)
    if number not in allowed:
        raise ValueError
    return number


def _metre(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return str(Metre.parse(value))


def _bindings(value: object) -> Bindings:
    if not isinstance(value, list):
        raise TypeError
    return check_bindings([_binding(entry) for entry in value])


def _binding(entry: object) -> MidiBinding:
    try:
        target, control = entry["target"], entry["control"]  # type: ignore[index]
        kind, channel, number = (control[name] for name in ("kind", "channel", "number"))
    except (KeyError, IndexError) as error:
        raise ValueError from error
    if not isinstance(target, str):
        raise TypeError
    return MidiBinding(target, MidiControl(ControlKind(kind), _whole(1, 16, channel), _whole(0, MAX_VALUE, number)))


_READERS: Mapping[str, Callable[[object], Any]] = {
    "soundfont": _path,
    "synth": lambda value: _one_of(SYNTHS, value),
    "sound": sound_from_stored,
    "recent_soundfonts": lambda value: _paths(MOST_SOUNDFONTS, value),
    "model": _path,
    "tempo": lambda value: _number(MIN_TEMPO, MAX_TEMPO, value),
    "bars": lambda value: _whole(0, MAX_BARS, value),
    "seed": lambda value: None if value is None else _whole(0, MAX_SEED, value),
    "time_temperature": lambda value: _number(MIN_TEMPERATURE, MAX_TEMPERATURE, value),
    "pitch_temperature": lambda value: _number(MIN_TEMPERATURE, MAX_TEMPERATURE, value),
    "metre": _metre,
    "style": _text,
    "memory_range": lambda value: _number(0.0, MAX_MEMORY_RANGE, value),
    "feel": _flag,
    "playable": _flag,
    "loop": _flag,
    "metronome": _flag,
    "count_in": lambda value: _one_number_of(COUNT_INS, value),
    "midi_outputs": lambda value: tuple(output_from_stored(entry) for entry in _list(value, MOST_PORTS)),
    "midi_inputs": lambda value: tuple(input_from_stored(entry) for entry in _list(value, MOST_PORTS)),
    "synth_keys": lambda value: None if value is None else tuple(_whole(0, 127, key) for key in _list(value, 128)),
    "sync": lambda value: _one_of(SYNCS, value),
    "sync_port": lambda value: _text(value) or "",
    "record_replaces": _flag,
    "record_quantised": _flag,
    "midi_bindings": _bindings,
    "follow": _flag,
    "theme": lambda value: _one_of(THEMES, value),
    "snap": lambda value: _one_of(SNAPS, value),
    "velocity_lane": lambda value: _whole(0, MAX_LANE_HEIGHT, value),
    "surprise": _flag,
    "memory_strip": lambda value: _whole(0, MAX_LANE_HEIGHT, value),
    "memory_half": lambda value: _one_of(MEMORY_HALVES, value),
    "hide_empty_lanes": _flag,
    "drummer_panel": _flag,
    "volume_db": lambda value: _number(MIN_VOLUME_DB, MAX_VOLUME_DB, value),
    "export_layout": lambda value: _one_of(EXPORT_LAYOUTS, value),
    "export_resolution": lambda value: _one_number_of(RESOLUTIONS, value),
    "export_kit_map": lambda value: _text(value) or "General MIDI",
    "audio_export": export_from_stored,
    "window_geometry": _text,
    "recent_folder": _path,
    "recent_files": lambda value: _paths(MAX_RECENT_FILES, value),
}
