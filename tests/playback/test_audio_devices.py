import threading

import numpy as np
import pytest

from drumapp.playback import audio
from drumapp.playback.audio import (
    NULL_BLOCK_MS,
    AudioError,
    DeviceWish,
    NullDevice,
    SoundDevice,
    list_devices,
    make_device,
)
from drumapp.playback.clock import ManualClock
from drumapp.playback.output_settings import NO_DEVICE

RATE = 48_000
BLOCK = RATE * NULL_BLOCK_MS // 1000
BLOCK_NS = NULL_BLOCK_MS * 1_000_000


class Source:
    """Gives silence, and ends the device after so many blocks."""

    def __init__(self, clock: ManualClock, blocks: int) -> None:
        self.times: list[int] = []
        self.sizes: list[int] = []
        self.device: NullDevice | None = None
        self._clock = clock
        self._blocks = blocks

    def __call__(self, frames: int) -> np.ndarray:
        self.times.append(self._clock.now_ns())
        self.sizes.append(frames)
        if len(self.times) == self._blocks and self.device is not None:
            self.device.close()
        return np.zeros((frames, 2), np.float32)


def run(clock: ManualClock, source: Source, rate: int = RATE) -> NullDevice:
    source.device = NullDevice(source, rate, clock)
    source.device.run()
    return source.device


def test_blocks_come_on_time_counted_from_one_start():
    clock = ManualClock(777)
    source = Source(clock, 200)
    run(clock, source, rate=44_100)
    assert source.sizes == [220] * 200
    assert source.times == [777 + n * 220 * 10**9 // 44_100 for n in range(200)]


def test_a_late_block_does_not_delay_those_after_it():
    clock = ManualClock()

    class Slow(Source):
        def __call__(self, frames):
            block = super().__call__(frames)
            if len(self.times) == 3:
                clock.advance(5 * BLOCK_NS)
            return block

    source = Slow(clock, 20)
    run(clock, source)
    assert source.times[-1] == 19 * BLOCK_NS
    assert source.times[3:8] == [7 * BLOCK_NS] * 5  # what was missed is caught up with


def test_after_a_long_sleep_it_starts_anew_instead_of_racing():
    clock = ManualClock()

    class Asleep(Source):
        def __call__(self, frames):
            block = super().__call__(frames)
            if len(self.times) == 3:
                clock.advance(3600 * 10**9)
            return block

    source = Asleep(clock, 10)
    run(clock, source)
    woken = source.times[3]
    assert source.times[3:] == [woken + n * BLOCK_NS for n in range(7)]


def test_a_failing_pull_ends_it_and_is_kept():
    def fail(_frames: int) -> np.ndarray:
        raise ZeroDivisionError("a fault in the synth")

    device = NullDevice(fail, RATE, ManualClock())
    device.run()
    assert isinstance(device.fault, ZeroDivisionError)


def test_the_null_device_pulls_from_a_thread_and_stops_when_closed():
    pulled = threading.Event()
    threads = set()

    def pull(frames: int) -> np.ndarray:
        threads.add(threading.get_ident())
        pulled.set()
        return np.zeros((frames, 2), np.float32)

    device = make_device(pull, DeviceWish(NO_DEVICE))
    device.start()
    assert pulled.wait(10)
    device.close()
    assert device.fault is None
    assert threading.get_ident() not in threads
    count = len(threads)
    pulled.clear()
    assert not pulled.wait(0.05)
    assert len(threads) == count


def test_closing_a_device_that_never_ran_is_fine():
    NullDevice(lambda frames: np.zeros((frames, 2), np.float32)).close()


def test_without_any_backend_the_sound_device_says_what_to_do(monkeypatch):
    monkeypatch.setattr(audio, "_BACKENDS", ())
    with pytest.raises(AudioError, match="No sound device") as caught:
        make_device(lambda frames: np.zeros((frames, 2), np.float32), DeviceWish())
    assert "PipeWire" in caught.value.remedy
    assert list_devices() == []


def test_looking_for_devices_prints_nothing(capfd):
    for device in list_devices():
        assert device.name
        assert device.backend
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


class FakeDevice:
    """Stands in for miniaudio's device: asks for what it is told to."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.generator = None

    def start(self, generator) -> None:
        self.generator = generator

    def ask(self, frames: int) -> bytes:
        return self.generator.send(frames)

    def stop(self) -> None:
        self.generator = None

    close = stop


@pytest.fixture
def fake(monkeypatch):
    device = FakeDevice()
    monkeypatch.setattr(audio, "_open_device", lambda _rate: (device, "Fake"))
    monkeypatch.setattr(audio, "hurry_this_thread", lambda: "normal")  # the thread here is the tests' own
    return device


def test_a_sound_device_gets_the_audio_as_bytes(fake):
    ramp = np.arange(40, dtype=np.float32).reshape(20, 2)
    device = SoundDevice(lambda frames: ramp[:frames], DeviceWish())
    device.start()
    assert fake.ask(20) == ramp.tobytes()
    device.close()


def test_a_sound_device_that_rested_pulls_again(fake):
    device = SoundDevice(lambda frames: np.ones((frames, 2), np.float32), DeviceWish())
    device.start()
    device.rest()
    assert fake.generator is None
    device.start()
    assert len(fake.ask(20)) == 20 * 2 * 4


def test_a_null_device_that_rested_pulls_again():
    pulled = threading.Event()

    def pull(frames: int) -> np.ndarray:
        pulled.set()
        return np.zeros((frames, 2), np.float32)

    device = NullDevice(pull)
    for _ in range(3):
        pulled.clear()
        device.start()
        assert pulled.wait(10)
        device.rest()
        pulled.clear()
        assert not pulled.wait(0.05)
    device.close()


def test_a_device_that_asks_for_much_is_served_in_pieces(fake):
    sizes = []

    def pull(frames: int) -> np.ndarray:
        sizes.append(frames)
        return np.zeros((frames, 2), np.float32)

    SoundDevice(pull, DeviceWish()).start()
    assert len(fake.ask(2500)) == 2500 * 2 * 4
    assert sizes == [1024, 1024, 452]


def test_a_failing_pull_silences_a_sound_device_and_is_kept(fake):
    def fail(_frames: int) -> np.ndarray:
        raise ZeroDivisionError("a fault in the synth")

    device = SoundDevice(fail, DeviceWish())
    device.start()
    with pytest.raises(StopIteration):
        fake.ask(64)
    assert isinstance(device.fault, ZeroDivisionError)
