"""Pads played into the window: the button, what becomes of the strokes, and that each thing is one undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from drumapp.core.editing import GRIDS
from drumapp.core.pattern import DEFAULT_DURATION, Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.application import Application
from tests.gui.gui_fakes import RecordingEngine, make_application
from tests.gui.window_acts import BAR, BEAT, click, let_run, trigger

KICK, SNARE, HAT, TOM = 36, 38, 42, 47
LEAD = 24.0  # outputs are told this many ticks ahead of what is heard


class Drummer:
    """Somebody at the pads, while the music plays."""

    def __init__(self, application: Application, engine: RecordingEngine) -> None:
        self.application, self.engine = application, engine
        self.document, self.window = application.document, application.window
        engine.running = True

    @property
    def button(self):
        return self.window.transport.record

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.document.pattern.notes

    def press_record(self) -> None:
        click(self.button)

    def hear(self, tick: float) -> None:
        """The music has come to a tick."""
        self.engine.position = tick + LEAD
        self.application.conductor.tick()

    def strike(self, key: int, tick: float, velocity: int = 100) -> None:
        self.hear(tick)
        self.engine.strike(key, tick, velocity)
        self.application.conductor.tick()

    def let_go(self, key: int, tick: float) -> None:
        self.hear(tick)
        self.engine.let_go(key, tick)
        self.application.conductor.tick()

    def quantise(self) -> None:
        self.window.actions_by_name["record_quantised"].setChecked(True)

    @property
    def said(self) -> str:
        return self.window.status.music.text()


@pytest.fixture
def drummer(application, engine) -> Drummer:
    return Drummer(application, engine)


def test_record_on_an_empty_roll_makes_bars_and_plays_them_round(drummer, engine) -> None:
    empty = drummer.document.project
    drummer.window.transport.loop.setChecked(False)
    drummer.press_record()
    assert engine.playing
    assert drummer.button.isChecked()
    assert drummer.window.actions_by_name["record"].isChecked()
    assert drummer.document.pattern == Pattern(length=4 * BAR)
    assert engine.loop == Range(0, 4 * BAR)
    assert drummer.window.transport.loop.isChecked()
    drummer.strike(KICK, 5.0, 111)
    drummer.strike(TOM, 700.4, 22)
    assert drummer.notes == (Note(5, KICK, 111), Note(700, TOM, 22))
    assert drummer.window.roll.scene.shown == drummer.notes, "it shows at once"
    assert TOM in drummer.window.roll.scene.kit.row_of_key

    click(drummer.window.transport.stop)
    assert not drummer.button.isChecked()
    assert drummer.said == "2 strokes recorded"
    assert drummer.document.undo_label == "Record"
    trigger(drummer.application, "undo")
    assert drummer.document.project == empty
    assert drummer.document.undo_label is None
    trigger(drummer.application, "redo")
    assert drummer.notes == (Note(5, KICK, 111), Note(700, TOM, 22))
    assert drummer.document.pattern.length == 4 * BAR


def test_endless_makes_eight_bars(drummer) -> None:
    drummer.window.transport.endless.setChecked(True)
    drummer.press_record()
    assert drummer.document.pattern.length == 8 * BAR


def test_nothing_recorded_leaves_nothing(drummer, engine) -> None:
    empty = drummer.document.project
    drummer.press_record()
    drummer.hear(BAR)
    drummer.press_record()
    assert engine.playing, "the music plays on"
    drummer.press_record()
    click(drummer.window.transport.stop)
    assert drummer.document.project == empty
    assert drummer.document.undo_label is None


def test_armed_again_before_the_music_stops_it_is_one_undo_with_the_bars(drummer) -> None:
    empty = drummer.document.project
    drummer.press_record()
    drummer.press_record()
    drummer.press_record()
    drummer.strike(KICK, 480.0)
    drummer.press_record()
    trigger(drummer.application, "undo")
    assert drummer.document.project == empty


def test_while_not_recording_pads_only_sound(drummer) -> None:
    drummer.document.replace(BEAT, "Open")
    drummer.application.conductor.play()
    drummer.strike(HAT, 100.0)
    assert drummer.document.pattern == BEAT
    drummer.press_record()
    drummer.strike(HAT, 200.0)
    drummer.press_record()
    drummer.strike(HAT, 300.0)
    assert [note.start for note in drummer.notes if note.pitch == HAT] == [200]


@pytest.mark.parametrize("halt", ["play", "stop"])
def test_pause_and_stop_end_recording_and_the_button_leaves_the_music_alone(drummer, engine, halt: str) -> None:
    drummer.document.replace(BEAT, "Open")
    drummer.press_record()
    trigger(drummer.application, halt)
    assert not engine.playing
    assert not drummer.button.isChecked()
    drummer.press_record()
    drummer.press_record()
    assert engine.playing
    assert not drummer.application.playing_in.record.armed


def test_the_key_and_the_menu_are_the_button(drummer, engine, qtbot) -> None:
    drummer.window.activateWindow()
    drummer.window.roll.canvas.setFocus()
    qtbot.waitUntil(drummer.window.roll.canvas.hasFocus)
    QTest.keyClick(drummer.window.roll.canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert drummer.button.isChecked()
    assert engine.playing
    trigger(drummer.application, "record")
    assert not drummer.button.isChecked()
    assert drummer.button.accessibleName() == "Record"
    assert "Ctrl+R" in drummer.button.toolTip()


def test_the_music_is_counted_in_and_starts_at_its_loop(drummer, engine) -> None:
    drummer.document.replace(Pattern.of(BEAT.notes, length=4 * BAR), "Open")
    drummer.document.set_loop(Range(2 * BAR, 3 * BAR), "Loop")
    trigger(drummer.application, "count_in_2")
    assert engine.metronome.count_in == 0
    engine.counting_in = True
    drummer.press_record()
    assert engine.metronome.count_in == 2
    assert engine.position == 2 * BAR
    assert engine.told[-1] == ("play", None)
    engine.strike(KICK, None)
    drummer.application.conductor.tick()
    engine.strike(KICK, 2 * BAR - 100.0)
    drummer.application.conductor.tick()
    assert drummer.notes[-1] == Note(2 * BAR, KICK, 100), "early for the first beat"
    engine.counting_in = False
    drummer.hear(2 * BAR + 10.0)
    assert engine.metronome.count_in == 0
    assert drummer.notes[:2] == BEAT.notes


def test_within_the_loop_the_music_goes_on_from_where_it_is(drummer, engine) -> None:
    drummer.document.replace(Pattern.of(BEAT.notes, length=4 * BAR), "Open")
    drummer.application.conductor.seek(3 * BAR)
    drummer.press_record()
    assert engine.position == 3 * BAR


def test_strokes_are_drawn_to_the_snap_grid_where_that_is_wanted(drummer) -> None:
    drummer.document.replace(BEAT, "Open")
    drummer.quantise()
    drummer.application.notes.editor.set_snap(next(g for g in GRIDS if g.label == "1/8"))
    drummer.press_record()
    assert "1/8" in drummer.said
    drummer.strike(HAT, 700.0)
    drummer.application.notes.editor.set_snap(next(g for g in GRIDS if g.is_off))
    drummer.strike(HAT, 1100.0)
    drummer.strike(HAT, BAR - 40.0)
    assert [note.start for note in drummer.notes if note.pitch == HAT] == [0, 720, 1080]


def test_notes_are_as_long_as_pads_are_held(drummer) -> None:
    drummer.document.replace(BEAT, "Open")
    drummer.press_record()
    drummer.strike(HAT, 600.0)
    drummer.let_go(HAT, 900.0)
    drummer.strike(TOM, 1000.0)
    drummer.let_go(TOM, 1003.0)
    drummer.strike(SNARE, 1200.0)
    drummer.engine.let_go(SNARE, None)
    drummer.application.conductor.tick()
    durations = {note[:2]: note.duration for note in drummer.notes}
    assert durations[600, HAT] == 300
    assert durations[1000, TOM] == durations[1200, SNARE] == DEFAULT_DURATION
    trigger(drummer.application, "undo")
    assert drummer.document.pattern == BEAT


def test_a_louder_stroke_at_the_same_place_takes_its_place_and_so_does_a_softer_one(drummer) -> None:
    drummer.document.replace(BEAT, "Open")
    drummer.quantise()
    drummer.press_record()
    drummer.strike(KICK, 962.0, 120)
    drummer.strike(KICK, 970.0, 40)
    assert [note for note in drummer.notes if note.start == 960] == [Note(960, KICK, 40)]


def test_what_is_drawn_ahead_shows_at_once_but_reaches_the_engine_when_it_has_been_passed(drummer, engine) -> None:
    drummer.document.replace(Pattern(length=2 * BAR), "Open")
    drummer.quantise()
    drummer.press_record()
    drummer.strike(KICK, 430.0)
    assert drummer.notes == (Note(480, KICK, 100),)
    assert engine.music == []
    drummer.hear(450.0)
    assert engine.music == []
    drummer.hear(470.0)
    assert engine.music == [Note(480, KICK, 100)]


@pytest.mark.parametrize("act", ["record", "play", "stop", "to_start"])
def test_what_is_withheld_reaches_the_engine_in_any_case(drummer, engine, act: str) -> None:
    drummer.document.replace(Pattern(length=2 * BAR), "Open")
    drummer.quantise()
    drummer.press_record()
    drummer.strike(KICK, 430.0)
    assert engine.music == []
    trigger(drummer.application, act)
    assert engine.music == list(drummer.notes) == [Note(480, KICK, 100)]


def test_a_pad_that_plays_what_is_there_keeps_it_from_being_struck_twice(drummer, engine) -> None:
    there = Note(480, KICK, 100)
    drummer.document.replace(Pattern.of([there], length=2 * BAR), "Open")
    drummer.quantise()
    drummer.press_record()
    drummer.strike(KICK, 430.0)
    assert drummer.notes == (there,)
    assert engine.music == []
    drummer.hear(600.0)
    assert engine.music == [there]


def test_replacing_takes_out_what_the_struck_lanes_held(drummer, engine) -> None:
    old = Pattern.of([Note(tick, key, 50) for tick in range(0, BAR, 240) for key in (KICK, HAT)], length=BAR)
    drummer.document.replace(old, "Open")
    drummer.quantise()
    trigger(drummer.application, "record_replace")
    drummer.press_record()
    assert "replacing" in drummer.said
    drummer.strike(HAT, 482.0)
    assert [note.start for note in engine.music if note.pitch == HAT] == [0, 240, 480], "the rest is not heard"
    assert [note.start for note in drummer.notes if note.pitch == HAT] == list(range(0, BAR, 240)), "but is there yet"
    drummer.hear(1000.0)
    drummer.strike(HAT, 1210.0)
    drummer.hear(1900.0)
    drummer.hear(100.0)
    drummer.hear(1800.0 - 10)
    assert [note.start for note in drummer.notes if note.pitch == HAT] == [0, 240, 480, 1200]
    assert engine.music == list(drummer.notes)
    assert [note for note in drummer.notes if note.pitch == KICK] == [n for n in old.notes if n.pitch == KICK]
    drummer.press_record()
    trigger(drummer.application, "undo")
    assert drummer.document.pattern == old


def test_overdub_chosen_in_the_middle_leaves_the_rest(drummer, engine) -> None:
    old = Pattern.of([Note(tick, HAT, 50) for tick in range(0, BAR, 240)], length=BAR)
    drummer.document.replace(old, "Open")
    trigger(drummer.application, "record_replace")
    drummer.press_record()
    drummer.strike(HAT, 482.0)
    trigger(drummer.application, "record_overdub")
    drummer.hear(1700.0)
    assert len([note for note in drummer.notes if note.start > 500]) == 5
    assert engine.music == list(drummer.notes)


def test_undo_while_recording_takes_back_what_was_recorded_so_far(drummer, engine) -> None:
    drummer.press_record()
    bars = drummer.document.pattern
    drummer.strike(KICK, 480.0)
    drummer.strike(SNARE, 960.0)
    trigger(drummer.application, "undo")
    assert drummer.document.pattern == bars
    assert drummer.button.isChecked()
    assert engine.playing
    drummer.let_go(SNARE, 1500.0)
    assert drummer.document.pattern == bars, "what was taken back stays away"
    drummer.strike(HAT, 1600.0)
    assert drummer.notes == (Note(1600, HAT, 100),)
    click(drummer.window.transport.stop)
    trigger(drummer.application, "undo")
    assert drummer.document.pattern == Pattern()


def test_an_edit_in_between_is_an_undo_of_its_own(drummer) -> None:
    drummer.document.replace(BEAT, "Open")
    drummer.press_record()
    drummer.strike(HAT, 100.0)
    first = drummer.document.pattern
    drummer.document.set_tempo(90.0)
    drummer.strike(HAT, 200.0)
    drummer.strike(HAT, 300.0)
    drummer.press_record()
    labels = []
    while drummer.document.pattern != BEAT:
        labels.append(drummer.document.undo_label)
        trigger(drummer.application, "undo")
        if labels == ["Record", "Tempo"]:
            assert drummer.document.pattern == first
    assert labels == ["Record", "Tempo", "Record"]


def test_two_recordings_are_two_undos(drummer) -> None:
    drummer.document.replace(BEAT, "Open")
    for tick in (100.0, 300.0):
        drummer.press_record()
        drummer.strike(HAT, tick)
        drummer.press_record()
    trigger(drummer.application, "undo")
    assert [note.start for note in drummer.notes if note.pitch == HAT] == [100]
    trigger(drummer.application, "undo")
    assert drummer.document.pattern == BEAT


def test_a_drummer_who_writes_goes_on_under_what_is_recorded(drummer, engine, qtbot) -> None:
    application = drummer.application
    application.window.transport.set_bars(8)
    application.drummer.generate()
    let_run(qtbot, application, lambda: drummer.document.pattern.length >= 3 * BAR)
    drummer.press_record()
    engine.position = 500.0
    drummer.strike(TOM, 600.3)
    drummer.strike(TOM, 1333.0)
    assert drummer.document.in_take
    let_run(qtbot, application, lambda: _until_written(drummer))
    toms = [note.start for note in drummer.notes if note.pitch == TOM]
    assert toms == [600, 1333]
    assert drummer.document.pattern.length == 8 * BAR
    assert drummer.button.isChecked()
    assert engine.music == list(drummer.notes)
    trigger(application, "undo")
    assert not [note for note in drummer.notes if note.pitch == TOM]


def _until_written(drummer: Drummer) -> bool:
    drummer.engine.position += 200.0
    return not drummer.document.in_take


def test_what_a_drummer_writes_into_a_lane_that_is_replaced_is_not_heard(drummer, engine, qtbot) -> None:
    application = drummer.application
    trigger(application, "record_replace")
    application.window.transport.set_bars(8)
    application.drummer.generate()
    let_run(qtbot, application, lambda: drummer.document.pattern.length >= 2 * BAR)
    drummer.press_record()
    drummer.strike(KICK, 100.0)
    heard = []
    for tick in range(200, 6 * BAR, 100):
        engine.position = float(tick)
        let_run(qtbot, application, lambda tick=tick: drummer.document.pattern.length > tick + BAR)
        heard += [note for note in engine.music if note.pitch == KICK and tick <= note.start < tick + 100]
    assert heard == []
    assert [note.start for note in drummer.notes if note.pitch == KICK and 100 <= note.start < 6 * BAR - 200] == [100]


def test_another_project_ends_recording(drummer, engine) -> None:
    drummer.press_record()
    drummer.strike(KICK, 480.0)
    trigger(drummer.application, "new")
    assert not drummer.button.isChecked()
    assert not engine.playing
    assert drummer.document.pattern == Pattern()
    assert drummer.document.undo_label is None


def test_an_engine_that_dies_ends_recording(drummer, engine) -> None:
    drummer.press_record()
    drummer.strike(KICK, 480.0)
    engine.die()
    drummer.application.conductor.tick()
    assert not drummer.button.isChecked()
    assert drummer.notes == (Note(480, KICK, 100),)


def test_the_manner_of_recording_is_remembered(qapp, qtbot, drummer, answers) -> None:
    actions = drummer.window.actions_by_name
    assert actions["record_overdub"].isChecked()
    assert not actions["record_quantised"].isChecked()
    trigger(drummer.application, "record_replace")
    trigger(drummer.application, "record_quantised")
    settings = drummer.application.settings
    assert (settings.record_replaces, settings.record_quantised) == (True, True)
    other = make_application(qapp, settings, RecordingEngine(), answers)
    qtbot.addWidget(other.window)
    assert other.window.actions_by_name["record_replace"].isChecked()
    assert other.window.actions_by_name["record_quantised"].isChecked()
    assert {action.objectName() for action in other.window.transport.record.actions()} == {
        "record_overdub",
        "record_replace",
        "record_quantised",
    }
    other.close()


def test_the_red_dot_follows_the_theme(drummer) -> None:
    for theme in ("theme_light", "theme_dark"):
        trigger(drummer.application, theme)
        pictures = [drummer.button.icon().pixmap(20, 20).toImage()]
        drummer.press_record()
        pictures.append(drummer.button.icon().pixmap(20, 20).toImage())
        drummer.press_record()
        middle = [picture.pixelColor(10, 10) for picture in pictures]
        assert middle[1].name() == drummer.application.theme.colours.record
        assert middle[0].name() == drummer.application.theme.colours.text
