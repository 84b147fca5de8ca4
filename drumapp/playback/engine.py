"""The window's side of playback: starts the playing process, tells it what to do, and reads where it is."""

from __future__ import annotations

import multiprocessing
import pickle
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from drumapp.core.kit import GENERAL_MIDI_KIT, DrumKit
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.engine_outbox import Outbox
from drumapp.playback.engine_process import run_playing_process
from drumapp.playback.engine_protocol import (
    ControlMoved,
    EngineDied,
    EngineEvent,
    MidiPortsChanged,
    PadReleased,
    PadStruck,
    PortLost,
    PortProblem,
    PortReady,
    SoundDevices,
    SoundfontProblem,
    SoundProblem,
    SoundReady,
    SyncProblem,
)
from drumapp.playback.engine_state import Playhead, SharedState
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.mix import mix_of
from drumapp.playback.note_rows import pack_numbers
from drumapp.playback.output_settings import (
    VIRTUAL_PORT,
    MidiInputSettings,
    MidiOutputSettings,
    MidiSettings,
    SoundSettings,
    SyncSettings,
)
from drumapp.playback.timing_log import Sent, TimingLogs, source_of

__all__ = [
    "VIRTUAL_PORT",
    "ControlMoved",
    "EngineDied",
    "EngineEvent",
    "MetronomeSettings",
    "MidiInputSettings",
    "MidiOutputSettings",
    "MidiPortsChanged",
    "MidiSettings",
    "PadReleased",
    "PadStruck",
    "PlaybackEngine",
    "Playhead",
    "PortLost",
    "PortProblem",
    "PortReady",
    "Sent",
    "SoundDevices",
    "SoundProblem",
    "SoundReady",
    "SoundSettings",
    "SoundfontProblem",
    "SyncProblem",
    "SyncSettings",
]

_GOODBYE_SECONDS = 1.0
_LAST_OF_ALL = Note(1 << 62, 0, 0, 0)
_MOST_PIECES = 1000  # of the pattern, kept for a process that has to be started again


class PlaybackEngine:
    """Plays patterns in a process of its own.

    To be used from one thread. No method waits for that process, except `close` for at most a second or two. Commands
    given before `start`, or while the process comes up, are carried out once it is there. All but the position outlives
    the process: after `EngineDied`, `start` brings back an engine that holds it, halted at the start.
    """

    def __init__(self, sound: SoundSettings) -> None:
        self._sound = sound
        self._process: SpawnProcess | None = None
        self._outbox: Outbox | None = None
        self._events: Connection | None = None
        self._state = SharedState()
        self._logs = TimingLogs()
        self._midi = MidiSettings()
        self._sync = SyncSettings()
        self._metronome = MetronomeSettings()
        self._pattern: Pattern | None = None  # without its notes
        self._numbers: Sequence[array[int]] = ()  # they, as their run holds them
        self._appended: list[protocol.AppendNotes] = []
        self._first_appended = _LAST_OF_ALL
        self._growing = False
        self._loop: Range | None = None
        self._mix = mix_of(GENERAL_MIDI_KIT)
        # Until the process has come to a command, the playhead tells what that command will make of it.
        self._serial = 0
        self._play_serial = self._playing_serial = self._tick_serial = 0
        self._expected_playing = False
        self._expected_tick = 0.0

    @property
    def running(self) -> bool:
        """Whether there is a playing process, as far as `poll` has heard."""
        return self._process is not None

    @property
    def process_id(self) -> int | None:
        """The playing process's number."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the playing process, which comes up in the background; does nothing while one runs."""
        if self._process is not None:
            return
        context = multiprocessing.get_context("spawn")
        commands_in, commands_out = context.Pipe(duplex=False)
        events_in, events_out = context.Pipe(duplex=False)
        # Anonymous shared memory: nothing to name, and nothing left behind by a killed process.
        self._state = context.RawValue(SharedState)
        self._logs = context.RawValue(TimingLogs)
        process = context.Process(
            target=run_playing_process,
            args=(commands_in, events_out, self._state, self._logs, self._sound),
            name="drumapp-playback",
            daemon=True,
        )
        process.start()
        # Only the child may hold these ends, or neither side would notice that the other is gone.
        commands_in.close()
        events_out.close()
        self._process, self._events = process, events_in
        self._outbox = Outbox(commands_out)
        self._expected_playing, self._expected_tick = False, 0.0
        for command in (
            *self._music(),
            protocol.SetGrowing(self._growing),
            protocol.SetLoop(self._loop),
            protocol.SetMix(self._mix),
            protocol.SetMetronome(self._metronome),
        ):
            self._send(command)
        self._post(protocol.Message(0, protocol.SetMidi(self._midi)))
        self._post(protocol.Message(0, protocol.SetSync(self._sync)))
        self._playing_serial = self._tick_serial = self._play_serial = self._serial

    def close(self) -> None:
        """Fall silent and end the process, however it behaves; the engine may be started again."""
        process, outbox = self._process, self._outbox
        if process is None or outbox is None:
            return
        outbox.put(pickle.dumps(protocol.Message(0, protocol.Quit())))
        outbox.finish()
        process.join(_GOODBYE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join(_GOODBYE_SECONDS)
        self._expected_tick = 0.0
        self._let_go()

    def set_pattern(self, pattern: Pattern) -> None:
        """Play this pattern from here on. While playing, the tick position stays, also under a new tempo."""
        held, numbers = self._numbers, list(pattern.notes.numbers())
        # Runs share what is the same in them, so that what is sent is little more than what an edit has changed.
        before = _alike(held, numbers)
        while before and tuple(numbers[before - 1][-4:]) > self._first_appended:
            before -= 1  # among these are notes that were appended
        after = 0 if self._appended else _alike(held[before:][::-1], numbers[before:][::-1])
        self._pattern, self._numbers = replace(pattern, notes=NoteRun()), numbers
        self._appended, self._first_appended = [], _LAST_OF_ALL
        stop = len(numbers) - after
        stays = _notes_in(numbers[:before]), _notes_in(numbers[stop:])
        self._send(_pattern_command(pattern, numbers[before:stop], *stays))

    def append_notes(self, notes: Sequence[Note], length: int) -> None:
        """Add notes to the pattern, cheaply.

        Args: length in ticks of the pattern so far: while growing, playing waits there, so every note before it must
        have been given.
        """
        if self._pattern is None:
            self.set_pattern(Pattern())
        self._first_appended = min((self._first_appended, *notes))
        command = protocol.AppendNotes(protocol.pack(notes), length)
        self._appended.append(command)
        if len(self._appended) > _MOST_PIECES:
            self._appended = [protocol.join(self._appended)]
        self._send(command)

    def set_growing(self, growing: bool) -> None:
        """Whether more notes will come: then playing waits at the pattern's end, silently, instead of stopping.

        Say so before `play`, or an empty pattern will have ended already.
        """
        self._growing = growing
        self._send(protocol.SetGrowing(growing))

    def set_loop(self, span: Range | None) -> None:
        """Repeat a span of ticks; None ends looping."""
        self._loop = span
        self._send(protocol.SetLoop(span))

    def set_kit(self, kit: DrumKit) -> None:
        """Mix the drums as the kit's lanes say; until then they are played as General MIDI's kit.

        Heard from the next block on, by what rings already too: a drum that is not heard any more is choked. Keys
        without a lane are played plainly. Auditions sound whatever is muted or soloed.
        """
        self._mix = mix_of(kit)
        self._send(protocol.SetMix(self._mix))

    def set_metronome(self, metronome: MetronomeSettings) -> None:
        """Click along with the music, count in before it, or neither."""
        self._metronome = metronome
        self._send(protocol.SetMetronome(metronome))

    def set_midi(self, midi: MidiSettings) -> None:
        """Play through MIDI ports, beside the synth, and listen to others; what comes of it is reported by `poll`.

        An output that is taken away plays what it was told of to its end, a few milliseconds, and lets go of all keys.
        """
        self._midi = midi
        self._post(protocol.Message(0, protocol.SetMidi(midi)))

    def set_sync(self, sync: SyncSettings) -> None:
        """Keep our own time, or follow a MIDI clock or Ableton Link; what cannot be followed is reported by `poll`.

        A leader also starts and stops the music: the playhead tells.
        """
        self._sync = sync
        self._post(protocol.Message(0, protocol.SetSync(sync)))

    def play(self) -> None:
        """Play from the position; after the metronome's bars, if it is to count in."""
        if not self._playing():
            self._play_serial = self._serial + 1
        self._expect(protocol.Play(), playing=True)

    def play_span(self, span: Range) -> None:
        """Play a span of ticks once, from its start, and halt there again. Raises ValueError for an empty one."""
        if not span.length:
            raise ValueError("an empty span cannot be played")
        self._play_serial = self._serial + 1
        self._expect(protocol.PlaySpan(span), playing=True, tick=float(span.start))

    def pause(self) -> None:
        """Fall silent and stay."""
        self._expect(protocol.Pause(), playing=False)

    def stop(self) -> None:
        """Fall silent and rewind to the start."""
        self._expect(protocol.Stop(), playing=False, tick=0.0)

    def seek(self, tick: float) -> None:
        """Go to a tick, playing or not."""
        self._expect(protocol.Seek(tick), tick=max(float(tick), 0.0))

    def panic(self) -> None:
        """Silence everything that sounds; the transport goes on."""
        self._send(protocol.Panic())

    def audition(self, key: int, velocity: int) -> None:
        """Strike one drum at once, playing or not. Raises ValueError for a key or velocity MIDI does not have."""
        _check_stroke(key, velocity)
        self._send(protocol.Audition(key, velocity))

    def press_pad(self, key: int, velocity: int) -> None:
        """Strike one drum at once and hold it until `release_pad`. Raises ValueError as `audition` does."""
        _check_stroke(key, velocity)
        self._send(protocol.PressPad(key, velocity))

    def release_pad(self, key: int) -> None:
        """Let go of a drum that `press_pad` has struck."""
        self._send(protocol.ReleasePad(key))

    def set_sound(self, sound: SoundSettings) -> None:
        """Change synth, soundfont, volume, effects or device, also while playing; `poll` reports what came of it.

        The same settings once more make another attempt at a device that could not be opened.
        """
        self._sound = sound
        self._post(protocol.Message(0, protocol.SetSound(sound)))

    def ask_devices(self) -> None:
        """Have the sound outputs told that there are now, as a `SoundDevices` from `poll`."""
        self._post(protocol.Message(0, protocol.TellDevices()))

    def playhead(self) -> Playhead:
        """Where the music is; costs microseconds. The level starts again from 0 with each call."""
        if self._process is None:
            return Playhead(tick=self._expected_tick)
        state = self._state
        serial = state.serial  # read first, as it is written last
        level, state.level = state.level, 0.0
        played = serial >= self._play_serial
        return Playhead(
            tick=state.tick if serial >= self._tick_serial else self._expected_tick,
            playing=self._playing(),
            waiting=bool(state.holding),
            counting_in=bool(state.counting_in),
            count_in_ticks=state.count_in_ticks,
            leader_bpm=state.leader_bpm or None,
            locked=bool(state.locked),
            level=level,
            first_note_ns=(state.first_note_ns or None) if played else None,
            notes_played=state.notes_played if played else 0,
        )

    @property
    def notes_sent(self) -> int:
        """How many notes have been sent to MIDI ports since the process started."""
        return self._logs.notes.count

    def sent_since(self, count: int, port: str | None = None) -> list[Sent]:
        """When the notes after the first ``count`` were sent, to a MIDI port or to all; of very many, the last."""
        return self._logs.notes.since(count, None if port is None else source_of(port))

    @property
    def pulls(self) -> int:
        """How many blocks sound devices have pulled since the process started."""
        return self._logs.pulls.count

    def pulls_since(self, count: int) -> list[Sent]:
        """When the blocks after the first ``count`` were pulled, against the device's nominal rate."""
        return self._logs.pulls.since(count)

    def poll(self) -> list[EngineEvent]:
        """What has happened since the last call; never waits. Call it a few times a second."""
        events: list[EngineEvent] = []
        if self._process is None or self._events is None:
            return events
        try:
            while self._events.poll():
                events.append(self._events.recv())
        except (EOFError, OSError):
            events.append(self._bury())
        return events

    def _playing(self) -> bool:
        if self._process is not None and self._state.serial >= self._playing_serial:
            return bool(self._state.playing)
        return self._expected_playing

    def _music(self) -> Iterator[protocol.SetPattern | protocol.AppendNotes]:
        """What there is to play, as it is told to a playing process that knows nothing yet."""
        pattern = self._pattern
        if pattern is not None:
            yield _pattern_command(pattern, self._numbers)
            yield from self._appended

    def _expect(
        self, command: protocol.PlayerCommand, *, playing: bool | None = None, tick: float | None = None
    ) -> None:
        serial = self._serial + 1
        if playing is not None:
            self._expected_playing, self._playing_serial = playing, serial
        if tick is not None:
            self._expected_tick, self._tick_serial = tick, serial
        self._send(command)

    def _send(self, command: protocol.PlayerCommand) -> None:
        self._serial += 1
        self._post(protocol.Message(self._serial, command))

    def _post(self, message: protocol.Message) -> None:
        if self._outbox is not None:
            self._outbox.put(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

    def _bury(self) -> EngineDied:
        process = self._process
        assert process is not None
        process.join(_GOODBYE_SECONDS)
        code = process.exitcode
        if code is None:  # its pipe is closed, so nothing reaches it any more
            process.kill()
        reason = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        self._expected_tick = self._state.tick
        self._let_go()
        return EngineDied(f"The playing process ended unexpectedly ({reason}); play again to restart it.")

    def _let_go(self) -> None:
        if self._outbox is not None:
            self._outbox.finish()
            self._outbox.join(_GOODBYE_SECONDS)
        if self._events is not None:
            self._events.close()
        self._process = self._outbox = self._events = None


def _pattern_command(
    pattern: Pattern, numbers: Sequence[array[int]], before: int = 0, after: int = 0
) -> protocol.SetPattern:
    return protocol.SetPattern(
        pack_numbers(numbers), pattern.length, pattern.tempo, pattern.metre, before=before, after=after
    )


def _alike(one: Sequence[array[int]], other: Sequence[array[int]]) -> int:
    """How many of the very same arrays two runs begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(one, other, strict=False)))


def _notes_in(numbers: Sequence[array[int]]) -> int:
    return sum(map(len, numbers)) // 4


def _check_stroke(key: int, velocity: int) -> None:
    if not (0 <= key <= 127 and 1 <= velocity <= 127):
        raise ValueError(f"key must be 0 to 127 and velocity 1 to 127, not {key} and {velocity}")
