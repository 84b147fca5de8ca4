"""What is asked before training: name, from whom it goes on, preset, time, device, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from drumapp import resources
from drumapp.gui import icons
from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.theme import Theme
from drumapp.gui.training.recipe_numbers import RecipeNumbers
from drumapp.jobs.devices import devices
from drumapp.jobs.spec import JobSpec
from drumapp.lstm.presets import PRESETS, Preset
from drumapp.midi.corpus import Corpus

FORM_WIDTH = 272
MOST_NAME = 80
FINE_TUNE = "fine-tune"
TOO_FEW = "At least two files must be taken: one to learn from, and one to be tested on."
TIMES = (
    ("2 minutes", 120.0),
    ("5 minutes", 300.0),
    ("10 minutes", 600.0),
    ("30 minutes", 1800.0),
    ("1 hour", 3600.0),
    ("3 hours", 10800.0),
    ("8 hours", 28800.0),
    ("As long as it gets better", None),
)
USUAL_TIME, USUAL_TIME_ANEW = 600.0, 1800.0
_DEVICE_NAMES = {"cpu": "Processor (CPU)", "cuda": "NVIDIA graphics (CUDA)", "mps": "Apple graphics (MPS)"}


class TrainForm(QFrame):
    """``train_wanted`` when Train is clicked. Attributes: the fields; numbers, those of the preset; notice, a sentence
    above the button, and remedy, the button beside it.
    """

    train_wanted = Signal()
    remedy_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("trainForm")
        self.setFixedWidth(FORM_WIDTH)
        self._theme = theme
        self._corpus: Corpus | None = None
        self._named_by_hand = False
        self.name = QLineEdit()
        self.name.setMaxLength(MOST_NAME)
        self.name.setAccessibleName("Name of the drummer")
        self.name.setPlaceholderText("Name of the drummer")
        self.start = _box("Start from", "A drummer who plays already and learns these files besides, or nobody")
        self.preset = _box("Preset", "The recipe for network and training")
        self.time = _box("Time", "When it ends at the latest; what was best by then is kept")
        for text, seconds in TIMES:
            self.time.addItem(text, seconds)
        self.device = _box("Device", "What computes")
        self.about = QLabel()
        self.about.setProperty("role", "hint")
        self.about.setWordWrap(True)
        self.more = QToolButton()
        self.more.setText("Numbers of the preset")
        self.more.setCheckable(True)
        self.more.setProperty("role", "disclosure")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.numbers = RecipeNumbers(theme)
        self.numbers.hide()
        self.changed_numbers = QLabel()
        self.changed_numbers.setProperty("role", "hint")
        self.changed_numbers.setWordWrap(True)
        self.changed_numbers.hide()
        self.notice = QLabel()
        self.notice.setWordWrap(True)
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remedy = QPushButton()
        self.remedy.setAccessibleName("Install PyTorch")
        self.lack = QLabel(TOO_FEW)
        self.lack.setProperty("role", "hint")
        self.lack.setWordWrap(True)
        self.train = QPushButton("Train")
        self.train.setObjectName("train")
        self.train.setToolTip("Train a drummer on the files that are taken; it goes on when the program is closed")
        self._lay_out()
        self._connect()
        self.lack.hide()
        self.show_notice("")
        self.show_drummers(())
        self.show_devices(devices())
        theme.changed.connect(self._recolour)
        self._recolour()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("trainFormInside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        title = QLabel("New drummer")
        title.setProperty("role", "title")
        column.addWidget(title)
        for caption, field in (
            ("Name", self.name),
            ("Start from", self.start),
            ("Preset", self.preset),
            ("Time", self.time),
            ("Device", self.device),
        ):
            label = QLabel(caption)
            label.setProperty("role", "caption")
            column.addSpacing(4)
            column.addWidget(label)
            column.addWidget(field)
            if field is self.preset:
                column.addWidget(self.about)
        column.addSpacing(8)
        column.addWidget(self.more)
        column.addWidget(self.changed_numbers)
        column.addWidget(self.numbers)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setObjectName("trainFormArea")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.setSpacing(8)
        foot.addWidget(self.lack)
        foot.addWidget(self.notice)
        foot.addWidget(self.remedy)
        foot.addWidget(self.train)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.name.textEdited.connect(self._named)
        self.start.activated.connect(lambda _: self._start_chosen())
        self.preset.activated.connect(lambda _: self._preset_chosen())
        self.more.toggled.connect(self._disclosed)
        self.numbers.changed.connect(self._show_changes)
        self.train.clicked.connect(self.train_wanted)
        self.remedy.clicked.connect(self.remedy_wanted)

    # What is shown

    def show_drummers(self, drummers: Sequence[tuple[str, Path]]) -> None:
        """Offer the house drummer, these, and nobody to start from."""
        before = self.start.currentData() if self.start.count() else resources.default_model()
        self.start.clear()
        self.start.addItem("The house drummer", resources.default_model())
        for name, path in drummers:
            self.start.addItem(name, path)
        self.start.addItem("Nobody: learn from nothing", None)
        places = [place for place in range(self.start.count()) if self.start.itemData(place) == before]
        self.start.setCurrentIndex(places[0] if places else 0)
        if not self.preset.count() or not places:
            self._start_chosen()

    def show_devices(self, names: Sequence[str]) -> None:
        """Offer what can compute."""
        self.device.clear()
        for name in names:
            self.device.addItem(_DEVICE_NAMES[name], name)

    def show_corpus(self, corpus: Corpus) -> None:
        """The files that would be learnt from."""
        self._corpus = corpus
        if not self._named_by_hand:
            self.name.setText(corpus.folder.name[:MOST_NAME] or "Mine")
        self._show_whether_it_can()

    def begin(self) -> None:
        """Another folder: another name."""
        self._named_by_hand = False

    def show_notice(self, sentence: str, remedy: str = "", *, warning: bool = False) -> None:
        """Say something above the button, with a button that does what helps."""
        self.notice.setText(sentence)
        self.notice.setVisible(bool(sentence))
        self.notice.setObjectName("dialogProblem" if warning else "")
        self.notice.style().unpolish(self.notice)
        self.notice.style().polish(self.notice)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))

    # What is chosen

    @property
    def recipe(self) -> Preset:
        """The preset with what was set otherwise. Raises ValueError, naming the number, for what makes no sense."""
        return PRESETS[self.preset.currentData()].changed(self.numbers.changes)

    def spec(self, corpus: Corpus) -> JobSpec:
        """The job that is asked for. Raises JobError, or ValueError, for what makes no sense."""
        return JobSpec(
            self.name.text().strip(),
            corpus.folder.resolve(),
            self.recipe,
            device=self.device.currentData(),
            filters=corpus.filters,
            kit_maps=corpus.kit_choices,
            start_from=self.start.currentData(),
            seconds=self.time.currentData(),
        )

    def _start_chosen(self) -> None:
        anew = self.start.currentData() is None
        self.preset.clear()
        for name in [name for name in PRESETS if name != FINE_TUNE] if anew else [FINE_TUNE]:
            self.preset.addItem(name.capitalize(), name)
        usual = USUAL_TIME_ANEW if anew else USUAL_TIME
        self.time.setCurrentIndex([seconds for _, seconds in TIMES].index(usual))
        self._preset_chosen()

    def _preset_chosen(self) -> None:
        preset = PRESETS[self.preset.currentData()]
        self.about.setText(f"{preset.description}.")
        self.numbers.show_preset(preset, new_network=self.start.currentData() is None)
        self._show_changes()

    def _named(self) -> None:
        self._named_by_hand = bool(self.name.text().strip())
        self._show_whether_it_can()

    def _show_changes(self) -> None:
        changes = self.numbers.changes
        self.changed_numbers.setText("Set otherwise: " + ", ".join(f"{n} {v:g}" for n, v in changes.items()) + ".")
        self.changed_numbers.setVisible(bool(changes) and not self.more.isChecked())

    def _disclosed(self, shown: bool) -> None:
        self.numbers.setVisible(shown)
        self._show_changes()
        self._recolour()

    def _show_whether_it_can(self) -> None:
        enough = self._corpus is not None and len(self._corpus.accepted) > 1
        self.lack.setVisible(self._corpus is not None and not enough)
        self.train.setEnabled(enough and bool(self.name.text().strip()))

    def _recolour(self) -> None:
        shape = "chevron" if self.more.isChecked() else "chevron_right"
        self.more.setIcon(icons.icon(shape, self._theme.colours.text_dim))
        self.more.setIconSize(QSize(16, 16))


def _box(name: str, help_text: str) -> ChoiceBox:
    box = ChoiceBox(name, help_text)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box
