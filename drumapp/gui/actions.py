"""Every action of the window in one table; menus, shortcuts and the list of shortcuts follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

SEPARATOR = "-"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One entry of a menu. ``group`` names actions of which one is checked; the keys of one ``in_roll`` work there
    alone, for elsewhere they have a meaning of their own.
    """

    name: str
    text: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    in_roll: bool = False


_A = ActionSpec
MENUS: tuple[tuple[str, tuple[ActionSpec | str, ...]], ...] = (
    (
        "&File",
        (
            _A("new", "&New", ("Ctrl+N",)),
            _A("open", "&Open …", ("Ctrl+O",)),
            _A("save", "&Save", ("Ctrl+S",)),
            _A("save_as", "Save &as …", ("Ctrl+Shift+S",)),
            SEPARATOR,
            _A("open_midi", "&Import MIDI …", ("Ctrl+I",)),
            _A("append_midi", "A&ppend MIDI …", ("Ctrl+Shift+I",)),
            _A("export_midi", "&Export MIDI …", ("Ctrl+E",)),
            _A("export_audio", "Export a&udio …", ("Ctrl+Shift+E",)),
            SEPARATOR,
            _A("train_on_folder", "&Train on a folder …", ("Ctrl+T",)),
            _A("open_model", "Open &model …", ("Ctrl+M",)),
            _A("choose_soundfont", "Choose sound&font …"),
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
            _A("cut", "Cu&t", ("Ctrl+X",)),
            _A("copy", "&Copy", ("Ctrl+C",)),
            _A("paste", "&Paste at the playhead", ("Ctrl+V",)),
            _A("duplicate", "&Duplicate", ("Ctrl+D",)),
            _A("delete", "D&elete", ("Delete", "Backspace"), in_roll=True),
            SEPARATOR,
            _A("select_all", "Select &all", ("Ctrl+A",)),
            _A("deselect", "Select &nothing", ("Escape",), in_roll=True),
            _A("switch_tool", "&Switch between Draw and Select", ("B",)),
            SEPARATOR,
            _A("pattern_length", "&Length of the beat …"),
            _A("clear", "&Clear the roll", ("Ctrl+Backspace",)),
        ),
    ),
    (
        "&Notes",
        (
            _A("nudge_left", "Nudge &earlier", ("Left",), in_roll=True),
            _A("nudge_right", "Nudge &later", ("Right",), in_roll=True),
            _A("step_left", "A &step earlier", ("Shift+Left",), in_roll=True),
            _A("step_right", "A step l&ater", ("Shift+Right",), in_roll=True),
            _A("lane_up", "To the lane a&bove", ("Up",), in_roll=True),
            _A("lane_down", "To the lane belo&w", ("Down",), in_roll=True),
            _A("louder", "L&ouder", ("Alt+Up",), in_roll=True),
            _A("softer", "So&fter", ("Alt+Down",), in_roll=True),
            SEPARATOR,
            _A("what_else", "W&hat else here? …", ("A",)),
            SEPARATOR,
            _A("quantise_now", "&Quantise", ("Ctrl+U",)),
            _A("quantise", "Quantise with s&wing …", ("Ctrl+Shift+U",)),
            _A("humanise", "&Humanise …"),
            _A("scale_velocity", "Scale &velocity …"),
            _A("randomise_velocity", "&Randomise velocity …"),
            _A("thin_out", "&Thin out …"),
            _A("reverse", "Re&verse"),
            _A("fill_every", "F&ill every …"),
        ),
    ),
    (
        "&Lanes",
        (
            _A("mute_lane", "&Mute", ("M",)),
            _A("solo_lane", "&Solo", ("S",)),
            _A("unmute_all", "&Unmute and unsolo all", ("Shift+M",)),
            SEPARATOR,
            _A("rename_lane", "&Rename …", ("F2",)),
            _A("raise_lane", "Move u&p"),
            _A("lower_lane", "Move &down"),
            _A("remove_lane", "Rem&ove"),
            SEPARATOR,
            _A("hide_empty", "&Hide empty lanes", ("H",), checkable=True),
            _A("kit_maps", "&Kit maps …"),
        ),
    ),
    (
        "&Drummer",
        (
            _A("generate", "&Generate", ("G",)),
            _A("go_on", "Go &on from the flag", ("R",)),
            _A("flag_here", "Put the &flag at the playhead", ("Shift+R",)),
            _A("rewrite", "&Write the selection anew", ("Shift+G",)),
            _A("rewrite_lanes", "Write the selected &lanes anew", ("Ctrl+Shift+G",)),
            SEPARATOR,
            _A("trade_0", "No t&rading", checkable=True, group="trade"),
            _A("trade_1", "Trade &1 bar", checkable=True, group="trade"),
            _A("trade_2", "Trade &2 bars", checkable=True, group="trade"),
            _A("trade_4", "Trade &4 bars", checkable=True, group="trade"),
            SEPARATOR,
            _A("fresh_memory", "Fresh &memory now", ("Shift+F",)),
            SEPARATOR,
            _A("lock_lane", "Lo&ck lanes", ("K",)),
            _A("lock_others", "Lock all &other lanes", ("Shift+K",)),
            _A("lock_notes", "Lock &notes", ("Ctrl+K",)),
            SEPARATOR,
            _A("keep_bars", "&Keep the last bars …"),
            _A("ab", "Change between the last t&wo takes", ("Y",)),
        ),
    ),
    (
        "&View",
        (
            _A("beat_page", "&Beat", ("Ctrl+1",)),
            _A("training_page", "T&raining", ("Ctrl+2",)),
            SEPARATOR,
            _A("zoom_in", "Zoom &in", ("+", "=", "Ctrl++", "Ctrl+=")),
            _A("zoom_out", "Zoom &out", ("-", "Ctrl+-")),
            _A("zoom_fit", "Zoom to &fit", ("Ctrl+0",)),
            _A("zoom_selection", "Zoom to the &selection", ("Z",)),
            _A("rows_taller", "&Taller lanes", ("Ctrl+Shift+Up",)),
            _A("rows_lower", "&Lower lanes", ("Ctrl+Shift+Down",)),
            SEPARATOR,
            _A("velocity_lane", "&Velocity lane", ("V",), checkable=True),
            _A("surprise", "&Colour notes by surprise", ("I",), checkable=True),
            _A("memory_strip", "&Memory strip", ("Shift+V",), checkable=True),
            SEPARATOR,
            _A("follow", "Follow the &playhead", ("Ctrl+F",), checkable=True),
            _A("drummer_panel", "&Drummer panel", ("Ctrl+Shift+D",), checkable=True),
            SEPARATOR,
            _A("theme_system", "Colours as the &system", checkable=True, group="theme"),
            _A("theme_dark", "&Dark colours", checkable=True, group="theme"),
            _A("theme_light", "Li&ght colours", checkable=True, group="theme"),
        ),
    ),
    (
        "&Transport",
        (
            _A("play", "&Play or pause", ("Space",)),
            _A("stop", "&Stop", (".",)),
            _A("record", "Re&cord", ("Ctrl+R",), checkable=True),
            _A("play_selection", "Play from the selectio&n", ("Shift+Space",)),
            _A("to_start", "Go to the &start", ("Home",)),
            _A("to_end", "Go to the last &bar", ("End",)),
            _A("bar_back", "A bar ba&ck", ("Ctrl+Left",)),
            _A("bar_on", "A bar &further", ("Ctrl+Right",)),
            SEPARATOR,
            _A("loop", "&Loop", ("L",), checkable=True),
            _A("loop_selection", "Loop the s&election", ("Ctrl+L",)),
            _A("loop_all", "Loop the &whole beat", ("Ctrl+Shift+L",)),
            SEPARATOR,
            _A("metronome", "&Metronome", ("C",), checkable=True),
            _A("count_in_0", "Record without a count-in", checkable=True, group="count_in"),
            _A("count_in_1", "Count in &1 bar", checkable=True, group="count_in"),
            _A("count_in_2", "Count in &2 bars", checkable=True, group="count_in"),
            _A("count_in_4", "Count in &4 bars", checkable=True, group="count_in"),
            SEPARATOR,
            _A("record_overdub", "O&verdub: record over what is there", checkable=True, group="record"),
            _A("record_replace", "Replace what the struck lanes hol&d", checkable=True, group="record"),
            _A("record_quantised", "&Quantise on the way in", checkable=True),
            _A("midi_learn", "MIDI lear&n …"),
            SEPARATOR,
            _A("tap_tempo", "&Tap the tempo", ("T",)),
            _A("tempo_ramp", "Tempo &ramp …"),
            SEPARATOR,
            _A("sound_setup", "S&ound settings …", ("Ctrl+,",)),
            _A("midi_setup", "M&IDI and sync …"),
            _A("test_timing", "Test timin&g …"),
            _A("silence", "S&ilence all sounds", ("Ctrl+.",)),
        ),
    ),
    (
        "&Help",
        (
            _A("help_tour", "Take the &tour"),
            _A("help_guide", "&User guide"),
            _A("shortcuts", "&Shortcuts", ("?", "F1")),
            SEPARATOR,
            _A("help_logic", "Route to &Logic Pro"),
            _A("help_garageband", "Route to &GarageBand"),
            _A("help_ableton", "Route to &Ableton Live"),
            _A("help_hydrogen", "Route to &Hydrogen"),
            SEPARATOR,
            _A("help_places", "&Where files live"),
            _A("help_diagnostics", "Copy &diagnostics"),
            _A("help_log", "Show the l&og"),
            SEPARATOR,
            _A("about", "A&bout Drumapp"),
        ),
    ),
)


def build_menus(window: QMainWindow, roll: QWidget) -> dict[str, QAction]:
    """Fill the window's menu bar, and give the roll its keys; returns the actions by name, in the menus' order."""
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
            if entry.in_roll:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                roll.addAction(action)
            if entry.group:
                groups.setdefault(entry.group, QActionGroup(window)).addAction(action)
            menu.addAction(action)
            actions[entry.name] = action
    return actions
