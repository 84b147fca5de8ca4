"""A MIDI port as an output: drums become messages of its channel and kit, and none of them is ever left sounding."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from math import sqrt
from typing import Protocol

from drumapp.playback.midi_messages import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CLOCK,
    CONTINUE,
    CONTROL_CHANGE,
    KEY_PRESSURE,
    NOTE_OFF,
    NOTE_ON,
    START,
    STOP,
    SUSTAIN,
    Message,
    OutPort,
    PortGoneError,
    song_position,
)
from drumapp.playback.mix import Mix
from drumapp.playback.output_settings import MidiOutputSettings
from drumapp.playback.outputs import Click, Cue, Signal, ends_of
from drumapp.playback.scheduler import CHOKE, LET_GO, Event

CLICK_FRAMES_MS = 50
_CLICK = -1  # who holds a key that the metronome has struck


class Lateness(Protocol):
    """Takes down when notes were sent."""

    def note(self, frame: int) -> None:
        """A note that was due at a frame has been sent now."""


class MidiOutput:
    """Plays one channel of a port; see `drumapp.playback.outputs.Output`.

    Two threads share it. The sequencer's puts cues and orders; that which sends MIDI calls `run` when it is time,
    `attach` and `detach`, and alone touches the port and what sounds there. So notes are counted as sounding when they
    are really sent, and every one of them is let go before the port is. Args: ring, called by the sequencer's side when
    `run` has something new to do; lateness, told of every note sent.

    A lane's volume scales the velocity, since a controller would change the whole channel: modules are as loud as the
    square of the velocity (General MIDI 2, 40 log10(velocity / 127) decibels, and SoundFont's default), so that the
    velocity takes the root of the lane's gain. Pan is the module's own affair.
    """

    def __init__(
        self,
        settings: MidiOutputSettings,
        sample_rate: int,
        *,
        ring: Callable[[], None] = lambda: None,
        lateness: Lateness | None = None,
    ) -> None:
        self.settings = settings
        self.offset = round(settings.offset_ms * sample_rate / 1000)
        self.port: OutPort | None = None
        self.lost: PortGoneError | None = None
        self._keys = settings.kit_map.from_general_midi
        self._channel = settings.channel - 1
        self._ring = ring
        self._lateness = lateness
        self._click_frames = sample_rate * CLICK_FRAMES_MS // 1000
        self._cues: deque[Cue] = deque()
        self._orders: deque[Callable[[], None]] = deque()
        self._mix = Mix()
        self._factors: dict[int, float] = {}
        self._holders: dict[int, int] = {}  # of each key that sounds: the drum that struck it
        self._click_ends: deque[tuple[int, int]] = deque()  # frame and key
        self._followed = False  # whether those who follow our clock have been started

    # The sequencer's side

    def put(self, cues: Sequence[Cue]) -> None:
        """Have cues happen at their frames; those that do not belong here are left out."""
        idle = not self._cues
        self._cues.extend(cue for cue in cues if self._takes(cue))
        if idle and self._cues:
            self._ring()

    def now(self, events: Sequence[Event]) -> None:
        """Have events happen as soon as `run` is called."""
        taken = [event for event in events if self._takes(event)]
        if taken:
            self._order(partial(self._perform_all, taken))
            self.put(ends_of(taken))

    def silence(self) -> None:
        """Let go of all that sounds, and forget what is to come."""
        # What is put after this goes into another queue, and so survives the order.
        self._cues = deque()
        self._order(self._release_all)

    def panic(self) -> None:
        """Let go of every key, and end every sound of the channel."""
        self._cues = deque()
        self._order(self._end_everything)

    def set_mix(self, mix: Mix) -> None:
        """Scale velocities and leave drums out as the mix says."""
        self._mix = mix
        self._factors = {key: sqrt(key_mix.gain) for key, key_mix in mix.keys.items() if key_mix.gain != 1.0}

    # The sending thread's side

    def attach(self, port: OutPort) -> None:
        """Play through a port from now on."""
        if self.port is not None:
            self.detach()
        self.port = port

    def detach(self, *, shared: bool = False) -> None:
        """Fall silent and let go of the port. Args: shared: whether another output plays on through it."""
        if shared:
            self._release_all()
        elif self.port is not None:
            self._end_everything(list(self._holders))
        self._followed = False
        self.port = self.lost = None

    def run(self, frame: int) -> None:
        """Do what has been ordered, and what is due by a frame of the stream."""
        orders = self._orders
        while orders:
            orders.popleft()()
        cues, due = self._cues, frame - self.offset
        while self._click_ends and self._click_ends[0][0] <= due:
            self._let_go(self._click_ends.popleft()[1], _CLICK)
        while cues and cues[0].frame <= due:
            self._perform_cue(cues.popleft())

    def next_frame(self) -> int | None:
        """The frame of the stream at which `run` has something to do again; None while nothing is known."""
        try:
            frame = self._cues[0].frame
        except IndexError:  # the sequencer may have swapped the queue for an empty one a moment ago
            return self._click_ends[0][0] + self.offset if self._click_ends else None
        if self._click_ends:
            frame = min(frame, self._click_ends[0][0])
        return frame + self.offset

    @property
    def sounding(self) -> frozenset[int]:
        """The keys of the device that have been struck and not let go."""
        return frozenset(self._holders)

    def _end_everything(self, keys: Sequence[int] = range(128)) -> None:
        """Let go of keys of the device, end every sound of the channel, and halt those who follow our clock."""
        for key in keys:
            self._send((NOTE_OFF | self._channel, key, 0))
        self._holders.clear()
        self._click_ends.clear()
        for controller in (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF):
            self._send((CONTROL_CHANGE | self._channel, controller, 0))
        if self._followed:
            self._signal(Signal(0, bytes([STOP])))

    def _order(self, order: Callable[[], None]) -> None:
        self._orders.append(order)
        self._ring()

    def _takes(self, cue: Cue) -> bool:
        if isinstance(cue, Event):
            return self.settings.keys is None or cue.key in self.settings.keys
        return self.settings.send_clock if isinstance(cue, Signal) else self.settings.click_keys is not None

    def _perform_cue(self, cue: Cue) -> None:
        if self.port is None:
            return
        if isinstance(cue, Event):
            if cue.velocity > LET_GO and cue.key in self._mix.unheard:
                return  # muted since it was put
            self._perform(cue)
            if cue.velocity > LET_GO and self._lateness is not None:
                self._lateness.note(cue.frame + self.offset)
        elif isinstance(cue, Signal):
            self._signal(cue)
        else:
            self._click(cue)

    def _perform_all(self, events: Sequence[Event]) -> None:
        if self.port is not None:
            for event in events:
                self._perform(event)

    def _perform(self, event: Event) -> None:
        key = self._keys[event.key]
        if event.velocity > LET_GO:
            velocity = self._velocity(event)
            if velocity:
                self._strike(key, event.key, velocity)
        elif event.velocity == CHOKE:
            self._choke(key, event.key)
        else:
            self._let_go(key, event.key)

    def _velocity(self, event: Event) -> int:
        factor = self._factors.get(event.key)
        if factor is None:
            return event.velocity
        return min(max(round(event.velocity * factor), 1), 127) if factor > 0.0 else 0

    def _signal(self, signal: Signal) -> None:
        """Send a message of the clock. Who missed the start, as through a port that came later, starts with the next
        sixteenth.
        """
        kind = signal.message[0]
        if kind == CLOCK and signal.place is not None and not self._followed:
            if signal.place:
                self._send(song_position(signal.place))
            self._send(bytes([CONTINUE if signal.place else START]))
            self._followed = True
        elif kind in (START, CONTINUE, STOP):
            self._followed = kind != STOP
        self._send(signal.message)

    def _click(self, click: Click) -> None:
        assert self.settings.click_keys is not None
        key = self.settings.click_keys[0 if click.accent else 1]
        velocity = round((127 if click.accent else 100) * sqrt(click.gain))
        if not velocity:
            return
        self._strike(key, _CLICK, min(velocity, 127))
        self._click_ends.append((click.frame + self._click_frames, key))

    def _strike(self, key: int, holder: int, velocity: int) -> None:
        if key in self._holders:  # by another drum that is played on the same key, or by itself
            self._send((NOTE_OFF | self._channel, key, 0))
        self._holders[key] = holder
        self._send((NOTE_ON | self._channel, key, velocity))

    def _let_go(self, key: int, holder: int) -> None:
        if self._holders.get(key) == holder:
            del self._holders[key]
            self._send((NOTE_OFF | self._channel, key, 0))

    def _choke(self, key: int, holder: int) -> None:
        if self._holders.get(key, holder) != holder:
            return  # another drum sounds on that key
        self._holders.pop(key, None)
        self._send((NOTE_OFF | self._channel, key, 0))
        if self.settings.choke == "pressure":
            self._send((KEY_PRESSURE | self._channel, key, 127))
            self._send((KEY_PRESSURE | self._channel, key, 0))

    def _release_all(self) -> None:
        for key in self._holders:
            self._send((NOTE_OFF | self._channel, key, 0))
        self._holders.clear()
        self._click_ends.clear()

    def _send(self, message: Message) -> None:
        if self.port is None:
            return
        try:
            self.port.send(message)
        except PortGoneError as error:
            self.port, self.lost = None, error
            self._holders = {}  # nobody sounds them any more; another loop may be walking over the old ones
            self._click_ends = deque()
            self._followed = False
