"""What a bundle carries besides the program: FluidSynth with its libraries, package metadata, everybody's licences."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

LIBRARY_VARIABLE = "DRUMAPP_FLUIDSYNTH"

_RUN = ("drumapp", "PySide6_Essentials", "shiboken6", "numpy", "threadpoolctl", "safetensors", "symusic")
_RUN += ("python-rtmidi", "pyfluidsynth", "miniaudio", "soundfile", "platformdirs", "pyqtgraph", "rich")
_RUN += ("cffi", "pygments", "markdown-it-py", "mdurl")
_TRAINING = ("torch", "sympy", "mpmath", "networkx", "jinja2", "MarkupSafe", "filelock", "fsspec", "typing_extensions")

# The host's own, always: its C and C++ libraries, and what talks to its kernel, its graphics drivers and its display.
# An older C++ library in the bundle would keep the host's graphics drivers from loading.
_OF_THE_HOST = re.compile(
    r"(ld-linux.*|linux-vdso|lib(c|m|mvec|dl|rt|pthread|resolv|util|stdc\+\+|gcc_s|GL|EGL|GLX|GLdispatch|drm|gbm|X11|X11-xcb"
    r"|xcb))\.so(\..*)?"
)
_UNUSED_PLUGINS = ("libqgtk3.so",)  # the desktop's portal shows its file dialogs without 25 MB of GTK
_MAC_PLACES = ("/opt/homebrew/lib", "/usr/local/lib")
_WINDOWS_PLACES = ("C:/tools/fluidsynth", "C:/ProgramData/chocolatey/lib/fluidsynth")


def needed_metadata(*, with_torch: bool) -> list[str]:
    """Distributions whose versions the program tells in ``drumapp doctor``."""
    wanted = ["PySide6_Essentials", "numpy", "symusic", "python-rtmidi", "pyfluidsynth", "miniaudio", "soundfile"]
    return [*wanted, "torch"] if with_torch else wanted


def fluidsynth_libraries() -> list[Path]:
    """FluidSynth's library, and on Windows what lies beside it. Ends the build in one sentence where there is none."""
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        found = Path(named)
    elif sys.platform == "darwin":
        found = _first(Path(place) / "libfluidsynth.dylib" for place in _MAC_PLACES)
    elif sys.platform == "win32":
        found = _first(path for place in _WINDOWS_PLACES for path in Path(place).rglob("*fluidsynth*.dll"))
    else:
        found = _linux_path(ctypes.util.find_library("fluidsynth"))
    if found is None or not found.is_file():
        sys.exit(f"FluidSynth's library was not found; install it, or name its file in {LIBRARY_VARIABLE}.")
    return sorted(found.parent.glob("*.dll")) if sys.platform == "win32" else [found]


def mended_binaries(binaries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Those that PyInstaller found, and on Linux: without the host's own, without plugins that are not used and what
    only they need, with what FluidSynth needs but PyInstaller takes for the host's.

    It trusts every desktop to have Wayland's libraries; without them FluidSynth would not load at all.
    """
    if not sys.platform.startswith("linux"):
        return list(binaries)
    kept, needs = [], {}
    for name, path, kind in binaries:
        if not _OF_THE_HOST.fullmatch(name) and Path(name).name not in _UNUSED_PLUGINS:
            kept.append((name, path, kind))
            needs[name] = _needed_by(Path(path)) if kind != "SYMLINK" else {}
    here = {name for name, _, _ in kept}
    for library in fluidsynth_libraries():
        needs[library.name] = _needed_by(library)
        missing = {name: path for name, path in needs[library.name].items() if name not in here}
        kept += [(name, str(path), "BINARY") for name, path in missing.items() if not _OF_THE_HOST.fullmatch(name)]
        here |= missing.keys()
    # Extension modules, plugins and what wheels bring lie in folders, and stay; the rest is there for one of them.
    wanted = {name for name, _, kind in kept if "/" in name or ".so." not in name or kind == "SYMLINK"}
    wanted |= {name for name, _, _ in kept if name.startswith("libpython")}
    wanted |= {library.name for library in fluidsynth_libraries()}
    wanted |= {needed for name in wanted for needed in needs.get(name, {})}  # ldd tells what the needed ones need, too
    return [entry for entry in kept if entry[0] in wanted]


@cache
def _needed_by(library: Path) -> dict[str, Path]:
    """Name and path of every library that one needs, by itself or through others."""
    told = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=False).stdout
    return {name: Path(path) for name, path in re.findall(r"^\s*(\S+) => (/\S+)", told, re.MULTILINE)}


def copy_licences(analysis, folder: Path) -> list[tuple[str, Path]]:
    """Copy the licences of all that is carried into a folder; returns their names in it and their paths."""
    shutil.rmtree(folder, ignore_errors=True)
    carried = {name.partition("/")[0].partition(".")[0] for name, _, _ in analysis.pure}
    for name in (*_RUN, *(_TRAINING if "torch" in carried else ())):
        for path in _licences_of(name):
            _put(path, folder / f"{name}-{path.name}")
    _put(_python_licence(), folder / "Python-LICENSE.txt")
    for package, path in _debian_licences(Path(source) for _, source, _ in analysis.binaries):
        _put(path, folder / f"{package}-copyright.txt")
    return [(path.name, path) for path in sorted(folder.iterdir())]


def _licences_of(distribution: str) -> Iterator[Path]:
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if re.match(r"(?i)(licen[cs]e|copying|notice|authors)", file.name) and ".dist-info" in str(file):
            yield Path(str(file.locate()))


def _python_licence() -> Path | None:
    base, version = Path(sys.base_prefix), f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return _first([base / "lib" / version / "LICENSE.txt", base / "LICENSE.txt"])


def _debian_licences(libraries: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Package and copyright file of each library that a Debian package brought."""
    if not shutil.which("dpkg-query"):
        return
    paths = sorted({str(path.resolve()) for path in libraries if str(path).startswith(("/usr/lib", "/lib"))})
    # A merged /usr knows some by their old names.
    names = [name for path in paths for name in (path, path.removeprefix("/usr"))]
    told = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True, check=False).stdout
    for package in sorted({line.partition(":")[0] for line in told.splitlines()}):
        path = Path("/usr/share/doc") / package / "copyright"
        if path.is_file():
            yield package, path


def _put(source: Path | None, target: Path) -> None:
    if source is not None and source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _first(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if path.is_file()), None)


def _linux_path(name: str | None) -> Path | None:
    """Where the loader finds a library of that name."""
    if name is None:
        return None
    loader = shutil.which("ldconfig") or "/sbin/ldconfig"
    told = subprocess.run([loader, "-p"], capture_output=True, text=True, check=True).stdout
    found = re.search(rf"^\s*{re.escape(name)} .*=> (/\S+)", told, re.MULTILINE)
    return Path(found[1]) if found else None
