"""The help page of keys and mouse: the keys are read from the window's own actions, so that it cannot be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from drumapp.gui.actions import MENUS, ActionSpec

KEYS_SHOWN = 2
_COLUMNS = 3

MOUSE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Mouse in the roll",
        (
            ("Place, paint a run", "click, drag"),
            ("Erase", "right button"),
            ("Select", "Shift+drag, Shift+click"),
            ("Move; copy", "drag; Alt+drag"),
            ("Longer, shorter", "drag a right edge"),
            ("Ignore the snap grid", "hold Ctrl"),
            ("Leave it", "Escape"),
            ("Velocity", "wheel over selected, Alt+wheel"),
            ("Zoom time; lanes", "Ctrl+wheel; Ctrl+Shift+wheel"),
            ("Scroll sideways", "Shift+wheel"),
        ),
    ),
    (
        "Mouse elsewhere",
        (
            ("Move the playhead", "click the ruler"),
            ("Mark a loop", "drag in the ruler"),
            ("Loop everything", "double-click the loop"),
            ("Length of the beat", "drag the flag at its end"),
            ("Select a lane", "double-click its name"),
            ("Move a lane", "drag its name"),
            ("Solo a lane alone", "Alt+click S"),
            ("Volume to 0 dB", "double-click it"),
        ),
    ),
    (
        "Keys in the roll, nothing selected",
        (
            ("Another cell", "arrows"),
            ("Place or erase", "Return"),
            ("Select what is there", "Shift+Return"),
        ),
    ),
    (
        "Keys in the lanes' names (Tab)",
        (
            ("Another lane", "Up, Down"),
            ("Move the lane", "Alt+Up, Alt+Down"),
            ("Volume", "Left, Right"),
            ("Hear it", "Return"),
        ),
    ),
)

Rows = Sequence[tuple[str, str]]


class ShortcutsDialog(QDialog):
    """Everything on one page, by menu."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        groups = [*_groups_of(actions), *MOUSE]
        columns = QHBoxLayout()
        columns.setSpacing(40)
        for group in _spread(groups):
            column = QVBoxLayout()
            column.setSpacing(16)
            for title, rows in group:
                column.addLayout(_table(title, rows))
            column.addStretch(1)
            columns.addLayout(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 12)
        layout.setSpacing(12)
        layout.addLayout(columns)
        layout.addWidget(buttons)


def _groups_of(actions: Mapping[str, QAction]) -> list[tuple[str, Rows]]:
    """The keys of each menu."""
    groups = []
    for title, entries in MENUS:
        with_keys = [actions[entry.name] for entry in entries if isinstance(entry, ActionSpec) and entry.keys]
        rows = [(_plain(action.text()), _keys_of(action.shortcuts())) for action in with_keys]
        groups.append((title.replace("&", ""), rows))
    return groups


def _keys_of(shortcuts: Sequence[QKeySequence]) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(keys.toString(native) for keys in shortcuts[:KEYS_SHOWN])


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip(" …")


def _spread(groups: Sequence[tuple[str, Rows]]) -> list[list[tuple[str, Rows]]]:
    """The groups in columns of about one height, their order kept."""
    height = sum(len(rows) + 2 for _, rows in groups) / _COLUMNS
    columns: list[list[tuple[str, Rows]]] = [[]]
    filled = 0.0
    for title, rows in groups:
        size = len(rows) + 2
        if columns[-1] and filled + size / 2 > height * len(columns) and len(columns) < _COLUMNS:
            columns.append([])
        columns[-1].append((title, rows))
        filled += size
    return columns


def _table(title: str, rows: Rows) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(2)
    heading = QLabel(title)
    heading.setProperty("role", "title")
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (name, keys) in enumerate(rows, start=1):
        key = QLabel(keys)
        key.setProperty("role", "hint")
        key.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(QLabel(name), row, 0)
        grid.addWidget(key, row, 1)
    grid.setColumnStretch(0, 1)
    return grid
