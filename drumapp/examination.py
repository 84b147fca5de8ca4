"""What a beat needs on its way to the ears, looked at piece by piece."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata

from drumapp import __version__
from drumapp.core.errors import DrumappError
from drumapp.resources import builtin_soundfont, bundle_folder, default_model
from drumapp.settings import Settings, load_settings, settings_file

KICK = 36

_PACKAGES = {
    "PySide6": "PySide6_Essentials",
    "numpy": "numpy",
    "torch": "torch",
    "symusic": "symusic",
    "python-rtmidi": "python-rtmidi",
    "pyfluidsynth": "pyfluidsynth",
    "miniaudio": "miniaudio",
    "soundfile": "soundfile",
}
_TRAINING_ONLY = ("torch",)
_MARKS = {True: "ok", False: "missing"}
_REINSTALL = "Install Drumapp again; a file of it is missing or damaged."
_INSTALL_FLUIDSYNTH = {
    "linux": "Not needed, but it plays any soundfont: sudo apt install libfluidsynth3 (or your system's package).",
    "darwin": "Not needed, but it plays any soundfont: brew install fluid-synth.",
    "win32": "Not needed, but it plays any soundfont: put FluidSynth's DLLs on the PATH.",
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes: name for programs, title for people; ok; found, what is there or what is wrong; remedy, what to do
    where it is not ok; needed, whether Generate is silent without it; details for programs, JSON values.
    """

    name: str
    title: str
    ok: bool
    found: str
    remedy: str | None = None
    needed: bool = False
    details: Mapping[str, object] = field(default_factory=dict)


def can_make_sound(findings: Sequence[Finding]) -> bool:
    """Whether everything that Generate needs is there."""
    return all(finding.ok for finding in findings if finding.needed)


def examine() -> list[Finding]:
    """Look at everything, in the order in which a beat passes it. A piece that breaks is a finding, never an error."""
    settings = load_settings()
    checks: list[tuple[str, str, bool, Callable[[], Finding]]] = [
        ("model", "Model", True, lambda: _model(settings)),
        ("synth", "Synth", True, lambda: _synth(settings)),
        ("audio", "Sound device", True, _audio),
        ("fluidsynth", "FluidSynth", False, _fluidsynth),
        ("soundfonts", "Soundfonts", False, _soundfonts),
        ("midi", "MIDI", False, _midi),
        ("display", "Display", False, _display),
        ("settings", "Settings", False, lambda: _settings(settings)),
        ("versions", "Versions", False, _versions),
    ]
    return [_guarded(name, title, needed, check) for name, title, needed, check in checks]


def report(findings: Sequence[Finding]) -> str:
    """The findings in lines for people, with what to do where something is missing."""
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.ok]:8} {finding.title:14} {finding.found}")
        if finding.remedy and not finding.ok:
            lines.append(f"{'':8} {'':14} -> {finding.remedy}")
    missing = [finding.title for finding in findings if finding.needed and not finding.ok]
    if missing:
        verdict = f"Generate cannot make a sound here; missing: {', '.join(missing)}."
    else:
        verdict = "Generate can make a sound."
    return "\n".join([*lines, "", verdict])


def _guarded(name: str, title: str, needed: bool, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except DrumappError as error:
        return Finding(name, title, False, str(error), _REINSTALL if needed else None, needed)
    except Exception as error:  # noqa: BLE001 - whatever is broken here is what the user wants to be told
        return Finding(name, title, False, f"{type(error).__name__}: {error}", _REINSTALL, needed)


def _model(settings: Settings) -> Finding:
    from drumapp.lstm.checkpoint import load_model

    path = settings.model or default_model()
    try:
        model = load_model(path)
    except DrumappError as error:
        remedy = "Choose another model in the window." if settings.model else _REINSTALL
        return Finding("model", "Model", False, str(error), remedy, True, {"path": str(path)})
    preset = str(model.provenance.get("preset", ""))
    described = f"{model.name}, preset {preset}" if preset else model.name
    details = {"path": str(path), "digest": model.digest, "preset": preset}
    return Finding("model", "Model", True, f"{described}, digest {model.digest[:12]} ({path})", None, True, details)


def _synth(settings: Settings) -> Finding:
    """Strike a drum and look whether something sounds."""
    import numpy as np

    from drumapp.playback.synth import make_synth

    path = settings.soundfont or builtin_soundfont()
    details: dict[str, object] = {"soundfont": str(path), "kind": settings.synth}
    try:
        synth = make_synth(settings.synth, path)
    except DrumappError as error:
        remedy = "Choose the built-in kit in the window." if settings.soundfont else _REINSTALL
        return Finding("synth", "Synth", False, str(error), remedy, True, details)
    try:
        synth.note_on(KICK, 127)
        peak = float(np.abs(synth.render(synth.sample_rate // 5)).max())
    finally:
        synth.close()
    details |= {"description": synth.description, "peak": round(peak, 4)}
    if peak < 1e-3:
        remedy = "Choose another soundfont; this one has no drums on channel 10."
        return Finding("synth", "Synth", False, f"{synth.description} plays nothing", remedy, True, details)
    return Finding("synth", "Synth", True, synth.description, None, True, details)


def _audio() -> Finding:
    from drumapp.playback.audio import list_devices

    devices = list_devices()
    details = {"devices": [{"name": device.name, "backend": device.backend} for device in devices]}
    if devices:
        found = ", ".join(f"{device.name} ({device.backend})" for device in devices)
        return Finding("audio", "Sound device", True, found, None, True, details)
    remedy = (
        "Start the sound server (PipeWire, PulseAudio or JACK) or connect a sound device."
        if sys.platform.startswith("linux")
        else "Connect a sound device and choose it in the system's sound settings."
    )
    return Finding("audio", "Sound device", False, "none answers", remedy, True, details)


def _fluidsynth() -> Finding:
    from drumapp.playback.soundfont import fluidsynth_version

    version = fluidsynth_version()
    if version is None:
        # A bundle plays with its own and no other.
        remedy = _REINSTALL if bundle_folder() is not None else _INSTALL_FLUIDSYNTH.get(sys.platform)
        return Finding(
            "fluidsynth", "FluidSynth", False, "its library was not found", remedy, details={"version": None}
        )
    return Finding("fluidsynth", "FluidSynth", True, version, details={"version": version})


def _soundfonts() -> Finding:
    from drumapp.playback.soundfont import find_soundfonts

    paths = [str(path) for path in find_soundfonts()]
    found = f"{len(paths)}: {', '.join(paths)}" if paths else "none, not even the built-in kit"
    return Finding("soundfonts", "Soundfonts", bool(paths), found, _REINSTALL, details={"paths": paths})


def _midi() -> Finding:
    from drumapp.playback.midiport import midi_backends

    backends = midi_backends()
    details = {
        "backends": [
            {"name": backend.name, "outputs": list(backend.outputs), "problem": backend.problem} for backend in backends
        ]
    }
    described = "; ".join(
        f"{backend.name}: {backend.problem or ', '.join(backend.outputs) or 'no ports'}" for backend in backends
    )
    ok = any(backend.problem is None for backend in backends)
    remedy = "Not needed to hear beats, only to play other instruments."
    return Finding("midi", "MIDI", ok, described or "no backend", remedy, details=details)


def _display() -> Finding:
    if sys.platform in ("win32", "darwin"):
        return Finding("display", "Display", True, "the system's own")
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(variable):
            return Finding("display", "Display", True, f"{variable}={os.environ[variable]}")
    if platform_plugin := os.environ.get("QT_QPA_PLATFORM"):
        return Finding("display", "Display", True, f"QT_QPA_PLATFORM={platform_plugin}")
    remedy = "The window needs a desktop session; the commands generate and render work without."
    return Finding("display", "Display", False, "neither DISPLAY nor WAYLAND_DISPLAY is set", remedy)


def _settings(settings: Settings) -> Finding:
    path = settings_file()
    found = settings.problem or (str(path) if path.exists() else f"{path} (not written yet)")
    return Finding("settings", "Settings", settings.problem is None, found, details={"path": str(path)})


def _versions() -> Finding:
    versions: dict[str, str | None] = {"drumapp": __version__, "python": platform.python_version()}
    # Read from the packages' metadata: importing torch to ask it takes longer than all the rest together.
    for title, package in _PACKAGES.items():
        try:
            versions[title] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[title] = None
    missing = [title for title, version in versions.items() if version is None and title not in _TRAINING_ONLY]
    absent = {title: "(not installed, only training needs it)" for title in _TRAINING_ONLY}
    found = ", ".join(f"{title} {version or absent.get(title, '(missing)')}" for title, version in versions.items())
    found += f"; {platform.system()} {platform.release()} {platform.machine()}"
    found += "; bundle" if bundle_folder() is not None else ""
    remedy = (
        f"Install what is missing: pip install {' '.join(_PACKAGES[title] for title in missing)}" if missing else None
    )
    return Finding("versions", "Versions", not missing, found, remedy, details={"versions": versions})
