"""The whole scene on the real window: generate, pause, move a snare, lock the hats, resume, undo to the start."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from drumapp import resources
from drumapp.core.timing import Range
from drumapp.gui.application import Application
from drumapp.gui.piano_roll.lane_parts import Part, box_of
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.playback.engine import PlaybackEngine, SoundSettings
from drumapp.settings import Settings
from tests.gui.gui_fakes import Answers
from tests.gui.test_roll_editing import Hand
from tests.gui.window_acts import BAR, click

SNARE, HATS = 38, (42, 44, 46)
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TEMPO = 240
SEED = 2  # with snares and hats in its first bars


def click_lock(roll: PianoRoll, key: int) -> None:
    box = box_of(Part.LOCK, roll.view.y_of(roll.scene.kit.row_of_key[key]), roll.view.row_height)
    QTest.mouseClick(roll.header, LEFT, NO_KEYS, QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2)))


def test_generate_pause_move_a_snare_lock_the_hats_resume_and_undo_to_the_start(qapp, qtbot) -> None:
    engine = PlaybackEngine(SoundSettings(resources.builtin_soundfont(), synth="sampler", device="null"))
    application = Application(qapp, Settings(bars=12, seed=SEED, style="rock"), engine=engine, asking=Answers())
    qtbot.addWidget(application.window)
    application.show()
    window, document, conductor = application.window, application.document, application.conductor
    qtbot.waitUntil(lambda: conductor.can_generate and engine.running, timeout=30_000)
    empty = document.project
    window.transport.tempo._change(TEMPO, done=True)
    fast = document.project

    click(window.transport.generate)
    qtbot.waitUntil(lambda: engine.playhead().tick > 0.5 * BAR, timeout=30_000)
    click(window.transport.play)
    assert conductor.performance.drummer.value == "paused"
    held = document.pattern
    assert document.in_take
    assert held.length < 12 * BAR

    snares = [note for note in held.notes if note.pitch == SNARE and note.start >= BAR]
    snare = next(note for note in snares if not any(0 < other.start - note.start < 200 for other in snares))
    window.roll.navigation.zoom_to_span(Range(0, 4 * BAR))
    Hand(application).drag((snare.start, SNARE), (snare.start + 60, SNARE), (snare.start + 120, SNARE))
    edited = document.pattern
    (moved,) = set(edited.notes) - set(held.notes)
    assert set(held.notes) - set(edited.notes) == {snare}
    assert moved.pitch == SNARE
    assert moved.start > snare.start
    for hat in HATS:
        click_lock(window.roll, hat)
    assert document.kit.locked_keys == set(HATS)

    qtbot.wait(200)  # held, the drummer thinks of what it will play; nothing of it shows
    assert document.pattern.notes == edited.notes
    click(window.transport.play)
    qtbot.waitUntil(lambda: engine.playhead().tick > 8 * BAR, timeout=60_000)
    qtbot.waitUntil(lambda: not document.in_take, timeout=30_000)
    played = document.pattern
    assert played.length == 12 * BAR
    early = [note for note in edited.notes if note.start < edited.length - 20]
    assert list(played.notes[: len(early)]) == early, "what stood when it was resumed never changes"
    later = played.notes[len(early) :]
    assert later
    assert not [note for note in later if note.pitch in HATS and note not in edited.notes]
    take = document.project.takes[-1]
    assert take.result == played

    labels = []
    while document.undo_label is not None:
        labels.append(document.undo_label)
        click_undo(window)
    assert labels == ["Lock Open hat", "Lock Pedal hat", "Lock Closed hat", "Move notes", "Generate", "Tempo"]
    assert document.pattern == empty.pattern
    assert document.kit == empty.kit
    assert document.project.takes == (take,), "a take stays, whatever is undone"
    window.actions_by_name["redo"].trigger()
    assert document.pattern == fast.pattern
    while document.redo_label is not None:
        window.actions_by_name["redo"].trigger()
    assert document.pattern.notes == played.notes
    assert document.kit.locked_keys == set(HATS)
    window.close()


def click_undo(window) -> None:
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
