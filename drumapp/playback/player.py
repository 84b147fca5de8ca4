"""Plays a pattern through a synth, block by block: the same code whether a sound device pulls the blocks or a file."""

from __future__ import annotations

from collections import deque

import numpy as np

from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import Clock, MonotonicClock
from drumapp.playback.engine_state import SharedState
from drumapp.playback.master import Master
from drumapp.playback.mix import Mix
from drumapp.playback.scheduler import Event, Scheduler
from drumapp.playback.synth import Audio, Synth, render_events
from drumapp.playback.transport import Transport

AUDITION_SECONDS = 0.25
_FAREWELL_SECONDS = 0.04  # in which every synth has faded out


class Player:
    """Transport, scheduler, synth and master volume behind one `process` that a device calls.

    Any thread may `post` commands and swap the synth; they take effect at the start of the next block. Only one thread
    at a time may call `process`.
    Attributes: state, the numbers that others read; master.
    """

    def __init__(
        self, synth: Synth, *, volume_db: float = 0.0, state: SharedState | None = None, clock: Clock | None = None
    ) -> None:
        self.state = state if state is not None else SharedState()
        self.master = Master(volume_db)
        self._synth = synth
        self._next_synth: deque[Synth] = deque()
        self._retired: deque[Synth] = deque()
        self._clock = clock or MonotonicClock()
        self._transport = Transport(synth.sample_rate)
        self._scheduler = Scheduler()
        self._mix = Mix()
        self._farewell = np.zeros((0, 2), np.float32)  # the last of a synth that was swapped for another
        # A deque's ends are safe to use from several threads without a lock that the sound could wait for.
        self._messages: deque[protocol.Message] = deque()
        self._auditions: list[protocol.Audition] = []
        self._frame = 0

    @property
    def synth(self) -> Synth:
        """The synth that plays."""
        return self._synth

    def post(self, command: protocol.PlayerCommand, serial: int = 0) -> None:
        """Leave a command for the next block."""
        self._messages.append(protocol.Message(serial, command))

    def swap_synth(self, synth: Synth) -> None:
        """Play with another synth of the same sample rate from the next block on. Raises ValueError for another."""
        if synth.sample_rate != self._synth.sample_rate:
            raise ValueError(f"a player cannot change its rate from {self._synth.sample_rate} to {synth.sample_rate}")
        self._next_synth.append(synth)

    def take_retired_synths(self) -> list[Synth]:
        """Synths that play no longer, for the caller to close: closing may take long, and must not delay a block."""
        retired = []
        while self._retired:
            retired.append(self._retired.popleft())
        return retired

    def process(self, frames: int) -> Audio:
        """The next block of audio, shape (frames, 2), within +-1."""
        serial = self._take_messages()
        self._take_synth()
        start = self._frame
        struck: list[Event] = []
        for audition in self._auditions:
            hold = round(AUDITION_SECONDS * self._synth.sample_rate)
            self._scheduler.audition(struck, audition.key, audition.velocity, start, hold)
        self._auditions.clear()
        block = self._scheduler.block(self._transport.advance(start, frames), start, frames)
        audio = render_events(self._synth, frames, struck + block.events)
        self._add_farewell(audio)
        self._frame = start + frames
        peak = self.master.process(audio)
        self._publish(serial, block.strikes, peak)
        return audio

    def _take_messages(self) -> int:
        serial = self.state.serial
        while self._messages:
            message = self._messages.popleft()
            self._obey(message.command)
            serial = max(serial, message.serial)
        return serial

    def _take_synth(self) -> None:
        while self._next_synth:
            before, self._synth = self._synth, self._next_synth.popleft()
            before.all_off()
            self._farewell = before.render(round(_FAREWELL_SECONDS * before.sample_rate))
            self._retired.append(before)
            self._scheduler.forget_sounds()
            for key, mix in self._mix.keys.items():
                self._synth.set_key_mix(key, mix)

    def _add_farewell(self, audio: Audio) -> None:
        count = min(len(audio), len(self._farewell))
        if count:
            audio[:count] += self._farewell[:count]
            self._farewell = self._farewell[count:]

    def _obey(self, command: protocol.Command) -> None:
        transport, scheduler, frame = self._transport, self._scheduler, self._frame
        match command:
            case protocol.SetPattern():
                scheduler.set_notes(protocol.unpack(command.notes))
                transport.set_music(command.length, command.tempo, frame)
            case protocol.AppendNotes():
                scheduler.append(protocol.unpack(command.notes), transport.next_tick if transport.playing else None)
                transport.set_length(command.length)
            case protocol.SetGrowing():
                transport.set_growing(command.growing)
            case protocol.SetLoop():
                transport.set_loop(command.span)
            case protocol.SetMix():
                self._set_mix(command.mix)
            case protocol.Play():
                if not transport.playing:
                    self.state.first_note_ns = 0
                    self.state.notes_played = 0
                transport.play()
            case protocol.Pause():
                self._silence()
                transport.pause(frame)
            case protocol.Stop():
                self._silence()
                transport.stop()
            case protocol.Seek():
                self._silence()
                transport.seek(command.tick)
            case protocol.Panic():
                self._silence()
            case protocol.Audition():
                self._auditions.append(command)
            case _:
                raise TypeError(f"a player does not know {command!r}")

    def _set_mix(self, mix: Mix) -> None:
        before, self._mix = self._mix, mix
        for key in self._scheduler.set_mix(mix):
            self._synth.choke(key)
        for key in {*before.keys, *mix.keys}:
            if mix.of(key) != before.of(key):
                self._synth.set_key_mix(key, mix.of(key))

    def _silence(self) -> None:
        self._scheduler.forget_sounds()
        self._scheduler.forget_overdue()
        self._synth.all_off()

    def _publish(self, serial: int, strikes: int, peak: float) -> None:
        state = self.state
        state.tick = self._transport.position(self._frame)
        state.playing = self._transport.playing
        state.holding = self._transport.holding
        if strikes:
            if not state.first_note_ns:
                state.first_note_ns = self._clock.now_ns()
            state.notes_played += strikes
        if peak > state.level:
            state.level = peak
        state.frames = self._frame
        state.serial = serial
