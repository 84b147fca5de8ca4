"""The keeper of synth and device, with devices that a test pulls out."""

from dataclasses import replace
from pathlib import Path

import pytest

from drumapp.playback import engine_sound
from drumapp.playback.audio import AudioError, DeviceInfo, DeviceWish
from drumapp.playback.clock import ManualClock
from drumapp.playback.engine_protocol import (
    EngineEvent,
    PressPad,
    SoundDevices,
    SoundfontProblem,
    SoundProblem,
    SoundReady,
)
from drumapp.playback.engine_sound import SoundKeeper
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.output_settings import NO_DEVICE, SoundSettings
from drumapp.playback.player import Player
from drumapp.playback.synth import SilentSynth, SynthError
from tests.playback.recording_synth import RecordingSynth

SOUND = SoundSettings(Path("kit.sf2"))


class Device:
    """A sound device, as long as it is plugged in."""

    latency_ms = 20.0
    fault = None

    def __init__(self, pull, wish: DeviceWish) -> None:
        self.name, self.wish, self.pull = f"Device {wish.name}", wish, pull
        self.started = self.closed = self.jammed = False

    def start(self) -> None:
        if self.jammed:
            raise AudioError("It does not start.", "Hit it.")
        self.started = True

    def rest(self) -> None:
        if self.jammed:
            raise AudioError("It does not stop.", "Hit it.")
        self.started = False

    def close(self) -> None:
        self.closed = True


class Cupboard:
    """Devices and synths a test provides. Attributes: absent, names that cannot be opened; opened; made, the synths."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.absent: set[str] = set()
        self.broken_fonts: set[str] = set()
        self.opened: list[Device] = []
        self.made: list[RecordingSynth] = []
        self.events: list[EngineEvent] = []
        monkeypatch.setattr(engine_sound, "make_device", self.make_device)
        monkeypatch.setattr(engine_sound, "make_synth", self.make_synth)
        monkeypatch.setattr(
            engine_sound, "NullDevice", lambda pull, rate: Device(pull, DeviceWish(NO_DEVICE, "", rate))
        )
        monkeypatch.setattr(engine_sound, "_SWAP_LOOK_SECONDS", 0.0)
        self.player = Player(SilentSynth(48_000))
        self.keeper = SoundKeeper(LivePlayer(self.player, ManualClock()), self.events.append)

    def make_device(self, pull, wish: DeviceWish) -> Device:
        if wish.name in self.absent:
            raise AudioError(f"No {wish.name}.", "Plug it in.")
        self.opened.append(Device(pull, wish))
        return self.opened[-1]

    def make_synth(self, kind: str, soundfont: Path, rate: int, program: int | None = None) -> RecordingSynth:
        if soundfont.name in self.broken_fonts:
            raise SynthError(f"{soundfont.name} is broken.")
        synth = RecordingSynth(rate)
        synth.description = f"{kind} {soundfont.name} {program}"
        self.made.append(synth)
        return synth

    @property
    def device(self) -> Device:
        device = self.keeper._device
        assert isinstance(device, Device)
        return device

    def take_events(self) -> list[EngineEvent]:
        events = list(self.events)
        self.events.clear()
        return events


@pytest.fixture
def cupboard(monkeypatch: pytest.MonkeyPatch) -> Cupboard:
    return Cupboard(monkeypatch)


def test_it_begins_with_what_was_asked_for(cupboard):
    cupboard.keeper._fulfil(replace(SOUND, program=3, sample_rate=44_100, buffer_ms=12, device="Card", backend="ALSA"))
    assert cupboard.take_events() == [SoundReady("auto kit.sf2 3", "Device Card", 20.0, 44_100, has_effects=True)]
    assert cupboard.device.wish == DeviceWish("Card", "ALSA", 44_100, 12)
    assert cupboard.device.started
    assert cupboard.player.synth is cupboard.made[0]


def test_volume_effects_and_offset_change_neither_synth_nor_device(cupboard):
    cupboard.keeper._fulfil(SOUND)
    cupboard.take_events()
    cupboard.keeper.want(replace(SOUND, volume_db=-12.0))
    cupboard.keeper._fulfil(replace(SOUND, volume_db=-12.0, reverb=0.9, chorus=0.2, offset_ms=-10.0))
    cupboard.player.process(64)
    assert cupboard.take_events() == []
    assert len(cupboard.opened) == len(cupboard.made) == 1
    assert cupboard.player.master.volume_db == -12.0
    assert cupboard.made[0].effects == (0.9, 0.2)
    assert cupboard.keeper._live.sound_offset == -480


def test_while_a_device_is_looked_for_volume_and_effects_are_obeyed_without_another_word(cupboard):
    cupboard.keeper._fulfil(SOUND)
    cupboard.keeper._replace_lost()
    cupboard.take_events()
    standing_in = cupboard.keeper._device
    cupboard.keeper._fulfil(replace(SOUND, reverb=0.5, volume_db=-3.0))
    assert cupboard.take_events() == []
    assert cupboard.keeper._device is standing_in


def test_a_device_that_is_lost_is_called_by_its_name(cupboard):
    cupboard.keeper._fulfil(replace(SOUND, device="Card"))
    cupboard.take_events()
    cupboard.keeper._replace_lost()
    problem, ready = cupboard.take_events()
    assert "Device Card" in problem.sentence
    assert ready.device == "Device null"


@pytest.mark.parametrize("change", [{"device": "Card"}, {"buffer_ms": 40}, {"backend": "JACK"}])
def test_another_device_is_opened_in_place_of_the_one_there(cupboard, change):
    cupboard.keeper._fulfil(SOUND)
    before = cupboard.device
    cupboard.keeper._fulfil(replace(SOUND, **change))
    assert before.closed
    assert cupboard.device.started
    assert len(cupboard.made) == 1


def test_another_rate_needs_another_synth_and_another_device(cupboard):
    cupboard.keeper._fulfil(SOUND)
    before = cupboard.device
    cupboard.keeper._fulfil(replace(SOUND, sample_rate=96_000))
    assert before.closed
    assert cupboard.device.wish.sample_rate == cupboard.player.synth.sample_rate == 96_000
    assert cupboard.made[0].closed
    assert cupboard.take_events()[-1].sample_rate == 96_000


def test_another_kit_of_the_font_is_swapped_while_the_device_pulls_on(cupboard, monkeypatch):
    cupboard.keeper._fulfil(SOUND)
    before = cupboard.device
    monkeypatch.setattr(cupboard.keeper._pause, "wait", lambda _seconds: cupboard.player.process(64))
    cupboard.keeper._fulfil(replace(SOUND, program=25))
    assert cupboard.device is before
    assert not before.closed
    assert cupboard.player.synth.description == "auto kit.sf2 25"
    assert cupboard.made[0].closed


def test_a_font_that_cannot_be_played_leaves_the_sound_as_it_was_even_at_another_rate(cupboard):
    cupboard.keeper._fulfil(SOUND)
    cupboard.broken_fonts.add("other.sf2")
    cupboard.keeper._fulfil(replace(SOUND, soundfont=Path("other.sf2"), sample_rate=44_100))
    problem, ready = cupboard.take_events()[1:]
    assert isinstance(problem, SoundfontProblem)
    assert ready.sample_rate == 48_000
    assert cupboard.device.wish.sample_rate == cupboard.player.synth.sample_rate == 48_000


def test_a_device_that_is_not_there_is_told_of_and_found_when_it_comes(cupboard):
    cupboard.absent.add("Card")
    cupboard.keeper._fulfil(replace(SOUND, device="Card"))
    problem, ready = cupboard.take_events()
    assert problem == SoundProblem("No Card.", "Plug it in.")
    assert ready.device == "Device null"
    cupboard.keeper._look_for_device()
    assert cupboard.take_events() == []
    cupboard.absent.clear()
    stand_in = cupboard.device
    cupboard.keeper._look_for_device()
    assert [event.device for event in cupboard.take_events()] == ["Device Card"]
    assert stand_in.closed
    assert cupboard.keeper._content


def test_a_device_that_is_lost_is_told_of_and_the_music_runs_on(cupboard):
    cupboard.keeper._fulfil(replace(SOUND, device="Card"))
    cupboard.take_events()
    lost = cupboard.device
    cupboard.absent.add("Card")
    cupboard.keeper._replace_lost()
    problem, ready = cupboard.take_events()
    assert "stopped" in problem.sentence
    assert ready.device == "Device null"
    assert lost.closed
    assert cupboard.device.started
    assert not cupboard.keeper._content


def test_a_device_that_will_not_start_when_it_is_found_is_left(cupboard, monkeypatch):
    cupboard.absent.add("Card")
    cupboard.keeper._fulfil(replace(SOUND, device="Card"))
    cupboard.absent.clear()

    def refuse(_device: Device) -> None:
        if _device.wish.name == "Card":
            raise AudioError("It will not.", "")

    monkeypatch.setattr(Device, "start", refuse)
    cupboard.keeper._look_for_device()
    assert cupboard.device.wish.name == NO_DEVICE


def test_asking_for_the_same_again_tries_the_device_again(cupboard):
    cupboard.absent.add("default")
    cupboard.keeper._fulfil(SOUND)
    cupboard.absent.clear()
    cupboard.keeper._fulfil(SOUND)
    assert cupboard.device.wish.name == "default"


def test_the_devices_there_are_told(cupboard, monkeypatch):
    monkeypatch.setattr(engine_sound, "list_devices", lambda: [DeviceInfo("Card", "ALSA")])
    cupboard.keeper.tell_devices()
    cupboard.keeper._tasks.get()()
    assert cupboard.take_events() == [SoundDevices((DeviceInfo("Card", "ALSA"),))]


def test_the_thread_looks_for_a_device_that_is_absent(cupboard, monkeypatch):
    monkeypatch.setattr(engine_sound, "RETRY_SECONDS", 0.001)
    cupboard.absent.add("default")
    looked = []
    monkeypatch.setattr(
        cupboard.keeper, "_look_for_device", lambda: (looked.append(1), cupboard.keeper._tasks.put(None))
    )
    cupboard.keeper.start(SOUND)
    cupboard.keeper._thread.join(30)
    assert looked
    assert cupboard.keeper.fault is None


def test_what_a_pad_strikes_is_heard_from_the_new_synth(cupboard):
    cupboard.keeper._fulfil(SOUND)
    cupboard.player.post(PressPad(36, 100))
    cupboard.player.process(64)
    assert cupboard.made[0].log == [(0, "on", 36, 100)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sample_rate", 4_000),
        ("sample_rate", 400_000),
        ("buffer_ms", 1),
        ("buffer_ms", 5_000),
        ("program", 128),
        ("reverb", 1.5),
        ("chorus", -0.1),
        ("offset_ms", float("nan")),
    ],
)
def test_settings_that_make_no_sense_are_refused(field, value):
    with pytest.raises(ValueError, match=field):
        replace(SOUND, **{field: value})


def test_a_soundfont_that_was_mended_is_tried_once_more_and_every_answer_says_what_was_wanted(cupboard):
    cupboard.keeper._fulfil(SOUND)
    cupboard.take_events()
    other = replace(SOUND, soundfont=Path("other.sf2"), reverb=0.5)
    cupboard.broken_fonts.add("other.sf2")
    cupboard.keeper._fulfil(other)
    problem, ready = cupboard.take_events()
    assert problem.wanted == other
    assert ready.wanted == replace(SOUND, reverb=0.5)
    cupboard.broken_fonts.clear()
    cupboard.keeper._fulfil(other)
    (ready,) = cupboard.take_events()
    assert ready.description == "auto other.sf2 None"
    assert ready.wanted == other


class TestRest:
    def test_a_device_that_rests_pulls_no_more_until_woken(self, cupboard):
        cupboard.keeper._fulfil(SOUND)
        cupboard.take_events()
        cupboard.keeper._rest()
        assert not cupboard.device.started
        assert not cupboard.keeper.pulling
        cupboard.keeper._rest()
        cupboard.keeper._wake()
        assert cupboard.device.started
        assert cupboard.keeper.pulling
        assert len(cupboard.opened) == 1
        assert cupboard.take_events() == [], "nobody need hear of it"

    def test_after_it_the_music_starts_where_the_stream_is(self, cupboard):
        clock = cupboard.keeper._live._clock
        cupboard.keeper._fulfil(SOUND)
        cupboard.device.pull(480)
        cupboard.keeper._rest()
        clock.advance(600 * 10**9)
        cupboard.keeper._wake()
        cupboard.player.post(PressPad(36, 100))
        cupboard.device.pull(480)
        assert cupboard.player.place == pytest.approx(600 * 48_000 + 0.02 * 48_000 + 480, abs=2)
        assert [entry[1:3] for entry in cupboard.made[0].log if entry[1] == "on"] == [("on", 36)]

    def test_another_synth_is_taken_up_by_a_device_that_rested(self, cupboard):
        cupboard.keeper._fulfil(SOUND)
        cupboard.keeper._rest()
        cupboard.keeper._fulfil(replace(SOUND, soundfont=Path("other.sf2")))
        assert cupboard.device.started
        cupboard.device.pull(64)
        assert cupboard.player.synth is cupboard.made[1]

    @pytest.mark.parametrize("asleep", [True, False])
    def test_a_device_that_will_neither_rest_nor_wake_is_lost(self, cupboard, asleep):
        cupboard.keeper._fulfil(replace(SOUND, device="Card"))
        cupboard.take_events()
        device = cupboard.device
        if asleep:
            cupboard.keeper._rest()
        device.jammed = True
        if asleep:
            cupboard.keeper._wake()
        else:
            cupboard.keeper._rest()
        problem, ready = cupboard.take_events()
        assert "Device Card" in problem.sentence
        assert ready.device == "Device null"
        assert device.closed
        assert cupboard.keeper.pulling

    def test_to_wake_comes_back_when_it_pulls(self, cupboard):
        cupboard.keeper.start(SOUND)
        cupboard.keeper.wake()  # has begun by then
        cupboard.keeper.rest()
        cupboard.keeper.wake()
        assert cupboard.keeper.pulling
        cupboard.keeper.close()
        assert cupboard.keeper.fault is None
