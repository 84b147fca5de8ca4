"""Beats in and out of the window: import with its offers, export with its options, clipboard, drags."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.kit_map import GENERAL_MIDI, ROLAND_TD
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap, Range, TempoMap
from drumapp.gui.note_clipboard import FILE_NAME, MIDI_TYPES, OWN_TYPE, clipping_of
from drumapp.midi.smf import pattern_to_bytes, read_contents, read_pattern, write_pattern
from tests.gui.window_acts import BAR, click, trigger
from tests.midi.midi_bytes import meta, midi, off, on, track

KICK, SNARE = 36, 38
OURS = Pattern.of([Note(0, KICK, 100), Note(960, SNARE, 90)], name="ours")
THEIRS = Pattern.of(
    [Note(0, 42, 80), Note(720, 42, 70)],
    length=1440,
    tempo=TempoMap.constant(90.0),
    metre=MetreMap.constant(Metre(3, 4)),
    name="theirs",
)
LEFT, NO_BUTTON, NO_KEYS = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.mid"
    write_pattern(THEIRS, path)
    return path


def part(name: bytes, channel: int, *keys: int) -> bytes:
    events = [(0, meta(3, name))]
    for key in keys:
        events += [(0, on(key, 100, channel)), (60, off(key, channel)), (180, meta(1, b"x"))]
    return track(*events)


def wait(qtbot, thing) -> None:
    qtbot.waitUntil(thing, timeout=20_000)


# Import


def offer_texts(application) -> list[str]:
    return [button.text() for button in application.window.offers.buttons]


def test_a_file_takes_the_beats_place_and_may_be_appended_instead(application, theirs: Path) -> None:
    application.document.replace(OURS, "Draw")
    application.window.roll.file_dropped.emit(theirs)
    assert application.document.pattern == THEIRS
    assert application.document.undo_label == "Open theirs.mid"
    assert offer_texts(application) == ["Append instead"]

    click(application.window.offers.buttons[0])
    both = application.document.pattern
    assert both.notes == (*OURS.notes, *(note._replace(start=note.start + BAR) for note in THEIRS.notes))
    assert both.length == BAR + 1440
    assert str(both.metre.metre_at(BAR)) == "3/4"
    assert both.bpm == 120
    assert both.tempo.bpm_at(BAR) == 90
    assert application.document.undo_label == "Append theirs.mid"
    trigger(application, "undo")
    assert application.document.pattern == OURS


def test_an_offer_goes_with_the_next_change(application, theirs: Path) -> None:
    application.document.replace(OURS, "Draw")
    application.window.roll.file_dropped.emit(theirs)
    assert application.window.offers.isVisible()
    application.document.edit(application.document.pattern.without_notes(), "Delete")
    assert not application.window.offers.isVisible()


def test_into_an_empty_roll_a_plain_file_goes_without_a_word(application, theirs: Path) -> None:
    application.window.roll.file_dropped.emit(theirs)
    assert application.document.pattern == THEIRS
    assert not application.window.offers.isVisible()


def test_append_from_the_menu(application, answers, theirs: Path) -> None:
    application.document.replace(OURS, "Draw")
    answers.opens = theirs
    trigger(application, "append_midi")
    assert application.document.pattern.length == BAR + 1440
    assert application.document.undo_label == "Append theirs.mid"


def test_a_file_of_a_band_is_read_by_its_drums_and_otherwise_on_demand(application, tmp_path: Path) -> None:
    path = tmp_path / "band.mid"
    path.write_bytes(midi(part(b"Drums", 9, 36, 38), part(b"Bongos", 9, 60), part(b"Bass", 1, 40)))
    application.window.roll.file_dropped.emit(path)
    assert {note.pitch for note in application.document.pattern.notes} == {36, 38, 60}
    assert offer_texts(application) == ["Read it otherwise …"]

    click(application.window.offers.buttons[0])
    dialog = application.files.midi.dialog
    assert [box.isChecked() for box in dialog.parts] == [True, True, False]
    dialog.parts[1].click()
    assert "1 Kick, 1 Snare" in dialog.summary.text()
    dialog.accept()
    assert {note.pitch for note in application.document.pattern.notes} == {36, 38}
    trigger(application, "undo")
    assert application.document.pattern.length == 0, "what was taken first is one undo away no more"


def test_a_file_that_does_not_tell_its_drums_is_asked_about_first(application, answers, tmp_path: Path) -> None:
    path = tmp_path / "loops.mid"
    path.write_bytes(midi(part(b"One", 0, 36), part(b"Two", 1, 38)))
    application.window.roll.file_dropped.emit(path)
    dialog = application.files.midi.dialog
    assert application.document.pattern.length == 0
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.parts[1].click()
    assert ok.isEnabled()
    dialog.accept()
    assert [note.pitch for note in application.document.pattern.notes] == [38]
    assert not answers.errors

    application.projects.open(path)
    assert application.document.pattern.length == 0
    application.files.midi.dialog.parts[0].click()
    application.files.midi.dialog.accept()
    assert [note.pitch for note in application.document.pattern.notes] == [36]


def test_keys_that_only_roland_sends_are_read_as_rolands(application, tmp_path: Path) -> None:
    path = tmp_path / "td.mid"
    path.write_bytes(midi(part(b"TD", 9, 22, 26, 38)))
    application.window.roll.file_dropped.emit(path)
    assert [note.pitch for note in application.document.pattern.notes] == [42, 46, 38]
    assert "Roland TD" in application.window.offers.detail.text()
    click(application.window.offers.buttons[0])
    dialog = application.files.midi.dialog
    assert dialog.choice.kit_map == ROLAND_TD
    dialog.kit.setCurrentText(GENERAL_MIDI.name)
    dialog.kit.activated.emit(dialog.kit.currentIndex())
    dialog.accept()
    assert [note.pitch for note in application.document.pattern.notes] == [22, 26, 38]


def test_a_file_that_vanishes_while_it_is_asked_about_is_told_of(application, answers, tmp_path: Path) -> None:
    path = tmp_path / "loops.mid"
    path.write_bytes(midi(part(b"One", 0, 36), part(b"Two", 1, 38)))
    application.document.replace(OURS, "Draw")
    application.window.roll.file_dropped.emit(path)
    path.unlink()
    application.files.midi.dialog.parts[0].click()
    application.files.midi.dialog.accept()
    assert "loops.mid" in answers.errors[0]
    assert application.document.pattern == OURS


# Export


def test_export_remembers_how_and_writes_what_was_chosen(application, answers, tmp_path: Path) -> None:
    application.document.replace(OURS, "Draw")
    application.document.set_loop(Range(960, 1920), "Loop")
    answers.saves = tmp_path / "out.mid"
    trigger(application, "export_midi")
    dialog = application.files.dialog
    dialog.extent.setCurrentText("The loop")
    dialog.layout_box.setCurrentText("A track for each drum (format 1)")
    dialog.resolution.setCurrentText("960 ticks per quarter")
    dialog.kit.setCurrentText("Roland TD")
    dialog.accept()

    contents = read_contents(answers.saves)
    assert (contents.midi_format, contents.ticks_per_quarter) == (1, 960)
    assert [part.name for part in contents.parts] == ["Snare"]
    written = read_pattern(answers.saves)
    assert (written.notes, written.length) == ((Note(0, SNARE, 90),), 960)
    settings = application.settings
    assert (settings.export_layout, settings.export_resolution, settings.export_kit_map) == ("lanes", 960, "Roland TD")


def test_a_selection_is_offered_first(application, answers, tmp_path: Path) -> None:
    application.document.replace(OURS, "Draw")
    application.notes.editor.select(frozenset({OURS.notes[1]}))
    answers.saves = tmp_path / "out.mid"
    trigger(application, "export_midi")
    assert application.files.dialog.extent.currentText() == "The selected notes"
    application.files.dialog.accept()
    assert read_pattern(answers.saves).notes == (OURS.notes[1],)


# Clipboard


def test_notes_are_copied_as_a_midi_file_too(application, qapp) -> None:
    application.document.replace(OURS, "Draw")
    trigger(application, "select_all")
    trigger(application, "copy")
    data = qapp.clipboard().mimeData()
    assert data.hasFormat(OWN_TYPE)
    for kind in MIDI_TYPES:
        assert bytes(data.data(kind).data()).startswith(b"MThd")
    path = Path(data.urls()[0].toLocalFile())
    assert path.name == FILE_NAME
    assert read_pattern(path).notes == OURS.notes
    application.close()
    assert not path.exists()


@pytest.mark.parametrize("form", ["bytes", "file"])
def test_midi_from_elsewhere_is_pasted(application, qapp, theirs: Path, form: str) -> None:
    application.document.replace(OURS, "Draw")
    data = QMimeData()
    if form == "bytes":
        data.setData("audio/x-midi", pattern_to_bytes(THEIRS))
    else:
        data.setUrls([QUrl.fromLocalFile(str(theirs))])
    qapp.clipboard().setMimeData(data)
    application.conductor.seek(BAR)
    trigger(application, "paste")
    assert application.document.pattern.notes[2:] == tuple(n._replace(start=n.start + BAR) for n in THEIRS.notes)
    assert application.document.pattern.length == 2 * BAR
    trigger(application, "undo")
    assert application.document.pattern == OURS


def test_broken_midi_on_the_clipboard_is_told_of_and_other_things_are_passed_over(application, answers, qapp) -> None:
    application.document.replace(OURS, "Draw")
    data = QMimeData()
    data.setData("audio/midi", b"MThd and no more")
    qapp.clipboard().setMimeData(data)
    trigger(application, "paste")
    assert "the clipboard" in answers.errors.pop()
    qapp.clipboard().setText("lyrics")
    trigger(application, "paste")
    assert not answers.errors
    assert application.document.pattern == OURS


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"notes":[[0,36]],"length":1,"upbeat":0}', b'{"notes":[[0,36,0,1]],"length":1,"upbeat":0}', b"[1"],
)
def test_what_only_claims_to_be_ours_is_nothing(data: bytes) -> None:
    assert clipping_of(data) is None


# Dragging out


def drag(handle) -> None:
    middle = QPointF(handle.width() / 2, handle.height() / 2)
    QTest.mousePress(handle, LEFT, NO_KEYS, middle.toPoint())
    at = middle + QPointF(40, 0)
    event = QMouseEvent(QEvent.Type.MouseMove, at, handle.mapToGlobal(at), NO_BUTTON, LEFT, NO_KEYS)
    QApplication.sendEvent(handle, event)


@pytest.fixture
def dragged(application) -> list[Path]:
    """The files that were dragged out."""
    found: list[Path] = []
    for handle in (application.window.status.drag_midi, application.window.status.drag_wav):
        handle.start_drag = lambda data: found.append(Path(data.urls()[0].toLocalFile()))
    return found


def test_the_beat_is_dragged_out_as_midi(application, dragged: list[Path]) -> None:
    handle = application.window.status.drag_midi
    assert not handle.isEnabled()
    application.document.replace(OURS, "Draw")
    assert handle.isEnabled()
    drag(handle)
    assert dragged[0].name == "ours.mid"
    assert read_pattern(dragged[0]) == OURS
    QTest.mouseRelease(handle, LEFT)

    application.notes.editor.select(frozenset({OURS.notes[1]}))
    assert "selected notes" in handle.toolTip()
    drag(handle)
    assert read_pattern(dragged[1]).notes == (OURS.notes[1],)
    assert dragged[1] != dragged[0], "what a DAW was given stays as it is"


def test_a_click_drags_nothing(application, dragged: list[Path]) -> None:
    application.document.replace(OURS, "Draw")
    click(application.window.status.drag_midi)
    assert not dragged


def test_sound_is_dragged_once_it_is_rendered(application, qtbot, dragged: list[Path]) -> None:
    go_on = threading.Event()

    def render(pattern, kit, path, _choice, progress) -> str:
        assert go_on.wait(20)
        progress(0.5)
        path.write_bytes(repr((pattern.name, kit.name)).encode())
        return path.name

    application.drags._render = render
    application.document.replace(OURS, "Draw")
    handle = application.window.status.drag_wav
    drag(handle)
    assert handle.waiting
    assert not dragged
    go_on.set()
    wait(qtbot, lambda: bool(dragged))
    assert dragged[0].name == "ours.wav"
    assert dragged[0].read_bytes() == b"('ours', 'Drum kit')"


def test_sound_that_is_let_go_of_too_early_is_not_dragged(application, qtbot, dragged: list[Path]) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def render(_pattern, _kit, path, _choice, progress) -> str:
        begun.set()
        assert go_on.wait(20)
        try:
            progress(0.5)
        finally:
            ended.set()
        return path.name

    application.drags._render = render
    application.document.replace(OURS, "Draw")
    handle = application.window.status.drag_wav
    drag(handle)
    wait(qtbot, begun.is_set)
    QTest.mouseRelease(handle, LEFT)
    go_on.set()
    wait(qtbot, ended.is_set)
    qtbot.wait(50)
    assert not dragged
    assert not handle.waiting


def test_a_folder_that_takes_nothing_is_told_of(application, answers, dragged, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "file"))
    application.document.replace(OURS, "Draw")
    for handle in (application.window.status.drag_midi, application.window.status.drag_wav):
        drag(handle)
        assert "Cannot make the folder" in answers.errors.pop()
        assert not handle.waiting
    assert not dragged
