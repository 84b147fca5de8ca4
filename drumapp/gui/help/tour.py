"""The tour: five bubbles that point at what matters. It is shown at the very first start, and from the Help menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from drumapp.gui.main_window import MainWindow

BUBBLE_WIDTH = 340
GAP = 14


@dataclass(frozen=True)
class Stop:
    """One bubble: its words, and the part of the window that it points at."""

    title: str
    text: str
    target: Callable[[MainWindow], QWidget]


STOPS = (
    Stop(
        "A beat of your own",
        "A small neural network that learned from eleven hours of human drumming writes it note by note, while you "
        "listen. Generate writes another, never the same twice. The key is G.",
        lambda window: window.transport.generate,
    ),
    Stop(
        "Pause, and let it go on",
        "Space pauses and goes on. Change something meanwhile: the drummer takes your notes for its own. R writes more "
        "bars, a dot stops and rewinds.",
        lambda window: window.transport.play,
    ),
    Stop(
        "Change what you hear",
        "Click an empty place for a note, drag to move one, erase with the right button. The brighter a note, the "
        "louder. M and S mute and solo the lane under the pointer; Ctrl+Z takes anything back.",
        lambda window: window.roll.canvas,
    ),
    Stop(
        "Tell the drummer how",
        "Pick a style, and drag the puck: to the right the time gets looser, upwards the drums get wilder. Every take "
        "is kept in the list below.",
        lambda window: window.drummer_panel,
    ),
    Stop(
        "Take it with you",
        "Drag MIDI or WAV into your DAW, a folder or a mail. How to play Logic, GarageBand, Ableton Live or Hydrogen "
        "from here is in the Help menu, and so is this tour.",
        lambda window: window.status.drag_midi,
    ),
)


class TourBubble(QFrame):
    """A bubble over the window. Attributes: title, text, count (labels); skip, on (buttons)."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tourBubble")
        self.setAccessibleName("Tour")
        self.setFixedWidth(BUBBLE_WIDTH)
        self.title, self.text, self.count = QLabel(), QLabel(), QLabel()
        self.title.setProperty("role", "title")
        self.count.setProperty("role", "hint")
        self.text.setWordWrap(True)
        # Space belongs to Play, also during the tour.
        self.skip, self.on = QPushButton("Skip the tour"), QPushButton("Next")
        for button in (self.skip, self.on):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.on.setObjectName("tourOn")
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.skip)
        row.addWidget(self.on)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(row)
        self.hide()


class Tour(QObject):
    """Five stops. It never waits for anybody: the window works on beneath it. ``ended`` when it is over or skipped.

    Attributes: bubble; place, the number of the stop that is shown, or None.
    """

    ended = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._mark = QFrame(window)
        self._mark.setObjectName("tourMark")
        self._mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._mark.hide()
        self.bubble = TourBubble(window)
        self.bubble.skip.clicked.connect(self.end)
        self.bubble.on.clicked.connect(self.go_on)
        self.place: int | None = None

    def start(self) -> None:
        """Begin at the first stop."""
        if self.place is None:
            QApplication.instance().installEventFilter(self)
        self._show(0)

    def go_on(self) -> None:
        """To the next stop; after the last the tour is over."""
        if self.place is None:
            return
        if self.place + 1 == len(STOPS):
            self.end()
        else:
            self._show(self.place + 1)

    def end(self) -> None:
        """Leave the tour, wherever it is."""
        if self.place is None:
            return
        self.place = None
        QApplication.instance().removeEventFilter(self)
        self.bubble.hide()
        self._mark.hide()
        self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Escape from the window, where it is a key of the roll; stay beside the target when that moves."""
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and event.key() == Qt.Key.Key_Escape:
            if QApplication.activeWindow() in (None, self._window) and QApplication.activePopupWidget() is None:
                event.accept()  # so that no shortcut takes it, and the key itself comes next
                if kind == QEvent.Type.KeyPress:
                    self.end()
                return True
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move) and watched is self._window.roll:
            QTimer.singleShot(0, self, self._put)  # once the layout is done
        return super().eventFilter(watched, event)

    def _show(self, place: int) -> None:
        self.place = place
        stop, last = STOPS[place], place + 1 == len(STOPS)
        bubble = self.bubble
        bubble.title.setText(stop.title)
        bubble.text.setText(stop.text)
        bubble.count.setText(f"{place + 1} of {len(STOPS)}")
        bubble.on.setText("Done" if last else "Next")
        bubble.skip.setVisible(not last)
        bubble.show()
        self._put()

    def _put(self) -> None:
        """Mark the target, and place the bubble where it hides least of it."""
        if self.place is None:
            return
        window, bubble = self._window, self.bubble
        target = STOPS[self.place].target(window)
        # The words wrap, so that the height follows from the width.
        bubble.resize(BUBBLE_WIDTH, bubble.layout().totalHeightForWidth(BUBBLE_WIDTH))
        shown = target.isVisible()
        self._mark.setVisible(shown)
        corner = window.mapFromGlobal(target.mapToGlobal(QPoint(0, 0)))
        marked = QRect(corner, target.size()) if shown else window.rect()
        self._mark.setGeometry(marked.adjusted(-4, -4, 4, 4) & window.rect())
        # What the bars above the roll say is not hidden.
        room = window.rect()
        room.setTop(window.mapFromGlobal(window.roll.mapToGlobal(QPoint(0, 0))).y())
        bubble.move(bubble_place(marked, bubble.rect(), room))
        self._mark.raise_()
        bubble.raise_()


def bubble_place(target: QRect, bubble: QRect, room: QRect) -> QPoint:
    """Where a bubble's top left corner comes: below its target, else above it, else to its left, else in its middle;
    always within the room, if that is large enough.
    """
    inner = room.adjusted(GAP, GAP, -GAP, -GAP)
    low = target.height() < room.height() // 2
    below, above = max(target.bottom() + GAP, inner.top()), target.top() - GAP - bubble.height()
    left = target.left() - GAP - bubble.width()
    if low and below + bubble.height() <= inner.bottom():
        place = QPoint(target.left(), below)
    elif low and above >= inner.top():
        place = QPoint(target.left(), above)
    elif left >= inner.left():
        place = QPoint(left, target.top())
    else:
        place = target.center() - bubble.center()
    most = QPoint(inner.right() - bubble.width(), inner.bottom() - bubble.height())
    return QPoint(max(inner.left(), min(place.x(), most.x())), max(inner.top(), min(place.y(), most.y())))
