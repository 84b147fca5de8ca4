"""The figures of a folder: a table and plots. It needs pyqtgraph and is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from drumapp.core.kit import general_midi_lane
from drumapp.gui.number_field import tabular
from drumapp.gui.plots import Histogram, NamedBars
from drumapp.gui.style_names import style_name
from drumapp.gui.theme import Theme
from drumapp.gui.training.words import clock, counted
from drumapp.midi.corpus import Corpus, CorpusReport, Verdict
from drumapp.midi.corpus.report import LONGEST_DELAY

MOST_BARS = 16
_MOST_NAMED = 4
_BINS = 40
_PLOT_HEIGHT = 150
_LONGEST_SHOWN = 960


class FiguresPage(QScrollArea):
    """Shows a report. Attributes: figures, what the table says, by name; plots, by name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setObjectName("figures")
        self.setAccessibleName("Figures")
        self.figures: dict[str, str] = {}
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(24)
        self._table.setVerticalSpacing(4)
        self._table.setColumnStretch(1, 1)
        table = QFrame()
        table.setProperty("role", "card")
        table.setLayout(self._table)
        self.drums = NamedBars(theme, "Drums", "strikes")
        self.refusals = NamedBars(theme, "Refused because", "files")
        self.styles = NamedBars(theme, "Styles", "files")
        self.metres = NamedBars(theme, "Metres", "files")
        self.tempos = Histogram(theme, "Tempos", "bpm", "files")
        self.notes = Histogram(theme, "Notes a file", "notes", "files")
        self.delays = Histogram(theme, "Delays from a strike to the next", "ticks", "times")
        self.velocities = Histogram(theme, "Velocities", "", "strikes")
        inside = QWidget()
        inside.setObjectName("figuresInside")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 8, 0)
        columns.setSpacing(12)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(table)
        self._cards = {}
        for column, titled in (
            (left, {"Styles": self.styles, "Metres": self.metres, "Refused because": self.refusals}),
            (
                right,
                {
                    "Drums, strikes of each": self.drums,
                    "Tempo, files by beats a minute": self.tempos,
                    "Notes a file": self.notes,
                    "Delay to the next strike, in ticks of 480 a quarter": self.delays,
                    "Velocity": self.velocities,
                },
            ),
        ):
            for title, plot in titled.items():
                if isinstance(plot, Histogram):
                    plot.setFixedHeight(_PLOT_HEIGHT)
                self._cards[plot] = _card(title, plot)
                column.addWidget(self._cards[plot])
            column.addStretch(1)
            column.setSpacing(12)
            columns.addLayout(column, 1)
        self.setWidget(inside)

    def show_report(self, corpus: Corpus, report: CorpusReport) -> None:
        """Show the figures of a corpus."""
        self.figures = figures_of(report)
        while self._table.count():
            self._table.takeAt(0).widget().deleteLater()
        for row, (name, value) in enumerate(self.figures.items()):
            label, number = QLabel(name), QLabel(value)
            label.setProperty("role", "hint")
            number.setFont(tabular(number.font()))
            number.setWordWrap(True)
            number.setTextFormat(Qt.TextFormat.PlainText)
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._table.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._table.addWidget(number, row, 1)
        colours = self._theme.colours.families
        keys = _most(report.keys)
        lanes = [general_midi_lane(key) for key in keys]
        self._show_bars(self.drums, [lane.name for lane in lanes], keys, [colours[lane.family] for lane in lanes])
        styles = _most(report.styles)
        self._show_bars(self.styles, [style_name(style) for style in styles], styles)
        metres = _most(report.metres)
        self._show_bars(self.metres, list(metres), metres)
        refused = {str(verdict): count for verdict, count in report.verdicts.items() if verdict != Verdict.ACCEPTED}
        self._show_bars(self.refusals, list(_most(refused)), _most(refused))
        self._cards[self.metres].setVisible(len(metres) > 1)
        rows = corpus.accepted
        self._show_sizes(self.tempos, corpus.catalogue.bpm[rows])
        self._show_sizes(self.notes, corpus.catalogue.notes[rows].astype(np.float64))
        self._show_counts(self.delays, report.delays, _LONGEST_SHOWN, 20)
        self._show_counts(self.velocities, report.velocities, 128, 4)

    def _show_bars(
        self, plot: NamedBars, names: list[str], counts: Mapping[object, int], colours: list[str] | None = None
    ) -> None:
        self._cards[plot].setVisible(bool(names))
        plot.show_counts(names, list(counts.values()), colours or ())

    def _show_sizes(self, plot: Histogram, values) -> None:
        self._cards[plot].setVisible(len(values) > 0)
        if len(values):
            counts, edges = np.histogram(values, _BINS)
            plot.show_counts(edges, counts.astype(np.float64))

    def _show_counts(self, plot: Histogram, counts: Mapping[int, int], most: int, width: int) -> None:
        """Numbers by how often they occur, in bins around multiples of a width; what is larger is left out."""
        self._cards[plot].setVisible(bool(counts))
        edges = np.arange(-width / 2, most + width, width)
        numbers = np.array(list(counts), np.float64)
        binned, _ = np.histogram(numbers, edges, weights=np.array(list(counts.values()), np.float64))
        plot.show_counts(edges, binned)


def figures_of(report: CorpusReport) -> dict[str, str]:
    """The figures, by name, as a table says them."""
    duplicates = report.verdicts.get(Verdict.DUPLICATE, 0)
    figures = {
        "MIDI files": f"{report.files:,}",
        "taken": f"{report.accepted:,}",
        "refused": f"{report.refused:,}" + (f", of these {duplicates:,} duplicates" if duplicates else ""),
        "other files": f"{report.others:,}",
    }
    if not report.accepted:
        return figures
    longer = sum(count for delay, count in report.delays.items() if delay > _LONGEST_SHOWN)
    delays = _most(report.delays, _MOST_NAMED)
    return figures | {
        "held out": f"{counted(report.splits.get('validation', 0), 'file')}, to be tested on",
        "duration": clock(report.seconds),
        "notes": f"{report.notes:,}",
        "notes a file": f"{report.fewest_notes:,} to {report.most_notes:,}, mean {report.mean_notes:,.1f}",
        "bars a file": f"{report.fewest_bars:,.3g} to {report.most_bars:,.3g}",
        "notes a quarter": f"{report.density:.2f}",
        "tempo": f"{min(report.tempos):,} to {max(report.tempos):,} bpm",
        "metre": _named(report.metres),
        "format": _named(report.formats),
        "ticks a quarter": _named(report.resolutions),
        "tracks a file": _named(report.tracks),
        "drum keys": f"{len(report.keys)}, from {len(report.raw_keys)} keys of the files",
        "delays": f"{len(report.delays):,}, most often "
        + ", ".join(f"{delay}{'+' * (delay == LONGEST_DELAY)}" for delay in delays)
        + (f"; {longer:,} longer than {_LONGEST_SHOWN} ticks" if longer else ""),
        "kit map": _named(_tally(report.kit_maps), "folder"),
    }


def _named(counts: Mapping[object, int], unit: str = "file") -> str:
    """The most frequent values with their counts."""
    most = _most(counts, _MOST_NAMED)
    if len(counts) == 1:
        return f"{next(iter(counts))}"
    words = ", ".join(f"{value} ({count:,})" for value, count in most.items())
    return (
        words
        + (f", {len(counts) - len(most)} more" if len(counts) > len(most) else "")
        + ("" if unit == "file" else f" {unit}s")
    )


def _tally(names: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names.values():
        counts[name] = counts.get(name, 0) + 1
    return counts


def _most(counts: Mapping, number: int = MOST_BARS) -> dict:
    """The most frequent, in order."""
    return dict(sorted(counts.items(), key=lambda entry: -entry[1])[:number])


def _card(title: str, plot: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    label = QLabel(title)
    label.setProperty("role", "title")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 8, 12, 8)
    layout.setSpacing(4)
    layout.addWidget(label)
    layout.addWidget(plot)
    return card
