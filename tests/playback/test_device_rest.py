from __future__ import annotations

import pytest

from drumapp.playback.clock import NANOSECONDS, ManualClock
from drumapp.playback.device_rest import REST_SECONDS, DeviceRest


class Player:
    resting = True


class Keeper:
    def __init__(self) -> None:
        self.pulling = True
        self.told: list[str] = []

    def rest(self) -> None:
        self.told.append("rest")
        self.pulling = False

    def wake(self) -> None:
        self.told.append("wake")
        self.pulling = True


class Room:
    def __init__(self) -> None:
        self.clock, self.player, self.keeper = ManualClock(), Player(), Keeper()
        self.rest = DeviceRest(self.player, self.keeper, self.clock)

    def pass_time(self, seconds: float, *, needed: bool = False) -> list[str]:
        """Look five times a second; what the keeper was told meanwhile."""
        before = len(self.keeper.told)
        for _ in range(round(seconds * 5)):
            self.clock.advance(NANOSECONDS // 5)
            self.rest.look(needed=needed)
        return self.keeper.told[before:]


@pytest.fixture
def room() -> Room:
    return Room()


def test_after_a_minute_of_silence_the_device_rests_once(room: Room) -> None:
    assert room.pass_time(REST_SECONDS - 1) == []
    assert room.pass_time(REST_SECONDS * 3) == ["rest"]


def test_what_is_posted_wakes_it_first_and_the_minute_begins_anew(room: Room) -> None:
    room.pass_time(REST_SECONDS + 1)
    room.rest.end()
    assert room.keeper.told == ["rest", "wake"]
    room.rest.end()
    assert room.keeper.told == ["rest", "wake"]
    assert room.pass_time(REST_SECONDS - 1) == []
    assert room.pass_time(2) == ["rest"]


def test_what_is_posted_in_time_puts_it_off(room: Room) -> None:
    room.pass_time(REST_SECONDS - 1)
    room.rest.end()
    assert room.pass_time(REST_SECONDS - 1) == []


def test_music_and_what_rings_keep_it_going(room: Room) -> None:
    room.player.resting = False
    assert room.pass_time(3 * REST_SECONDS) == []
    room.player.resting = True
    assert room.pass_time(REST_SECONDS - 1) == []
    assert room.pass_time(2) == ["rest"]


def test_while_pads_are_listened_to_it_does_not_rest_and_is_woken_for_them(room: Room) -> None:
    assert room.pass_time(3 * REST_SECONDS, needed=True) == []
    room.pass_time(REST_SECONDS + 1)
    assert room.pass_time(1, needed=True) == ["wake"]


def test_a_device_that_was_started_for_another_reason_rests_again(room: Room) -> None:
    room.pass_time(REST_SECONDS + 1)
    room.keeper.pulling = True  # as when another was chosen
    assert room.pass_time(REST_SECONDS + 1) == ["rest"]
