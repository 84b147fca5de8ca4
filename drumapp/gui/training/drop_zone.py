"""Where a folder is dropped or chosen, and where its reading is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Theme

_ICON_PX = 40
_WORDS_PX = 460
INVITATION = "Drop a folder of MIDI files here"
EXPLANATION = (
    "Its drums become a drummer of your own: see what is in it, press Train, hear it learn, and let it play a few "
    "minutes later. Sixty files are enough to start from the house drummer. Subfolders and zip archives count."
)


class DropZone(QWidget):
    """An invitation, and what was wrong with the folder before. ``choose_wanted`` when the button is clicked."""

    choose_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._hovering = False
        self.sign = QLabel()
        self.sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation = QLabel(INVITATION)
        self.invitation.setProperty("role", "heading")
        self.problem = QLabel()
        self.problem.setObjectName("dialogProblem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.hide()
        explanation = QLabel(EXPLANATION)
        explanation.setProperty("role", "hint")
        self.choose = QPushButton("Choose a folder …")
        self.choose.clicked.connect(self.choose_wanted)
        inside = QVBoxLayout()
        inside.setSpacing(12)
        for label in (self.sign, self.invitation, explanation, self.problem):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label in (explanation, self.problem))
            inside.addWidget(label)
        words = QWidget()
        words.setLayout(inside)
        words.setFixedWidth(_WORDS_PX)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addLayout(row)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        theme.changed.connect(self._recolour)
        self._recolour()

    def show_problem(self, sentence: str) -> None:
        """Say what was wrong with a folder; "" is nothing."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def set_hovering(self, hovering: bool) -> None:
        """Whether a folder hovers over the window."""
        self._hovering = hovering
        self.update()

    def paintEvent(self, _event) -> None:
        """A dashed frame to drop into."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colours.accent_hover if self._hovering else colours.control_edge
        painter.setPen(QPen(QColor(edge), 2 if self._hovering else 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(colours.accent_soft) if self._hovering else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(24.5, 24.5, -24.5, -24.5), 8, 8)

    def _recolour(self) -> None:
        colour = self._theme.colours.text_dim
        self.sign.setPixmap(icons.pixmap("folder", colour, _ICON_PX, self.devicePixelRatioF()))
        self.update()


class ScanningView(QWidget):
    """A folder that is being read. ``cancelled`` when the button is clicked."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setFixedWidth(_WORDS_PX)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(_WORDS_PX)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.cancelled)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.progress, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)

    def begin(self, folder: str) -> None:
        """A folder is about to be read."""
        self.words.setText(f"Reading {folder} …")
        self.progress.setRange(0, 0)  # how many files there are is not known yet

    def show_share(self, share: float) -> None:
        """How far it has come."""
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(share * 1000))
