"""Stand-ins for what the window talks to: an engine that remembers, a drummer that is known, a user who answers."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from drumapp.core.errors import DrumappError
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Take
from drumapp.core.timing import Range
from drumapp.gui.application import Application
from drumapp.gui.dialogs import Unsaved
from drumapp.gui.generation import Request, Turned
from drumapp.gui.insight.insight import MemoryFilm, Stroke, WhatElse
from drumapp.gui.model_loading import ModelLoading
from drumapp.gui.seat import Way
from drumapp.lstm.chart import Chart
from drumapp.lstm.listening import Listening
from drumapp.lstm.take_settings import Change, GeneratorSettings, Place
from drumapp.lstm.vocabulary import TICKS_PER_GRID
from drumapp.note_table import note_table
from drumapp.playback.audio import DeviceInfo
from drumapp.playback.engine import (
    ControlMoved,
    EngineDied,
    EngineEvent,
    MetronomeSettings,
    MidiSettings,
    PadReleased,
    PadStruck,
    Playhead,
    SoundDevices,
    SoundSettings,
    SyncSettings,
)
from drumapp.settings import Settings

STEP = 120
JITTER = 9


class RecordingEngine:
    """Remembers what it was told. It plays when told to, and its playhead stands where a test puts it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []
        self.pattern = Pattern()
        self.appended: list[Note] = []
        self.length = 0
        self.growing = False
        self.loop: Range | None = None
        self.kit: DrumKit | None = None
        self.metronome = MetronomeSettings()
        self.midi = MidiSettings()
        self.sync = SyncSettings()
        self.running = False
        self.playing = False
        self.counting_in = False
        self.count_in_ticks = 0.0
        self.devices: list[DeviceInfo] = []
        self.position = 0.0
        self.events: list[EngineEvent] = []
        self.sound: SoundSettings | None = None
        self.started = 0
        self.closed = 0

    @property
    def music(self) -> list[Note]:
        """All notes the engine has by now."""
        return [*self.pattern.notes, *self.appended]

    def start(self) -> None:
        if not self.running:
            self.running = True
            self.started += 1
            self.position = 0.0

    def die(self) -> None:
        """As a process does that was killed: it holds its place, and plays no more."""
        self.running = self.playing = False
        self.events.append(EngineDied("The playing process ended unexpectedly (signal 9); play again to restart it."))

    def close(self) -> None:
        self.running = False
        self.closed += 1

    def set_pattern(self, pattern: Pattern) -> None:
        self.told.append(("set_pattern", pattern))
        self.pattern, self.appended, self.length = pattern, [], pattern.length

    def append_notes(self, notes: Sequence[Note], length: int) -> None:
        assert length >= self.length, "the music must not shrink while it grows"
        assert all(note.start < length for note in notes)
        self.appended += notes
        self.length = length

    def set_growing(self, growing: bool) -> None:
        self.growing = growing

    def set_loop(self, span: Range | None) -> None:
        self.loop = span

    def set_kit(self, kit: DrumKit) -> None:
        self.kit = kit

    def set_midi(self, midi: MidiSettings) -> None:
        self.midi = midi

    def set_sync(self, sync: SyncSettings) -> None:
        self.sync = sync

    def set_metronome(self, metronome: MetronomeSettings) -> None:
        self.metronome = metronome

    def play(self) -> None:
        self.told.append(("play", None))
        self.playing = self.running

    def pause(self) -> None:
        self.told.append(("pause", None))
        self.playing = False

    def stop(self) -> None:
        self.told.append(("stop", None))
        self.playing, self.position = False, 0.0

    def seek(self, tick: float) -> None:
        self.told.append(("seek", tick))
        self.position = float(tick)

    def panic(self) -> None:
        self.told.append(("panic", None))

    def audition(self, key: int, velocity: int) -> None:
        self.told.append(("audition", (key, velocity)))

    def set_sound(self, sound: SoundSettings) -> None:
        self.sound = sound

    def ask_devices(self) -> None:
        """What it finds is among its events when next polled."""
        self.events.append(SoundDevices(tuple(self.devices)))

    def playhead(self) -> Playhead:
        level = 0.5 if self.playing else 0.0
        return Playhead(
            tick=self.position,
            playing=self.playing,
            counting_in=self.counting_in,
            count_in_ticks=self.count_in_ticks,
            level=level,
        )

    def poll(self) -> list[EngineEvent]:
        events, self.events = self.events, []
        return events

    # What comes in from a device

    def strike(self, key: int, tick: float | None, velocity: int = 100, *, device_key: int | None = None) -> None:
        """A pad is struck while a tick is heard."""
        self.events.append(PadStruck("Pads", 10, key if device_key is None else device_key, key, velocity, tick, 0))

    def let_go(self, key: int, tick: float | None) -> None:
        self.events.append(PadReleased("Pads", key, tick, 0))

    def turn(self, controller: int, value: int, channel: int = 1) -> None:
        self.events.append(ControlMoved("Pads", channel, controller, value))


class ScriptedDrummer:
    """A note or two a step, drawn by the seed and the step alone: where it goes on, it goes on as it would have.

    ``breaks_at`` raises there; ``drawn`` counts.
    """

    def __init__(self, request: Request, breaks_at: int | None = None, error: Exception | None = None) -> None:
        settings, chart = request.settings, request.chart
        turned = request.turned
        if turned != Turned():
            place = Place((chart.start or 0) // TICKS_PER_GRID - 1 if chart else -1, 127)
            change = Change(place, turned.time_temperature or 1.0, turned.pitch_temperature or 1.0, turned.fresh)
            settings = replace(settings, changes=(*settings.changes, change))
        self.settings = settings
        self.request = request
        self.trail = ("trail", request.trail)
        self.drawn = 0
        self.length = None if settings.bars is None else settings.bars * settings.metre.ticks_per_bar
        self._first, self._locked, start = 0, frozenset(), 0
        if chart is not None:
            start, self.length, self._locked = chart.start or 0, chart.stop, chart.locked_keys
            self._first = chart.first_tick
        self._step = -(-start // STEP) * STEP
        self.settled = start
        self._waiting: list[Note] = []
        self._breaks_at = breaks_at
        self._error = error or RuntimeError("the sticks broke")

    def __iter__(self) -> Iterator[Note]:
        return self

    def __next__(self) -> Note:
        if self._breaks_at is not None and self.drawn >= self._breaks_at:
            raise self._error
        while not self._waiting:
            if self.length is not None and self._step >= self.length:
                self.settled = self.length
                raise StopIteration
            self.settled = max(self._step - JITTER, self._first)
            self._waiting = [note for note in self._notes_of_step() if note.pitch not in self._locked]
            self._step += STEP
        self.drawn += 1
        return self._waiting.pop(0)

    def _notes_of_step(self) -> list[Note]:
        settings = self.settings
        choose = random.Random(f"{settings.seed} {settings.variation} {self._step}")
        notes = []
        for pitch in choose.sample((36, 38, 42, 46), choose.choice((1, 1, 2))):
            # As with feel: a little before or behind the grid, so neighbours may come out of order.
            shift = choose.randint(-JITTER, JITTER) if settings.feel and self._step else 0
            notes.append(Note(max(self._step + shift, self._first), pitch, choose.randint(1, 127)))
        return notes


def played_straight(settings: GeneratorSettings) -> list[Note]:
    """What the scripted drummer plays when nobody interrupts it."""
    return sorted(ScriptedDrummer(Request(settings)))


class ScriptedInsight:
    """Is surprised by a note's velocity, for every tenth of it a bit. Keys above 81 it does not hear; in a note's stead
    the hat comes to its mind, and what follows. Its memory of h is what it has heard, counted; of c the same, negative.

    Attributes: heard, the patterns it was given; let_on, held back while it is cleared; error, raised when it hears.
    """

    HEADS = ("delay", "pitch", "velocity", "microtiming")
    STRETCH = 10

    def __init__(self) -> None:
        self.heard: list[Pattern] = []
        self.followed: list[tuple[Pattern, GeneratorSettings]] = []
        self.let_on = threading.Event()
        self.let_on.set()
        self.error: Exception | None = None
        self.busy = 0
        self._count = 0

    def _stretches(self, notes: int) -> Iterator[int]:
        assert not self.busy, "asked from two threads at once"
        self.busy += 1
        try:
            for first in range(0, notes + 1, self.STRETCH):
                self.let_on.wait(10)
                if self.error is not None:
                    raise self.error
                yield min(first + self.STRETCH, notes)
        finally:
            self.busy -= 1

    def hear(self, pattern: Pattern) -> Iterator[None]:
        self.heard.append(pattern)
        self._count = 0
        for count in self._stretches(len(pattern.notes)):
            self._count = count
            yield

    @property
    def listening(self) -> Listening:
        notes = note_table(self.heard[-1].notes)
        sources = np.flatnonzero(notes[:, 1] <= 81)
        heard = sources[sources < self._count]
        delay = notes[heard, 2] / 10 - 0.25
        bits = np.stack([delay, np.full(len(heard), 0.25), np.ones(len(heard)), np.full(len(heard), 2.0)], axis=1)
        return Listening(notes, sources, self.HEADS, bits)

    def what_else(self, note: Note, count: int) -> WhatElse | None:
        if note not in self.heard[-1].notes or note.pitch > 81:
            return None
        tick = round(note.start / 20) * 20
        others = [Stroke(tick, 42, 0.5), Stroke(tick, 38, 0.2), Stroke(tick + 120, 36, 0.1), Stroke(tick, 49, 0.001)]
        return WhatElse(note, Stroke(tick, note.pitch, 0.125), tuple(others[:count]))

    def follow(self, pattern: Pattern, settings: GeneratorSettings) -> Iterator[None]:
        self.followed.append((pattern, settings))
        for _ in self._stretches(len(pattern.notes)):
            yield

    def film(self, half: str) -> MemoryFilm:
        pattern, _ = self.followed[-1]
        ticks = np.array([0, *(note.start for note in pattern.notes)], np.int64)
        values = np.zeros((len(ticks), 2, 8), np.float32)
        values[:] = (np.arange(len(ticks)) / len(ticks))[:, None, None] * (1 if half == "h" else -4)
        return MemoryFilm(half, ticks, values, (0,))


class ScriptedSeat:
    """A seat for scripted drummers. Attributes: requests, all that were made of it; mind, what it gives a look into."""

    def __init__(self, breaks_at: int | None = None, error: Exception | None = None) -> None:
        self.requests: list[Request] = []
        self.mind = ScriptedInsight()
        self._breaks_at, self._error = breaks_at, error

    def insight(self) -> ScriptedInsight:
        return self.mind

    def make(self, request: Request) -> ScriptedDrummer:
        self.requests.append(request)
        return ScriptedDrummer(request, self._breaks_at, self._error)

    def parted(self, chart: Chart) -> tuple[list[Note], list[Note]]:
        first, stop = chart.first_tick or 0, chart.stop_tick
        going = {
            note
            for note in chart.pattern.notes
            if note.start >= first
            and (stop is None or note.start < stop)
            and note.pitch not in chart.locked_keys
            and note not in chart.locked_notes
        }
        notes = chart.pattern.notes
        return [note for note in notes if note not in going], [note for note in notes if note in going]

    def ways(self, request: Request, number: int) -> list[Way]:
        made = []
        for variation in range(request.settings.variation, request.settings.variation + number):
            varied = replace(request, settings=replace(request.settings, variation=variation))
            drummer = ScriptedDrummer(varied)
            notes = tuple(sorted(drummer))
            take = partial(self.take_of, drummer)
            made.append(Way(notes, float(variation % 3), take))
        return made

    def replayed(self, take: Take) -> list[Note]:
        if take.model != "0":
            raise DrumappError("Another drummer played this take; choose the one that did.")
        return sorted(ScriptedDrummer(Request(self.settings_of(take))))

    def take_of(self, generator: ScriptedDrummer, take_id: str, result: Pattern, made: float) -> Take:
        settings = generator.settings.to_json()
        return Take(take_id, "", model="0", seed=generator.settings.seed, settings=settings, made=made, result=result)

    def settings_of(self, take: Take) -> GeneratorSettings:
        return GeneratorSettings.from_json(take.settings, take.seed)

    def is_mine(self, take: Take) -> bool:
        return take.model == "0"

    def hearsay(self, notes: Sequence[Note]) -> str:
        strange = [note for note in notes if note.pitch > 81]
        return f"The drummer does not hear {len(strange)} notes." if strange else ""


@dataclass
class Answers:
    """A user: what was shown to it, and what it answers when asked for files."""

    errors: list[str] = field(default_factory=list)
    opens: Path | None = None
    saves: Path | None = None
    into: Path | None = None
    unsaved: Unsaved = Unsaved.DISCARD
    overwrites: bool = False
    asked: list[tuple[str, Path | None, str]] = field(default_factory=list)
    asked_of_unsaved: list[str] = field(default_factory=list)
    asked_to_overwrite: list[str] = field(default_factory=list)

    def show_error(self, sentence: str) -> None:
        self.errors.append(sentence)

    def file_to_open(self, caption: str, folder: Path | None, kinds: str) -> Path | None:
        self.asked.append((caption, folder, kinds))
        return self.opens

    def folder_to_open(self, caption: str, folder: Path | None) -> Path | None:
        self.asked.append((caption, folder, ""))
        return self.opens

    def file_to_save(self, caption: str, suggestion: Path, kinds: str) -> Path | None:
        self.asked.append((caption, suggestion, kinds))
        return self.saves

    def folder(self, caption: str, start: Path | None) -> Path | None:
        self.asked.append((caption, start, "folder"))
        return self.into

    def what_of_unsaved(self, name: str) -> Unsaved:
        self.asked_of_unsaved.append(name)
        return self.unsaved

    def may_overwrite(self, sentence: str) -> bool:
        self.asked_to_overwrite.append(sentence)
        return self.overwrites


def scripted_model(name: str = "Scripted") -> SimpleNamespace:
    return SimpleNamespace(name=name, digest="0", provenance={"licence": "CC BY 4.0"}, styles=("funk", "rock"))


def make_application(qapp, settings: Settings, engine: RecordingEngine, answers: Answers, *, model=None) -> Application:
    """The window with a scripted drummer who is already there."""
    made = Application(
        qapp,
        settings,
        engine=engine,
        asking=answers,
        loading=ModelLoading(lambda _path: scripted_model()),
        seat_of=lambda _model: ScriptedSeat(),
    )
    made.drummer.seat(Path("scripted.safetensors"), model or scripted_model())
    return made


def no_thread(name: str) -> bool:
    """Whether no thread of a name is left."""
    return not any(thread.name == name for thread in threading.enumerate())
