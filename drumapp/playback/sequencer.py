"""Turns commands and the pattern into cues for all outputs. Knows no clock: frames come in as arguments."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from drumapp.core.timing import MetreMap, Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import Clock
from drumapp.playback.clock_sender import ClockSender
from drumapp.playback.engine_state import SharedState
from drumapp.playback.following import Following, within_loop
from drumapp.playback.heard_music import HeardMusic
from drumapp.playback.leader import Begin, Halt
from drumapp.playback.metronome import MetronomeSettings, clicks_in, count_in
from drumapp.playback.mix import Mix
from drumapp.playback.note_rows import unpack_rows
from drumapp.playback.outputs import Click, Cue, Output
from drumapp.playback.scheduler import CHOKE, Event, Scheduler
from drumapp.playback.transport import Segment, Transport

AUDITION_SECONDS = 0.25


class Sequencer:
    """Transport, scheduler and metronome, and the outputs that play what they say.

    Any thread may `post` commands. Only one at a time may call the rest.
    Attributes: state, the numbers that others read; outputs, told of everything that happens; frame, the first frame
    of the stream whose cues have not been handed out.
    """

    def __init__(self, sample_rate: int, state: SharedState, clock: Clock) -> None:
        self.state = state
        self.outputs: tuple[Output, ...] = ()
        self.frame = 0
        self._rate = sample_rate
        self._clock = clock
        self._transport = Transport(sample_rate)
        self._scheduler = Scheduler()
        self._metre = MetreMap()
        self._metronome = MetronomeSettings()
        self._counting: list[Click] = []  # the clicks of a count-in that are to come
        self._heard = HeardMusic()
        self._clock_sender = ClockSender()
        self._following: Following | None = None
        self._mix = Mix()
        self._resting = False  # whether nothing can happen until something is posted: then blocks cost next to nothing
        # A deque's ends are safe to use from several threads without a lock that the sound could wait for.
        self._messages: deque[protocol.Message] = deque()

    @property
    def playing(self) -> bool:
        """Whether Play is on."""
        return self._transport.playing

    @property
    def tempo(self) -> float:
        """Quarter notes a minute where the music is."""
        return self._transport.tempo_at(self._transport.position(self.frame))

    @property
    def resting(self) -> bool:
        """Whether nothing can happen until something is posted."""
        return self._resting and not self._messages

    def post(self, command: protocol.PlayerCommand, serial: int = 0) -> None:
        """Leave a command for the next `obey`."""
        self._messages.append(protocol.Message(serial, command))

    def set_outputs(self, outputs: Sequence[Output]) -> None:
        """Play through these from now on. Who leaves is not told: its owner silences it."""
        for output in outputs:
            output.set_mix(self._mix)
        self.outputs = tuple(outputs)

    def obey(self) -> None:
        """Carry out what has been posted; it takes effect at the frame that has been reached."""
        serial = self.state.serial
        while self._messages:
            message = self._messages.popleft()
            self._resting = False
            self._obey(message.command)
            serial = max(serial, message.serial)
        if serial != self.state.serial:
            self._publish()
            self.state.serial = serial

    def advance_to(self, frame: int) -> None:
        """Hand out the cues up to a frame of the stream; nothing when they have been handed out already."""
        if frame <= self.frame:
            return
        start, self.frame = self.frame, frame
        if self._resting:
            return
        if self._following is not None:
            self._follow(self._following, start, frame)
        segments = self._transport.advance(start, frame - start)
        self._heard.add(segments)
        block = self._scheduler.block(segments, start, frame - start)
        cues: list[Cue] = list(block.events)
        others = [*self._clicks(segments, frame), *self._signals(segments)]
        if others:
            # What follows our clock is told of a beat before its notes come. Sorting keeps what is in order so.
            cues = sorted([*others, *cues], key=lambda cue: cue.frame)
        if cues:
            for output in self.outputs:
                output.put(cues)
        if block.strikes:
            if not self.state.first_note_ns:
                self.state.first_note_ns = self._clock.now_ns()
            self.state.notes_played += block.strikes
        self._publish()
        busy = self._transport.playing or self._scheduler.holds or self._counting or cues
        self._resting = not busy and self._following is None

    def tick_at(self, frame: int) -> float | None:
        """The tick that was heard at a frame, with its fraction; None where no music was. Any thread may ask."""
        return self._heard.tick_at(frame, self._transport.coming)

    def follow(self, following: Following | None) -> None:
        """Go with a leader, or by the music's own tempo again."""
        self._following = following
        self._resting = False
        if following is None:
            self._transport.impose_tempo(None, self.frame)
            self.state.leader_bpm, self.state.locked = 0.0, 0

    def _follow(self, following: Following, start: int, stop: int) -> None:
        count = following.leader.count_at(self._clock.now_ns())
        while following.leader.orders:
            self._obey_leader(following, following.leader.orders.popleft(), start)
        playable = count is not None and count.playable
        self.state.leader_bpm = count.bpm if count is not None else 0.0
        self.state.locked = playable and count is not None and count.locked
        if count is None or not playable:
            return  # on in the tempo of before: a clock that fails must not end the music
        jump = following.step(count, self._transport, start, stop)
        if jump is not None:
            self._silence(start)
            self._transport.seek(within_loop(jump, self._transport.loop))

    def _obey_leader(self, following: Following, order: Begin | Halt, frame: int) -> None:
        self._silence(frame)
        self._transport.pause(frame)
        following.forget_place()
        if isinstance(order, Begin):
            if order.tick is not None:
                self._transport.seek(order.tick)
            following.begin(order)

    def _clicks(self, segments: Sequence[Segment], frame: int) -> list[Click]:
        due = [click for click in self._counting if click.frame < frame]
        del self._counting[: len(due)]
        return due + (clicks_in(segments, self._metre, self._metronome.gain) if self._metronome.on else [])

    def _signals(self, segments: Sequence[Segment]) -> list[Cue]:
        signals: list[Cue] = [*self._clock_sender.signals(segments)]
        if not self._transport.playing:  # the pattern has come to its end
            signals += self._clock_sender.stop(self.frame)
        return signals

    def _obey(self, command: protocol.Command) -> None:
        transport, scheduler, frame = self._transport, self._scheduler, self.frame
        match command:
            case protocol.SetPattern():
                scheduler.set_notes(unpack_rows(command.notes), command.before, command.after)
                transport.set_music(command.length, command.tempo, frame)
                self._metre = command.metre
                if self._following is not None:
                    self._following.leader.lead(command.tempo.bpm_at(transport.position(frame)))
            case protocol.AppendNotes():
                scheduler.append(unpack_rows(command.notes), transport.next_tick if transport.playing else None)
                transport.set_length(command.length)
            case protocol.SetGrowing():
                transport.set_growing(command.growing)
            case protocol.SetLoop():
                transport.set_loop(command.span)
            case protocol.SetMix():
                self._set_mix(command.mix)
            case protocol.SetMetronome():
                self._metronome = command.metronome
            case protocol.Play():
                self._play(None)
            case protocol.PlaySpan():
                self._silence(frame)
                self._play(command.span)
            case protocol.Pause():
                self._silence(frame)
                transport.pause(frame)
            case protocol.Stop():
                self._silence(frame)
                transport.stop()
            case protocol.Seek():
                counting = self._counting[:] if transport.starting else []  # the music still starts when it was to
                self._silence(frame)
                self._counting = counting
                transport.seek(command.tick)
            case protocol.Panic():
                scheduler.forget_sounds()
                scheduler.forget_overdue()
                for output in self.outputs:
                    output.panic()
            case protocol.Audition():
                hold = round(AUDITION_SECONDS * self._rate)
                self._now(scheduler.audition(command.key, command.velocity, frame, hold))
            case protocol.PressPad():
                self._now(scheduler.audition(command.key, command.velocity, frame, None))
            case protocol.ReleasePad():
                self._now(scheduler.let_go(command.key, frame))
            case _:
                raise TypeError(f"a player does not know {command!r}")

    def _play(self, span: Range | None) -> None:
        transport = self._transport
        if transport.playing and span is None:
            return
        self.state.first_note_ns = 0
        self.state.notes_played = 0
        position = transport.position(self.frame) if span is None else span.start
        start = self._start_of_leaders_bar(position)
        if start is None and self._metronome.count_in:
            metre, bpm = self._metre.metre_at(int(position)), transport.tempo_at(position)
            self._counting, start = count_in(self._metronome, metre, bpm, self.frame, self._rate)
        if span is None:
            transport.play(start)
        else:
            transport.play_once(span, start)

    def _start_of_leaders_bar(self, position: float) -> float | None:
        following = self._following
        count = None if following is None else following.leader.count_at(self._clock.now_ns())
        if following is None or count is None or not count.playable:
            return None
        bar = self._metre.metre_at(int(position)).ticks_per_bar
        return following.start_of_bar(count, self.frame, bar, position)

    def _set_mix(self, mix: Mix) -> None:
        self._mix = mix
        for output in self.outputs:
            output.set_mix(mix)
        self._now([Event(self.frame, key, CHOKE) for key in self._scheduler.set_mix(mix)])

    def _silence(self, frame: int) -> None:
        if self._following is not None:
            self._following.forget_place()
        self._scheduler.forget_sounds()
        self._scheduler.forget_overdue()
        self._counting.clear()
        stops = self._clock_sender.stop(frame)
        for output in self.outputs:
            output.silence()
            output.put(stops)

    def _now(self, events: Sequence[Event]) -> None:
        if events:
            for output in self.outputs:
                output.now(events)

    def _publish(self) -> None:
        state, transport = self.state, self._transport
        state.tick = transport.position(self.frame)
        state.playing = transport.playing
        state.holding = transport.holding
        state.counting_in = transport.starting
        state.count_in_ticks = transport.ticks_to_start(self.frame)
