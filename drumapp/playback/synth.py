"""What makes sound: the interface of every synth, and blocks split at events, live and offline alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from drumapp.core.errors import DrumappError
from drumapp.playback.mix import KeyMix
from drumapp.playback.scheduler import CHOKE, Event

Audio = NDArray[np.float32]
SynthKind = Literal["auto", "fluidsynth", "sampler"]

DEFAULT_SAMPLE_RATE = 48_000


class SynthError(DrumappError):
    """A synth that cannot be made, or a soundfont that it cannot play."""


class Synth(Protocol):
    """A drum kit that is struck and rendered.

    Attributes: sample_rate in frames a second; description for people, such as ``"Sampler: drumapp.sf2"``;
    has_effects: whether it has reverb and chorus.
    """

    sample_rate: int
    description: str
    has_effects: bool

    def note_on(self, key: int, velocity: int) -> None:
        """Strike a key 0-127 with velocity 1-127 at the next frame that is rendered; unknown keys stay silent.

        What rings of the soundfont's exclusive class is choked; what is struck in the same frame does not ring yet.
        """

    def note_off(self, key: int) -> None:
        """Let go of a key; most drums ring on."""

    def choke(self, key: int) -> None:
        """Cut off what sounds of a key within a few milliseconds, without a click; the room around it rings on."""

    def set_key_mix(self, key: int, mix: KeyMix) -> None:
        """Play a key so from now on; what rings of it follows within a few milliseconds, without a click."""

    def set_effects(self, reverb: float, chorus: float) -> None:
        """So much of each, 0 to 1; nothing happens where there are none."""

    def all_off(self) -> None:
        """Fall silent within a few milliseconds, without a click."""

    def render(self, frames: int) -> Audio:
        """The next ``frames`` frames, shape (frames, 2), full scale at +-1 and not limited to it."""

    def warm_up(self) -> None:
        """Do beforehand what the first strokes would have to wait for; another thread may render meanwhile."""

    def close(self) -> None:
        """Give back what the synth holds; it must not be used afterwards."""


class SilentSynth:
    """A synth without a sound, for when no other can be made: the music still runs."""

    has_effects = False

    def __init__(self, sample_rate: int = DEFAULT_SAMPLE_RATE) -> None:
        self.sample_rate = sample_rate
        self.description = "No sound"

    def note_on(self, key: int, velocity: int) -> None:
        """Do nothing."""

    def note_off(self, key: int) -> None:
        """Do nothing."""

    def choke(self, key: int) -> None:
        """Do nothing."""

    def set_key_mix(self, key: int, mix: KeyMix) -> None:
        """Do nothing."""

    def set_effects(self, reverb: float, chorus: float) -> None:
        """Do nothing."""

    def all_off(self) -> None:
        """Do nothing."""

    def render(self, frames: int) -> Audio:
        """Silence, shape (frames, 2)."""
        return np.zeros((frames, 2), np.float32)

    def warm_up(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def render_events(synth: Synth, frames: int, events: Sequence[Event]) -> Audio:
    """Render a block of ``frames`` frames, shape (frames, 2), giving each event to the synth at its frame.

    The events' frames count from the block's start; they must be in order, and all within the block.
    """
    if not events:
        return synth.render(frames)
    audio = np.empty((frames, 2), np.float32)
    done = 0
    for event in events:
        if event.frame > done:
            audio[done : event.frame] = synth.render(event.frame - done)
            done = event.frame
        give(synth, event)
    if done < frames:
        audio[done:] = synth.render(frames - done)
    return audio


def give(synth: Synth, event: Event) -> None:
    """Have an event happen at the synth's next frame."""
    if event.velocity > 0:
        synth.note_on(event.key, event.velocity)
    elif event.velocity == CHOKE:
        synth.choke(event.key)
    else:
        synth.note_off(event.key)


def make_synth(
    kind: str,
    soundfont: Path,
    sample_rate: int = DEFAULT_SAMPLE_RATE,
    program: int | None = None,
    *,
    offline: bool = False,
) -> Synth:
    """A synth that plays a soundfont's drums.

    Args: kind ``"fluidsynth"``, ``"sampler"`` (built in, .sf2 alone) or ``"auto"``: FluidSynth where its library is
    found, else the sampler; program of the drum kit, None for the soundfont's first; offline: whether there is time for
    more voices than can be heard live.
    Raises SynthError, naming the file and what to do; ValueError for another kind.
    """
    # Imported here: either may be absent or slow to load, and one of them is enough.
    if kind not in ("auto", "fluidsynth", "sampler"):
        raise ValueError(f"a synth is auto, fluidsynth or sampler, not {kind!r}")
    if kind != "sampler":
        from drumapp.playback.soundfont import FluidSynth, plays_at

        if kind == "fluidsynth" or plays_at(sample_rate):
            return FluidSynth(soundfont, sample_rate, program, offline=offline)
    from drumapp.playback.sampler import Sampler

    return Sampler(soundfont, sample_rate, program)
