"""The page of the timing test: its button, and what came of it, output by output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from drumapp.gui.setup_page import Page
from drumapp.gui.sound.control import SILENT_DEVICE
from drumapp.gui.sound.histogram import Histogram
from drumapp.gui.sound.timing_test import TimingTest
from drumapp.gui.theme import Theme

if TYPE_CHECKING:
    from drumapp.playback.timing_report import TimingReport

_HINT = (
    "Plays to every output in use for ten seconds, as softly as can be, and measures how evenly each keeps time. The "
    "music halts meanwhile."
)
_STEPS = 1000


class TimingPage(Page):
    """Attributes: button, which starts the test or cancels it; progress; results, the frames of what came of it."""

    def __init__(self, theme: Theme, test: TimingTest) -> None:
        super().__init__()
        self._theme, self._test = theme, test
        self.title.setText("Timing test")
        self.add_hint(_HINT)
        self.button = QPushButton("Test timing")
        self.button.setAutoDefault(False)
        self.progress = QProgressBar()
        self.progress.setRange(0, _STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the test")
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.progress, 1)
        self.column.addLayout(row)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName("Results of the test")
        self.column.addWidget(self._scroll, 1)
        self.column.addStretch(0)  # for when the results are not there
        self.results: list[QWidget] = []
        self.button.clicked.connect(self._click)
        test.progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        test.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show whether it runs, and what came of it."""
        test = self._test
        self.button.setText("Cancel" if test.running else "Test timing")
        self.button.setEnabled(True)
        self.progress.setVisible(test.running)
        self.show_problem(test.problem)
        self.results = [] if test.running else self._make_results()
        body = QWidget()
        body.setObjectName("timingResults")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(16)
        for result in self.results:
            column.addWidget(result)
        column.addStretch(1)
        self._scroll.setWidget(body)
        self._scroll.setVisible(bool(self.results))

    def _click(self) -> None:
        if self._test.running:
            self._test.cancel()
            self.button.setEnabled(False)  # it ends at the next look; meanwhile the click shows
        else:
            self.progress.setValue(0)
            self._test.start()

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(round(share * _STEPS))

    def _make_results(self) -> list[QWidget]:
        result = self._test.result
        if result is None:
            return []
        found = [self._port_result(report) for report in result.ports]
        if result.sound is not None:
            heard = result.device != SILENT_DEVICE
            found.append(self._sound_result(result.sound, result.latency_ms if heard else None))
        return [*found, *(_words(f"Not tested: {problem}") for problem in result.problems)]

    def _port_result(self, report: TimingReport) -> QWidget:
        box = self._result(report, "notes")
        offset = self._test.offset_of(report.name)
        wanted = f"{report.offset_ms:+.1f} ms"
        if offset == report.offset_ms:
            box.layout().addWidget(_words(f"Its offset is {wanted}, as it should be."))
        elif offset is not None:
            button = QPushButton(f"Set its offset to {wanted}")
            button.setAutoDefault(False)
            button.setToolTip(f"So that it is on time in the middle; now it is {offset:+.1f} ms")
            button.clicked.connect(lambda: self._test.take_over(report.name, report.offset_ms))
            row = QHBoxLayout()
            row.addWidget(button)
            row.addStretch(1)
            box.layout().addLayout(row)
        return box

    def _sound_result(self, report: TimingReport, latency_ms: float | None) -> QWidget:
        """Args: latency_ms of the device; None where there is none, and its stand-in was measured."""
        from drumapp.playback.timing_report import SOUND_ADVICE

        box = self._result(report, "blocks")
        advice = "Nobody hears it: this is how evenly silence was played."
        box.layout().addWidget(_words(advice if latency_ms is None else SOUND_ADVICE.format(latency_ms=latency_ms)))
        return box

    def _result(self, report: TimingReport, what: str) -> QWidget:
        from drumapp.playback.timing_report import EDGES_MS, bars, summary

        box = QFrame()
        box.setAccessibleName(report.name)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        name = QLabel(f"{report.name[:1].upper()}{report.name[1:]}")
        name.setProperty("role", "title")
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setWordWrap(True)
        column.addWidget(name)
        words = _words(
            f"Jitter {report.jitter_ms:.2f} ms. {summary(report, what)[:1].upper()}{summary(report, what)[1:]}."
        )
        column.addWidget(words)
        shown = [
            (label.removesuffix(" ms").replace("to ", "≤ ").replace("over ", "> "), n) for label, n in bars(report)
        ]
        column.addWidget(Histogram(self._theme, shown, last_open=len(shown) > len(EDGES_MS)))
        return box


def _short(label: str) -> str:
    """A bar's label as it fits below the bar."""
    return label.removesuffix(" ms").replace("to ", "≤ ").replace("over ", "> ")


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "hint")
    return label
