"""What the velocity lane shows, pixel by pixel."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from drumapp.core.kit import HOUSE_KIT, Family
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.piano_roll.velocity_lane import VelocityLane
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.theme import DARK

BAR = 1920
KICK, SNARE, HAT = 36, 38, 42
HUES = {key: QColor(DARK.families[HOUSE_KIT.lane_of(key).family]).rgb() for key in (KICK, SNARE, HAT)}
ACCENT = QColor(DARK.accent).rgb()


@pytest.fixture(params=[1.0, 1.5, 2.0])
def roll(request, qtbot, monkeypatch: pytest.MonkeyPatch) -> PianoRoll:
    """A roll on a screen with so many pixels to each of the window's."""
    monkeypatch.setattr(VelocityLane, "devicePixelRatioF", lambda _: request.param)
    made = PianoRoll(DARK)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def pixels(roll: PianoRoll) -> np.ndarray:
    """The lane's picture in the screen's own pixels, 0xffrrggbb: shape (height, width)."""
    roll.velocity_lane.grab()
    image = roll.velocity_lane._picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def show(roll: PianoRoll, *notes: Note, bars: int = 4) -> None:
    roll.show_pattern(Pattern.of(notes, length=bars * BAR), bars * BAR)
    roll.navigation.zoom_to_span(Range(0, bars * BAR))


def column_at(roll: PianoRoll, tick: int) -> np.ndarray:
    ratio = roll.velocity_lane.devicePixelRatioF()
    return pixels(roll)[:, round(roll.view.x_of(tick) * ratio)]


def line_of(roll: PianoRoll, velocity: float) -> int:
    return round(roll.velocity_lane.y_of(velocity) * roll.velocity_lane.devicePixelRatioF())


@pytest.mark.parametrize("velocity", [1, 64, 127])
@pytest.mark.parametrize("bars", [4, 400])
def test_a_stalk_is_as_high_as_its_stroke_is_loud(roll, velocity: int, bars: int) -> None:
    show(roll, Note(BAR, KICK, velocity), bars=bars)
    ratio = roll.velocity_lane.devicePixelRatioF()
    lines = np.flatnonzero(column_at(roll, BAR) == HUES[KICK])

    head = 3.5 if bars == 4 else 1.5
    assert lines[0] == pytest.approx(line_of(roll, velocity) - (head - 0.5) * ratio, abs=0.6 * ratio + 1)
    assert lines[-1] + 1 >= line_of(roll, 0)


def test_a_softer_stroke_stands_before_a_louder_one(roll) -> None:
    show(roll, Note(BAR, HAT, 120), Note(BAR, KICK, 40), Note(BAR, SNARE, 80))
    column = column_at(roll, BAR)

    shown = [column[line_of(roll, velocity)] for velocity in (15, 60, 100)]
    assert shown == [HUES[KICK], HUES[SNARE], HUES[HAT]]


def test_far_out_every_column_with_a_stroke_shows_one(roll) -> None:
    dice = np.random.default_rng(3)
    starts = sorted({int(tick) for tick in dice.integers(0, 4000 * BAR, 300)})
    show(roll, *(Note(start, KICK, 127) for start in starts), bars=4000)
    ratio, view = roll.velocity_lane.devicePixelRatioF(), roll.view
    shown = np.flatnonzero(pixels(roll)[line_of(roll, 20)] == HUES[KICK]).tolist()

    first = np.rint(np.array(starts) * view.pixels_per_tick * ratio).astype(int) - round(view.offset * ratio)
    width = max(round(ratio), 1)
    assert shown == sorted({int(column) + beside for column in first for beside in range(width)})


@pytest.mark.parametrize("bars", [4, 400])
def test_selected_heads_are_told_from_others(roll, bars: int) -> None:
    notes = Note(BAR, KICK, 100), Note(3 * BAR, KICK, 100)
    show(roll, *notes, bars=bars)
    assert ACCENT not in pixels(roll)
    roll.show_selection(frozenset(notes[1:]))

    assert column_at(roll, 3 * BAR)[line_of(roll, 100)] == ACCENT
    assert column_at(roll, BAR)[line_of(roll, 100)] == HUES[KICK]


def test_muted_strokes_are_pale_and_hollow(roll) -> None:
    show(roll, Note(BAR, KICK, 100))
    roll.show_kit(HOUSE_KIT.with_lane(replace(HOUSE_KIT.lane_of(KICK), muted=True)))
    column = column_at(roll, BAR)

    assert HUES[KICK] not in column
    ground, hue, pale = QColor(DARK.roll), QColor(HUES[KICK]), QColor(column[line_of(roll, 50)])
    assert ground.lightness() < pale.lightness() < hue.lightness()
    assert column[line_of(roll, 100)] == ground.rgb()


def test_strokes_without_a_lane_are_percussion(roll) -> None:
    show(roll, Note(BAR, 3, 100))
    roll.scene.kit = HOUSE_KIT
    roll.velocity_lane.redraw()

    assert column_at(roll, BAR)[line_of(roll, 50)] == QColor(DARK.families[Family.PERCUSSION]).rgb()


def test_notes_at_both_edges_of_the_page_have_heads(roll) -> None:
    show(roll, *(Note(round(x), KICK, 127) for x in np.linspace(0, 400 * BAR - 1, 500)), bars=400)
    roll.navigation.zoom_to_span(Range(100 * BAR, 250 * BAR))
    shown = pixels(roll)[line_of(roll, 127)] == HUES[KICK]

    assert shown[:20].any()
    assert shown[-20:].any()


def test_ten_thousand_strokes_at_one_place_are_drawn(roll) -> None:
    show(roll, *(Note(BAR + tick // 100, tick % 128, 1 + tick % 127) for tick in range(10_000)))

    assert column_at(roll, BAR)[line_of(roll, 126)] != QColor(DARK.roll).rgb()


@pytest.mark.parametrize("height", [1, 10, 16, 17, 30])
def test_a_lane_too_low_for_stalks_can_be_drawn(roll, height: int) -> None:
    show(roll, Note(BAR, KICK, 100), Note(2 * BAR, SNARE, 1))
    roll.velocity_lane.setMinimumHeight(0)
    roll.velocity_lane.resize(roll.velocity_lane.width(), height)

    assert pixels(roll).shape[0] == pytest.approx(height * roll.velocity_lane.devicePixelRatioF(), abs=1)
