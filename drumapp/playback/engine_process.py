"""The playing process: obeys the pipe, plays, and falls silent when the pipe closes, however the window died."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from drumapp.native_memory import give_large_blocks_back, give_memory_back
from drumapp.playback.clock import NANOSECONDS, MonotonicClock
from drumapp.playback.clock_follower import ClockFollower
from drumapp.playback.device_rest import DeviceRest
from drumapp.playback.engine_outbox import Outbox
from drumapp.playback.engine_protocol import (
    ControlMoved,
    EngineEvent,
    Message,
    PlayerCommand,
    Quit,
    SetMidi,
    SetSound,
    SetSync,
    SyncProblem,
    TellDevices,
)
from drumapp.playback.engine_sound import SoundKeeper
from drumapp.playback.engine_state import SharedState
from drumapp.playback.following import Following
from drumapp.playback.leader import Leader
from drumapp.playback.link import LinkError, LinkLeader
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.midi_input import MidiInput
from drumapp.playback.midi_keeper import MidiKeeper
from drumapp.playback.midi_sender import MidiSender
from drumapp.playback.midiport import MidiSystem, RtMidiSystem
from drumapp.playback.output_settings import MidiInputSettings, SoundSettings, SyncSettings
from drumapp.playback.player import Player
from drumapp.playback.synth import DEFAULT_SAMPLE_RATE, SilentSynth
from drumapp.playback.timing_log import LatenessLog, TimingLogs

_LOOK_SECONDS = 0.2
_SILENT_DEVICE_NS = 2 * NANOSECONDS
_LAST_RESORT_SECONDS = 0.7
_GIVE_BACK_NS = 30 * NANOSECONDS
_MOST_REPORTS_WAITING = 1000  # of controllers that move, while the window does not listen


class _Leave(BaseException):
    pass


def run_playing_process(
    commands: Connection, events: Connection, state: SharedState, logs: TimingLogs, sound: SoundSettings
) -> None:
    """Play until told to quit or until ``commands`` closes. Returns within a second of either."""
    # Ctrl+C in a terminal reaches every process of the window's group; the pipe tells when to go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    # A thread that unpickles a long pattern gives the others their turn after this long.
    sys.setswitchinterval(0.0005)
    give_large_blocks_back()  # of soundfonts, which come and go
    PlayingProcess(commands, events, state, logs, RtMidiSystem()).run(sound)


def _leave(_number: int, _frame: object) -> None:
    raise _Leave


class PlayingProcess:
    """Everything that lives in the playing process, wired together."""

    def __init__(
        self, commands: Connection, events: Connection, state: SharedState, logs: TimingLogs, midi: MidiSystem
    ) -> None:
        self._commands = commands
        self._outbox = Outbox(events)
        self._state = state
        self._clock = MonotonicClock()
        self._player = Player(SilentSynth(DEFAULT_SAMPLE_RATE), state=state)
        self._live = LivePlayer(self._player, self._clock, logs.pulls)
        self._sound_keeper = SoundKeeper(self._live, self._report)
        self._sender = MidiSender(self._live, self._clock)
        self._midi_keeper = MidiKeeper(
            midi,
            self._player,
            self._sender,
            self._report,
            self._make_input,
            lambda port: LatenessLog(logs.notes, port, self._live.stream.ns_of, self._clock.now_ns),
        )
        self._sync = SyncSettings()
        self._leader: Leader | None = None
        self._littered = False
        self._frames_seen = -1
        self._frames_seen_ns = 0
        self._gave_back_ns = self._clock.now_ns()
        self._rest = DeviceRest(self._player, self._sound_keeper, self._clock)

    def run(self, sound: SoundSettings) -> None:
        """Obey commands until Quit or the end of the pipe, then fall silent."""
        try:
            self._sound_keeper.start(sound)
            self._sender.start()
            self._midi_keeper.start()
            # The collector would stop every thread at a moment of its own choosing. What a block makes is freed by
            # reference counting; cycles are few, and are collected while nothing plays.
            gc.disable()
            gc.freeze()
            while self._obey_next():
                self._watch()
        except _Leave:
            return
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is leaving already
            self._end()

    def _obey_next(self) -> bool:
        """Wait for a command and hand it on; false when it is time to go."""
        try:
            if not self._commands.poll(_LOOK_SECONDS):
                if self._state.playing:
                    self._littered = True
                elif self._littered:
                    gc.collect()
                    self._littered = False
                return True
            message = self._commands.recv()
            self._littered = True
        except (EOFError, OSError):
            return False
        assert isinstance(message, Message)
        command = message.command
        if isinstance(command, Quit):
            return False
        if isinstance(command, SetSound):
            self._sound_keeper.want(command.sound)
        elif isinstance(command, TellDevices):
            self._sound_keeper.tell_devices()
        elif isinstance(command, SetMidi):
            self._midi_keeper.want(command.midi)
        elif isinstance(command, SetSync):
            self._set_sync(command.sync)
        else:
            self._rest.end()
            self._post(command, message.serial)
        return True

    def _post(self, command: PlayerCommand, serial: int = 0) -> None:
        self._player.post(command, serial)
        self._sender.bell.ring()

    def _make_input(self, settings: MidiInputSettings) -> MidiInput:
        stream, player = self._live.stream, self._player
        return MidiInput(
            settings,
            tick_at=lambda now_ns: player.tick_at(stream.frame_at(now_ns)),
            post=self._post,
            report=self._report,
            follow=self._clock_came,
        )

    def _set_sync(self, sync: SyncSettings) -> None:
        if sync == self._sync:
            return
        self._sync = sync
        if self._leader is not None:
            self._leader.close()
        self._leader = None
        try:
            if sync.source == "clock":
                self._leader = ClockFollower()
            elif sync.source == "link":
                self._leader = LinkLeader(self._player.tempo)
        except LinkError as error:
            self._report(SyncProblem(str(error)))
        self._player.follow(None if self._leader is None else Following(self._leader, self._live.stream))
        self._midi_keeper.listen_for_clock(sync.port if sync.source == "clock" else None)

    def _clock_came(self, port: str, message: Sequence[int], now_ns: int) -> None:
        leader = self._leader
        if isinstance(leader, ClockFollower) and port == self._sync.port:
            leader.receive(message, now_ns)

    def _watch(self) -> None:
        """End the process for a fault in another thread; notice a device that no longer pulls."""
        sound = self._sound_keeper
        for fault in (sound.fault, sound.device_fault, self._sender.fault, self._midi_keeper.fault):
            if fault is not None:
                raise fault
        now = self._clock.now_ns()
        if self._state.frames != self._frames_seen or not sound.pulling:
            self._frames_seen, self._frames_seen_ns = self._state.frames, now
        elif now - self._frames_seen_ns > _SILENT_DEVICE_NS:
            self._frames_seen_ns = now
            sound.device_lost()
        if now - self._gave_back_ns > _GIVE_BACK_NS:
            self._gave_back_ns = now
            give_memory_back()
        # Who plays on pads, or follows another's clock, must be heard at once.
        self._rest.look(needed=self._leader is not None or self._midi_keeper.listening)

    def _report(self, event: EngineEvent) -> None:
        if isinstance(event, ControlMoved) and self._outbox.waiting > _MOST_REPORTS_WAITING:
            return
        self._outbox.put(pickle.dumps(event, pickle.HIGHEST_PROTOCOL))

    def _end(self) -> None:
        # A sound server that hangs must not keep the process: nobody is left to end it.
        last_resort = threading.Timer(_LAST_RESORT_SECONDS, os._exit, args=(0,))
        last_resort.daemon = True
        last_resort.start()
        self._sender.close()  # first, as it is what may leave a note sounding
        self._midi_keeper.close()
        self._sound_keeper.close()
        self._outbox.finish()
        last_resort.cancel()
