"""Loads soundfonts and opens devices for a player, on a thread of its own: both take their time and may fail."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from drumapp.playback.audio import AudioError, NullDevice, SoundDevice, make_device
from drumapp.playback.engine_protocol import (
    EngineEvent,
    SoundfontProblem,
    SoundProblem,
    SoundReady,
    Stop,
)
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.output_settings import SoundSettings
from drumapp.playback.synth import SilentSynth, Synth, SynthError, make_synth
from drumapp.resources import builtin_soundfont

Report = Callable[[EngineEvent], None]

_FADE_SECONDS = 0.03
_SWAP_LOOKS, _SWAP_LOOK_SECONDS = 100, 0.01


class SoundKeeper:
    """Keeps a live player supplied with the synth and the device that were asked for, or with the next best.

    Attributes: fault: what ended its work unexpectedly, which is a mistake in the program.
    """

    def __init__(self, live: LivePlayer, report: Report) -> None:
        self.fault: BaseException | None = None
        self._live = live
        self._player = player = live.player
        self._report = report
        self._wishes: queue.SimpleQueue[SoundSettings | None] = queue.SimpleQueue()
        self._lost = threading.Event()
        self._current: SoundSettings | None = None  # as asked for, whatever came of it
        self._opened = ""  # the kind of device that is really open
        self._device: NullDevice | SoundDevice | None = None
        self._synth = player.synth  # chosen; the player takes it up with its next block
        self._pause = threading.Event()  # never set: only waited on
        self._thread = threading.Thread(target=self._run, name="sound-keeper", daemon=True)

    def start(self, sound: SoundSettings) -> None:
        """Begin with these settings; blocks are pulled from when synth and device are there."""
        self.want(sound)
        self._thread.start()

    def want(self, sound: SoundSettings) -> None:
        """Ask for other settings. Asking again for the same ones tries a device that failed once more."""
        self._player.master.volume_db = sound.volume_db
        self._wishes.put(sound)

    def device_lost(self) -> None:
        """The device has stopped pulling: go on in silence."""
        self._lost.set()
        if self._current is not None:
            self._wishes.put(self._current)

    @property
    def device_fault(self) -> BaseException | None:
        """What a pull raised in the device's thread, if any."""
        device = self._device
        return None if device is None else device.fault

    @property
    def pulling(self) -> bool:
        """Whether a device should be pulling blocks now."""
        return self._device is not None

    def close(self) -> None:
        """Fade out and let go of device and synth."""
        self._wishes.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while (sound := self._wishes.get()) is not None:
                self._fulfil(sound)
            self._shut_down()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process with it
            self.fault = error

    def _fulfil(self, sound: SoundSettings) -> None:
        before, self._current = self._current, sound
        lost = self._lost.is_set()
        self._lost.clear()
        if before is not None and not lost and before != sound and replace(before, volume_db=sound.volume_db) == sound:
            return  # a new volume alone, which the master follows by itself
        if before is None:
            self._begin(sound)
        elif (before.synth, before.soundfont) != (sound.synth, sound.soundfont):
            self._exchange(sound)
        if lost:
            self._open("null")
            self._report(SoundProblem("The sound device stopped, so the music runs in silence.", _REMEDY_AFTER_LOSS))
        elif self._opened != sound.device:
            self._open(sound.device)
        device = self._device
        assert device is not None
        self._report(SoundReady(self._synth.description, device.name, device.latency_ms))
        self._synth.warm_up()

    def _begin(self, sound: SoundSettings) -> None:
        """Load the first synth."""
        rate = self._player.synth.sample_rate
        try:
            self._synth = make_synth(sound.synth, sound.soundfont, rate)
        except SynthError as error:
            self._synth = self._next_best(error, sound, rate)
        self._player.swap_synth(self._synth)
        self._player.process(0)  # nothing pulls yet, so the swap happens here

    def _exchange(self, sound: SoundSettings) -> None:
        """Load another synth while the one there is plays on."""
        try:
            synth = make_synth(sound.synth, sound.soundfont, self._synth.sample_rate)
        except SynthError as error:
            self._report(SoundfontProblem(f"{error} The sound stays as it was."))
            return
        synth.warm_up()
        self._player.swap_synth(synth)
        self._synth = synth
        for _ in range(_SWAP_LOOKS):
            if self._player.synth is synth:
                break
            self._pause.wait(_SWAP_LOOK_SECONDS)
        self._close_retired()

    def _close_retired(self) -> None:
        for synth in self._player.take_retired_synths():
            synth.close()

    def _next_best(self, error: SynthError, sound: SoundSettings, rate: int) -> Synth:
        builtin = builtin_soundfont()
        for kind in dict.fromkeys((sound.synth, "auto", "sampler")):
            try:
                synth = make_synth(kind, builtin, rate)
            except SynthError:
                continue  # the first failure is the one to tell of
            self._report(SoundfontProblem(f"{error} The built-in kit plays instead."))
            return synth
        self._report(SoundfontProblem(f"{error} The built-in kit could not be loaded either: nothing will be heard."))
        return SilentSynth(rate)

    def _open(self, kind: str) -> None:
        rate = self._player.synth.sample_rate
        if self._device is not None:
            self._device.close()
            self._device = None
        try:
            self._device = self._opened_device(kind, rate)
            self._opened = kind
        except AudioError as error:
            self._report(SoundProblem(str(error), error.remedy))
            self._device = self._opened_device("null", rate)
            self._opened = "null"

    def _opened_device(self, kind: str, rate: int) -> NullDevice | SoundDevice:
        device = make_device(kind, self._live.pull, rate)
        self._live.use_device(rate, device.latency_ms)
        device.start()
        return device

    def _shut_down(self) -> None:
        self._player.post(Stop())
        if self._device is not None:
            self._pause.wait(_FADE_SECONDS)
            self._device.close()
            self._device = None
        self._close_retired()
        self._player.synth.close()


_REMEDY_AFTER_LOSS = "Connect the device again or start the sound server, then choose the output again."
