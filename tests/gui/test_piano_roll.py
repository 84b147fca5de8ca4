import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.kit import HOUSE_KIT, Family
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.theme import DARK, LIGHT

BAR = 1920
BEAT = Pattern.of([Note(0, 36, 127), Note(480, 38, 100), Note(960, 36, 20), Note(1440, 38, 100)])


@pytest.fixture
def roll(qtbot) -> PianoRoll:
    made = PianoRoll(DARK)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def picture(roll: PianoRoll) -> QImage:
    return roll.canvas.grab().toImage()


def middle_of(roll: PianoRoll, note: Note) -> tuple[float, float]:
    """A pixel that even the softest note covers: half of its length, and just above its lane's lower edge."""
    row = roll.scene.kit.row_of_key[note.pitch]
    return roll.view.x_of(note.start + note.duration / 2), roll.view.y_of(row + 1) - 4


def colour_in(roll: PianoRoll, note: Note, above: float = 0.0) -> QColor:
    """The colour in the middle of a note, or some pixels above it."""
    x, y = middle_of(roll, note)
    image = picture(roll)
    scale = image.devicePixelRatio()
    return image.pixelColor(int(x * scale), int((y - above) * scale))


def wheel(widget, notches: float, keys=Qt.KeyboardModifier.NoModifier, at=(300, 100)) -> None:
    place = QPointF(*at)
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, round(notches * 120)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_notes_are_drawn_in_their_lane_and_family_colour(roll) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)

    assert colour_in(roll, BEAT.notes[0]) == QColor(DARK.families[Family.KICK])
    assert colour_in(roll, BEAT.notes[1]).hue() == pytest.approx(QColor(DARK.families[Family.SNARE]).hue(), abs=12)


def test_velocity_shows_as_height_and_as_shade(roll) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)
    loud, soft = BEAT.notes[0], BEAT.notes[2]

    above = roll.view.row_height / 2
    assert colour_in(roll, loud, above) == colour_in(roll, loud)
    assert colour_in(roll, soft, above) != colour_in(roll, soft)
    assert colour_in(roll, loud).lightness() > colour_in(roll, soft).lightness()


def test_a_note_that_is_appended_is_drawn_without_drawing_all_anew(roll, qtbot) -> None:
    roll.show_pattern(Pattern(), None, refit=True)
    picture(roll)
    kept = roll.canvas._picture
    note = Note(480, 36, 127)
    roll.append_notes([note], Pattern.of([note], length=960))
    assert roll.canvas._picture is kept
    qtbot.waitUntil(lambda: colour_in(roll, note) == QColor(DARK.families[Family.KICK]))
    qtbot.waitUntil(lambda: not roll.canvas._fade_timer.isActive())

    assert roll.canvas._picture is kept
    assert colour_in(roll, note) == QColor(DARK.families[Family.KICK])


def test_a_key_the_kit_lacks_gets_a_lane_below(roll) -> None:
    roll.show_pattern(BEAT, BEAT.length)
    assert roll.scene.rows == len(HOUSE_KIT.lanes)
    added = [Note(1000, 56, 90), Note(1100, 3, 90)]
    roll.append_notes(added, BEAT.with_notes(added, length=1920))

    assert [lane.name for lane in roll.scene.kit.lanes[-2:]] == ["Key 3", "Cowbell"]
    roll.show_pattern(BEAT, BEAT.length)
    assert roll.scene.rows == len(HOUSE_KIT.lanes)


def test_an_empty_roll_says_what_to_do_and_a_filled_one_does_not(roll) -> None:
    roll.show_pattern(Pattern(), 0)
    empty = picture(roll)
    roll.show_pattern(Pattern.of([Note(100_000, 36, 100)]), None)
    roll.navigation.zoom_to_first_bars()

    assert picture(roll) != empty


def test_the_wheel_zooms_around_the_pointer_with_control(roll) -> None:
    roll.show_pattern(Pattern.of([Note(64 * BAR, 36, 100)]), 65 * BAR, refit=True)
    before = roll.view
    wheel(roll.canvas, 3, Qt.KeyboardModifier.ControlModifier, at=(400, 50))

    assert roll.view.pixels_per_tick > before.pixels_per_tick * 1.5
    assert roll.view.x_of(before.tick_at(400)) == pytest.approx(400, abs=1)


def test_the_wheel_scrolls_and_stops_at_both_ends(roll) -> None:
    roll.show_pattern(Pattern.of([Note(64 * BAR, 36, 100)]), 65 * BAR, refit=True)
    start = roll.view.left
    wheel(roll.canvas, -2, Qt.KeyboardModifier.ShiftModifier)
    assert roll.view.left > start
    wheel(roll.canvas, 1000, Qt.KeyboardModifier.ShiftModifier)
    assert roll.view.left == pytest.approx(start)
    wheel(roll.canvas, -1000, Qt.KeyboardModifier.ShiftModifier)
    assert roll.view.right >= 65 * BAR
    assert roll.view.left < 65 * BAR


def test_sixty_lanes_scroll_down(roll) -> None:
    many = Pattern.of([Note(0, key, 100) for key in range(30, 90)])
    roll.show_pattern(many, many.length, refit=True)
    assert roll.scene.rows == 60
    wheel(roll.canvas, -3)

    assert roll.view.top > 0
    assert roll.view.row_height >= 18


def test_zoom_to_fit_shows_all_of_it(roll) -> None:
    long = Pattern.of([Note(300 * BAR, 36, 100)])
    roll.show_pattern(long, long.length, refit=True)
    assert roll.view.right < 20 * BAR
    roll.navigation.zoom_to_fit()

    assert roll.view.left <= 0
    assert roll.view.right >= long.length


def test_keys_zoom_around_the_playhead(roll) -> None:
    roll.show_pattern(Pattern.of([Note(64 * BAR, 36, 100)]), 65 * BAR, refit=True)
    roll.move_playhead(3 * BAR, playing=False)
    x = roll.view.x_of(3 * BAR)
    roll.navigation.zoom(2.0)

    assert roll.view.x_of(3 * BAR) == pytest.approx(x, abs=1)


def test_the_page_turns_with_the_playhead_only_when_it_is_followed(roll) -> None:
    long = Pattern.of([Note(64 * BAR, 36, 100)])
    roll.show_pattern(long, long.length, refit=True)
    roll.navigation.follow = False
    roll.move_playhead(20 * BAR, playing=True)
    assert roll.view.right < 20 * BAR
    roll.navigation.follow = True
    roll.move_playhead(1 * BAR, playing=True)
    for bar in range(2, 40):
        roll.move_playhead(bar * BAR, playing=True)
        assert roll.view.left <= bar * BAR <= roll.view.right


def test_a_scroll_by_hand_is_left_alone_until_the_playhead_comes_into_sight(roll) -> None:
    long = Pattern.of([Note(64 * BAR, 36, 100)])
    roll.show_pattern(long, long.length, refit=True)
    roll.move_playhead(100, playing=True)
    wheel(roll.canvas, -60, Qt.KeyboardModifier.ShiftModifier)
    scrolled = roll.view.left
    assert scrolled > 200
    roll.move_playhead(200, playing=True)

    assert roll.view.left == scrolled


def test_a_moving_playhead_repaints_two_slivers(roll, monkeypatch: pytest.MonkeyPatch) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)
    roll.move_playhead(100, playing=True)
    asked = []
    monkeypatch.setattr(roll.canvas, "update", lambda *area: asked.append(area))
    roll.move_playhead(200, playing=True)

    assert [area[0].width() for area in asked] == [3, 3]


def test_a_click_in_the_ruler_seeks_to_the_nearest_step(roll, qtbot) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)
    x = round(roll.view.x_of(970))
    with qtbot.waitSignal(roll.sought) as sought:
        QTest.mouseClick(roll.ruler, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))

    assert sought.args == [960]


def test_a_click_on_a_drums_name_lets_it_be_heard(roll, qtbot) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)
    row = HOUSE_KIT.row_of_key[38]
    y = round(roll.view.y_of(row + 0.5))
    with qtbot.waitSignal(roll.auditioned) as heard:
        QTest.mouseClick(roll.header, Qt.MouseButton.LeftButton, pos=QPoint(40, y))
    assert heard.args == [38, 100]

    below = round(roll.view.y_of(roll.scene.rows)) + 3
    with qtbot.assertNotEmitted(roll.auditioned):
        QTest.mouseClick(roll.header, Qt.MouseButton.LeftButton, pos=QPoint(40, below))


@pytest.mark.parametrize(("name", "taken"), [("beat.mid", True), ("BEAT.MIDI", True), ("notes.txt", False)])
def test_only_midi_files_can_be_dropped(roll, tmp_path, name: str, taken: bool) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "cover.png")), QUrl.fromLocalFile(str(tmp_path / name))])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    dropped = []
    roll.canvas.file_dropped.connect(dropped.append)
    enter = QDragEnterEvent(QPoint(50, 50), action, data, button, keys)
    enter.ignore()
    QApplication.sendEvent(roll.canvas, enter)
    assert enter.isAccepted() == taken
    picture(roll)
    QApplication.sendEvent(roll.canvas, QDropEvent(QPointF(50, 50), action, data, button, keys))

    assert dropped == ([tmp_path / name] if taken else [])


def test_colours_change_with_the_theme(roll) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)
    dark = picture(roll)
    roll.set_colours(LIGHT)

    assert picture(roll) != dark
    assert colour_in(roll, BEAT.notes[0]) == QColor(LIGHT.families[Family.KICK])


def test_ruler_and_header_can_be_drawn(roll) -> None:
    roll.show_pattern(BEAT, BEAT.length, refit=True)
    plain = roll.ruler.grab().toImage()
    roll.set_loop(Range(0, 960), looping=True)

    assert roll.ruler.grab().toImage() != plain
    assert not roll.header.grab().isNull()


def test_a_hundred_thousand_notes_can_be_drawn(roll) -> None:
    notes = [Note(step * 40, (36, 38, 42, 49)[step % 4], 1 + step % 127) for step in range(100_000)]
    big = Pattern.of(notes)
    roll.show_pattern(big, big.length)
    roll.navigation.zoom_to_fit()

    assert colour_in(roll, notes[0]) != QColor(DARK.roll)
