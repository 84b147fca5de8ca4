"""What is heard is what is in the document: whole sessions, played by the real player in a time of the test's own."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.player import Player
from tests.gui.gui_fakes import RecordingEngine, ScriptedSeat, played_straight
from tests.playback.recording_synth import RecordingSynth

BAR = 1920
BLOCK_FRAMES = 480
FRAMES_A_BAR = 96_000  # at 120 beats a minute

pytestmark = pytest.mark.usefixtures("qapp")


class PlayerEngine(RecordingEngine):
    """Hands all it is told to a player, which plays a block when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.frames_a_command = 1  # no two commands are heard of in the same block: nothing may depend on that
        self.synth = RecordingSynth(48_000)
        self.player = Player(self.synth)
        self.running = True

    def _tell(self, command: protocol.PlayerCommand) -> None:
        self.player.post(command)
        self.run(self.frames_a_command)

    def run(self, frames: int) -> None:
        for start in range(0, frames, BLOCK_FRAMES):
            self.player.process(min(BLOCK_FRAMES, frames - start))
        self.position, self.playing = self.player.state.tick, bool(self.player.state.playing)

    @property
    def heard(self) -> list[tuple[int, int]]:
        """Key and velocity of every stroke, in order."""
        return [(key, velocity) for _, kind, key, velocity in self.synth.log if kind == "on"]

    def set_pattern(self, pattern: Pattern) -> None:
        super().set_pattern(pattern)
        self._tell(protocol.SetPattern(protocol.pack(pattern.notes), pattern.length, pattern.tempo))

    def append_notes(self, notes: Sequence[Note], length: int) -> None:
        super().append_notes(notes, length)
        self._tell(protocol.AppendNotes(protocol.pack(notes), length))

    def set_growing(self, growing: bool) -> None:
        super().set_growing(growing)
        self._tell(protocol.SetGrowing(growing))

    def set_loop(self, span: Range | None) -> None:
        super().set_loop(span)
        self._tell(protocol.SetLoop(span))

    def play(self) -> None:
        self._tell(protocol.Play())

    def pause(self) -> None:
        self._tell(protocol.Pause())

    def stop(self) -> None:
        self._tell(protocol.Stop())

    def seek(self, tick: float) -> None:
        self._tell(protocol.Seek(tick))


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def engine() -> PlayerEngine:
    return PlayerEngine()


@pytest.fixture
def conductor(document: Document, engine: PlayerEngine):
    made = Conductor(document, engine)
    made.set_seat(ScriptedSeat())
    yield made
    made.close()


def play_on(qtbot, conductor: Conductor, engine: PlayerEngine, done: Callable[[], bool]) -> None:
    """Let music and drummer go on, as time and the timer would."""

    def passed() -> bool:
        engine.run(FRAMES_A_BAR // 32)
        conductor.tick()
        return done()

    qtbot.waitUntil(passed, timeout=20_000)


def strokes(notes: Sequence[Note]) -> list[tuple[int, int]]:
    return [(note.pitch, note.velocity) for note in notes]


def test_an_endless_take_is_heard_note_by_note_through_pauses_and_tempos(qtbot, conductor, document, engine) -> None:
    wishes = random.Random(3)
    conductor.generate(GeneratorSettings(seed=5, bars=None))
    for bar in range(1, 12):
        play_on(qtbot, conductor, engine, lambda bar=bar: engine.position > bar * BAR * 0.77)
        wish = wishes.choice(("pause", "tempo", "loop", "both"))
        if wish in ("pause", "both"):
            conductor.pause()
            engine.run(FRAMES_A_BAR)
        if wish in ("tempo", "both"):
            document.set_tempo(wishes.uniform(40, 380))
        if wish == "loop":
            conductor.set_looping(not conductor.looping)
        conductor.play()
    conductor.pause()

    played = [note for note in document.pattern.notes if note.start < engine.position]
    assert len(played) > 100
    assert engine.heard == strokes(played)
    length = document.pattern.length
    unbroken = played_straight(GeneratorSettings(seed=5, bars=16))
    assert list(document.pattern.notes) == [note for note in unbroken if note.start < length]


def test_a_take_that_ends_while_its_music_waits_for_it_is_repeated(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=5, bars=9))
    conductor.tick()
    engine.run(9 * FRAMES_A_BAR)  # the window is late with all the rest
    assert engine.player.state.holding
    engine.frames_a_command = FRAMES_A_BAR // 16
    play_on(qtbot, conductor, engine, lambda: not document.in_take)
    before = len(engine.heard)
    engine.run(9 * FRAMES_A_BAR)

    assert engine.playing
    assert conductor.performance.playing
    assert len(engine.heard) - before >= len(document.pattern)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_session_the_engine_holds_the_document(qtbot, conductor, document, engine, seed: int) -> None:
    wishes = random.Random(seed)
    opened = Pattern.of([Note(tick, 38, 80) for tick in range(0, 3 * BAR, 240)], name="Opened")
    acts = {
        "generate": lambda: conductor.generate(GeneratorSettings(seed=wishes.randrange(99), bars=wishes.randint(1, 6))),
        "endless": lambda: conductor.generate(GeneratorSettings(seed=wishes.randrange(99), bars=None)),
        "finish": conductor.finish_take,
        "play or pause": conductor.toggle_play,
        "stop": conductor.stop,
        "seek": lambda: conductor.seek(wishes.randrange(12 * BAR)),
        "tempo": lambda: document.set_tempo(wishes.uniform(20, 400)),
        "loop": lambda: conductor.set_looping(wishes.random() < 0.5),
        "undo": document.undo,
        "redo": document.redo,
        "open": lambda: document.replace(opened, "Open"),
        "clear": lambda: document.replace(Pattern(), "Clear"),
    }
    for _ in range(80):
        name = wishes.choice(list(acts))
        acts[name]()
        for _ in range(wishes.randrange(6)):
            engine.run(FRAMES_A_BAR // 4)
            conductor.tick()
            qtbot.wait(0)
        assert engine.music == list(document.pattern.notes), name
        assert engine.length == document.pattern.length, name
        assert engine.pattern.tempo == document.pattern.tempo, name
        assert engine.growing == document.in_take, name
        repeated = conductor.looping and not document.in_take and document.pattern.length > 0
        assert engine.loop == (Range(0, document.pattern.length) if repeated else None), name
        conductor.tick()
        assert conductor.performance.playing == engine.playing, name
        if not document.in_take:
            assert document.pattern.length == document.pattern.metre.bar_start(document.pattern.bars), name
            assert document.end == document.pattern.length
