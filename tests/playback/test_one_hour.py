"""An hour of endless play in some seconds: a drummer writes ahead, a user edits, outputs are switched every minute."""

from __future__ import annotations

import gc
from array import array

import numpy as np
import pytest
from numpy.typing import NDArray

from drumapp.core.timing import TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback import midi_sender
from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.note_rows import pack_rows
from drumapp.playback.output_settings import MidiOutputSettings
from tests.playback.midi_fakes import still_sounding
from tests.playback.studio import MS, Studio

MINUTES = 60
EDITS_A_MINUTE = 10
BPM = 120.0
BAR, BAR_MS = 1920, 2000
BARS_AHEAD = 4
KEYS = np.array([36, 38, 42, 46])
TICK_NS = 60 * NANOSECONDS / (BPM * 480)
START, KEY = 0, 1

Rows = NDArray[np.int64]


def any_bar(dice: np.random.Generator, bar: int) -> Rows:
    """Some notes of a bar, in no order, off the grid as with feel; no drum twice on a tick."""
    places = dice.choice(BAR // 30 * len(KEYS), size=dice.integers(0, 24), replace=False)
    ticks = bar * BAR + places // len(KEYS) * 30 + dice.integers(0, 20)
    rows = np.stack(
        (ticks, KEYS[places % len(KEYS)], dice.integers(1, 128, len(places)), dice.integers(1, 200, len(places)))
    )
    return rows.T.astype(np.int64)


class Hour:
    """The document, and what of it must be heard."""

    def __init__(self) -> None:
        self.dice = np.random.default_rng(5)
        self.studio = Studio("One", "Two", block=2048)
        self.notes = np.empty((0, 4), np.int64)
        self.bars = 0
        self.heard = array("q")  # time, port, key, velocity of each stroke; numbers alone, so that nothing is counted
        self.taken_back = np.empty((0, 4), np.int64)  # played already, and then erased
        self.sounding: dict[str, set[tuple[int, int]]] = {}

    def write(self) -> None:
        """The drummer writes a bar."""
        rows = any_bar(self.dice, self.bars)
        self.bars += 1
        self.notes = np.concatenate((self.notes, rows))
        self.studio.do(protocol.AppendNotes(pack_rows(rows), self.bars * BAR))

    def edit(self) -> None:
        """The user changes something: where it will be heard yet, or far behind the playhead."""
        tick = self.studio.player.state.tick
        ahead = self.notes[:, START] > tick + 240
        behind = self.notes[:, START] < tick - 240
        place = self.dice.integers(0, len(self.notes))
        match self.dice.integers(0, 4):
            case 0 if ahead[place]:
                self.notes = np.delete(self.notes, place, axis=0)
            case 0 if behind[place]:
                self.taken_back = np.concatenate((self.taken_back, self.notes[place : place + 1]))
                self.notes = np.delete(self.notes, place, axis=0)
            case 1:
                start = int(tick) + 300 + int(self.dice.integers(0, BAR))
                taken = (self.notes[:, START] == start) & (self.notes[:, KEY] == 50)
                if start < self.bars * BAR and not taken.any():
                    self.notes = np.concatenate((self.notes, [[start, 50, 99, 40]]))
            case 2:
                changed = self.notes.copy()
                changed[ahead, 2] = np.clip(changed[ahead, 2] + 3, 1, 127)
                self.notes = changed
            case _:
                changed = self.notes.copy()
                changed[ahead & (changed[:, KEY] == 46), KEY] = 47
                self.notes = changed
        order = np.lexsort((self.notes[:, KEY], self.notes[:, START]))
        rows = np.ascontiguousarray(self.notes[order])
        self.studio.do(protocol.SetPattern(pack_rows(rows), self.bars * BAR, TempoMap.constant(BPM)))

    def take_down(self) -> None:
        """Note what the ports have been sent so far, and forget it there."""
        for port in self.studio.system.opened:
            for at, key, velocity in port.strikes:
                self.heard.extend((at, port.name == "Two", key, velocity))
            self.sounding[port.name] = still_sounding(port.messages, self.sounding.get(port.name, frozenset()))
            port.sent.clear()


def objects() -> int:
    gc.collect()
    return len(gc.get_objects())


def test_an_hour_of_endless_play(monkeypatch: pytest.MonkeyPatch):
    # Fewer wakes, each further ahead: nothing else changes, and the hour takes seconds.
    monkeypatch.setattr(midi_sender, "LEAD_MS", 80)
    monkeypatch.setattr(midi_sender, "_LOOK_NS", 30 * MS)
    hour = Hour()
    studio = hour.studio
    one, two = MidiOutputSettings("One"), MidiOutputSettings("Two", channel=3)
    studio.use(one)
    studio.do(protocol.SetGrowing(True), protocol.SetPattern(b"", 0, TempoMap.constant(BPM)))
    for _ in range(BARS_AHEAD):
        hour.write()
    studio.do(protocol.Play())
    counts = []
    for minute in range(MINUTES):
        for bar in range(60_000 // BAR_MS):
            studio.run(BAR_MS - 300)
            hour.write()
            if bar % 3 == 0:
                hour.edit()
            studio.run(300)
        studio.use(one if minute % 2 else two)
        hour.take_down()
        counts.append(objects())
    studio.do(protocol.SetGrowing(False))
    studio.run(BARS_AHEAD * BAR_MS + 2_000)
    hour.take_down()
    assert not studio.player.playing
    heard = np.array(hour.heard).reshape(-1, 4)
    ticks = np.round((heard[:, 0] - studio.heard(0)) / TICK_NS).astype(np.int64)
    expected = np.concatenate((hour.notes, hour.taken_back))
    first = ticks.min() - expected[:, START].min()
    struck = sorted(zip((ticks - first).tolist(), heard[:, 2].tolist(), heard[:, 3].tolist(), strict=True))
    assert struck == sorted(zip(*(expected[:, column].tolist() for column in range(3)), strict=True))
    assert len(struck) > 15_000
    assert set(heard[:, 1]) == {0, 1}
    assert max(sent.late_ns for sent in studio.log.since(0)) <= 1
    assert hour.sounding == {"One": set(), "Two": set()}
    assert counts[-1] < 1.05 * counts[5]
