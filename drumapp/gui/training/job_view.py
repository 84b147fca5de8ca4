"""One job: where it stands, its curves, how it plays, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.number_field import tabular
from drumapp.gui.plots import Curve, Curves, colour_of
from drumapp.gui.theme import Theme
from drumapp.gui.training.history import JobHistory, Point
from drumapp.gui.training.jobs_panel import Listed
from drumapp.gui.training.memorisation_meter import MemorisationMeter
from drumapp.gui.training.sample_picture import SamplePicture
from drumapp.gui.training.words import clock, state_sentence
from drumapp.jobs.job import Job, JobState

TRAINING, HELD_OUT, COMPARED = "family hats", "accent_hover", "family snare"
TIME, DRUMS = "family hats", "family kick"


class JobView(QWidget):
    """Shows a job; what is done with it is decided elsewhere.

    Signals, each without a value, for the job that is shown: pause_wanted, resume_wanted, stop_wanted, start_wanted,
    remove_wanted, use_wanted, save_wanted, open_wanted (its latest bars, in the roll); listen_wanted (on);
    compared (Job or None), whose curve is wanted beside its own.
    """

    pause_wanted = Signal()
    resume_wanted = Signal()
    stop_wanted = Signal()
    start_wanted = Signal()
    remove_wanted = Signal()
    use_wanted = Signal()
    save_wanted = Signal()
    open_wanted = Signal()
    listen_wanted = Signal(bool)
    compared = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._jobs: Sequence[Job] = ()
        self._shown_lines: tuple[int, str] = (0, "")
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.state = QLabel()
        self.state.setProperty("role", "hint")
        self.state.setFont(tabular(self.state.font()))
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.warning = QLabel()
        self.warning.setObjectName("dialogProblem")
        self.warning.setWordWrap(True)
        for label in (self.title, self.state, self.warning):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.use = _button("Use this drummer", "Let it drum: Generate plays it from now on", self.use_wanted)
        self.pause = _button("Pause", "Rest, and let others have the machine", self.pause_wanted)
        self.resume = _button("Go on", "Go on from where it rests", self.resume_wanted)
        self.start = _button("Start again", "Take it up where it was", self.start_wanted)
        self.stop = _button("Stop and keep", "End now; the best so far is kept", self.stop_wanted)
        self.save = _button("Save drummer as …", "Write the drummer into a file of its own", self.save_wanted)
        self.remove = _button("Remove", "Take it off the list, with its drummer", self.remove_wanted)
        self.listen = QPushButton("Listen")
        self.listen.setCheckable(True)
        self.listen.setToolTip("Hear the bars it played last; the beat in the roll stays as it is")
        self.listen.clicked.connect(self.listen_wanted)
        self.open = _button(
            "Open in the roll", "Put these bars into the roll; Undo brings back the beat", self.open_wanted
        )
        self.loss = Curves(theme, "Loss", lambda value: f"{value:.2f}", clock)
        self.accuracy = Curves(theme, "Accuracy", lambda value: f"{value:.0%}", clock)
        self.loss_legend, self.accuracy_legend = QLabel(), QLabel()
        self.meter = MemorisationMeter(theme)
        self.meter_words = QLabel()
        self.meter_words.setProperty("role", "hint")
        self.meter_words.setWordWrap(True)
        self.picture = SamplePicture(theme)
        self.compare = ChoiceBox("Compare with", "Lay another job's held-out curve over this one's")
        self.compare.setMinimumContentsLength(14)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log")
        self.log.setObjectName("jobLog")
        self.log.setFont(tabular(self.log.font()))
        self._lay_out()
        self.compare.activated.connect(lambda _: self.compared.emit(self.compare.currentData()))
        theme.changed.connect(self._show_legends)
        self._show_legends()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.use, self.pause, self.resume, self.start, self.stop, self.save):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.remove)
        compare = QHBoxLayout()
        compare.setSpacing(8)
        compare.addWidget(QLabel("Compare with"))
        compare.addWidget(self.compare)
        curves = QHBoxLayout()
        curves.setSpacing(12)
        curves.addWidget(_card("Loss, nats a note", self.loss_legend, self.loss), 1)
        curves.addWidget(_card("Right guesses", self.accuracy_legend, self.accuracy), 1)
        playing = QHBoxLayout()
        playing.setSpacing(8)
        playing.addWidget(self.listen)
        playing.addWidget(self.open)
        playing.addStretch(1)
        heard = QWidget()
        column = QVBoxLayout(heard)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.meter)
        column.addWidget(self.meter_words)
        column.addWidget(self.picture, 1)
        column.addLayout(playing)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(_card("How it plays: bars of the files in it", None, heard), 1)
        foot.addWidget(_card("Log", None, self.log), 1)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addLayout(compare)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 16)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.state)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)
        layout.addWidget(self.warning)
        layout.addLayout(curves, 5)
        layout.addLayout(foot, 4)

    # What is shown

    def show_status(self, listed: Listed, history: JobHistory) -> None:
        """Where the job stands, and so what can be done."""
        state, status = listed.status.state, listed.status
        self.title.setText(listed.name)
        self.title.setToolTip(str(listed.job.path))
        self.state.setText(state_sentence(status))
        self.progress.setValue(round(1000 * min(status.share, 1.0)))
        self.progress.setVisible(not state.is_over)
        at_work = state in (JobState.RUNNING, JobState.QUEUED, JobState.PAUSED)
        self.pause.setVisible(state is JobState.RUNNING)
        self.resume.setVisible(state is JobState.PAUSED)
        self.start.setVisible(state in (JobState.NEW, JobState.INTERRUPTED, JobState.FAILED))
        self.stop.setVisible(at_work)
        self.remove.setVisible(not at_work)
        plays = listed.job.best.is_file()
        self.use.setVisible(plays)
        self.save.setVisible(plays)
        words = [history.overfitting, history.problem]
        if status.message and status.message not in words:
            words.append(status.message)
        sentence = " ".join(word for word in words if word)
        self.warning.setText(sentence)
        self.warning.setVisible(bool(sentence))

    def show_history(self, history: JobHistory, other: tuple[str, JobHistory] | None) -> None:
        """The curves, beside another job's where one is compared; the looks and the log."""
        curves = []
        if other is not None:
            curves.append(_curve(other[0], other[1].held_out, "nats", COMPARED))
        curves += [
            _curve("Training", history.training, "nats", TRAINING, dashed=True, width=1.2),
            _curve("Held out", history.held_out, "nats", HELD_OUT),
        ]
        self.loss.show_curves(curves)
        self.accuracy.show_curves(
            [
                _curve("Time, training", history.training, "time_right", TIME, dashed=True, width=1.2),
                _curve("Drums, training", history.training, "drum_right", DRUMS, dashed=True, width=1.2),
                _curve("Time, held out", history.held_out, "time_right", TIME),
                _curve("Drums, held out", history.held_out, "drum_right", DRUMS),
            ]
        )
        self._show_legends(None if other is None else other[0])
        self.meter.show_look(history.looks[-1] if history.looks else None)
        self.meter_words.setText(self.meter.sentence)
        self.picture.show_pattern(history.sample)
        sounds = history.sample is not None
        self.listen.setEnabled(sounds)
        self.open.setEnabled(sounds)
        self._show_lines(history)

    def show_jobs(self, jobs: Sequence[Listed], shown: Job | None, compared: Job | None) -> None:
        """Offer the other jobs for comparison."""
        others = [entry for entry in jobs if entry.job != shown]
        listed = [entry.job for entry in others]
        if listed != self._jobs:
            self._jobs = listed
            self.compare.clear()
            self.compare.addItem("Nothing", None)
            for entry in others:
                self.compare.addItem(entry.name, entry.job)
        self.compare.setEnabled(bool(others))
        self.compare.setCurrentIndex(listed.index(compared) + 1 if compared in listed else 0)

    def show_listening(self, listening: bool) -> None:
        """Whether its bars are heard."""
        self.listen.setChecked(listening)
        self.listen.setText("Stop listening" if listening else "Listen")

    def _show_lines(self, history: JobHistory) -> None:
        mark = (len(history.lines), history.lines[-1] if history.lines else str(history.job.path))
        if mark == self._shown_lines:
            return
        self._shown_lines = mark
        bar = self.log.verticalScrollBar()
        at_end, place = bar.value() >= bar.maximum() - 4, bar.value()
        self.log.setPlainText("\n".join(history.lines))
        bar.setValue(bar.maximum() if at_end else place)

    def _show_legends(self, compared: str | None = None) -> None:
        colours = self._theme.colours

        def entry(name: str, colour: str, mark: str = "━") -> str:
            text = name.replace("&", "&amp;").replace("<", "&lt;")
            return f'<span style="color:{colour_of(colours, colour)}">{mark}</span>&nbsp;{text}'

        loss = [entry("training", TRAINING, "╌"), entry("held out", HELD_OUT)]
        if compared:
            loss.append(entry(compared if len(compared) <= 24 else compared[:23] + "…", COMPARED))
        self.loss_legend.setText("&nbsp;&nbsp;&nbsp;".join(loss))
        self.accuracy_legend.setText(
            "&nbsp;&nbsp;&nbsp;".join([entry("time", TIME), entry("drums", DRUMS), "╌&nbsp;training"])
        )


def _curve(
    name: str, points: Sequence[Point], value: str, colour: str, *, dashed: bool = False, width: float = 2.0
) -> Curve:
    x = np.array([point.seconds for point in points], np.float64)
    y = np.array([getattr(point, value) for point in points], np.float64)
    return Curve(name, x, y, colour, dashed, width)


def _button(text: str, help_text: str, wanted) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(help_text)
    button.clicked.connect(lambda _=False: wanted.emit())
    return button


def _card(title: str, legend: QLabel | None, inside: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    label = QLabel(title)
    label.setProperty("role", "title")
    head = QHBoxLayout()
    head.addWidget(label, 1)
    if legend is not None:
        legend.setProperty("role", "hint")
        head.addWidget(legend)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 8, 12, 10)
    layout.setSpacing(6)
    layout.addLayout(head)
    layout.addWidget(inside, 1)
    return card
