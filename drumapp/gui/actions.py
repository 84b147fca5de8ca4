"""Every action of the window in one table; menus, shortcuts and the list of shortcuts follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

SEPARATOR = "-"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One entry of a menu. ``group`` names actions of which one is checked."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""


_A = ActionSpec
MENUS: tuple[tuple[str, tuple[ActionSpec | str, ...]], ...] = (
    (
        "&File",
        (
            _A("open_midi", "&Open MIDI file …", ("Ctrl+O",)),
            _A("export_midi", "&Export MIDI …", ("Ctrl+E",)),
            _A("export_wav", "Export &WAV …", ("Ctrl+Shift+E",)),
            SEPARATOR,
            _A("open_model", "Open &model …", ("Ctrl+M",)),
            _A("choose_soundfont", "Choose &soundfont …"),
            SEPARATOR,
            _A("quit", "&Quit", ("Ctrl+Q",)),
        ),
    ),
    (
        "&Edit",
        (
            _A("undo", "&Undo", ("Ctrl+Z",)),
            _A("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
            SEPARATOR,
            _A("clear", "&Clear the roll", ("Ctrl+Backspace",)),
        ),
    ),
    (
        "&View",
        (
            _A("zoom_in", "Zoom &in", ("+", "=", "Ctrl++", "Ctrl+=")),
            _A("zoom_out", "Zoom &out", ("-", "Ctrl+-")),
            _A("zoom_fit", "Zoom to &fit", ("Ctrl+0",)),
            _A("rows_taller", "&Taller lanes", ("Ctrl+Shift+Up",)),
            _A("rows_lower", "&Lower lanes", ("Ctrl+Shift+Down",)),
            SEPARATOR,
            _A("follow", "Follow the &playhead", ("Ctrl+F",), checkable=True),
            _A("drummer_panel", "&Drummer panel", ("Ctrl+D",), checkable=True),
            SEPARATOR,
            _A("theme_system", "Colours as the &system", checkable=True, group="theme"),
            _A("theme_dark", "&Dark colours", checkable=True, group="theme"),
            _A("theme_light", "Li&ght colours", checkable=True, group="theme"),
        ),
    ),
    (
        "&Transport",
        (
            _A("generate", "&Generate", ("G",)),
            _A("play", "&Play or pause", ("Space",)),
            _A("stop", "&Stop", (".",)),
            _A("to_start", "Go to the &start", ("Home",)),
            SEPARATOR,
            _A("loop", "&Loop", ("L",), checkable=True),
            _A("silence", "S&ilence all sounds", ("Ctrl+.",)),
        ),
    ),
    (
        "&Help",
        (
            _A("shortcuts", "&Shortcuts", ("?", "F1")),
            _A("about", "&About Drumapp"),
        ),
    ),
)


def build_menus(window: QMainWindow) -> dict[str, QAction]:
    """Fill the window's menu bar; returns the actions by name, in the menus' order."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for title, entries in MENUS:
        menu = QMenu(title, window)
        window.menuBar().addMenu(menu)
        for entry in entries:
            if isinstance(entry, str):
                menu.addSeparator()
                continue
            action = QAction(entry.text, window)
            action.setObjectName(entry.name)
            action.setCheckable(entry.checkable)
            action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
            if entry.group:
                groups.setdefault(entry.group, QActionGroup(window)).addAction(action)
            menu.addAction(action)
            actions[entry.name] = action
    return actions
