"""Whether PyTorch is there, which trains, and how it comes to be; it is never loaded here."""

from __future__ import annotations

import importlib
import importlib.util
import sys

REQUIREMENT = "torch==2.13.0"


def is_installed() -> bool:
    """Whether a job's process will find PyTorch."""
    importlib.invalidate_caches()  # it may have been installed since Python last looked
    return importlib.util.find_spec("torch") is not None


def install_command() -> list[str] | None:
    """The command line that installs PyTorch; None where this program cannot do it."""
    if getattr(sys, "frozen", False) or importlib.util.find_spec("pip") is None:
        return None
    return [sys.executable, "-m", "pip", "install", "--progress-bar", "raw", REQUIREMENT]


def missing_sentence() -> str:
    """What to tell who wants to train without it."""
    if getattr(sys, "frozen", False):
        return "This bundle of Drumapp was made without training; install the one with it."
    return (
        'Training needs PyTorch, which is not installed: type "make training" in the checkout, or '
        f"{sys.executable} -m pip install {REQUIREMENT}"
    )
