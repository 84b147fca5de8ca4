"""The playing process: obeys the pipe, plays, and falls silent when the pipe closes, however the window died."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection

from drumapp.playback.clock import NANOSECONDS, MonotonicClock
from drumapp.playback.engine_protocol import EngineEvent, Message, Quit, SetSound, SoundSettings
from drumapp.playback.engine_sound import SoundKeeper
from drumapp.playback.engine_state import SharedState
from drumapp.playback.player import Player
from drumapp.playback.synth import DEFAULT_SAMPLE_RATE, SilentSynth

_LOOK_SECONDS = 0.2
_SILENT_DEVICE_NS = 2 * NANOSECONDS
_LAST_RESORT_SECONDS = 0.7


def run_playing_process(commands: Connection, events: Connection, state: SharedState, sound: SoundSettings) -> None:
    """Play until told to quit or until ``commands`` closes. Returns within a second of either."""
    # Ctrl+C in a terminal reaches every process of the window's group; the pipe tells when to go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A thread that unpickles a long pattern gives the audio thread its turn after this long.
    sys.setswitchinterval(0.0005)
    PlayingProcess(commands, events, state).run(sound)


class PlayingProcess:
    """Everything that lives in the playing process, wired together."""

    def __init__(self, commands: Connection, events: Connection, state: SharedState) -> None:
        self._commands = commands
        self._events = events
        self._sending = threading.Lock()
        self._state = state
        self._player = Player(SilentSynth(DEFAULT_SAMPLE_RATE), state=state)
        self._keeper = SoundKeeper(self._player, self._report)
        self._clock = MonotonicClock()
        self._frames_seen = -1
        self._frames_seen_ns = 0

    def run(self, sound: SoundSettings) -> None:
        """Obey commands until Quit or the end of the pipe, then fade out."""
        self._keeper.start(sound)
        # The collector would stop the audio thread at a moment of its own choosing. What a block makes is freed by
        # reference counting; cycles are few, and are collected while nothing plays.
        gc.disable()
        gc.freeze()
        try:
            while self._obey_next():
                self._watch()
        finally:
            self._leave()

    def _obey_next(self) -> bool:
        """Wait for a command and hand it on; false when it is time to go."""
        try:
            if not self._commands.poll(_LOOK_SECONDS):
                if not self._state.playing:
                    gc.collect()
                return True
            message = self._commands.recv()
        except (EOFError, OSError):
            return False
        assert isinstance(message, Message)
        command = message.command
        if isinstance(command, Quit):
            return False
        if isinstance(command, SetSound):
            self._keeper.want(command.sound)
        else:
            self._player.post(command, message.serial)
        return True

    def _watch(self) -> None:
        """End the process for a fault in another thread; notice a device that no longer pulls."""
        fault = self._keeper.fault or self._keeper.device_fault
        if fault is not None:
            raise fault
        now = self._clock.now_ns()
        if self._state.frames != self._frames_seen or not self._keeper.pulling:
            self._frames_seen, self._frames_seen_ns = self._state.frames, now
        elif now - self._frames_seen_ns > _SILENT_DEVICE_NS:
            self._frames_seen_ns = now
            self._keeper.device_lost()

    def _report(self, event: EngineEvent) -> None:
        with self._sending:
            try:
                self._events.send(event)
            except OSError:
                return  # the window is gone: the pipe of commands, closed with it, ends the process

    def _leave(self) -> None:
        # A sound server that hangs must not keep the process: nobody is left to end it.
        last_resort = threading.Timer(_LAST_RESORT_SECONDS, os._exit, args=(0,))
        last_resort.daemon = True
        last_resort.start()
        self._keeper.close()
        last_resort.cancel()
