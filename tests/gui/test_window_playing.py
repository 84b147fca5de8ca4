"""Generate, transport and undo in the whole window, with a scripted drummer and an engine that only remembers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from drumapp.core.timing import Metre
from drumapp.gui.application import Application
from drumapp.gui.model_loading import ModelLoading
from drumapp.settings import Settings
from tests.gui.gui_fakes import (
    Answers,
    RecordingEngine,
    ScriptedSeat,
    scripted_model,
)
from tests.gui.window_acts import BAR, BEAT, click, let_run, trigger

# Generate


def test_a_click_on_generate_fills_the_roll(application: Application, qtbot, engine: RecordingEngine) -> None:
    application.window.transport.bars.set_value(4)
    empty = application.window.roll.canvas.grab().toImage()
    click(application.window.transport.generate)
    let_run(qtbot, application, lambda: not application.document.in_take)

    assert application.document.pattern.bars == 4
    assert len(application.window.roll.scene.index) == len(application.document.pattern) > 20
    assert application.window.roll.canvas.grab().toImage() != empty
    assert engine.playing
    assert "ready" in application.window.status.drummer.text()


def test_every_generate_has_a_new_seed_and_shows_it(application: Application) -> None:
    seeds = set()
    for _ in range(4):
        click(application.window.transport.generate)
        seeds.add(application.conductor.performance.seed)
        assert application.window.status.seed.text() == f"Seed {application.conductor.performance.seed}"
        assert application.window.drummer_panel.seed.text() == str(application.conductor.performance.seed)
    assert len(seeds) == 4


def test_a_seed_that_is_typed_stays(application: Application, qtbot) -> None:
    panel = application.window.drummer_panel
    QTest.keyClicks(panel.seed, "77")
    takes = []
    for _ in range(2):
        click(application.window.transport.generate)
        let_run(qtbot, application, lambda: not application.document.in_take)
        takes.append(application.document.pattern.notes)
        assert application.conductor.performance.seed == 77
    assert takes[0] == takes[1]
    panel.fresh_seed.click()
    click(application.window.transport.generate)
    assert application.conductor.performance.seed != 77


def test_the_panel_and_the_bar_decide_what_is_generated(application: Application, qtbot) -> None:
    seat = ScriptedSeat()
    application.conductor.set_seat(seat)
    panel, bar = application.window.drummer_panel, application.window.transport
    panel.time.set_value(0.5)
    panel.pitch.set_value(1.5)
    panel.memory.set_value(0.25)
    panel.feel.setChecked(False)
    panel.style_choice.setCurrentIndex(2)
    bar.tempo.set_value(97.0)
    bar.set_metre(Metre(7, 8))
    bar.endless.click()
    click(bar.generate)
    qtbot.waitUntil(lambda: bool(seat.requests))

    settings = seat.requests[0].settings
    assert (settings.time_temperature, settings.pitch_temperature, settings.memory_range) == (0.5, 1.5, 0.25)
    assert (settings.feel, settings.style, settings.bars) == (False, "rock", None)
    assert (settings.tempo, settings.metre) == (97.0, Metre(7, 8))


def test_generate_before_the_drummer_is_there_waits_for_it(qapp, qtbot, engine, answers) -> None:
    loading = ModelLoading(lambda _path: scripted_model())
    made = Application(qapp, Settings(bars=2), engine=engine, asking=answers, loading=loading, seat_of=_scripted)
    qtbot.addWidget(made.window)
    made.window.show()
    click(made.window.transport.generate)
    assert not answers.errors
    loading.start(Path("scripted.safetensors"))
    qtbot.waitUntil(lambda: made.conductor.performance.seed is not None)
    let_run(qtbot, made, lambda: not made.document.in_take)

    assert made.document.pattern.bars == 2
    made.close()


def _scripted(_model):
    return ScriptedSeat()


def test_a_drummer_that_breaks_off_is_told_of(application: Application, qtbot, answers: Answers) -> None:
    application.conductor.set_seat(ScriptedSeat(breaks_at=9))
    click(application.window.transport.generate)
    let_run(qtbot, application, lambda: bool(answers.errors))

    assert "the sticks broke" in answers.errors[0]
    assert application.window.isVisible()


# Transport


def test_play_pause_and_stop_from_bar_and_keys(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    bar = application.window.transport
    click(bar.play)
    assert engine.playing
    assert bar.play.accessibleName() == "Pause"
    QTest.keyClick(application.window, Qt.Key.Key_Space)
    assert not engine.playing
    assert bar.play.accessibleName() == "Play"
    click(bar.play)
    click(bar.stop)
    assert not engine.playing
    assert engine.position == 0


def test_keys_are_never_taken_from_a_text_field(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    tempo = application.window.transport.tempo
    tempo.start_typing("")
    told = len(engine.told)
    looping = application.settings.loop
    editor = tempo._editor
    for key in "gl .-":
        QTest.keyClicks(editor, key)
    QTest.keyClick(editor, Qt.Key.Key_Home)

    assert len(engine.told) == told
    assert application.settings.loop == looping
    assert application.conductor.performance.seed is None


def test_return_presses_the_button_with_the_focus(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    for button in (application.window.transport.loop, application.window.drummer_panel.feel):
        button.setFocus()
        checked = button.isChecked()
        QTest.keyClick(button, Qt.Key.Key_Return)
        assert button.isChecked() != checked
    application.window.transport.generate.setFocus()
    QTest.keyClick(application.window.transport.generate, Qt.Key.Key_Space)
    assert engine.playing, "Space is Play's, also on a button"
    assert application.conductor.performance.seed is None


def test_the_loop_button_and_its_menu_entry_are_one(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    assert engine.loop is not None
    application.window.transport.loop.click()
    assert engine.loop is None
    assert not application.window.actions_by_name["loop"].isChecked()
    assert not application.window.roll.scene.looping
    trigger(application, "loop")
    assert engine.loop is not None
    assert application.window.transport.loop.isChecked()


def test_the_position_is_shown_in_bars_beats_and_ticks(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    engine.position = 480 * 2 + 33.7
    application.conductor.tick()

    assert application.window.transport.position.text() == "001.3.033"
    assert application.window.roll.scene.playhead == pytest.approx(480 * 2 + 33.7)


def test_home_goes_to_the_start_and_the_ruler_anywhere(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    roll = application.window.roll
    x = round(roll.view.x_of(960))
    QTest.mouseClick(roll.ruler, Qt.MouseButton.LeftButton, pos=QPoint(x, 8))
    assert engine.position == 960
    QTest.keyClick(application.window, Qt.Key.Key_Home)
    assert engine.position == 0


def test_the_tempo_moves_the_music_and_one_drag_is_one_undo(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    tempo = application.window.transport.tempo
    QTest.mousePress(tempo, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    for y in (17, 11, 8):
        QTest.mouseMove(tempo, QPoint(10, y))
    QTest.mouseRelease(tempo, Qt.MouseButton.LeftButton, pos=QPoint(10, 8))
    assert engine.pattern.bpm == 124
    trigger(application, "undo")
    assert engine.pattern.bpm == 120
    assert tempo.value == 120


def test_a_metre_chosen_rules_the_bars(application: Application) -> None:
    metre = application.window.transport.metre
    metre.setCurrentText("3/4")
    metre.activated.emit(metre.currentIndex())

    assert application.document.pattern.first_metre == Metre(3, 4)
    assert application.window.roll.scene.metre.bar_start(1) == 1440


def test_leaving_endless_ends_the_take_in_whole_bars(application: Application, qtbot, engine) -> None:
    endless = application.window.transport.endless
    endless.click()
    click(application.window.transport.generate)
    let_run(qtbot, application, lambda: application.document.pattern.length > 2 * BAR)
    endless.click()

    assert not application.document.in_take
    assert application.document.pattern.length % BAR == 0
    assert engine.loop is not None


def test_a_drums_name_can_be_heard(application: Application, engine: RecordingEngine) -> None:
    header = application.window.roll.header
    QTest.mouseClick(header, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))

    assert engine.told[-1] == ("audition", (57, 100))


# Undo


def test_clear_generate_and_open_can_all_be_undone(application: Application, qtbot, tmp_path: Path, answers) -> None:
    from drumapp.midi.smf import write_pattern

    write_pattern(BEAT, tmp_path / "beat.mid")
    application.files.midi.take_in(tmp_path / "beat.mid")
    opened = application.document.pattern
    click(application.window.transport.generate)
    let_run(qtbot, application, lambda: not application.document.in_take)
    generated = application.document.pattern
    trigger(application, "clear")
    assert application.document.pattern.length == 0
    trigger(application, "undo")
    assert application.document.pattern == generated
    assert application.window.actions_by_name["undo"].text() == "Undo Generate"
    QTest.keyClick(application.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert application.document.pattern == opened
    trigger(application, "undo")
    assert application.document.pattern.length == 0
    assert not application.window.actions_by_name["undo"].isEnabled()
    for _ in range(3):
        trigger(application, "redo")
    assert application.document.pattern.length == 0
    assert not answers.errors
