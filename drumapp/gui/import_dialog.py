"""Asks what of a MIDI file to take: which parts, read as which kit, in place of the beat or after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.kit import general_midi_lane
from drumapp.core.kit_map import KitMap, guess_kit_map
from drumapp.gui.choice_box import CheckBox, ChoiceBox
from drumapp.gui.theme import Theme
from drumapp.midi.contents import MidiContents, MidiPart, PartId

_DRUMS_NAMED = 4
_PARTS_IN_SIGHT = 6


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What to take, and how: parts of the file, the map of their keys, and whether it goes after what is there."""

    parts: tuple[PartId, ...]
    kit_map: KitMap
    append: bool = False


class ImportDialog(QDialog):
    """``agreed`` carries the ImportChoice. The kit map follows the parts until one is chosen by hand."""

    agreed = Signal(object)

    def __init__(
        self,
        name: str,
        contents: MidiContents,
        choice: ImportChoice,
        kit_maps: Sequence[KitMap],
        *,
        can_append: bool,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import MIDI")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self._contents, self._kit_maps = contents, tuple(kit_maps)
        self.parts = [_part_box(theme, part, part.id in choice.parts) for part in contents.parts]
        self.kit = ChoiceBox("Kit map", "Which device's or program's keys these are")
        self.kit.addItems([kit_map.name for kit_map in self._kit_maps])
        self.kit.setCurrentText(choice.kit_map.name)
        self._kit_by_hand = choice.kit_map != guess_kit_map(contents.keys_of(choice.parts))
        self.kit.activated.connect(self._kit_chosen)
        self.replace, self.append = QRadioButton("In place of the beat"), QRadioButton("After the beat")
        group = QButtonGroup(self)
        for button in (self.replace, self.append):
            group.addButton(button)
        (self.append if choice.append and can_append else self.replace).setChecked(True)
        self.summary = QLabel()
        self.summary.setProperty("role", "hint")
        self.summary.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Import")
        self._lay_out(name, can_append)
        for box in self.parts:
            box.toggled.connect(self._parts_changed)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.agreed.emit(self.choice))
        self._show_summary()

    @property
    def choice(self) -> ImportChoice:
        """What is chosen."""
        boxes = zip(self._contents.parts, self.parts, strict=True)
        parts = tuple(part.id for part, box in boxes if box.isChecked())
        return ImportChoice(parts, self._kit_maps[self.kit.currentIndex()], self.append.isChecked())

    def _lay_out(self, name: str, can_append: bool) -> None:
        title = QLabel(f"What of {name} shall be played?")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        title.setProperty("role", "title")
        kit = QHBoxLayout()
        kit.addWidget(QLabel("Read its keys as"))
        kit.addWidget(self.kit, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self._parts_area(), 1)
        layout.addLayout(kit)
        layout.addWidget(self.summary)
        if can_append:
            where = QHBoxLayout()
            where.setSpacing(24)
            where.addWidget(self.replace)
            where.addWidget(self.append)
            where.addStretch(1)
            layout.addLayout(where)
        layout.addWidget(self.buttons)

    def _parts_area(self) -> QScrollArea:
        """The boxes under each other, as many as there may be."""
        inside = QWidget()
        inside.setObjectName("parts")
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        for box in self.parts:
            column.addWidget(box)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setMinimumHeight(min(len(self.parts), _PARTS_IN_SIGHT) * 32 + 20)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _kit_chosen(self) -> None:
        self._kit_by_hand = True
        self._show_summary()

    def _parts_changed(self) -> None:
        if not self._kit_by_hand:
            self.kit.setCurrentText(guess_kit_map(self._contents.keys_of(self.choice.parts)).name)
        self._show_summary()

    def _show_summary(self) -> None:
        choice = self.choice
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(choice.parts))
        if not choice.parts:
            self.summary.setText("Choose at least one part.")
            return
        counts: dict[str, int] = {}
        for key, count in self._contents.keys_of(choice.parts).items():
            name = general_midi_lane(choice.kit_map.to_general_midi[key]).name
            counts[name] = counts.get(name, 0) + count
        often = sorted(counts, key=lambda name: -counts[name])
        words = ", ".join(f"{counts[name]:,} {name}" for name in often[:_DRUMS_NAMED])
        others = len(often) - _DRUMS_NAMED
        more = f" and {others} other drum{'s' * (others > 1)}" if others > 0 else ""
        self.summary.setText(f"That gives {words}{more}.")


def _part_box(theme: Theme, part: MidiPart, chosen: bool) -> CheckBox:
    notes = "1 note" if part.notes == 1 else f"{part.notes:,} notes"
    box = CheckBox(theme, f"{part.label}: {notes}{', drums' if part.is_drums else ''}")
    box.setChecked(chosen)
    box.setToolTip("Keys: " + ", ".join(f"{key} ({count})" for key, count in part.keys.items()))
    return box
