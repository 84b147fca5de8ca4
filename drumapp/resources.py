"""Where the files that come with the program are: in a checkout, in an installed wheel or in a frozen bundle."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundle_folder() -> Path | None:
    """The folder of a frozen bundle's files, or None where the program runs from a checkout or a wheel."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else None


def _root() -> Path:
    """The folder that holds ``assets``, ``docs`` and ``models``."""
    frozen = bundle_folder()
    candidates = [frozen] if frozen else []
    candidates += [_PACKAGE, _PACKAGE.parent]  # a wheel keeps them in the package, a checkout beside it
    for candidate in candidates:
        if (candidate / "assets").is_dir():
            return candidate
    return candidates[-1]


def assets_folder() -> Path:
    """Folder of soundfonts, icons and themes."""
    return _root() / "assets"


def models_folder() -> Path:
    """Folder of the checkpoints that come with the program."""
    return _root() / "models"


def docs_folder() -> Path:
    """Folder of the documents that the Help menu shows."""
    return _root() / "docs"


def application_icon() -> Path:
    """The program's own icon, an SVG. The file may be missing from a damaged installation."""
    return assets_folder() / "icon" / "drumapp.svg"


def builtin_soundfont() -> Path:
    """The soundfont of the built-in kit. The file may be missing from a damaged installation."""
    return assets_folder() / "soundfonts" / "drumapp.sf2"


def default_model() -> Path:
    """The checkpoint that plays when none is chosen. The file may be missing from a damaged installation."""
    return models_folder() / "groove" / "groove.safetensors"


def shipped_models() -> list[Path]:
    """Every checkpoint that comes with the program, the default first."""
    default = default_model()
    found = sorted(models_folder().glob("*/*.safetensors"))
    return sorted(found, key=lambda path: path != default)
