"""What files, drummer and sound have to say in the whole window, and what it does about it."""

from pathlib import Path

import pytest

from drumapp import resources
from drumapp.core.errors import DrumappError
from drumapp.gui.application import Application
from drumapp.gui.status_line import LONGEST_NAME
from drumapp.midi.smf import read_pattern
from drumapp.playback.engine import SoundfontProblem, SoundProblem, SoundReady
from drumapp.settings import Settings
from tests.gui.gui_fakes import (
    Answers,
    RecordingEngine,
    make_application,
    scripted_model,
)
from tests.gui.window_acts import BAR, BEAT, click, let_run, trigger

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
    export(application, "export_midi")

    assert read_pattern(tmp_path / "out.mid").notes == BEAT.notes
    assert "out.mid" in application.window.status.music.text()


def test_what_is_exported_in_the_middle_of_a_take_is_whole_bars(application, qtbot, answers, tmp_path: Path) -> None:
    application.drummer.generate()
    let_run(qtbot, application, lambda: application.document.pattern.length > 1.5 * BAR)
    application.conductor.pause()
    answers.saves = tmp_path / "out.mid"
    export(application, "export_midi")

    written, so_far = read_pattern(answers.saves), application.document.pattern
    assert written.length == so_far.length // BAR * BAR
    assert [note.start for note in written.notes] == [
        note.start for note in so_far.notes if note.start < written.length
    ]


def export(application: Application, act: str) -> None:
    """Ask for an export, and agree to how it is to be done."""
    trigger(application, act)
    application.files.dialog.accept()


@pytest.mark.parametrize("act", ["export_midi", "export_audio"])
def test_exporting_nothing_and_to_nowhere_is_refused(
    application, qtbot, answers: Answers, tmp_path: Path, act: str
) -> None:
    trigger(application, act)
    assert "nothing to export" in answers.errors.pop()
    assert not answers.asked
    application.document.replace(BEAT, "Open")
    answers.saves = None
    export(application, act)
    assert not answers.errors
    answers.saves = tmp_path / "no such folder" / f"out.{'mid' if act == 'export_midi' else 'wav'}"
    export(application, act)
    qtbot.waitUntil(lambda: bool(answers.errors), timeout=20_000)
    assert "no such folder" in answers.errors[0]


def test_export_audio_shows_progress_and_can_be_cancelled(application, qtbot, answers: Answers, tmp_path: Path) -> None:
    import threading

    under_way, go_on, written = threading.Event(), threading.Event(), []

    def render(_pattern, _kit, path, _choice, progress) -> str:
        progress(0.5)
        under_way.set()
        assert go_on.wait(20)
        progress(0.75)
        written.append(path)
        return path.name

    application.files._render = render
    application.document.replace(BEAT, "Open")
    answers.saves = tmp_path / "out.wav"
    strip = application.window.export_strip
    export(application, "export_audio")
    assert strip.isVisible()
    qtbot.waitUntil(under_way.is_set)
    qtbot.waitUntil(lambda: strip.progress.value() == 500)
    trigger(application, "export_audio")
    assert "under way" in answers.errors.pop()
    strip.cancel.click()
    go_on.set()
    qtbot.waitUntil(lambda: not strip.isVisible())

    assert not written
    assert application.window.status.music.text() == "Export cancelled"
    export(application, "export_audio")
    qtbot.waitUntil(lambda: bool(written))
    qtbot.waitUntil(lambda: "out.wav" in application.window.status.music.text())


def test_a_renderer_that_fails_is_told_of(application: Application, qtbot, answers: Answers, tmp_path: Path) -> None:
    def render(*_asked) -> None:
        raise ZeroDivisionError("oh")

    application.files._render = render
    application.document.replace(BEAT, "Open")
    answers.saves = tmp_path / "out.wav"
    export(application, "export_audio")
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
    assert banner.detail.text() == "The music runs in silence. Connect one."
    engine.started = 0
    banner.buttons[0].click()

    assert not banner.isVisible()
    assert engine.started == 1
    assert engine.sound is not None


def test_two_problems_are_told_one_after_the_other(application: Application, engine: RecordingEngine) -> None:
    banner = application.window.banner
    banner.show_problem("settings", "The settings are damaged.")
    engine.events.append(SoundProblem("No sound device was found.", "Connect one."))
    application.conductor.tick()
    assert banner.cause.text() == "No sound device was found."
    engine.events.append(SoundReady("Sampler", "no sound device", 0.0, 44100, True))
    application.conductor.tick()
    assert banner.cause.text() == "No sound device was found."
    engine.events.append(SoundReady("Sampler", "Speakers", 9.0, 44100, True))
    application.conductor.tick()
    assert banner.cause.text() == "The settings are damaged."
    assert not banner.buttons
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
    application.window.banner.buttons[0].click()
    assert engine.started == started + 1


def test_what_sounds_is_in_the_status_line(application: Application, engine: RecordingEngine) -> None:
    engine.events.append(SoundReady("FluidSynth: drumapp.sf2", "Speakers", 12.0, 44100, True))
    application.conductor.tick()

    assert application.window.status.sound.text() == "FluidSynth: drumapp.sf2, Speakers"


def test_a_soundfont_that_is_none_is_told_of_and_the_old_choice_stays(application, engine, answers: Answers) -> None:
    answers.opens = Path("/fonts/good.sf2")
    trigger(application, "choose_soundfont")
    assert engine.sound.soundfont == Path("/fonts/good.sf2")
    engine.events.append(SoundReady("FluidSynth: good.sf2", "Speakers", 1.0, 44100, True))
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
    assert application.window.transport.output.toolTip() == "Output: Built-in kit"


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
