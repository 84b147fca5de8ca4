"""The whole window with a scripted drummer and an engine that only remembers."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from drumapp import resources
from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre
from drumapp.gui import application as application_module
from drumapp.gui.application import Application
from drumapp.gui.dialogs import ShortcutsDialog
from drumapp.gui.model_loading import ModelLoading
from drumapp.gui.status_line import LONGEST_NAME
from drumapp.playback.engine import SoundfontProblem, SoundProblem, SoundReady
from drumapp.settings import Settings, load_settings, save_settings
from tests.gui.gui_fakes import (
    Answers,
    RecordingEngine,
    ScriptedDrummer,
    make_application,
    no_thread,
    played_straight,
    scripted_model,
)

BAR = 1920
BEAT = Pattern.of([Note(0, 36, 100), Note(480, 38, 90)], name="beat")


def click(widget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 2, widget.height() // 2))


def let_run(qtbot, application: Application, condition) -> None:
    def passed() -> bool:
        application.conductor.tick()
        return condition()

    qtbot.waitUntil(passed, timeout=20_000)


def trigger(application: Application, name: str) -> None:
    application.window.actions_by_name[name].trigger()


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
    asked = []
    application.conductor.set_generator_factory(lambda settings: asked.append(settings) or iter(()))
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
    qtbot.waitUntil(lambda: bool(asked))

    settings = asked[0]
    assert (settings.time_temperature, settings.pitch_temperature, settings.memory_range) == (0.5, 1.5, 0.25)
    assert (settings.feel, settings.style, settings.bars) == (False, "rock", None)
    assert (settings.tempo, settings.metre) == (97.0, Metre(7, 8))


def test_generate_before_the_drummer_is_there_waits_for_it(qapp, qtbot, engine, answers) -> None:
    loading = ModelLoading(lambda _path: scripted_model())
    made = Application(qapp, Settings(bars=2), engine=engine, asking=answers, loading=loading, drummer_of=_scripted)
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
    return ScriptedDrummer


def test_a_drummer_that_breaks_off_is_told_of(application: Application, qtbot, answers: Answers) -> None:
    application.conductor.set_generator_factory(lambda settings: ScriptedDrummer(settings, breaks_at=9))
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
    assert application.window.roll.scene.loop is None
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
    application.files.open_midi(tmp_path / "beat.mid")
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


# Files


def test_opening_a_bad_file_says_why_and_keeps_what_was_there(application, answers: Answers, tmp_path: Path) -> None:
    application.document.replace(BEAT, "Open")
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"not a MIDI file at all")
    answers.opens = bad
    trigger(application, "open_midi")

    assert len(answers.errors) == 1
    assert "bad.mid" in answers.errors[0]
    assert application.document.pattern is BEAT


def test_a_dropped_file_is_opened(application: Application, tmp_path: Path) -> None:
    from drumapp.midi.smf import write_pattern

    write_pattern(BEAT, tmp_path / "dropped.mid")
    application.window.roll.file_dropped.emit(tmp_path / "dropped.mid")

    assert application.document.pattern.notes == BEAT.notes
    assert "dropped" in application.window.windowTitle()


def test_export_midi_writes_what_is_there(application: Application, answers: Answers, tmp_path: Path) -> None:
    from drumapp.midi.smf import read_pattern

    application.document.replace(BEAT, "Open")
    answers.saves = tmp_path / "out"
    trigger(application, "export_midi")

    assert read_pattern(tmp_path / "out.mid").notes == BEAT.notes
    assert "out.mid" in application.window.status.music.text()


@pytest.mark.parametrize("act", ["export_midi", "export_wav"])
def test_exporting_nothing_and_to_nowhere_is_refused(
    application, qtbot, answers: Answers, tmp_path: Path, act: str
) -> None:
    trigger(application, act)
    assert "nothing to export" in answers.errors.pop()
    assert not answers.asked
    application.document.replace(BEAT, "Open")
    answers.saves = None
    trigger(application, act)
    assert not answers.errors
    answers.saves = tmp_path / "no such folder" / f"out.{act[-3:]}"
    trigger(application, act)
    qtbot.waitUntil(lambda: bool(answers.errors), timeout=20_000)
    assert "no such folder" in answers.errors[0]


def test_export_wav_shows_progress_and_can_be_cancelled(application, qtbot, answers: Answers, tmp_path: Path) -> None:
    import threading

    under_way, go_on, written = threading.Event(), threading.Event(), []

    def render(_pattern, path, progress) -> None:
        progress(0.5)
        under_way.set()
        assert go_on.wait(20)
        progress(0.75)
        written.append(path)

    application.files._render = render
    application.document.replace(BEAT, "Open")
    answers.saves = tmp_path / "out.wav"
    strip = application.window.export_strip
    trigger(application, "export_wav")
    assert strip.isVisible()
    qtbot.waitUntil(under_way.is_set)
    qtbot.waitUntil(lambda: strip.progress.value() == 500)
    trigger(application, "export_wav")
    assert "under way" in answers.errors.pop()
    strip.cancel.click()
    go_on.set()
    qtbot.waitUntil(lambda: not strip.isVisible())

    assert not written
    assert application.window.status.music.text() == "Export cancelled"
    trigger(application, "export_wav")
    qtbot.waitUntil(lambda: bool(written))
    qtbot.waitUntil(lambda: "out.wav" in application.window.status.music.text())


def test_a_renderer_that_fails_is_told_of(application: Application, qtbot, answers: Answers, tmp_path: Path) -> None:
    def render(*_asked) -> None:
        raise ZeroDivisionError("oh")

    application.files._render = render
    application.document.replace(BEAT, "Open")
    answers.saves = tmp_path / "out.wav"
    trigger(application, "export_wav")
    qtbot.waitUntil(lambda: bool(answers.errors))

    assert "out.wav" in answers.errors[0]


# Drummer


def test_a_model_that_cannot_be_read_is_told_of_and_the_old_one_stays(qapp, qtbot, engine, answers: Answers) -> None:
    application = make_application(qapp, Settings(), engine, answers)
    qtbot.addWidget(application.window)
    application.window.show()

    def refuse(path: Path):
        raise DrumappError(f"The model {path} is damaged.")

    application.drummer.loading._load = refuse
    answers.opens = Path("broken.safetensors")
    trigger(application, "open_model")
    qtbot.waitUntil(lambda: bool(answers.errors))
    assert answers.errors == ["The model broken.safetensors is damaged."]
    click(application.window.transport.generate)
    assert application.conductor.performance.seed is not None
    application.close()


def test_without_any_model_the_window_opens_and_generate_says_what_to_do(
    qapp, qtbot, engine, answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "default_model", lambda: Path("/nowhere/gone.safetensors"))
    application = Application(qapp, Settings(), engine=engine, asking=answers)
    qtbot.addWidget(application.window)
    application.show()
    click(application.window.transport.generate)
    assert application.window.status.drummer.text() == "The drummer is on the way …"
    qtbot.waitUntil(lambda: bool(answers.errors), timeout=20_000)
    assert "gone.safetensors" in answers.errors[0]
    assert application.window.isVisible()
    assert application.window.status.drummer.text() == "No drummer"
    click(application.window.transport.generate)
    assert "open a model" in answers.errors[1]
    application.close()


def test_a_chosen_model_that_is_gone_gives_way_to_the_house_drummer(qapp, qtbot, engine, answers: Answers) -> None:
    settings = Settings(model=Path("/nowhere/gone.safetensors"))
    application = Application(qapp, settings, engine=engine, asking=answers)
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(lambda: application.conductor.can_generate, timeout=20_000)

    assert len(answers.errors) == 1
    assert "gone.safetensors" in answers.errors[0]
    assert application.settings.model is None
    application.close()


def test_the_models_styles_are_offered_and_unknown_ones_forgotten(application: Application) -> None:
    panel = application.window.drummer_panel
    panel.set_styles(("funk", "rock"), "rock")
    assert panel.chosen_style == "rock"
    panel.set_styles(("jazz",), "rock")
    assert panel.chosen_style is None
    panel.set_styles(())
    assert not panel.style_choice.isEnabled()


def test_a_long_name_leaves_room_in_the_status_line(application: Application) -> None:
    application.drummer.seat(Path("x.safetensors"), scripted_model("A drummer of quite extraordinary renown " * 3))

    assert len(application.window.status.drummer.text()) < LONGEST_NAME + 20


# Sound


def test_a_missing_sound_device_is_told_in_a_banner_with_a_remedy(application, engine: RecordingEngine) -> None:
    engine.events.append(SoundProblem("No sound device was found.", "Connect one."))
    application.conductor.tick()
    banner = application.window.banner
    assert banner.isVisible()
    assert banner.cause.text() == "No sound device was found."
    assert banner.remedy_text.text() == "Connect one."
    engine.started = 0
    banner.button.click()

    assert not banner.isVisible()
    assert engine.started == 1
    assert engine.sound is not None


def test_the_seed_is_that_of_the_take_in_the_roll(application: Application) -> None:
    application.drummer.generate()
    seed = application.conductor.performance.seed
    assert application.window.status.seed.text() == f"Seed {seed}"
    application.document.replace(BEAT, "Open")
    assert application.window.status.seed.text() == ""
    application.document.undo()
    assert application.window.status.seed.text() == f"Seed {seed}"


def test_two_problems_are_told_one_after_the_other(application: Application, engine: RecordingEngine) -> None:
    banner = application.window.banner
    banner.show_problem("settings", "The settings are damaged.")
    engine.events.append(SoundProblem("No sound device was found.", "Connect one."))
    application.conductor.tick()
    assert banner.cause.text() == "No sound device was found."
    engine.events.append(SoundReady("Sampler", "no sound device", 0.0))
    application.conductor.tick()
    assert banner.cause.text() == "No sound device was found."
    engine.events.append(SoundReady("Sampler", "Speakers", 9.0))
    application.conductor.tick()
    assert banner.cause.text() == "The settings are damaged."
    assert not banner.button.isVisible()
    banner.close_button.click()
    assert not banner.isVisible()


def test_a_dead_engine_is_told_of_and_restarted_by_the_button(application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Open")
    application.conductor.play()
    engine.die()
    application.conductor.tick()
    assert not application.conductor.performance.playing
    assert "ended unexpectedly" in application.window.banner.cause.text()
    assert application.window.status.sound.text() == "No sound"
    started = engine.started
    application.window.banner.button.click()
    assert engine.started == started + 1


def test_what_sounds_is_in_the_status_line(application: Application, engine: RecordingEngine) -> None:
    engine.events.append(SoundReady("FluidSynth: drumapp.sf2", "Speakers", 12.0))
    application.conductor.tick()

    assert application.window.status.sound.text() == "FluidSynth: drumapp.sf2, Speakers"


def test_a_soundfont_that_is_none_is_told_of_and_the_old_choice_stays(application, engine, answers: Answers) -> None:
    answers.opens = Path("/fonts/good.sf2")
    trigger(application, "choose_soundfont")
    assert engine.sound.soundfont == Path("/fonts/good.sf2")
    engine.events.append(SoundReady("FluidSynth: good.sf2", "Speakers", 1.0))
    application.conductor.tick()
    answers.opens = Path("/fonts/bad.sf2")
    trigger(application, "choose_soundfont")
    engine.events.append(SoundfontProblem("bad.sf2 is no soundfont. The sound stays as it was."))
    application.conductor.tick()

    assert answers.errors == ["bad.sf2 is no soundfont. The sound stays as it was."]
    assert application.settings.soundfont == Path("/fonts/good.sf2")
    assert engine.sound.soundfont == Path("/fonts/good.sf2")
    assert application.window.transport.output.text() == "good"


def test_a_soundfont_that_is_gone_at_the_start_gives_way_to_the_built_in_kit(application, engine, answers) -> None:
    application.settings.soundfont = Path("/fonts/gone.sf2")
    engine.events.append(SoundfontProblem("gone.sf2 is not there. The built-in kit plays instead."))
    application.conductor.tick()

    assert answers.errors
    assert application.settings.soundfont is None
    assert application.window.transport.output.text() == "Built-in kit"


def test_the_output_menu_offers_what_is_found(application: Application, engine: RecordingEngine) -> None:
    output = application.window.transport.output
    output.find_soundfonts = lambda: [Path("/fonts/a.sf2"), Path("/fonts/b.sf3")]
    output.fill_menu()
    entries = {action.text(): action for action in output.menu().actions()}
    assert entries["Built-in kit"].isChecked()
    entries["b"].trigger()
    assert engine.sound.soundfont == Path("/fonts/b.sf3")
    assert output.text() == "b"
    synths = {action.text(): action for action in entries["Played by"].menu().actions()}
    synths["Built-in sampler"].trigger()
    assert engine.sound.synth == "sampler"


def test_volume_reaches_the_engine(application: Application, engine: RecordingEngine) -> None:
    application.window.transport.volume.setValue(-12)

    assert engine.sound.volume_db == -12.0


# Start, end, settings


def test_choices_are_remembered(qapp, qtbot, engine, answers: Answers) -> None:
    first = make_application(qapp, load_settings(), engine, answers)
    qtbot.addWidget(first.window)
    first.window.show()
    bar, panel = first.window.transport, first.window.drummer_panel
    bar.tempo._change(97.5, done=True)
    bar.bars._change(16, done=True)
    bar.volume.setValue(-9)
    bar.loop.click()
    panel.time.number._change(0.7, done=True)
    panel.memory.number._change(0.4, done=True)
    panel.feel.click()
    panel.style_choice.setCurrentIndex(1)
    panel.style_choice.activated.emit(1)
    QTest.keyClicks(panel.seed, "123")
    for name in ("follow", "drummer_panel", "theme_light"):
        trigger(first, name)
    metre = bar.metre
    metre.setCurrentText("5/4")
    metre.activated.emit(metre.currentIndex())
    first.window.close()

    second = make_application(qapp, load_settings(), RecordingEngine(), answers)
    qtbot.addWidget(second.window)
    second.window.show()
    bar, panel = second.window.transport, second.window.drummer_panel
    assert (bar.tempo.value, bar.bars.value, bar.volume.value()) == (97.5, 16, -9)
    assert (bar.metre.currentText(), bar.loop.isChecked()) == ("5/4", False)
    assert (panel.time.value, panel.memory.value, panel.feel.isChecked()) == (0.7, 0.4, False)
    assert (panel.chosen_style, panel.fixed_seed) == ("funk", 123)
    assert not second.window.roll.follow
    assert not panel.isVisible()
    assert second.theme.colours.name == "light"
    assert not answers.errors
    second.close()


def test_settings_that_cannot_be_used_are_told_of_at_the_start(qapp, qtbot, engine, answers, tmp_path: Path) -> None:
    save_settings(Settings())
    (tmp_path / "config" / "settings.json").write_text("{")
    application = make_application(qapp, load_settings(), engine, answers)
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(application.window.banner.isVisible)

    assert "damaged" in application.window.banner.cause.text()
    application.close()


@pytest.mark.parametrize("geometry", ["", "!!!", "AAEC", "AdnQywADAAAAAAAA"])
def test_a_damaged_window_geometry_changes_nothing(qapp, qtbot, engine, answers, geometry: str) -> None:
    application = make_application(qapp, Settings(window_geometry=geometry), engine, answers)
    qtbot.addWidget(application.window)
    application.window.show()

    assert application.window.width() >= 1000
    application.close()


def test_closing_in_the_middle_of_a_take_leaves_nothing_behind(application: Application, qtbot, engine) -> None:
    application.conductor.start()
    application.window.transport.endless.click()
    click(application.window.transport.generate)
    qtbot.waitUntil(lambda: len(application.document.pattern) > 4)
    application.window.close()

    assert engine.closed == 1
    assert no_thread("drummer")


def test_rooms_start_only_after_the_first_paint(qapp, qtbot, engine, answers) -> None:
    application = make_application(qapp, Settings(), engine, answers)
    qtbot.addWidget(application.window)
    assert engine.started == 0
    application.show()
    qtbot.waitUntil(lambda: engine.started == 1)
    application.close()


def test_shortcuts_are_listed_from_the_actions_themselves(application: Application) -> None:
    dialog = ShortcutsDialog(list(application.window.actions_by_name.values()), application.window)
    words = [label.text() for label in dialog.findChildren(QLabel)]

    for name, action in application.window.actions_by_name.items():
        if action.shortcuts():
            assert action.text().replace("&", "").rstrip(" …") in words, name
    assert "G" in words


def test_no_two_actions_have_the_same_key(application: Application) -> None:
    keys = [key.toString() for action in application.window.actions_by_name.values() for key in action.shortcuts()]

    assert len(keys) == len(set(keys))


def test_without_a_display_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(application_module.sys, "platform", "linux")
    with pytest.raises(DrumappError, match="no display"):
        application_module.build_qt([])


def test_the_empty_roll_promises_only_what_works() -> None:
    from drumapp.gui.piano_roll.canvas import EMPTY_TEXT

    assert re.search("Generate", EMPTY_TEXT)
    assert "draw" not in EMPTY_TEXT


def test_the_same_seed_gives_the_take_that_was_asked_for(application: Application, qtbot) -> None:
    from drumapp.lstm.generator import GeneratorSettings

    wanted = GeneratorSettings(seed=5, bars=3, tempo=120.0)
    application.conductor.generate(wanted)
    let_run(qtbot, application, lambda: not application.document.in_take)

    assert list(application.document.pattern.notes) == played_straight(wanted)


def test_the_keyboard_reaches_every_control_and_shows_where_it_is(application: Application, qtbot) -> None:
    window = application.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.roll.canvas.setFocus()
    reached, unseen = [], []
    while (widget := next_in_tab_order(window)) not in reached:
        widget.clearFocus()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.grab().toImage() == before:
            unseen.append(widget.accessibleName() or widget.objectName())
        reached.append(widget)

    bar, panel = window.transport, window.drummer_panel
    buttons = [bar.generate, bar.play, bar.stop, bar.loop, bar.endless, bar.output]
    choices = [bar.tempo, bar.metre, bar.bars, bar.volume, panel.model, panel.style_choice, panel.feel]
    assert not unseen
    assert not {*buttons, *choices, panel.seed, panel.fresh_seed, panel.time.number} - set(reached)


def next_in_tab_order(window):
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    return window.focusWidget()
