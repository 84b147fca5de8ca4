"""The drummer's settings as a project keeps them."""

from __future__ import annotations

from drumapp.core.project import Fields
from drumapp.settings import Settings, read_value

NAMES = ("style", "time_temperature", "pitch_temperature", "memory_range", "feel", "playable", "seed", "bars")


def choices_of(settings: Settings, before: Fields) -> Fields:
    """What is set for the next take, over what the project held before: fields not known here are kept."""
    return {**before, **{name: getattr(settings, name) for name in NAMES}}


def take_up(settings: Settings, choices: Fields) -> None:
    """Set what a project says of the next take; what it leaves out, or says without sense, stays as it is."""
    for name in NAMES:
        if name not in choices:
            continue
        try:
            value = read_value(name, choices[name])
        except ValueError:  # a file edited by hand: its beat is worth more than this one number
            continue
        setattr(settings, name, value)
