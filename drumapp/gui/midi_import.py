"""MIDI files into the roll: taken in at once where they tell their drums; the bar above offers other ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from drumapp.core import editing
from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import KitMap, guess_kit_map
from drumapp.core.pattern import Pattern
from drumapp.gui.banner import Banner, Remedy
from drumapp.gui.dialogs import Asking
from drumapp.gui.document import Document
from drumapp.gui.import_dialog import ImportChoice, ImportDialog
from drumapp.gui.main_window import MainWindow
from drumapp.gui.theme import Theme
from drumapp.midi.contents import MidiContents

_TOPIC = "import"


class MidiImport(QObject):
    """Signals: opened (Path) when the roll shows another file; appended when it shows one after the beat.

    Attributes: dialog, the one that was opened last; kit_maps, asked for the maps to offer.
    """

    opened = Signal(object)
    appended = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        asking: Asking,
        kit_maps: Callable[[], Sequence[KitMap]],
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._asking, self._theme = window, document, asking, theme
        self._banner: Banner = window.offers
        self.dialog: ImportDialog | None = None
        self.kit_maps = kit_maps
        self._imported: Pattern | None = None
        document.history_changed.connect(self._forget_offer)

    def take_in(self, path: Path, *, append: bool = False) -> None:
        """Put a MIDI file's drums into the roll, or after the beat; Undo brings back what was there.

        A file that does not tell which of its parts are drums is asked about first.
        """
        try:
            contents = look_into(path)
            choice = replace(usual_choice(contents), append=append)
            if choice.parts:
                self._take(path, contents, choice)
            else:
                self._ask(path, contents, choice)
        except DrumappError as error:
            self._asking.show_error(str(error))

    def _take(self, path: Path, contents: MidiContents, choice: ImportChoice) -> None:
        pattern = read_as(path, choice)
        before = self._document.pattern
        if choice.append and before.length:
            self._document.replace(editing.append_pattern(before, pattern), f"Append {path.name}")
            self.appended.emit(path)
        else:
            self._document.replace(pattern, f"Open {path.name}")
            self.opened.emit(path)
        self._imported = self._document.pattern
        self._offer(path, contents, choice, before)

    def _ask(self, path: Path, contents: MidiContents, choice: ImportChoice, before: Pattern | None = None) -> None:
        """With ``before``, what was taken in already is taken back first."""
        there = self._document.pattern if before is None else before
        dialog = ImportDialog(
            path.name,
            contents,
            choice,
            self.kit_maps(),
            can_append=bool(there.notes),
            theme=self._theme,
            parent=self._window,
        )
        dialog.agreed.connect(lambda chosen: self._take_otherwise(path, contents, chosen, before))
        self.dialog = dialog
        dialog.open()

    def _take_otherwise(self, path: Path, contents: MidiContents, choice: ImportChoice, before: Pattern | None) -> None:
        if before is not None and self._document.pattern is self._imported:
            self._document.undo()
        try:
            self._take(path, contents, choice)
        except DrumappError as error:
            self._asking.show_error(str(error))

    # What is offered afterwards

    def _offer(self, path: Path, contents: MidiContents, choice: ImportChoice, before: Pattern) -> None:
        """Say what was done, and what could have been done instead. Where nothing could, say nothing."""
        remedies = []
        if before.notes and not choice.append:
            instead = replace(choice, append=True)
            remedies.append(
                Remedy(
                    "Append instead",
                    lambda: self._take_otherwise(path, contents, instead, before),
                    "Keep the beat that was here, and put the file after it",
                )
            )
        if len(contents.parts) > 1 or choice.kit_map != self.kit_maps()[0]:
            remedies.append(
                Remedy(
                    "Read it otherwise …",
                    lambda: self._ask(path, contents, choice, before),
                    "Choose which parts are played, and whose keys they are",
                )
            )
        if not remedies:
            self._banner.clear(_TOPIC)
            return
        where = "after the beat" if choice.append else "in place of the beat" if before.notes else "into the roll"
        self._banner.offer(_TOPIC, f"{path.name} was put {where}.", _how(contents, choice), remedies)

    def _forget_offer(self) -> None:
        """Another change was made since: what could be done instead would undo it as well."""
        if self._imported is not None and self._document.pattern is not self._imported:
            self._imported = None
            self._banner.clear(_TOPIC)


def look_into(path: Path) -> MidiContents:
    """What is in a file. Raises DrumappError."""
    from drumapp.midi.smf import read_contents

    return read_contents(path)


def usual_choice(contents: MidiContents) -> ImportChoice:
    """The parts that are drums, read as the kit their keys speak for; no parts where nothing tells."""
    return ImportChoice(contents.default, guess_kit_map(contents.keys_of(contents.default)))


def read_as(path: Path, choice: ImportChoice) -> Pattern:
    """The drums of a file as they were chosen, named after the file. Raises DrumappError."""
    from drumapp.midi.smf import read_pattern

    pattern = read_pattern(path, parts=choice.parts or None, key_map=choice.kit_map.to_general_midi)
    return replace(pattern, name=path.stem)


def _how(contents: MidiContents, choice: ImportChoice) -> str:
    taken = [part.label for part in contents.parts if part.id in choice.parts]
    words = f"{len(taken)} of {len(contents.parts)} parts: {', '.join(taken[:3])}" if len(contents.parts) > 1 else ""
    if len(taken) > 3:
        words += f" and {len(taken) - 3} more"
    read = "" if choice.kit_map.name == "General MIDI" else f"Its keys were read as {choice.kit_map.name}."
    return f"{words + '. ' if words else ''}{read}".strip() or "Undo brings the beat back."
