"""Notes coloured by surprise: the tints, the picture, the legend, the tool tip, and how they follow the music."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from drumapp.core.kit import HOUSE_KIT
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.gui.application import Application
from drumapp.gui.insight.surprise import NOT_HEARD, TINTS, note_keys, tints_of, tints_of_notes, words_of
from drumapp.gui.insight.surprise_view import BROKEN, DEAF, NOBODY
from drumapp.gui.piano_roll.stamps import filled, hollow, tinted
from drumapp.gui.seat import ModelSeat
from drumapp.gui.theme import DARK, LIGHT, Colours, contrast
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.encoding import encode_pattern
from drumapp.lstm.evaluation import evaluate
from drumapp.lstm.listening import Listening
from drumapp.note_table import note_table
from drumapp.resources import default_model
from drumapp.settings import Settings
from tests.gui.colour_vision import VISIONS, difference, seen_as
from tests.gui.gui_fakes import RecordingEngine, ScriptedSeat, make_application, no_thread
from tests.gui.window_acts import BAR, let_run, trigger

HEADS = ("delay", "pitch", "velocity", "microtiming")
# The scripted drummer is surprised by a tenth of a velocity.
PATTERN = Pattern.of([Note(480 * place, 36, 5 + 10 * place) for place in range(12)] + [Note(240, 99, 60)])
both = pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])


# Tints


@pytest.mark.parametrize(("bits", "tint"), [(0.0, 1), (0.99, 1), (1.0, 2), (7.99, 8), (8.0, 9), (40.0, 9)])
def test_a_tint_is_a_bit(bits: float, tint: int) -> None:
    assert tints_of(np.array([bits])).tolist() == [tint]


def listening_of(notes: list[Note], heard: int | None = None) -> Listening:
    rows = note_table(notes)
    sources = np.flatnonzero(rows[:, 1] < 99)
    bits = np.zeros((len(sources), 4))
    bits[:, 0] = rows[sources, 2] % 8
    return Listening(rows, sources, HEADS, bits[:heard])


some_notes = st.lists(
    st.builds(Note, st.integers(0, 500), st.sampled_from([36, 38, 99]), st.integers(1, 127), st.just(60)),
    unique=True,
    max_size=30,
)


@given(some_notes, some_notes, some_notes, st.randoms(use_true_random=False))
def test_each_note_gets_its_own_tint_whatever_came_and_went(common, gone, come, dice) -> None:
    heard, shown = [*common, *gone], [*common, *come]
    dice.shuffle(shown)
    before = np.full(len(shown), 7, np.int64)
    found = tints_of_notes(listening_of(sorted(heard)), note_table(shown), before)

    for note, tint in zip(shown, found.tolist(), strict=True):
        expected = 7 if note not in heard else NOT_HEARD if note.pitch == 99 else note.velocity % 8 + 1
        assert tint == expected


def test_what_was_not_come_to_yet_keeps_its_tint() -> None:
    notes = [Note(100 * place, 36, 3) for place in range(5)]
    found = tints_of_notes(listening_of(notes, heard=2), note_table(notes), np.array([5, 5, 5, 5, 0]))

    assert found.tolist() == [4, 4, 5, 5, 0]


def test_notes_are_told_apart_by_start_pitch_and_velocity() -> None:
    notes = note_table([Note(1, 0, 1), Note(0, 127, 127), Note(0, 127, 126), Note(10**9, 0, 1)])
    assert len(set(note_keys(notes).tolist())) == 4


def test_surprise_in_words_names_every_decision() -> None:
    assert words_of([1.26, 2.0, 3.0, 4.0], HEADS) == (
        "3.3 bits of surprise: when 1.3, which drum 2.0\n(how loud 3.0, how early or late 4.0)"
    )
    assert words_of([1.0, 2.0], HEADS[:2]) == "3.0 bits of surprise: when 1.0, which drum 2.0"


# Colours


@both
@pytest.mark.parametrize("sight", VISIONS)
def test_the_scale_rises_for_everybody(colours: Colours, sight: str) -> None:
    seen = [seen_as(colour, sight) for colour in colours.surprise]
    steps = [difference(one, other) for one, other in pairwise(seen)]
    lightness = np.diff([colour[0] for colour in seen])

    assert len(seen) == TINTS
    assert min(steps) > 4
    assert (lightness > 0).all() or (lightness < 0).all()
    assert difference(seen[0], seen[-1]) > 50


@both
def test_the_scale_has_even_steps_and_shows_on_the_roll(colours: Colours) -> None:
    seen = [seen_as(colour, "normal") for colour in colours.surprise]
    steps = [difference(one, other) for one, other in pairwise(seen)]

    assert max(steps) / min(steps) < 1.25
    assert min(contrast(colour, colours.roll) for colour in colours.surprise) >= 3.0


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("muted", [True, False])
def test_a_note_of_any_hue_looks_as_one_of_that_hue_alone(ratio: float, narrow: bool, muted: bool) -> None:
    hues = ("#808080", "#3a78d8", "#ffefa8")
    stamp = tinted(hues, DARK.roll, 30.0, ratio, narrow=narrow, muted=muted)
    for place, hue in enumerate(hues):
        if muted or place == 0:
            alone = hollow(hue, DARK.roll, 30.0, ratio, narrow=narrow)
        else:
            alone = filled(hue, DARK.roll, 30.0, ratio, narrow=narrow, palest=0.75)
        for velocity in (1, 64, 127):
            level = velocity * len(hues) + place
            for distance in range(6):
                kind = sum(distance >= depth for depth in stamp.depths)
                own = sum(distance >= depth for depth in alone.depths)
                shown = stamp.table[:, level * stamp.kinds + kind]
                assert shown.tolist() == alone.table[:, velocity * alone.kinds + own].tolist()


# In the window


def pixel(application: Application, note: Note) -> str:
    """The colour of a note's foot in the roll."""
    roll = application.window.roll
    image = roll.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    row = roll.scene.kit.row_of_key[note.pitch]
    return image.pixelColor(roll.view.pixel_of(note.start) + 2, round(roll.view.y_of(row + 1)) - 4).name()


def tints(application: Application) -> list[int]:
    return application.window.roll.scene.index.tints.tolist()


def seat_of(application: Application) -> ScriptedSeat:
    return application.conductor.seat


def shown(qtbot, application: Application, expected: list[int]) -> None:
    qtbot.waitUntil(lambda: tints(application) == expected, timeout=10_000)


def switch_on(qtbot, application: Application, pattern: Pattern = PATTERN) -> None:
    application.document.replace(pattern, "test")
    trigger(application, "surprise")
    shown(qtbot, application, expected_of(pattern))


def expected_of(pattern: Pattern) -> list[int]:
    return [NOT_HEARD if note.pitch > 81 else min(note.velocity // 10 + 1, TINTS) for note in pattern.notes]


def test_notes_take_the_colours_of_surprise_and_give_them_back(application: Application, qtbot) -> None:
    loud = PATTERN.notes[-1]
    application.document.replace(PATTERN, "test")
    by_drum = pixel(application, loud)
    switch_on(qtbot, application)

    assert pixel(application, loud) != by_drum
    seen = QColor(pixel(application, loud))
    nearest = min(DARK.surprise, key=lambda hue: difference(seen_as(hue, "normal"), seen_as(seen.name(), "normal")))
    assert nearest == DARK.surprise[-1]
    assert application.window.status.surprise.isVisible()

    trigger(application, "surprise")
    assert pixel(application, loud) == by_drum
    assert not application.window.status.surprise.isVisible()


def test_the_key_switches_it(application: Application, qtbot) -> None:
    window = application.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_I)
    assert window.roll.scene.by_surprise
    QTest.keyClick(window, Qt.Key.Key_I)
    assert not window.roll.scene.by_surprise


def test_velocity_lane_and_muted_lanes_show_it_too(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    lane = application.window.roll.velocity_lane
    lane.grab()
    view, image = application.window.roll.view, lane._picture.toImage()
    for note, tint in zip(PATTERN.notes, expected_of(PATTERN), strict=True):
        hue = DARK.control_edge if tint == NOT_HEARD else DARK.surprise[tint - 1]
        column = {image.pixelColor(view.pixel_of(note.start), y).name() for y in range(image.height())}
        assert hue in column, note
    heard = pixel(application, PATTERN.notes[-1])
    kick = HOUSE_KIT.lane_of(36)
    application.document.set_kit(application.document.kit.with_lane(replace(kick, muted=True)), "Mute")

    assert pixel(application, PATTERN.notes[-1]) != heard
    assert QColor(pixel(application, PATTERN.notes[-1])).lightness() < QColor(heard).lightness()


def test_an_edit_and_its_undo_are_followed(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    edited = PATTERN.with_notes([Note(100, 38, 77)])
    application.document.edit(edited, "Draw note")
    shown(qtbot, application, expected_of(edited))
    application.document.undo()
    shown(qtbot, application, expected_of(PATTERN))
    qtbot.waitUntil(lambda: seat_of(application).mind.heard == [PATTERN, edited, PATTERN], timeout=10_000)


def test_edits_in_quick_succession_are_asked_about_once(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    pattern = PATTERN
    for start in range(10, 20):
        pattern = pattern.with_notes([Note(start, 38, 30)])
        application.document.edit(pattern, "Draw note")
    shown(qtbot, application, expected_of(pattern))

    assert seat_of(application).mind.heard == [PATTERN, pattern]


def test_nothing_is_asked_while_it_is_off(application: Application, qtbot) -> None:
    application.document.replace(PATTERN, "test")
    qtbot.wait(300)
    assert seat_of(application).mind.heard == []
    assert no_thread("insight")


def test_a_growing_take_is_followed_while_it_grows(application: Application, qtbot) -> None:
    trigger(application, "surprise")
    trigger(application, "generate")
    application.engine.position = 3 * BAR
    mind = seat_of(application).mind
    let_run(qtbot, application, lambda: sum(map(bool, tints(application))) > 5)
    assert application.document.in_take or len(mind.heard) > 1
    let_run(qtbot, application, lambda: not application.document.in_take)
    shown(qtbot, application, expected_of(application.document.pattern))


def test_the_legend_says_what_is_not_heard(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    legend = application.window.status.surprise

    assert (legend.words, legend.has_scale) == ("1 note not heard", True)
    assert legend.grab().toImage().width() > 100
    application.document.replace(replace(PATTERN, notes=NoteRun(PATTERN.notes[2:])), "test")
    qtbot.waitUntil(lambda: legend.words == "", timeout=10_000)


def test_a_pattern_it_hears_nothing_of_is_said_to_be_so(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    application.document.replace(Pattern.of([Note(0, 99, 90), Note(480, 100, 90)]), "test")
    legend = application.window.status.surprise
    qtbot.waitUntil(lambda: legend.words == DEAF, timeout=10_000)

    assert tints(application) == [NOT_HEARD, NOT_HEARD]
    assert not legend.has_scale


def test_an_empty_pattern_surprises_nobody(application: Application, qtbot) -> None:
    trigger(application, "surprise")
    qtbot.waitUntil(lambda: seat_of(application).mind.heard == [Pattern()], timeout=10_000)
    qtbot.wait(50)
    assert application.window.status.surprise.words == ""


def test_without_a_drummer_old_figures_are_not_shown(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    application.conductor.set_seat(None)
    application.drummer.changed.emit()
    legend = application.window.status.surprise

    assert (legend.words, legend.has_scale) == (NOBODY, False)
    assert set(tints(application)) == {NOT_HEARD}
    application.document.edit(PATTERN.with_notes([Note(100, 38, 77)]), "Draw note")
    qtbot.wait(300)
    assert set(tints(application)) == {NOT_HEARD}


def test_another_drummer_thinks_anew_even_while_the_first_still_thinks(application: Application, qtbot) -> None:
    first = seat_of(application)
    first.mind.let_on.clear()
    application.document.replace(PATTERN, "test")
    trigger(application, "surprise")
    qtbot.waitUntil(lambda: bool(first.mind.heard), timeout=10_000)
    second = ScriptedSeat()
    application.conductor.set_seat(second)
    application.drummer.changed.emit()
    assert second.mind.heard == []
    first.mind.let_on.set()
    shown(qtbot, application, expected_of(PATTERN))

    assert second.mind.heard == [PATTERN]


def test_a_fault_is_said_in_the_legend(application: Application, qtbot) -> None:
    application.document.replace(PATTERN, "test")
    seat_of(application).mind.error = RuntimeError("a thought too far")
    trigger(application, "surprise")
    qtbot.waitUntil(lambda: application.window.status.surprise.words == BROKEN, timeout=10_000)

    assert "a thought too far" in application.window.status.music.text()


def test_the_window_closes_while_it_is_being_found_out(application: Application, qtbot) -> None:
    mind = seat_of(application).mind
    application.document.replace(Pattern.of([Note(10 * place, 36, 9) for place in range(20_000)]), "test")
    trigger(application, "surprise")
    qtbot.waitUntil(lambda: bool(mind.heard), timeout=10_000)
    application.window.close()

    assert no_thread("insight")


def test_it_is_remembered(application: Application, qapp, qtbot) -> None:
    qtbot.waitUntil(lambda: application.insight._restored, timeout=10_000)
    trigger(application, "surprise")
    application.window.close()
    assert application.settings.surprise
    again = make_application(qapp, application.settings, RecordingEngine(), application.asking)
    qtbot.addWidget(again.window)
    again.window.show()
    qtbot.waitUntil(lambda: again.window.roll.scene.by_surprise, timeout=10_000)
    again.close()


def hover(application: Application, note: Note) -> str:
    """The tool tip over a note."""
    roll = application.window.roll
    row = roll.scene.kit.row_of_key[note.pitch]
    at = QPoint(roll.view.pixel_of(note.start) + 1, round(roll.view.y_of(row + 0.5)))
    QApplication.sendEvent(roll.canvas, QHelpEvent(QEvent.Type.ToolTip, at, roll.canvas.mapToGlobal(at)))
    return QToolTip.text()


def test_the_figures_of_a_note_are_in_its_tool_tip(application: Application, qtbot) -> None:
    switch_on(qtbot, application)
    assert hover(application, PATTERN.notes[-1]) == (
        "Kick, 11.5 bits of surprise: when 11.2, which drum 0.2\n(how loud 1.0, how early or late 2.0)"
    )
    assert hover(application, PATTERN.notes[1]) == "The drummer does not hear this note"
    trigger(application, "surprise")
    QToolTip.hideText()
    hover(application, PATTERN.notes[-1])
    assert application.insight.surprise.words_for(PATTERN.notes[-1]) == ""


# Through the window's path, with the house drummer


def test_the_figures_sum_to_what_evaluation_says(qapp, qtbot, engine, answers) -> None:
    house = load_model(default_model())
    dice = np.random.default_rng(4)
    notes = {
        Note(int(start) * 60 + int(dice.integers(-9, 10)) + 10, int(key), int(velocity))
        for start, key, velocity in zip(
            dice.integers(0, 500, 400), dice.choice([36, 38, 42, 46, 51, 49, 56], 400), dice.integers(1, 128, 400),
            strict=True,
        )
    }  # fmt: skip
    pattern = Pattern.of(sorted(notes))
    application = make_application(qapp, Settings(), engine, answers)
    qtbot.addWidget(application.window)
    application.window.show()
    application.conductor.set_seat(ModelSeat(house))
    application.document.replace(replace(pattern, notes=NoteRun(pattern.notes[:200])), "test")
    trigger(application, "surprise")
    view = application.insight.surprise
    qtbot.waitUntil(lambda: view._listening is not None and len(view._listening.notes) == 200, timeout=20_000)
    application.document.edit(pattern, "Draw notes")
    qtbot.waitUntil(
        lambda: len(view._listening.notes) == len(pattern.notes) and view._listening.complete, timeout=20_000
    )
    figures = evaluate(house, encode_pattern(pattern, house.vocabulary, house.architecture.bar_memory))
    application.close()

    assert len(view._listening.sources) == figures.notes
    assert view._listening.nats == pytest.approx(sum(figures.nats_by_head.values()) * figures.notes, abs=1e-4)
