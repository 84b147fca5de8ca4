"""Plays a pattern through a synth, block by block: the same code whether a sound device pulls the blocks or a file."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from math import ceil, floor

from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import Clock, MonotonicClock
from drumapp.playback.engine_state import SharedState
from drumapp.playback.following import Following
from drumapp.playback.master import Master
from drumapp.playback.outputs import Output
from drumapp.playback.sequencer import Sequencer
from drumapp.playback.synth import Audio, Synth
from drumapp.playback.synth_output import SynthOutput


class Player:
    """Sequencer, synth and other outputs behind one `process` that a device calls.

    Any thread may `post` commands and swap the synth; they take effect at the start of the next block. Only one thread
    at a time may call `process`; another may call `keep_ahead` meanwhile.
    Attributes: state, the numbers that others read; sample_rate of the stream, which that of the synth may differ from.
    """

    def __init__(
        self,
        synth: Synth,
        *,
        volume_db: float = 0.0,
        state: SharedState | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.state = state if state is not None else SharedState()
        self.sample_rate = synth.sample_rate
        self._sound = SynthOutput(synth, self.state, self.sample_rate, volume_db)
        self._sequencer = Sequencer(self.sample_rate, self.state, clock or MonotonicClock())
        self._sequencer.set_outputs([self._sound])
        self._lock = threading.Lock()  # held while cues are made and taken, never while sound is
        self._place = 0.0  # the stream frame, with its fraction, at which the next block starts

    @property
    def synth(self) -> Synth:
        """The synth that plays."""
        return self._sound.synth

    @property
    def master(self) -> Master:
        """Volume and limiter."""
        return self._sound.master

    @property
    def place(self) -> float:
        """The stream frame, with its fraction, at which the next block starts."""
        return self._place

    @property
    def frame(self) -> int:
        """The first frame of the stream that no output has been told of."""
        return self._sequencer.frame

    @property
    def playing(self) -> bool:
        """Whether Play is on."""
        return self._sequencer.playing

    @property
    def resting(self) -> bool:
        """Whether blocks are silent until something is posted."""
        return self._sequencer.resting and self._sound.resting

    def tick_at(self, frame: int) -> float | None:
        """The tick that was heard at a frame of the stream, with its fraction; None where no music was."""
        return self._sequencer.tick_at(frame)

    @property
    def tempo(self) -> float:
        """Quarter notes a minute where the music is."""
        return self._sequencer.tempo

    def post(self, command: protocol.PlayerCommand, serial: int = 0) -> None:
        """Leave a command for the next block."""
        self._sequencer.post(command, serial)

    def swap_synth(self, synth: Synth) -> None:
        """Play with another synth from the next block on; of another sample rate if the device is too."""
        self._sound.swap_synth(synth)

    def take_retired_synths(self) -> list[Synth]:
        """Synths that play no longer, for the caller to close."""
        return self._sound.take_retired_synths()

    def set_effects(self, reverb: float, chorus: float) -> None:
        """So much of each, 0 to 1, if the synth has them."""
        with self._lock:
            self._sound.set_effects(reverb, chorus)

    def set_other_outputs(self, outputs: Sequence[Output], synth_keys: frozenset[int] | None = None) -> None:
        """Play through these beside the synth, which plays the keys named or all."""
        with self._lock:
            self._sound.keys = synth_keys
            self._sequencer.set_outputs([self._sound, *outputs])

    def follow(self, following: Following | None) -> None:
        """Go with a leader, or by the music's own tempo again."""
        with self._lock:
            self._sequencer.follow(following)

    def process(self, frames: int, span: float | None = None, obey_from: int = 0) -> Audio:
        """The next block of audio, shape (frames, 2), within +-1.

        Args: span, by how much the stream moves on meanwhile: for a device whose clock or sample rate is another;
        obey_from, the frame of the stream from which commands may take effect, where outputs need to know ahead.
        """
        span = float(frames) if span is None else span
        with self._lock:
            self._sequencer.advance_to(max(obey_from, floor(self._place)))
            self._sequencer.obey()
            self._sequencer.advance_to(ceil(self._place + span))
            orders, cues = self._sound.take(self._place, span, frames)
            self._place += span
        audio = self._sound.render(frames, orders, cues)
        self.state.frames += frames
        return audio

    def move_to(self, place: float) -> None:
        """The next block starts at another frame of the stream, as after the device stood still."""
        self._place = place

    def keep_ahead(self, obey_from: int, ahead: int) -> None:
        """Have outputs told of all that is due before frame ``ahead``; commands take effect from ``obey_from`` on.

        Does nothing while `process` is at it, which does the same.
        """
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._sequencer.advance_to(obey_from)
            self._sequencer.obey()
            self._sequencer.advance_to(ahead)
        finally:
            self._lock.release()
