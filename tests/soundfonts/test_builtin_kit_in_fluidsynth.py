"""The built-in kit played by FluidSynth, where its library is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drumapp.core.kit import GENERAL_MIDI_LANES

try:
    import fluidsynth
except ImportError as missing:  # pyfluidsynth raises this too where it finds no library
    pytest.skip(f"FluidSynth cannot be used here: {missing}", allow_module_level=True)

RATE = 48_000
DRUM_CHANNEL = 9
CLOSED_HAT, PEDAL_HAT, OPEN_HAT, CRASH = 42, 44, 46, 49


@pytest.fixture
def synth(soundfont_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """A synth at gain 1 with the kit loaded, dry, the channel's volume fully up."""
    instance = fluidsynth.Synth(gain=1.0, samplerate=float(RATE))
    instance.setting("synth.reverb.active", 0)
    instance.setting("synth.chorus.active", 0)
    capfd.readouterr()
    assert instance.sfload(str(soundfont_path)) >= 0
    instance.program_change(DRUM_CHANNEL, 0)  # a drum channel is in bank 128 by default
    complaints = capfd.readouterr().err
    assert not complaints
    instance.cc(DRUM_CHANNEL, 7, 127)
    yield instance
    instance.delete()


def render(synth: Any, seconds: float) -> np.ndarray:
    return np.asarray(synth.get_samples(round(seconds * RATE))).reshape(-1, 2) / 32768.0


def hit(synth: Any, key: int, velocity: int, seconds: float = 0.3, held: float = 0.01) -> np.ndarray:
    synth.noteon(DRUM_CHANNEL, key, velocity)
    first = render(synth, held)
    synth.noteoff(DRUM_CHANNEL, key)
    audio = np.concatenate((first, render(synth, seconds - held)))
    synth.all_sounds_off(DRUM_CHANNEL)
    render(synth, 0.1)
    return audio


def level_db(audio: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(audio**2) + 1e-12))


def test_every_key_sounds_on_the_drum_channel_under_the_ceiling(synth: Any) -> None:
    for lane in GENERAL_MIDI_LANES:
        peak = np.max(np.abs(hit(synth, lane.key, 127)))
        assert 0.03 < peak <= 10 ** (-3 / 20), f"{lane.name}: {20 * np.log10(peak):.1f} dBFS"


def test_ghost_notes_are_softer_and_still_audible(synth: Any) -> None:
    for key in (36, 38, CLOSED_HAT, CRASH):
        full, ghost = (level_db(hit(synth, key, velocity)) for velocity in (127, 30))
        assert 14 < full - ghost < 22
        assert ghost > -75


def test_louder_velocities_are_louder_across_layers(synth: Any) -> None:
    for key in (36, 38, CLOSED_HAT):
        levels = [level_db(hit(synth, key, velocity)) for velocity in range(15, 128, 8)]
        steps = np.diff(levels)
        assert np.all(steps > -1.0)
        assert np.all(steps < 6.0)


def test_short_notes_ring_out(synth: Any) -> None:
    for key in (CRASH, OPEN_HAT, 41):
        short, held = (level_db(hit(synth, key, 100, 0.6, held)) for held in (0.005, 0.5))
        assert short == pytest.approx(held, abs=1.0)


@pytest.mark.parametrize("choking", [CLOSED_HAT, PEDAL_HAT])
def test_closing_the_hat_cuts_the_open_one(synth: Any, choking: int) -> None:
    def tail(key: int | None) -> float:
        synth.noteon(DRUM_CHANNEL, OPEN_HAT, 120)
        render(synth, 0.05)
        synth.noteoff(DRUM_CHANNEL, OPEN_HAT)
        if key is not None:
            synth.noteon(DRUM_CHANNEL, key, 1)
        render(synth, 0.3)
        end = render(synth, 0.1)
        synth.all_sounds_off(DRUM_CHANNEL)
        render(synth, 0.1)
        return level_db(end)

    assert tail(choking) < tail(None) - 15
    assert tail(36) > tail(None) - 3
