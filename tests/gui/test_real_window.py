"""The real window with the shipped drummer and the real playing process: a click, notes, sound."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from drumapp import resources
from drumapp.gui.application import Application
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.playback.engine import PlaybackEngine, SoundSettings
from drumapp.playback.render import render_pattern
from drumapp.playback.synth import make_synth
from drumapp.settings import Settings
from tests.gui.gui_fakes import Answers, no_thread


def silent_engine() -> PlaybackEngine:
    return PlaybackEngine(SoundSettings(resources.builtin_soundfont(), synth="sampler", device="null"))


def test_a_click_on_generate_gives_notes_and_a_sound(qapp, qtbot) -> None:
    answers = Answers()
    application = Application(qapp, Settings(bars=2, seed=7), engine=silent_engine(), asking=answers)
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(lambda: application.conductor.can_generate, timeout=30_000)
    QTest.mouseClick(application.window.transport.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(application.document.pattern) > 0, timeout=30_000)
    qtbot.waitUntil(lambda: not application.document.in_take, timeout=30_000)
    qtbot.waitUntil(lambda: application.engine.playhead().notes_played > 0, timeout=30_000)

    pattern = application.document.pattern
    wanted = generate_pattern(load_model(resources.default_model()), GeneratorSettings(seed=7, bars=2))
    assert pattern.notes == wanted.notes
    assert len(application.window.roll.scene.index) == len(pattern)
    synth = make_synth("sampler", resources.builtin_soundfont())
    audio = render_pattern(pattern, synth)
    synth.close()
    assert np.abs(audio).max() > 0.05
    assert not answers.errors
    application.window.close()
    assert not application.engine.running


def test_the_drummer_who_was_held_goes_on_as_if_nobody_had_held_it(qapp, qtbot) -> None:
    application = Application(qapp, Settings(bars=6, seed=11), engine=silent_engine(), asking=Answers())
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(lambda: application.conductor.can_generate, timeout=30_000)
    application.window.transport.tempo._change(400, done=True)
    QTest.mouseClick(application.window.transport.generate, Qt.MouseButton.LeftButton)
    for _ in range(3):
        reached = application.document.pattern.length
        qtbot.waitUntil(lambda reached=reached: application.document.pattern.length > reached, timeout=30_000)
        application.conductor.pause()
        application.conductor.play()
    qtbot.waitUntil(lambda: not application.document.in_take, timeout=30_000)

    settings = GeneratorSettings(seed=11, bars=6, tempo=400.0)
    assert application.document.pattern.notes == generate_pattern(load_model(resources.default_model()), settings).notes
    application.window.close()


def test_closing_while_everything_is_under_way_is_clean(qapp, qtbot, tmp_path: Path) -> None:
    answers = Answers(saves=tmp_path / "out.wav")
    application = Application(qapp, Settings(bars=0), engine=silent_engine(), asking=answers)
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(lambda: application.conductor.can_generate, timeout=30_000)
    QTest.mouseClick(application.window.transport.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(application.document.pattern) > 8, timeout=30_000)
    application.window.actions_by_name["export_audio"].trigger()
    application.files.dialog.accept()
    application.window.close()

    assert not application.engine.running
    assert all(no_thread(name) for name in ("drummer", "audio export", "model", "playback-sender"))


def test_export_audio_writes_a_sound_file(qapp, qtbot, tmp_path: Path) -> None:
    answers = Answers(saves=tmp_path / "out.wav")
    settings = Settings(bars=1, seed=1, synth="sampler")
    application = Application(qapp, settings, engine=silent_engine(), asking=answers)
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(lambda: application.conductor.can_generate, timeout=30_000)
    QTest.mouseClick(application.window.transport.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not application.document.in_take, timeout=30_000)
    application.window.actions_by_name["export_audio"].trigger()
    application.files.dialog.accept()
    qtbot.waitUntil(lambda: "out.wav" in application.window.status.music.text(), timeout=30_000)

    assert (tmp_path / "out.wav").read_bytes()[:4] == b"RIFF"
    assert not answers.errors
    application.window.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills the playing process as POSIX does")
def test_play_goes_on_in_another_process_when_the_playing_one_was_killed(qapp, qtbot) -> None:
    engine = silent_engine()
    application = Application(qapp, Settings(bars=4, seed=7), engine=engine, asking=Answers())
    qtbot.addWidget(application.window)
    application.show()
    qtbot.waitUntil(lambda: application.conductor.can_generate, timeout=30_000)
    QTest.mouseClick(application.window.transport.generate, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.playhead().tick > 480, timeout=30_000)
    os.kill(engine.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: not engine.running, timeout=30_000)
    place = engine.playhead().tick
    qtbot.waitUntil(lambda: not application.conductor.performance.playing, timeout=30_000)
    assert application.window.banner.isVisible()

    QTest.keyClick(application.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: engine.playhead().tick > place, timeout=30_000)
    qtbot.waitUntil(lambda: engine.playhead().notes_played > 0, timeout=30_000)
    assert engine.playhead().playing
    application.window.close()
    assert not engine.running
