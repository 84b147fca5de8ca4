"""The sound device, and its silent twin for when there is none: both pull blocks of audio."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol

from drumapp.core.errors import DrumappError
from drumapp.playback.clock import NANOSECONDS, Clock, MonotonicClock
from drumapp.playback.native_chatter import silenced
from drumapp.playback.output_settings import DEFAULT_DEVICE, NO_DEVICE
from drumapp.playback.synth import DEFAULT_SAMPLE_RATE, Audio
from drumapp.playback.thread_priority import hurry_this_thread

Pull = Callable[[int], Audio]
"""Asked for a number of frames, gives that block, shape (frames, 2)."""

PERIODS = 2
NULL_BLOCK_MS = 5  # the delay of a command to the null device
_LARGEST_BLOCK = 1024

# In this order; miniaudio's own null backend is left out, as it would pass for a device.
# What the library calls some of them.
_SPOKEN_OF = {"DSOUND": "DIRECTSOUND", "COREAUDIO": "CORE AUDIO", "AUDIO4": "AUDIO(4)"}
_BACKENDS = ("WASAPI", "DSOUND", "WINMM", "COREAUDIO", "PULSEAUDIO", "ALSA", "JACK", "OSS", "SNDIO", "AUDIO4")


class AudioError(DrumappError):
    """A sound device that cannot be opened. Attributes: remedy, what the user can do about it."""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.remedy = remedy


class AudioDevice(Protocol):
    """Something that pulls blocks at the pace of time.

    Attributes: name for people; latency_ms that it holds back; fault: what the pull raised, after which it pulls no
    more.
    """

    name: str
    latency_ms: float
    fault: BaseException | None

    def start(self) -> None:
        """Pull from a thread of its own until told to rest or closed. Raises AudioError when the device refuses."""

    def rest(self) -> None:
        """Pull no more until started again; no pull is under way once this has returned. Raises AudioError."""

    def close(self) -> None:
        """Stop pulling for good; no pull is under way once this has returned."""


class NullDevice:
    """Pulls blocks on time and throws them away.

    Block ``k`` is due ``k`` block lengths after one absolute start; a machine that slept starts anew instead of
    racing through what it missed.
    """

    name = "no sound device"
    latency_ms = 0.0

    def __init__(self, pull: Pull, sample_rate: int = DEFAULT_SAMPLE_RATE, clock: Clock | None = None) -> None:
        self.fault: BaseException | None = None
        self._pull = pull
        self._sample_rate = sample_rate
        self._clock = clock or MonotonicClock()
        self._block = max(1, sample_rate * NULL_BLOCK_MS // 1000)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Pull from a thread of its own until told to rest or closed."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self.run, name="null-audio", daemon=True)
        self._thread.start()

    def rest(self) -> None:
        """Pull no more until started again."""
        self._stopping.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    close = rest

    def run(self) -> None:
        """Pull blocks until told to stop or until a pull fails."""
        start_ns, pulled = self._clock.now_ns(), 0
        while not self._stopping.is_set():
            due_ns = start_ns + pulled * NANOSECONDS // self._sample_rate
            behind_ns = self._clock.now_ns() - due_ns
            if behind_ns > NANOSECONDS // 2:
                start_ns, pulled = self._clock.now_ns(), 0
            else:
                self._clock.wait_until(due_ns)
            try:
                self._pull(self._block)
            except Exception as error:  # noqa: BLE001 - whatever it is, the process that owns the device must hear of it
                self.fault = error
                return
            pulled += self._block


class SoundDevice:
    """A sound output of the system, opened through miniaudio: Core Audio, WASAPI, PulseAudio, ALSA, JACK ...

    Raises AudioError, with a remedy, when none can be opened, or not the one asked for.
    """

    def __init__(self, pull: Pull, wish: DeviceWish) -> None:
        self.fault: BaseException | None = None
        self._pull = pull
        self._device, self.name = _open_device(wish)
        self.latency_ms = float(wish.period_ms * PERIODS)

    def start(self) -> None:
        """Start pulling from the device's own thread. Raises AudioError when the device refuses."""
        import miniaudio

        blocks = self._blocks()
        next(blocks)
        try:
            self._device.start(blocks)
        except miniaudio.MiniaudioError as error:
            self.close()
            raise _no_device(f"The sound device ({self.name}) would not start: {error}.") from error

    def rest(self) -> None:
        """Pull no more until started again, and keep the device. Raises AudioError when it refuses."""
        import miniaudio

        try:
            self._device.stop()
        except miniaudio.MiniaudioError as error:
            raise _no_device(f"The sound device ({self.name}) would not stop: {error}.") from error

    def close(self) -> None:
        """Stop pulling and let go of the device."""
        self._device.close()

    def _blocks(self) -> Generator[bytes, int, None]:
        frames = yield b""
        hurry_this_thread()  # here, because from now on it is the device's thread that runs
        while True:
            try:
                block = self._block(frames)
            except Exception as error:  # noqa: BLE001 - it would be lost in the C library's thread
                self.fault = error
                return
            frames = yield block

    def _block(self, frames: int) -> bytes:
        if frames <= _LARGEST_BLOCK:
            return self._pull(frames).tobytes()
        # Some devices ask for much at once; commands between the pieces still take effect.
        sizes = [_LARGEST_BLOCK] * (frames // _LARGEST_BLOCK) + [frames % _LARGEST_BLOCK]
        return b"".join(self._pull(size).tobytes() for size in sizes if size)


@dataclass(frozen=True)
class DeviceInfo:
    """A sound output. Attributes: name, and backend: the system's part through which it is reached."""

    name: str
    backend: str


@dataclass(frozen=True)
class DeviceWish:
    """Which sound output is asked for. Attributes: as in `SoundSettings`."""

    name: str = DEFAULT_DEVICE
    backend: str = ""
    sample_rate: int = DEFAULT_SAMPLE_RATE
    buffer_ms: int = 20

    @property
    def period_ms(self) -> int:
        """Milliseconds of one of the device's periods."""
        return max(1, self.buffer_ms // PERIODS)


def make_device(pull: Pull, wish: DeviceWish) -> NullDevice | SoundDevice:
    """The device that is wished for, not started yet. Raises AudioError."""
    return NullDevice(pull, wish.sample_rate) if wish.name == NO_DEVICE else SoundDevice(pull, wish)


def list_devices() -> list[DeviceInfo]:
    """The sound outputs of every backend that answers; none where there is no sound device."""
    import miniaudio

    found = []
    for backend in _BACKENDS:
        try:
            with silenced():
                devices = miniaudio.Devices([miniaudio.Backend[backend]])
                found += [DeviceInfo(info["name"], devices.backend) for info in devices.get_playbacks()]
        except miniaudio.MiniaudioError:
            continue  # this backend is not on this system
    return found


def _open_device(wish: DeviceWish) -> tuple[Any, str]:
    """The device, open, and what it is called."""
    import miniaudio

    wanted = wish.backend.upper()
    for backend in _BACKENDS:
        # One at a time: given all of them, miniaudio keeps to the first whose library loads, device or not.
        if wanted not in ("", backend, _SPOKEN_OF.get(backend)):
            continue
        try:
            with silenced():
                number = None if wish.name == DEFAULT_DEVICE else _number_of(wish.name, backend)
                device = miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.FLOAT32,
                    nchannels=2,
                    sample_rate=wish.sample_rate,
                    buffersize_msec=wish.period_ms,
                    callback_periods=PERIODS,
                    backends=[miniaudio.Backend[backend]],
                    device_id=number,
                    app_name="Drumapp",
                )
        except (miniaudio.MiniaudioError, LookupError):
            continue  # not through this one
        return device, str(device.backend) if number is None else wish.name
    if wish.name != DEFAULT_DEVICE or wanted:
        asked = " through ".join(part for part in (wish.name, wish.backend) if part)
        raise _no_device(f"The sound device {asked} cannot be opened.")
    raise _no_device("No sound device could be opened.")


def _number_of(name: str, backend: str) -> Any:
    """By what the library knows a device. Raises LookupError when there is none of the name."""
    import miniaudio

    for info in miniaudio.Devices([miniaudio.Backend[backend]]).get_playbacks():
        if info["name"] == name:
            return info["id"]
    raise LookupError(name)


def _no_device(sentence: str) -> AudioError:
    return AudioError(
        sentence,
        "Connect a sound device or start the sound server (on Linux PipeWire, PulseAudio or JACK), then choose the "
        "output again; writing MIDI and WAV files works without one.",
    )
