"""Audio exported from the window: as it was chosen, remembered, nothing overwritten unasked."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from drumapp.core.errors import DrumappError
from drumapp.core.kit import GENERAL_MIDI_KIT
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.excerpts import Extent
from drumapp.gui.sound.export_dialog import AudioExportDialog
from drumapp.gui.sound.rendering import renderer
from drumapp.settings import Settings, load_settings
from drumapp.sound_choices import AudioExportChoice, SoundChoice
from tests.gui.window_acts import trigger
from tests.playback.recording_synth import RecordingSynth

BEAT = Pattern.of([Note(0, 36, 100), Note(480, 38, 90), Note(960, 36, 100)], name="beat")


@pytest.fixture
def beat(application) -> Pattern:
    application.settings.synth = "sampler"
    application.document.replace(BEAT, "Draw")
    return BEAT


@pytest.fixture
def dialog(application, beat) -> AudioExportDialog:
    assert beat
    trigger(application, "export_audio")
    return application.files.dialog


def wait_until_done(qtbot, application) -> str:
    qtbot.waitUntil(lambda: application.files._export is None, timeout=30_000)
    return application.window.status.music.text()


def test_what_is_chosen_is_written_and_chosen_again(dialog, application, answers, qtbot, tmp_path: Path) -> None:
    dialog.kind.setCurrentIndex(1)
    dialog.bits.setCurrentIndex(0)
    dialog.rate.setCurrentText("44.1 kHz")
    dialog.tail._change(0.5, done=True)
    dialog.normalise.click()
    dialog.peak._change(-6.0, done=True)
    answers.saves = tmp_path / "out"
    dialog.accept()
    assert wait_until_done(qtbot, application) == "Exported out.flac"

    found = soundfile.info(tmp_path / "out.flac")
    assert (found.format, found.subtype, found.samplerate) == ("FLAC", "PCM_16", 44_100)
    assert found.frames == pytest.approx((BEAT.seconds + 0.5) * 44_100, abs=1)
    audio, _ = soundfile.read(tmp_path / "out.flac")
    assert np.abs(audio).max() == pytest.approx(10 ** (-6 / 20), rel=1e-3)
    expected = AudioExportChoice("flac", 16, 44_100, 0.5, normalise=True, peak_dbfs=-6.0)
    assert application.settings.audio_export == expected
    application.window.close()
    assert load_settings().audio_export == expected


def test_flac_offers_no_floats(dialog) -> None:
    dialog.bits.setCurrentIndex(2)
    assert dialog.order.choice.bits == "float"
    dialog.kind.setCurrentIndex(1)
    assert [dialog.bits.itemText(place) for place in range(dialog.bits.count())] == ["16 bits", "24 bits"]
    assert dialog.order.choice.bits == 24
    dialog.kind.setCurrentIndex(0)
    assert dialog.bits.count() == 3


def test_a_suffix_that_is_typed_means_its_format(dialog, application, answers, qtbot, tmp_path: Path) -> None:
    dialog.bits.setCurrentIndex(2)
    answers.saves = tmp_path / "out.FLAC"
    dialog.accept()
    wait_until_done(qtbot, application)
    assert soundfile.info(tmp_path / "out.FLAC").subtype == "PCM_24"


def test_loop_and_selection_are_offered_where_there_are_any(application, beat, answers, qtbot, tmp_path) -> None:
    trigger(application, "export_audio")
    assert application.files.dialog.extent.count() == 1
    application.files.dialog.reject()
    application.document.set_loop(Range(480, 960), "Loop")
    application.notes.editor.select(frozenset(beat.notes[:1]))
    trigger(application, "export_audio")
    dialog = application.files.dialog
    assert dialog.order.extent is Extent.SELECTION
    dialog.extent.setCurrentText("The loop")
    dialog.tail._change(0.0, done=True)
    answers.saves = tmp_path / "loop.wav"
    dialog.accept()
    wait_until_done(qtbot, application)
    assert soundfile.info(answers.saves).frames == 24_000


def test_stems_go_into_a_folder_and_overwrite_nothing_unasked(application, beat, answers, qtbot, tmp_path) -> None:
    assert beat
    answers.into = tmp_path
    application.settings.audio_export = AudioExportChoice(stems=True, tail_seconds=0.1)
    trigger(application, "export_audio")
    assert application.files.dialog.order.choice.stems
    application.files.dialog.accept()
    assert wait_until_done(qtbot, application) == f"Exported 3 files in {tmp_path.name}"
    names = ["beat - Kick.wav", "beat - Snare.wav", "beat - mix.wav"]
    assert sorted(path.name for path in tmp_path.glob("*.wav")) == names
    before = (tmp_path / names[0]).stat().st_mtime_ns
    trigger(application, "export_audio")
    application.files.dialog.accept()
    assert answers.asked_to_overwrite == [
        f"The folder {tmp_path.name} holds beat - mix.wav and 2 more of these files already."
    ]
    assert application.files._export is None
    assert (tmp_path / names[0]).stat().st_mtime_ns == before
    answers.overwrites = True
    trigger(application, "export_audio")
    application.files.dialog.accept()
    wait_until_done(qtbot, application)
    assert (tmp_path / names[0]).stat().st_mtime_ns > before
    answers.into = None
    trigger(application, "export_audio")
    application.files.dialog.accept()
    assert application.files._export is None
    assert not answers.errors


def test_it_sounds_as_it_is_heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Through the chosen synth: the soundfont, its drum kit and the effects."""
    made: list[tuple[object, ...]] = []
    synth = RecordingSynth(44_100)

    def make_synth(kind, soundfont, rate, program, *, offline) -> RecordingSynth:
        made.append((kind, soundfont, rate, program, offline))
        return synth

    monkeypatch.setattr("drumapp.playback.synth.make_synth", make_synth)
    sound = SoundChoice(program=25, reverb=0.25, chorus=0.5)
    settings = Settings(synth="fluidsynth", soundfont=Path("font.sf2"), sound=sound)
    choice = AudioExportChoice(sample_rate=44_100, tail_seconds=0.0)
    assert renderer(settings)(BEAT, GENERAL_MIDI_KIT, tmp_path / "x.wav", choice, lambda _: None) == "x.wav"
    assert made == [("fluidsynth", Path("font.sf2"), 44_100, 25, True)]
    assert synth.effects == (0.25, 0.5)


def test_a_soundfont_that_is_gone_leaves_no_file(tmp_path: Path) -> None:
    settings = Settings(synth="sampler", soundfont=tmp_path / "none.sf2")
    with pytest.raises(DrumappError, match=r"none\.sf2"):
        renderer(settings)(BEAT, GENERAL_MIDI_KIT, tmp_path / "x.wav", AudioExportChoice(), lambda _: None)
    assert not list(tmp_path.iterdir())
