"""Device, soundfont and effects: chosen in the dialog, heard at once, remembered, taken back where they are none."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QListWidget, QSlider

from drumapp import resources
from drumapp.gui.number_field import NumberField
from drumapp.gui.setup_dialog import SetupDialog
from drumapp.playback.audio import DeviceInfo
from drumapp.playback.engine import SoundfontProblem, SoundProblem, SoundReady
from drumapp.playback.output_settings import DEFAULT_DEVICE, NO_DEVICE
from drumapp.settings import load_settings
from tests.gui.window_acts import click, trigger
from tests.playback.font_building import Font, key_zone, pulse

DEVICES = [DeviceInfo("Speakers", "PulseAudio"), DeviceInfo("USB", "ALSA"), DeviceInfo("system", "JACK")]


def happen(application, *events) -> None:
    application.engine.events += events
    application.conductor.tick()


def ready(device: str = "PulseAudio", *, effects: bool = True, wanted=None) -> SoundReady:
    return SoundReady("FluidSynth: drumapp.sf2", device, 20.0, 48_000, effects, wanted)


@pytest.fixture
def dialog(application, engine, monkeypatch, tmp_path) -> SetupDialog:
    monkeypatch.setenv("DRUMAPP_SOUNDFONT_FOLDERS", str(tmp_path / "fonts"))
    (tmp_path / "fonts").mkdir()
    for name in ("Ancient.sf2", "Bright.sf3"):
        (tmp_path / "fonts" / name).write_bytes(b"RIFF")
    engine.devices = list(DEVICES)
    happen(application, ready())
    trigger(application, "sound_setup")
    application.conductor.tick()
    return application.window.findChild(SetupDialog)


def pick(box: QComboBox, text: str) -> None:
    """Choose an entry by the keyboard's way: select, then say so."""
    place = box.findText(text)
    assert place >= 0, [box.itemText(index) for index in range(box.count())]
    box.setCurrentIndex(place)
    box.activated.emit(place)


def words(box: QComboBox) -> list[str]:
    return [box.itemText(index) for index in range(box.count())]


# The device


def test_every_choice_of_the_device_reaches_the_engine_and_is_remembered(dialog, engine, application) -> None:
    page = dialog.device
    pick(page.driver, "ALSA")
    assert words(page.device) == ["The system's default", "USB", "None: play in silence"]
    pick(page.device, "USB")
    pick(page.rate, "96 kHz")
    page.buffer._change(12, done=True)
    pick(page.synth, "Built-in sampler")
    page.offset._change(-4.5, done=True)
    sound = engine.sound
    assert (sound.backend, sound.device, sound.sample_rate, sound.buffer_ms) == ("ALSA", "USB", 96_000, 12)
    assert (sound.synth, sound.offset_ms) == ("sampler", -4.5)
    application.window.close()
    kept = load_settings()
    assert kept.sound.settings(kept.soundfont, kept.synth, kept.volume_db) == sound


def test_a_driver_without_the_device_has_its_default_played(dialog, engine) -> None:
    pick(dialog.device.device, "Speakers")
    assert engine.sound.device == "Speakers"
    pick(dialog.device.driver, "JACK")
    assert (engine.sound.device, engine.sound.backend) == (DEFAULT_DEVICE, "JACK")


def test_the_latency_that_comes_of_it_is_shown(dialog, application) -> None:
    assert "Latency 20 ms" in dialog.device.state.text()
    dialog.device.buffer._change(8, done=True)
    assert dialog.device.state.text() == "One moment …"
    happen(application, SoundReady("Sampler: x.sf2", "USB", 8.0, 44_100, False))
    assert "44.1 kHz through USB. Latency 8 ms" in dialog.device.state.text()


def test_a_device_that_refuses_says_so_and_the_last_that_played_stays(dialog, application, engine) -> None:
    good = engine.sound or application.sound.control.sound
    pick(dialog.device.device, "USB")
    refused = engine.sound
    sentence = "The sound device USB cannot be opened."
    happen(application, SoundProblem(sentence, "Plug it in.", refused), ready("no sound device", wanted=refused))
    assert engine.sound == good
    assert dialog.device.problem.text().startswith("The sound device USB cannot be opened. It plays on")
    assert dialog.device.device.currentText() == "The system's default"
    assert not application.window.banner.isVisible()
    happen(application, ready(wanted=good))
    assert "PulseAudio" in dialog.device.state.text()
    assert dialog.device.problem.isVisible(), "what was refused is still told"
    pick(dialog.device.device, "Speakers")
    assert not dialog.device.problem.isVisible()


def test_an_answer_to_a_choice_that_was_made_anew_meanwhile_is_passed_over(dialog, application, engine) -> None:
    pick(dialog.device.device, "USB")
    refused = engine.sound
    pick(dialog.device.device, "Speakers")
    happen(application, SoundProblem("USB cannot be opened.", "", refused), ready("no sound device", wanted=refused))
    assert engine.sound.device == "Speakers"
    assert not dialog.device.problem.isVisible()
    assert dialog.device.state.text() == "One moment …"


def test_silence_that_was_chosen_is_no_problem(dialog, application, engine) -> None:
    happen(application, SoundProblem("The sound device (PulseAudio) stopped.", "Connect it."))
    assert application.window.banner.isVisible()
    pick(dialog.device.device, "None: play in silence")
    assert engine.sound.device == NO_DEVICE
    happen(application, ready("no sound device", wanted=engine.sound))
    assert not application.window.banner.isVisible()
    assert "no device." in dialog.device.state.text()
    assert not dialog.device.buffer.isEnabled()


def test_devices_that_come_are_listed_and_a_chosen_one_that_is_gone_is_kept(dialog, engine, application) -> None:
    pick(dialog.device.device, "USB")
    engine.devices = [DEVICES[0], DeviceInfo("Headphones", "PulseAudio")]
    click(dialog.device.look)
    application.conductor.tick()
    assert words(dialog.device.device) == [
        "The system's default",
        "Speakers",
        "Headphones",
        "None: play in silence",
        "USB (not there now)",
    ]
    assert dialog.device.device.currentText() == "USB (not there now)"


def test_a_device_that_vanishes_is_told_of_and_so_is_its_return(application, engine, qtbot) -> None:
    happen(application, ready("Scarlett"))
    wanted = application.sound.control.sound
    lost = SoundProblem("The sound device (Scarlett) stopped.", "Connect it.", wanted)
    happen(application, lost, ready("no sound device", wanted=wanted))
    banner = application.window.banner
    assert "Scarlett" in banner.cause.text()
    assert banner.property("tone") == "warning"
    happen(application, ready("Scarlett", wanted=wanted))
    assert banner.cause.text() == "The sound is back, through Scarlett."
    assert banner.property("tone") == "offer"
    assert application.window.status.music.text() == "The sound is back, through Scarlett"
    assert engine.sound is None, "nothing was chosen anew"
    application.sound._news.setInterval(0)
    application.sound._news.start()
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_the_banner_s_second_button_opens_the_settings(application) -> None:
    happen(application, SoundProblem("No sound device was found.", "Connect one."))
    application.window.banner.buttons[1].click()
    assert application.window.findChild(SetupDialog).list.currentItem().text() == "Device"


# The soundfont


@pytest.fixture
def kit(dialog):
    dialog.choose(("kit", ""))
    return dialog.kit


def rows(fonts: QListWidget) -> list[str]:
    return [fonts.item(row).text() for row in range(fonts.count())]


def test_the_soundfonts_that_there_are_are_listed_and_tried_with_the_keyboard(kit, engine, qtbot) -> None:
    assert rows(kit.fonts) == ["Built-in kit", "Ancient", "Bright"]
    kit.fonts.setFocus()
    QTest.keyClick(kit.fonts, Qt.Key.Key_Down)
    QTest.keyClick(kit.fonts, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: engine.sound is not None)
    assert engine.sound.soundfont.name == "Bright.sf3", "what was only passed on the way is not loaded"
    QTest.keyClick(kit.fonts, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(struck(engine)) > 4)
    assert {36, 38, 42} <= set(struck(engine))
    click(kit.back)
    assert engine.sound.soundfont == resources.builtin_soundfont()
    assert kit.fonts.currentRow() == 0
    assert not kit.back.isEnabled()


def struck(engine) -> list[int]:
    return [what[0] for act, what in engine.told if act == "audition"]


def test_to_hear_it_is_to_play_it_first(kit, engine) -> None:
    kit.fonts.setCurrentRow(1)
    click(kit.hear)
    assert engine.sound.soundfont.name == "Ancient.sf2"
    assert struck(engine)


def test_a_soundfont_that_is_none_is_told_of_in_the_dialog_and_forgotten(kit, engine, application, answers, tmp_path):
    answers.opens = tmp_path / "broken.sf2"
    answers.opens.write_bytes(b"no")
    click(kit.browse)
    assert engine.sound.soundfont == answers.opens
    assert rows(kit.fonts)[-1] == "broken"
    sentence = f"{answers.opens} has no drum kit. The sound stays as it was."
    happen(application, SoundfontProblem(sentence, engine.sound))
    assert kit.problem.text() == sentence
    assert not answers.errors
    assert rows(kit.fonts) == ["Built-in kit", "Ancient", "Bright"]
    assert kit.fonts.currentRow() == 0
    assert application.settings.recent_soundfonts == ()
    assert application.settings.soundfont is None


def test_own_soundfonts_are_offered_again(kit, application, answers, tmp_path) -> None:
    answers.opens = tmp_path / "Own.sf2"
    answers.opens.write_bytes(b"RIFF")
    click(kit.browse)
    happen(application, ready(wanted=application.sound.control.sound))
    kit.fonts.setCurrentRow(0)
    click(kit.hear)
    assert rows(kit.fonts)[-1] == "Own"
    output = application.window.transport.output
    output.fill_menu()
    assert "Own" in [action.text() for action in output.menu().actions()]
    answers.opens.unlink()
    output.fill_menu()
    assert "Own" not in [action.text() for action in output.menu().actions()]


def test_drum_kits_are_listed_by_name_and_chosen(kit, application, engine, tmp_path, qtbot) -> None:
    others = [(b"TR-808", 25, 128), (b"Piano", 0, 0), (b"Standard", 0, 128)]
    path = tmp_path / "kits.sf2"
    path.write_bytes(Font([key_zone(36, pulse())], program=8, others=others).to_bytes())
    application.sound.control.bring_soundfont(path)
    qtbot.waitUntil(lambda: kit.kit.count() == 3)
    assert words(kit.kit) == ["Standard", "Test kit", "TR-808"]
    pick(kit.kit, "TR-808")
    assert engine.sound.program == 25
    assert application.settings.sound.program == 25
    application.sound.control.choose_soundfont(None)
    assert engine.sound.program is None, "another soundfont has its own"
    click(kit.hear)
    assert engine.sound.program is None


def test_effects_follow_the_sliders_and_rest_where_there_are_none(kit, engine, application) -> None:
    kit.reverb.slider.setFocus()
    QTest.keyClick(kit.reverb.slider, Qt.Key.Key_PageUp)
    QTest.keyClick(kit.chorus.slider, Qt.Key.Key_End)
    assert (engine.sound.reverb, engine.sound.chorus) == (0.1, 1.0)
    assert application.settings.sound.reverb == 0.1
    happen(application, ready(effects=False))
    assert not kit.reverb.isEnabled()
    assert "no reverb" in kit.hint.text()
    happen(application, ready(effects=True))
    assert kit.reverb.isEnabled()
    assert kit.reverb.slider.value() == 10


def dropped(widget, path: Path) -> bool:
    """Drop a file; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    enter.setAccepted(False)
    widget.dragEnterEvent(enter)
    if enter.isAccepted():
        widget.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))
    return enter.isAccepted()


def test_a_soundfont_is_dropped_onto_window_and_page(application, kit, engine, qtbot, tmp_path) -> None:
    assert dropped(kit, tmp_path / "page.SF2")
    assert engine.sound.soundfont == tmp_path / "page.SF2"
    assert dropped(application.window, tmp_path / "window.sf3")
    qtbot.waitUntil(lambda: engine.sound.soundfont == tmp_path / "window.sf3")
    assert not dropped(application.window, tmp_path / "song.mp3")
    assert not dropped(kit, tmp_path / "beat.drumapp")


# The dialog


def test_it_is_opened_by_key_menu_and_output_button_each_at_its_page(application) -> None:
    output = application.window.transport.output
    output.fill_menu()
    for open_it, page in (
        (lambda: QTest.keyClick(application.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier), "Device"),
        (output.menu().actions()[-1].trigger, "Device"),
        (lambda: trigger(application, "test_timing"), "Timing test"),
        (lambda: trigger(application, "midi_setup"), "Drumapp (virtual port)"),
    ):
        open_it()
        (dialog,) = [found for found in application.window.findChildren(SetupDialog) if found.isVisible()]
        assert dialog.list.currentItem().text() == page
        dialog.close()


def test_everything_in_it_has_a_name_and_help_and_is_reached_by_keys(dialog) -> None:
    for page in ("device", "kit", "timing"):
        dialog.choose((page, ""))
        widget = dialog._pages[page]
        controls = [
            found
            for kind in (QComboBox, NumberField, QListWidget, QSlider, QAbstractButton)
            for found in widget.findChildren(kind)
            if found.isVisible()
        ]
        assert controls
        for control in controls:
            assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()), control
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_no_word_of_it_is_cut_off(dialog, qtbot) -> None:
    for place in dialog._places():
        if place[0] == "head":
            continue
        dialog.choose(place)
        qtbot.wait(10)
        page = dialog._stack.currentWidget()
        for button in page.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.width() >= button.minimumSizeHint().width(), button.text()
        assert page.minimumSizeHint().height() <= page.height(), place


# Count-in and meter


def test_the_position_counts_the_bars_before_the_music(application, engine) -> None:
    position = application.window.transport.position
    engine.start()
    engine.playing = engine.counting_in = True
    engine.count_in_ticks = 1920 + 960.0
    application.conductor.tick()
    assert position.text() == "-02.3.000"
    engine.count_in_ticks = 240.0
    application.conductor.tick()
    assert position.text() == "-01.4.240"
    assert "Counting in" in position.toolTip()
    engine.counting_in, engine.count_in_ticks, engine.position = False, 0.0, 490.0
    application.conductor.tick()
    assert position.text() == "001.2.010"
    assert "Counting in" not in position.toolTip()


def test_the_meter_is_dark_a_second_after_the_sound_has_ended(application) -> None:
    meter = application.window.transport.meter
    meter.show_level(1.0, 0.0)
    assert meter.lit == 16
    for _ in range(10):
        meter.show_level(0.0, 0.1)
    assert meter.lit == 0
