"""The whole window from its start to its end: settings, keys, what it says."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from drumapp.core.errors import DrumappError
from drumapp.gui import display
from drumapp.gui.application import Application
from drumapp.gui.shortcuts_dialog import ShortcutsDialog
from drumapp.settings import Settings, load_settings, save_settings
from tests.gui.gui_fakes import (
    Answers,
    RecordingEngine,
    make_application,
    no_thread,
    played_straight,
)
from tests.gui.window_acts import BEAT, click, let_run, trigger


def test_the_seed_is_that_of_the_take_in_the_roll(application: Application) -> None:
    application.drummer.generate()
    seed = application.conductor.performance.seed
    assert application.window.status.seed.text() == f"Seed {seed}"
    application.document.replace(BEAT, "Open")
    assert application.window.status.seed.text() == ""
    application.document.undo()
    assert application.window.status.seed.text() == f"Seed {seed}"


def test_choices_are_remembered(qapp, qtbot, engine, answers: Answers) -> None:
    first = make_application(qapp, load_settings(), engine, answers)
    qtbot.addWidget(first.window)
    first.window.show()
    bar, panel = first.window.transport, first.window.drummer_panel
    bar.tempo._change(97.5, done=True)
    bar.bars._change(16, done=True)
    bar.volume.setValue(-9)
    bar.loop.click()
    panel.time._change(0.7, done=True)
    panel.memory._change(0.4, done=True)
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
    assert not second.window.roll.navigation.follow
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
    dialog = ShortcutsDialog(application.window.actions_by_name, application.window)
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
    monkeypatch.setattr(display.sys, "platform", "linux")
    with pytest.raises(DrumappError, match="no display"):
        display.build_qt([])


def test_the_empty_roll_promises_only_what_works() -> None:
    from drumapp.gui.piano_roll.canvas import EMPTY_TEXT

    assert re.search("Generate", EMPTY_TEXT)
    assert re.search("draw notes", EMPTY_TEXT)


def test_the_same_seed_gives_the_take_that_was_asked_for(application: Application, qtbot) -> None:
    from drumapp.lstm.take_settings import GeneratorSettings

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
    choices += [panel.time, panel.wildness.pad, panel.playable]
    assert not {*buttons, *choices, panel.seed, panel.fresh_seed} - set(reached)


def next_in_tab_order(window):
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    return window.focusWidget()


def test_the_focus_moves_nothing(application: Application) -> None:
    """A ring that takes room would shift its neighbours with every Tab."""
    window = application.window
    controls = [
        control
        for control in window.findChildren(QWidget)
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisible() and control.isEnabled()
    ]
    assert len(controls) > 10

    def places() -> list[QRect]:
        QApplication.processEvents()
        return [control.geometry() for control in controls]

    window.setFocus()
    before = places()
    for control in controls:
        control.setFocus()
        control.updateGeometry()
        assert places() == before, control.objectName() or control


def test_everything_that_takes_the_keyboard_has_a_name(application: Application) -> None:
    nameless = [
        type(widget).__name__
        for widget in application.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QMenu)
        and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.focusProxy())
    ]
    assert not nameless
