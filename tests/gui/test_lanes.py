"""Lanes mixed, moved, renamed and added by real mouse and key events, each undone to the very kit before."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from drumapp.core.kit import HOUSE_KIT, DrumKit, Family
from drumapp.core.pattern import Note, Pattern
from drumapp.gui.piano_roll.lane_header import lane_words
from drumapp.gui.piano_roll.lane_parts import HEADER_WIDTH, Part, box_of, part_at, share_of_volume, volume_at
from tests.gui.window_acts import BAR, trigger

KICK, SNARE, HAT, CRASH = 36, 38, 42, 57
BEAT = Pattern.of([Note(0, KICK, 100), Note(485, SNARE, 90)], length=2 * BAR, name="beat")
LEFT = Qt.MouseButton.LeftButton
NO_BUTTON, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


class Hand:
    """The user's hand over the header of one window's roll."""

    def __init__(self, application) -> None:
        self.application = application
        self.document = application.document
        self.roll = application.window.roll
        self.header = self.roll.header

    @property
    def kit(self) -> DrumKit:
        return self.document.kit

    def at(self, key: int, part: Part, share: float = 0.5) -> QPoint:
        view, row = self.roll.view, self.roll.scene.kit.row_of_key[key]
        box = box_of(part, view.y_of(row), view.row_height)
        return QPoint(round(box.x + share * box.width), round(box.y + box.height / 2))

    def click(self, key: int, part: Part, share: float = 0.5, keys=NO_KEYS) -> None:
        QTest.mouseClick(self.header, LEFT, keys, self.at(key, part, share))

    def drag(self, start: QPoint, *ways: QPoint, let_go: bool = True) -> None:
        QTest.mousePress(self.header, LEFT, NO_KEYS, start)
        for way in ways:
            self.send(QEvent.Type.MouseMove, way, LEFT)
        if let_go:
            QTest.mouseRelease(self.header, LEFT, NO_KEYS, ways[-1])

    def hover(self, key: int, part: Part = Part.NAME) -> None:
        self.send(QEvent.Type.MouseMove, self.at(key, part), NO_BUTTON)

    def send(self, kind: QEvent.Type, place: QPoint, buttons) -> None:
        at = QPointF(place)
        event = QMouseEvent(kind, at, QPointF(self.header.mapToGlobal(place)), NO_BUTTON, buttons, NO_KEYS)
        QApplication.sendEvent(self.header, event)

    def key(self, key, keys=NO_KEYS) -> None:
        QTest.keyClick(self.header, key, keys)

    def lane(self, key: int):
        return self.kit.lane_of(key)


@pytest.fixture
def hand(application, qtbot) -> Hand:
    application.document.replace(BEAT, "Open")
    application.window.activateWindow()
    application.window.roll.canvas.setFocus()
    qtbot.waitUntil(application.window.roll.canvas.hasFocus)
    return Hand(application)


def one_step(hand: Hand, label: str, before: DrumKit = HOUSE_KIT) -> None:
    """What was just done is one change of that name; Undo leads to the exact kit before, Redo back; notes stay."""
    after = hand.kit
    assert after != before
    assert hand.document.undo_label == label
    trigger(hand.application, "undo")
    assert hand.kit == before
    assert hand.roll.scene.own_kit == before
    trigger(hand.application, "redo")
    assert hand.kit == after
    assert hand.document.pattern == BEAT


def unchanged(hand: Hand) -> None:
    assert hand.kit == HOUSE_KIT
    assert hand.document.undo_label == "Open"


@pytest.mark.parametrize("key", [SNARE, CRASH], ids=["with notes", "empty"])
def test_a_click_on_m_mutes_and_another_unmutes(hand, engine, key) -> None:
    hand.click(key, Part.MUTE)
    assert hand.lane(key).muted
    assert engine.kit == hand.kit
    name = hand.lane(key).name
    one_step(hand, f"Mute {name}")
    hand.click(key, Part.MUTE)
    assert not hand.lane(key).muted
    assert hand.document.undo_label == f"Unmute {name}"


def test_a_drag_across_mute_buttons_is_one_step(hand) -> None:
    hand.drag(hand.at(HAT, Part.MUTE), hand.at(48, Part.MUTE), hand.at(45, Part.MUTE))
    assert [lane.key for lane in hand.kit.lanes if lane.muted] == [42, 48, 45]
    one_step(hand, "Mute Closed hat")


def test_solo_and_solo_alone(hand) -> None:
    hand.click(SNARE, Part.SOLO)
    one_step(hand, "Solo Snare")
    before = hand.kit
    hand.click(KICK, Part.SOLO, keys=Qt.KeyboardModifier.AltModifier)
    assert hand.kit.heard_keys == {KICK}
    one_step(hand, "Solo Kick", before)
    trigger(hand.application, "unmute_all")
    assert hand.kit == HOUSE_KIT


def test_a_drag_of_the_volume_is_one_step_and_a_double_click_gives_it_back(hand) -> None:
    hand.drag(hand.at(KICK, Part.VOLUME, 0.7), hand.at(KICK, Part.VOLUME, 0.5), hand.at(KICK, Part.VOLUME, 0.3))
    quiet = hand.lane(KICK).volume_db
    assert -30 < quiet < -15
    one_step(hand, "Volume of Kick")

    place = hand.at(KICK, Part.VOLUME, 0.9)
    QTest.mouseClick(hand.header, LEFT, NO_KEYS, place)
    hand.send(QEvent.Type.MouseButtonDblClick, place, LEFT)
    QApplication.sendEvent(
        hand.header,
        QMouseEvent(
            QEvent.Type.MouseButtonDblClick,
            QPointF(place),
            hand.header.mapToGlobal(QPointF(place)),
            LEFT,
            LEFT,
            NO_KEYS,
        ),
    )
    assert hand.lane(KICK).volume_db == 0
    trigger(hand.application, "undo")
    assert hand.lane(KICK).volume_db == quiet


def test_the_wheel_over_the_volume_mixes_and_elsewhere_scrolls(hand) -> None:
    def turn(part: Part) -> None:
        at = QPointF(hand.at(KICK, part))
        where, turned = hand.header.mapToGlobal(at), QPoint(0, -240)
        QApplication.sendEvent(
            hand.header,
            QWheelEvent(at, where, QPoint(), turned, NO_BUTTON, NO_KEYS, Qt.ScrollPhase.NoScrollPhase, False),
        )

    turn(Part.VOLUME)
    turn(Part.VOLUME)
    assert hand.lane(KICK).volume_db == -4
    one_step(hand, "Volume of Kick")
    after = hand.kit
    turn(Part.NAME)
    assert hand.kit is after


def test_a_lane_is_dragged_by_its_name(hand, engine) -> None:
    hand.drag(hand.at(KICK, Part.NAME), hand.at(HAT, Part.NAME), hand.at(CRASH, Part.NAME) - QPoint(0, 15))
    assert [lane.key for lane in hand.kit.lanes][:2] == [KICK, CRASH]
    assert hand.roll.scene.kit.lanes[0].key == KICK
    assert ("audition", (KICK, 100)) in engine.told
    one_step(hand, "Move lane Kick")


def test_escape_leaves_a_dragged_lane_where_it_was(hand) -> None:
    hand.drag(hand.at(KICK, Part.NAME), hand.at(CRASH, Part.NAME), let_go=False)
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.header, LEFT, NO_KEYS, hand.at(CRASH, Part.NAME))
    unchanged(hand)


def test_a_lane_dropped_where_it_was_changes_nothing(hand) -> None:
    start = hand.at(SNARE, Part.NAME)
    hand.drag(start, start + QPoint(0, 60), start + QPoint(0, 8))
    unchanged(hand)


def test_a_lane_is_renamed_by_key_and_escape_thinks_better_of_it(hand, qtbot) -> None:
    hand.hover(SNARE)
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_F2)
    editor = hand.application.kits.name_editor
    assert editor.text() == "Snare"
    QTest.keyClicks(editor, "Popcorn")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.lane(SNARE).name == "Popcorn"
    one_step(hand, "Rename Snare")
    qtbot.waitUntil(hand.roll.canvas.hasFocus)

    before = hand.kit
    trigger(hand.application, "rename_lane")
    QTest.keyClicks(hand.application.kits.name_editor, "x")
    QTest.keyClick(hand.application.kits.name_editor, Qt.Key.Key_Escape)
    assert hand.kit is before


def test_m_and_s_act_on_the_lane_under_the_pointer(hand) -> None:
    hand.hover(HAT)
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_M)
    one_step(hand, "Mute Closed hat")
    before = hand.kit
    hand.hover(SNARE)
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_S)
    one_step(hand, "Solo Snare", before)


def test_without_a_pointer_m_acts_on_the_selected_notes_lanes_together(hand) -> None:
    QApplication.sendEvent(hand.header, QEvent(QEvent.Type.Leave))
    trigger(hand.application, "select_all")
    trigger(hand.application, "mute_lane")
    assert [lane.key for lane in hand.kit.lanes if lane.muted] == [SNARE, KICK]
    one_step(hand, "Mute Kick")
    trigger(hand.application, "mute_lane")
    assert hand.kit == HOUSE_KIT


def test_the_keyboard_reaches_everything_in_the_header(hand, engine, qtbot) -> None:
    hand.header.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(hand.header.hasFocus)
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Return)
    assert engine.told[-1] == ("audition", (49, 100))
    assert hand.header.accessibleDescription() == "Crash, 0 dB"
    hand.key(Qt.Key.Key_Left)
    hand.key(Qt.Key.Key_Left)
    assert hand.lane(49).volume_db == -2
    one_step(hand, "Volume of Crash")
    before = hand.kit
    hand.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert hand.kit.row_of_key[49] == 2
    one_step(hand, "Move lane Crash", before)
    assert hand.header.current_lane.key == 49
    hand.key(Qt.Key.Key_Delete)
    assert hand.lane(49) is None


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()]


def choose(menu: QMenu, *path: str) -> None:
    for step in path[:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text() == step)
    next(action for action in menu.actions() if action.text().startswith(path[-1])).trigger()


def open_menu(hand: Hand, key: int) -> QMenu:
    place = hand.at(key, Part.NAME)
    QApplication.sendEvent(
        hand.header, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, hand.header.mapToGlobal(place))
    )
    menu = hand.application.kits.menu
    menu.close()
    return menu


def test_the_menu_of_a_lane_chokes_colours_and_adds(hand) -> None:
    choose(open_menu(hand, CRASH), "Choke group", "1: Open hat")
    assert hand.lane(CRASH).choke_group == 1
    one_step(hand, "Choke group of Crash 2")
    before = hand.kit
    choose(open_menu(hand, CRASH), "Colour", "Percussion")
    assert hand.lane(CRASH).family is Family.PERCUSSION
    one_step(hand, "Colour of Crash 2", before)
    before = hand.kit
    choose(open_menu(hand, CRASH), "Add a drum", "Percussion", "Cowbell")
    assert hand.kit.row_of_key[56] == 1
    assert 56 in hand.roll.scene.kit.row_of_key
    one_step(hand, "Add Cowbell", before)
    before = hand.kit
    choose(open_menu(hand, 56), "Remove")
    one_step(hand, "Remove Cowbell", before)


def test_a_lane_with_notes_cannot_be_removed_and_it_is_said_why(hand) -> None:
    menu = open_menu(hand, SNARE)
    remove = next(action for action in menu.actions() if action.text().startswith("Remove"))
    assert not remove.isEnabled()
    hand.hover(SNARE)
    trigger(hand.application, "remove_lane")
    unchanged(hand)
    assert "Snare has notes" in hand.application.window.status.music.text()


def test_a_drum_outside_the_kit_gets_a_lane_that_can_be_mixed(hand) -> None:
    hand.document.replace(Pattern.of([Note(0, 99, 100), Note(0, KICK, 90)], name="strange"), "Open")
    assert hand.roll.scene.kit.lanes[-1].name == "Key 99"
    hand.click(99, Part.MUTE)
    assert hand.lane(99).muted
    trigger(hand.application, "undo")
    assert hand.kit == HOUSE_KIT
    assert 99 in hand.roll.scene.kit.row_of_key


def test_empty_lanes_can_be_hidden_and_come_back_with_their_notes(hand) -> None:
    trigger(hand.application, "hide_empty")
    assert [lane.key for lane in hand.roll.scene.kit.lanes] == [SNARE, KICK]
    assert hand.kit == HOUSE_KIT
    hand.drag(hand.at(KICK, Part.NAME), hand.at(SNARE, Part.NAME) - QPoint(0, 20))
    assert [lane.key for lane in hand.roll.scene.kit.lanes] == [KICK, SNARE]
    one_step(hand, "Move lane Kick")
    hand.document.edit(BEAT.with_notes([Note(0, HAT, 9)]), "Draw")
    assert HAT in hand.roll.scene.kit.row_of_key
    hand.document.replace(Pattern(), "Clear")
    assert len(hand.roll.scene.kit.lanes) == len(HOUSE_KIT.lanes), "an empty roll shows what can be drawn"


def test_parts_lie_side_by_side_and_volumes_stand_where_they_are_drawn() -> None:
    assert [part_at(x) for x in (0, 20, 120, 145, 165, HEADER_WIDTH - 1)] == [
        Part.NAME,
        Part.NAME,
        Part.LOCK,
        Part.MUTE,
        Part.SOLO,
        Part.VOLUME,
    ]
    box = box_of(Part.VOLUME, 0, 30)
    for volume_db in (-60.0, -24.0, -6.0, 0.0, 6.0, 12.0):
        assert volume_at(box.x + box.width * share_of_volume(volume_db)) == pytest.approx(volume_db, abs=0.5)
    for height in (10, 16, 72):
        for part in Part:
            assert box_of(part, 0, height).y >= 0
            assert box_of(part, 0, height).y + box_of(part, 0, height).height <= height
    assert lane_words(HOUSE_KIT.lanes[0]) == "Crash 2, 0 dB"


def test_a_lane_is_panned_from_its_menu(hand, application) -> None:
    application.kits.open_menu(SNARE, application.window.roll.mapToGlobal(QPoint(10, 10)))
    pans = next(action.menu() for action in application.kits.menu.actions() if action.text().startswith("Pan"))
    next(action for action in pans.actions() if action.text() == "50 % left").trigger()
    application.kits.menu.close()
    lane = hand.document.kit.lane_of(SNARE)
    assert lane.pan == -0.5
    assert "50 % left" in lane_words(lane)
    assert hand.document.undo_label == "Pan Snare"


def test_the_kit_is_saved_with_the_project_and_shown_again(hand, application, tmp_path) -> None:
    hand.click(SNARE, Part.MUTE)
    path = tmp_path / "beat.drumapp"
    application.asking.saves = path
    assert application.projects.save()
    application.projects.new()
    assert hand.kit == HOUSE_KIT
    assert application.projects.open(path)
    assert hand.lane(SNARE).muted
    assert hand.roll.scene.own_kit == hand.kit
