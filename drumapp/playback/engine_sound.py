"""Loads soundfonts and opens devices for a player, on a thread of its own: both take their time and may fail."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from drumapp.native_memory import give_memory_back
from drumapp.playback.audio import AudioError, DeviceWish, NullDevice, SoundDevice, list_devices, make_device
from drumapp.playback.engine_protocol import (
    EngineEvent,
    SoundDevices,
    SoundfontProblem,
    SoundProblem,
    SoundReady,
    Stop,
)
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.output_settings import NO_DEVICE, SoundSettings
from drumapp.playback.synth import SilentSynth, Synth, SynthError, make_synth
from drumapp.resources import builtin_soundfont

Report = Callable[[EngineEvent], None]

_FADE_SECONDS = 0.03
_SWAP_LOOKS, _SWAP_LOOK_SECONDS = 100, 0.01
_WAKE_SECONDS = 1.0
RETRY_SECONDS = 3.0

_REMEDY_AFTER_LOSS = "Connect the device again or start the sound server: the sound comes back by itself."


class SoundKeeper:
    """Keeps a live player supplied with the synth and the device that were asked for, or with the next best.

    A device that is not there, or stops, is looked for every few seconds; until then the music runs in silence.
    Attributes: fault: what ended its work unexpectedly, which is a mistake in the program.
    """

    def __init__(self, live: LivePlayer, report: Report) -> None:
        self.fault: BaseException | None = None
        self._live = live
        self._player = live.player
        self._report = report
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._current: SoundSettings | None = None  # as asked for, but for a soundfont that could not be played
        self._opened: DeviceWish | None = None  # what the open device was made for; None for one in its stead
        self._device: NullDevice | SoundDevice | None = None
        self._resting = False
        self._synth = live.player.synth  # chosen; the player takes it up with its next block
        self._pause = threading.Event()  # never set: only waited on
        self._thread = threading.Thread(target=self._run, name="sound-keeper", daemon=True)

    def start(self, sound: SoundSettings) -> None:
        """Begin with these settings; blocks are pulled from when synth and device are there."""
        self.want(sound)
        self._thread.start()

    def want(self, sound: SoundSettings) -> None:
        """Ask for other settings. Asking again for the same ones tries a device that failed once more."""
        self._player.master.volume_db = sound.volume_db
        self._tasks.put(lambda: self._fulfil(sound))

    def tell_devices(self) -> None:
        """Report the sound outputs there are."""
        self._tasks.put(lambda: self._report(SoundDevices(tuple(list_devices()))))

    def rest(self) -> None:
        """Have the device pull no more until woken: a stream of silence keeps processor and computer from sleeping."""
        self._tasks.put(self._rest)

    def wake(self) -> None:
        """Have the device pull again, and come back when it does, or when that takes too long."""
        awake = threading.Event()
        self._tasks.put(self._wake)
        self._tasks.put(awake.set)
        awake.wait(_WAKE_SECONDS)

    def device_lost(self) -> None:
        """The device has stopped pulling: go on in silence, and look for it."""
        self._tasks.put(self._replace_lost)

    @property
    def device_fault(self) -> BaseException | None:
        """What a pull raised in the device's thread, if any."""
        device = self._device
        return None if device is None else device.fault

    @property
    def pulling(self) -> bool:
        """Whether a device should be pulling blocks now."""
        return self._device is not None and not self._resting

    def close(self) -> None:
        """Fade out and let go of device and synth."""
        self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while True:
                try:
                    task = self._tasks.get(timeout=None if self._content else RETRY_SECONDS)
                except queue.Empty:
                    self._look_for_device()
                    continue
                if task is None:
                    break
                task()
            self._shut_down()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process with it
            self.fault = error

    @property
    def _content(self) -> bool:
        return self._current is None or self._opened is not None

    def _rest(self) -> None:
        if self._device is None or self._resting:
            return
        try:
            self._device.rest()
        except AudioError:
            self._replace_lost()
        else:
            self._resting = True

    def _wake(self) -> None:
        if self._device is None or not self._resting:
            return
        try:
            self._start(self._device, self._opened)
        except AudioError:
            self._replace_lost()

    def _fulfil(self, sound: SoundSettings) -> None:
        self._wake()
        before, self._current = self._current, sound
        self._live.sound_offset = self._live.stream.frames_in(sound.offset_ms)
        self._player.set_effects(sound.reverb, sound.chorus)
        if before is None:
            self._begin(sound)
        elif _synth_of(before) != _synth_of(sound):
            self._exchange(before, sound)
        elif before != sound and _device_of(before) == _device_of(sound):
            return  # volume, effects or offset, which are obeyed without another synth or device
        if self._opened != self._wish:
            self._open()
        self._tell_ready()
        self._synth.warm_up()

    def _begin(self, sound: SoundSettings) -> None:
        """Load the first synth."""
        try:
            self._synth = _make(sound)
        except SynthError as error:
            self._synth = self._next_best(error, sound)

    def _exchange(self, before: SoundSettings, sound: SoundSettings) -> None:
        """Load another synth while the one there is plays on."""
        try:
            synth = _make(sound)
        except SynthError as error:
            self._report(SoundfontProblem(f"{error} The sound stays as it was.", sound))
            # So that whoever asks for the same once more, the file being mended, has it tried once more.
            self._current = replace(
                sound,
                soundfont=before.soundfont,
                synth=before.synth,
                program=before.program,
                sample_rate=before.sample_rate,
            )
            return
        synth.warm_up()
        self._synth = synth
        if synth.sample_rate == self._player.synth.sample_rate:
            self._hand_over()

    def _hand_over(self) -> None:
        """Have the player take up the chosen synth with a block that the device pulls."""
        self._player.swap_synth(self._synth)
        for _ in range(_SWAP_LOOKS):
            if self._player.synth is self._synth:
                break
            self._pause.wait(_SWAP_LOOK_SECONDS)
        self._close_retired()

    def _close_retired(self) -> None:
        retired = self._player.take_retired_synths()
        for synth in retired:
            synth.close()
        if retired:
            give_memory_back()

    def _next_best(self, error: SynthError, sound: SoundSettings) -> Synth:
        builtin = builtin_soundfont()
        for kind in dict.fromkeys((sound.synth, "auto", "sampler")):
            try:
                synth = make_synth(kind, builtin, sound.sample_rate)
            except SynthError:
                continue  # the first failure is the one to tell of
            self._report(SoundfontProblem(f"{error} The built-in kit plays instead.", sound))
            self._current = replace(sound, soundfont=builtin, synth="auto", program=None)
            return synth
        sentence = f"{error} The built-in kit could not be loaded either: nothing will be heard."
        self._report(SoundfontProblem(sentence, sound))
        return SilentSynth(sound.sample_rate)

    @property
    def _wish(self) -> DeviceWish:
        """The device that is wanted, at the rate of the synth, which may be another than was asked for."""
        assert self._current is not None
        sound, rate = self._current, self._synth.sample_rate
        if sound.device == NO_DEVICE:
            return DeviceWish(NO_DEVICE, "", rate)
        return DeviceWish(sound.device, sound.backend, rate, sound.buffer_ms)

    def _open(self) -> None:
        self._close_device()
        try:
            self._start(make_device(self._live.pull, self._wish), self._wish)
        except AudioError as error:
            self._report(SoundProblem(str(error), error.remedy, self._current))
            self._run_silently()

    def _run_silently(self) -> None:
        self._close_device()
        rate = self._synth.sample_rate
        self._start(NullDevice(self._live.pull, rate), None)

    def _start(self, device: NullDevice | SoundDevice, wish: DeviceWish | None) -> None:
        """Let a device pull; none does at this time. Raises AudioError when it will not."""
        if self._player.synth is not self._synth:  # nothing pulls, so the swap happens here
            self._player.swap_synth(self._synth)
            self._player.process(0)
            self._close_retired()
        self._live.use_device(self._synth.sample_rate, device.latency_ms)
        device.start()
        self._device, self._opened, self._resting = device, wish, False

    def _close_device(self) -> None:
        if self._device is not None:
            self._device.close()
        self._device, self._opened, self._resting = None, None, False

    def _replace_lost(self) -> None:
        lost = "" if self._device is None else f" ({self._device.name})"
        self._run_silently()
        sentence = f"The sound device{lost} stopped."
        self._report(SoundProblem(sentence, _REMEDY_AFTER_LOSS, self._current))
        self._tell_ready()

    def _look_for_device(self) -> None:
        """Try the device that is wanted once more, while its stand-in plays on."""
        try:
            device = make_device(self._live.pull, self._wish)
        except AudioError:
            return  # as before
        self._close_device()
        try:
            self._start(device, self._wish)
        except AudioError:
            self._run_silently()
            return
        self._tell_ready()

    def _tell_ready(self) -> None:
        synth, device = self._synth, self._device
        assert device is not None
        self._report(
            SoundReady(
                synth.description,
                device.name,
                device.latency_ms,
                synth.sample_rate,
                synth.has_effects,
                self._current,
            )
        )

    def _shut_down(self) -> None:
        self._player.post(Stop())
        if self._device is not None:
            self._pause.wait(_FADE_SECONDS)
        self._close_device()
        self._close_retired()
        self._player.synth.close()


def _make(sound: SoundSettings) -> Synth:
    return make_synth(sound.synth, sound.soundfont, sound.sample_rate, sound.program)


def _device_of(sound: SoundSettings) -> tuple[object, ...]:
    """What another device must be opened for when it changes, beside the synth's rate."""
    return sound.device, sound.backend, sound.buffer_ms


def _synth_of(sound: SoundSettings) -> tuple[object, ...]:
    """What another synth must be made for when it changes."""
    return sound.synth, sound.soundfont, sound.program, sound.sample_rate
