import pytest

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.conductor import Conductor, Drummer, fresh_seed
from drumapp.gui.document import Document
from drumapp.gui.drummer_at_work import BARS_AHEAD
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.playback.engine import SoundReady
from tests.gui.gui_fakes import RecordingEngine, ScriptedSeat, no_thread, played_straight

BAR = 1920

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def conductor(document: Document, engine: RecordingEngine):
    made = Conductor(document, engine)
    made.set_seat(ScriptedSeat())
    yield made
    made.close()
    assert no_thread("drummer")


def play_until(qtbot, conductor: Conductor, condition) -> None:
    """Let time pass, as the timer would, until something is so."""

    def passed() -> bool:
        conductor.tick()
        return condition()

    qtbot.waitUntil(passed, timeout=20_000)


def test_generate_plays_at_once_and_writes_the_whole_take(qtbot, conductor, document, engine) -> None:
    wanted = GeneratorSettings(seed=4, bars=4)
    conductor.generate(wanted)
    assert engine.playing
    assert engine.growing
    assert engine.loop is None, "what grows is not repeated"
    play_until(qtbot, conductor, lambda: not document.in_take)

    assert list(document.pattern.notes) == played_straight(wanted) == engine.music
    assert document.pattern.length == 4 * BAR
    assert not engine.growing
    assert engine.loop == Range(0, 4 * BAR)
    assert engine.playing
    assert conductor.performance.drummer is Drummer.IDLE


def test_the_drummer_plays_a_few_bars_ahead_and_no_further(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    for bar in range(6):
        engine.position = bar * BAR + 500.0
        target = (bar + BARS_AHEAD) * BAR
        play_until(qtbot, conductor, lambda target=target: document.pattern.length >= target)
        for _ in range(50):
            conductor.tick()
        assert document.pattern.length < target + 2 * BAR
    assert conductor.performance.bars_ahead in (BARS_AHEAD - 1, BARS_AHEAD, BARS_AHEAD + 1)


def test_pause_holds_both_and_play_goes_on_with_both(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: document.pattern.length > BAR)
    engine.position = 1000.0
    conductor.pause()
    held = document.pattern
    assert not engine.playing
    assert conductor.performance.drummer is Drummer.PAUSED
    engine.position = 50 * BAR
    for _ in range(50):
        conductor.tick()
    assert document.pattern is held, "a held drummer writes nothing, wherever the playhead is"

    engine.position = 1000.0
    conductor.play()
    assert engine.playing
    play_until(qtbot, conductor, lambda: document.pattern.length >= BARS_AHEAD * BAR)
    assert document.pattern.notes[: len(held)] == held.notes


@pytest.mark.parametrize("interruptions", [("pause",), ("stop",), ("pause", "stop", "pause"), ("toggle_play",) * 3])
def test_an_interrupted_take_is_the_take_that_would_have_been(
    qtbot, conductor, document, engine, interruptions: tuple[str, ...]
) -> None:
    wanted = GeneratorSettings(seed=9, bars=16)
    conductor.generate(wanted)
    for place, act in enumerate(interruptions):
        engine.position = float(place * 2 * BAR)
        reached = document.pattern.length
        play_until(qtbot, conductor, lambda reached=reached: document.pattern.length > reached)
        getattr(conductor, act)()
        assert not engine.playing
        conductor.play()
    while document.in_take:
        engine.position += BAR / 2
        conductor.tick()
        qtbot.wait(1)

    assert list(document.pattern.notes) == played_straight(wanted)


def test_stop_rewinds_and_play_starts_over_with_the_same_take(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: document.pattern.length > BAR)
    engine.position = 1500.0
    conductor.stop()

    assert engine.position == 0
    assert not engine.playing
    assert document.in_take
    conductor.play()
    assert engine.playing
    assert document.in_take


def test_generating_anew_replaces_and_undo_brings_back(qtbot, conductor, document, engine) -> None:
    first, second = GeneratorSettings(seed=1, bars=2), GeneratorSettings(seed=2, bars=2)
    for wanted in (first, second):
        conductor.generate(wanted)
        play_until(qtbot, conductor, lambda: not document.in_take)
    assert list(document.pattern.notes) == played_straight(second)

    document.undo()
    assert list(document.pattern.notes) == played_straight(first)
    assert engine.music == played_straight(first)
    document.redo()
    assert engine.music == played_straight(second)


def test_generating_while_a_take_is_written_leaves_one_drummer(qtbot, conductor, document) -> None:
    for seed in range(5):
        conductor.generate(GeneratorSettings(seed=seed, bars=None))
        play_until(qtbot, conductor, lambda: len(document.pattern) > 0)
    conductor.generate(GeneratorSettings(seed=7, bars=2))
    play_until(qtbot, conductor, lambda: not document.in_take)

    assert list(document.pattern.notes) == played_straight(GeneratorSettings(seed=7, bars=2))
    assert no_thread("drummer")


def test_generate_rewinds_first(conductor, engine) -> None:
    engine.playing, engine.position = True, 5000.0
    conductor.generate(GeneratorSettings(seed=1))

    acts = [name for name, _ in engine.told]
    assert acts.index("stop") < acts.index("play")
    assert engine.position == 0


def test_undo_while_a_take_is_written_sends_the_drummer_home(qtbot, conductor, document, engine) -> None:
    document.replace(Pattern.of([Note(0, 36, 100)]), "Open")
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: len(document.pattern) > 4)
    document.undo()

    assert engine.music == [Note(0, 36, 100)]
    assert not engine.growing
    assert engine.loop == Range(0, BAR)
    assert no_thread("drummer")


@pytest.mark.parametrize("act", ["play", "generate"])
def test_a_playing_process_that_died_is_brought_back(qtbot, conductor, document, engine, act: str) -> None:
    wanted = GeneratorSettings(seed=1, bars=8)
    conductor.generate(wanted)
    play_until(qtbot, conductor, lambda: document.pattern.length > BAR)
    engine.position = 1000.0
    engine.die()
    conductor.tick()
    assert conductor.performance.drummer is Drummer.PAUSED, "nobody writes for nobody"

    started = engine.started
    conductor.play() if act == "play" else conductor.generate(wanted)
    assert engine.started == started + 1
    assert engine.playing
    assert engine.position == (1000.0 if act == "play" else 0.0)
    conductor.tick()
    assert conductor.performance.playing


def test_clearing_stops_the_music(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: len(document.pattern) > 4)
    document.replace(Pattern(), "Clear")

    assert not engine.playing
    assert engine.music == []
    assert not conductor.performance.playing


def test_play_with_nothing_to_play_does_nothing(conductor, engine) -> None:
    conductor.play()

    assert not engine.playing


def test_the_end_of_a_beat_that_is_not_repeated_is_noticed(conductor, document, engine) -> None:
    document.replace(Pattern.of([Note(0, 36, 100)]), "Open")
    conductor.set_looping(False)
    assert engine.loop is None
    conductor.play()
    conductor.tick()
    assert conductor.performance.playing
    engine.playing = False  # as the engine does at the end
    conductor.tick()

    assert not conductor.performance.playing
    conductor.set_looping(True)
    assert engine.loop == Range(0, BAR)


def test_a_seek_stays_within_the_music(conductor, document, engine) -> None:
    document.replace(Pattern.of([Note(0, 36, 100)]), "Open")
    conductor.seek(100_000)
    assert engine.position == BAR - 1
    conductor.seek(-5)
    assert engine.position == 0


def test_a_drummer_who_breaks_off_is_reported_and_what_was_written_stays(qtbot, conductor, document, engine) -> None:
    conductor.set_seat(ScriptedSeat(breaks_at=20))
    with qtbot.waitSignal(conductor.failed) as failed:
        conductor.generate(GeneratorSettings(seed=1, bars=8))
        play_until(qtbot, conductor, lambda: not document.in_take)

    assert "the sticks broke" in failed.args[0]
    assert not document.in_take
    assert not engine.growing
    assert document.pattern.length % BAR == 0


def test_a_failure_with_a_sentence_is_shown_as_it_is(qtbot, conductor, document) -> None:
    error = DrumappError("The model groove.safetensors is damaged: choose another.")
    conductor.set_seat(ScriptedSeat(breaks_at=0, error=error))
    with qtbot.waitSignal(conductor.failed) as failed:
        conductor.generate(GeneratorSettings(seed=1, bars=8))
        play_until(qtbot, conductor, lambda: not document.in_take)

    assert failed.args == [str(error)]


def test_without_a_drummer_generate_is_refused_and_nothing_is_lost(conductor, document) -> None:
    document.replace(Pattern.of([Note(0, 36, 100)]), "Open")
    conductor.set_seat(None)
    with pytest.raises(DrumappError, match="open a model"):
        conductor.generate(GeneratorSettings())

    assert len(document.pattern) == 1
    assert conductor.performance.drummer is Drummer.ABSENT


def test_finishing_an_endless_take_keeps_whole_bars_and_repeats_them(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: document.pattern.length > 2 * BAR)
    conductor.finish_take()

    assert document.pattern.length % BAR == 0
    assert engine.loop == Range(0, document.pattern.length)
    assert no_thread("drummer")


def test_a_new_tempo_reaches_the_engine_with_all_notes_written_so_far(qtbot, conductor, document, engine) -> None:
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: len(document.pattern) > 10)
    document.set_tempo(77.0)

    assert engine.pattern.bpm == 77.0
    assert engine.music == list(document.pattern.notes)
    assert engine.growing
    play_until(qtbot, conductor, lambda: document.pattern.length >= BARS_AHEAD * BAR)
    assert engine.music == list(document.pattern.notes)


def test_what_the_engine_says_is_passed_on(qtbot, conductor, engine) -> None:
    event = SoundReady("Sampler", "null", 0.0, 44100, False)
    engine.events.append(event)
    with qtbot.waitSignal(conductor.sound_event) as heard:
        conductor.tick()

    assert heard.args == [event]


def test_seeds_are_fresh() -> None:
    assert len({fresh_seed() for _ in range(100)}) > 90


def test_closing_in_the_middle_of_a_take_leaves_nothing(qtbot, document, engine) -> None:
    conductor = Conductor(document, engine)
    conductor.set_seat(ScriptedSeat())
    conductor.start()
    conductor.generate(GeneratorSettings(seed=1, bars=None))
    play_until(qtbot, conductor, lambda: len(document.pattern) > 4)
    conductor.close()

    assert engine.closed == 1
    assert no_thread("drummer")
