"""The synth as an output: cues become strokes at their frames in blocks of audio that a device or a file pulls."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from drumapp.playback.engine_state import SharedState
from drumapp.playback.master import Master
from drumapp.playback.metronome import ClickSound
from drumapp.playback.mix import Mix
from drumapp.playback.outputs import Click, Cue, Signal, ends_of
from drumapp.playback.scheduler import LET_GO, Event
from drumapp.playback.synth import Audio, Synth, give

_QUIET = 1e-7  # below the last of 24 bits
_RING_SECONDS = 1.0
_FAREWELL_SECONDS = 0.04  # in which every synth has faded out
LATEST_SECONDS = 0.03
"""A stroke that comes later than this, after a device had stopped for a while, would only sound wrong."""


class SynthOutput:
    """Synth, click and master volume; see `drumapp.playback.outputs.Output`.

    The sequencer's side and `take` must not run at the same time; `render` may run beside the former.
    Attributes: synth, that plays; master; keys: the drums that it plays, by General MIDI key, None for all.
    """

    def __init__(self, synth: Synth, state: SharedState, sample_rate: int, volume_db: float = 0.0) -> None:
        self.synth = synth
        self.master = Master(volume_db)
        self.keys: frozenset[int] | None = None
        self._state = state
        self._latest = LATEST_SECONDS * sample_rate
        self._click = ClickSound(synth.sample_rate)
        self._cues: deque[Cue] = deque()
        self._orders: list[Callable[[], None]] = []
        self._mix = Mix()
        self._effects = 0.0, 0.0
        self._next_synth: deque[Synth] = deque()
        self._retired: deque[Synth] = deque()
        self._farewell = np.zeros((0, 2), np.float32)  # the last of a synth that was swapped for another
        self._quiet_frames = 0  # for how long nothing has been heard

    @property
    def resting(self) -> bool:
        """Whether the synth has rung out, and is not about to be struck."""
        waiting = self._orders or self._cues or self._next_synth
        return not waiting and self._quiet_frames > _RING_SECONDS * self.synth.sample_rate

    # The sequencer's side

    def put(self, cues: Sequence[Cue]) -> None:
        """Have cues happen at their frames."""
        self._cues.extend(cue for cue in cues if self._takes(cue))

    def now(self, events: Sequence[Event]) -> None:
        """Have events happen with the next block."""
        taken = [event for event in events if self._takes(event)]
        self._orders += [partial(self._give, event) for event in taken]
        if taken and self._cues:
            waiting = {cue.key for cue in self._cues if isinstance(cue, Event) and cue.velocity > LET_GO}
            self._cues.extend(end for end in ends_of(taken) if end.key in waiting)

    def silence(self) -> None:
        """Fall silent with the next block, and forget what is to come."""
        self._cues.clear()
        self._orders.append(self._all_off)

    panic = silence

    def set_mix(self, mix: Mix) -> None:
        """Play the keys so, and what rings of them too."""
        before, self._mix = self._mix, mix
        for key in {*before.keys, *mix.keys}:
            if mix.of(key) != before.of(key):
                self._orders.append(partial(self._set_key_mix, key))

    def set_effects(self, reverb: float, chorus: float) -> None:
        """So much of each, 0 to 1, by whatever synth plays."""
        self._effects = reverb, chorus
        self._orders.append(self._set_effects)

    def take(self, place: float, span: float, frames: int) -> tuple[list[Callable[[], None]], list[Cue]]:
        """What is to happen in the next block of ``frames``, for which the stream moves on by ``span`` from ``place``.

        The cues' frames count from the block's start. Strokes that come far too late are left out.
        """
        orders, self._orders = self._orders, []
        cues, due = self._cues, []
        scale, last = (frames / span if span else 0.0), max(frames - 1, 0)
        while cues and cues[0].frame < place + span:
            cue = cues.popleft()
            if place - cue.frame > self._latest and not (isinstance(cue, Event) and cue.velocity <= LET_GO):
                continue
            due.append(cue._replace(frame=min(max(int((cue.frame - place) * scale), 0), last)))
        return orders, due

    # The side of the device or the file

    def swap_synth(self, synth: Synth) -> None:
        """Play with another synth from the next block on."""
        self._next_synth.append(synth)

    def take_retired_synths(self) -> list[Synth]:
        """Synths that play no longer, for the caller to close: closing may take long, and must not delay a block."""
        retired = []
        while self._retired:
            retired.append(self._retired.popleft())
        return retired

    def render(self, frames: int, orders: Sequence[Callable[[], None]], cues: Sequence[Cue]) -> Audio:
        """The next block, shape (frames, 2), within +-1: orders at its start, cues at their frames in it.

        A synth that has rung out is left alone until it is struck.
        """
        if orders or cues or self._next_synth:
            self._quiet_frames = 0
        elif self._quiet_frames > _RING_SECONDS * self.synth.sample_rate:
            return np.zeros((frames, 2), np.float32)
        for order in orders:
            order()
        self._take_synth()
        audio = np.empty((frames, 2), np.float32)
        done = 0
        for cue in cues:
            if isinstance(cue, Event):
                if cue.frame > done:
                    audio[done : cue.frame] = self.synth.render(cue.frame - done)
                    done = cue.frame
                if cue.velocity <= LET_GO or cue.key not in self._mix.unheard:
                    give(self.synth, cue)
        if done < frames or not frames:
            audio[done:] = self.synth.render(frames - done)
        self._add_clicks(audio, cues)
        self._add_farewell(audio)
        peak = self.master.process(audio)
        if peak > self._state.level:
            self._state.level = peak
        self._quiet_frames = self._quiet_frames + frames if peak < _QUIET else 0
        return audio

    def _takes(self, cue: Cue) -> bool:
        if isinstance(cue, Event):
            # A drum that is sent elsewhere from now on may have been struck here.
            return self.keys is None or cue.key in self.keys or cue.velocity <= LET_GO
        return not isinstance(cue, Signal)

    def _give(self, event: Event) -> None:
        give(self.synth, event)

    def _all_off(self) -> None:
        self.synth.all_off()
        self._click.hush()

    def _set_effects(self) -> None:
        self.synth.set_effects(*self._effects)

    def _set_key_mix(self, key: int) -> None:
        self.synth.set_key_mix(key, self._mix.of(key))

    def _take_synth(self) -> None:
        while self._next_synth:
            before, after = self.synth, self._next_synth.popleft()
            before.all_off()
            if after.sample_rate == before.sample_rate:
                self._farewell = before.render(round(_FAREWELL_SECONDS * before.sample_rate))
            else:  # the device has been closed in between
                self._farewell = np.zeros((0, 2), np.float32)
                self._click = ClickSound(after.sample_rate)
            after.set_effects(*self._effects)
            for key, mix in self._mix.keys.items():
                after.set_key_mix(key, mix)
            # Whoever sees the new one play finds the old one ready to be closed.
            self._retired.append(before)
            self.synth = after

    def _add_clicks(self, audio: Audio, cues: Sequence[Cue]) -> None:
        self._click.ring_on(audio)
        for cue in cues:
            if isinstance(cue, Click):
                self._click.strike(audio, cue)

    def _add_farewell(self, audio: Audio) -> None:
        count = min(len(audio), len(self._farewell))
        if count:
            audio[:count] += self._farewell[:count]
            self._farewell = self._farewell[count:]
