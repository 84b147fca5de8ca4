"""Note editing wired into the window: the editor, its mouse, its keys and menus, the tools and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from drumapp.core import editing
from drumapp.core.editing import GRIDS, Edited, Grid, Selection
from drumapp.core.pattern import Pattern
from drumapp.core.timing import Range
from drumapp.gui.amounts_dialog import Amount, AmountsDialog
from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow
from drumapp.gui.note_clipboard import NoteClipboard
from drumapp.gui.piano_roll.cell_cursor import CellCursor
from drumapp.gui.piano_roll.editor import BARS_OF_THE_FIRST_NOTE, RollEditor, Tool
from drumapp.gui.piano_roll.pointer import CanvasPointer
from drumapp.gui.piano_roll.velocity_lane import FIRST_HEIGHT
from drumapp.gui.theme import Theme
from drumapp.settings import Settings

VELOCITY_PER_KEY = 4
_ON_SELECTION = (
    "cut", "copy", "duplicate", "delete", "nudge_left", "nudge_right", "step_left", "step_right", "lane_up",
    "lane_down", "louder", "softer", "fill_every", "zoom_selection",
)  # fmt: skip
_ON_NOTES = ("quantise_now", "quantise", "humanise", "scale_velocity", "randomise_velocity", "thin_out", "reverse")


@dataclass(frozen=True, slots=True)
class AskingTool:
    """A tool that asks for numbers: what it is called, what it asks, what it makes of them."""

    label: str
    hint: str
    amounts: tuple[Amount, ...]
    edit: Callable[[Pattern, Selection, Grid, tuple[int, ...]], Edited]


_PERCENT = "%"
TOOLS = {
    "quantise": AskingTool(
        "Quantise",
        "Draws notes to the lines of the snap grid. Strength 100 % goes all the way; swing 50 % is straight, 67 % "
        "plays triplets.",
        (Amount("Strength", 0, 100, 100, _PERCENT), Amount("Swing", 50, 75, 50, _PERCENT)),
        lambda pattern, chosen, grid, asked: editing.quantise(
            pattern, chosen, _stepped(grid), strength=asked[0], swing=asked[1]
        ),
    ),
    "humanise": AskingTool(
        "Humanise",
        "Moves each note in time and velocity at random, by these amounts at the most. The same seed does the same.",
        (Amount("Time", 0, 60, 10, "ticks"), Amount("Velocity", 0, 60, 10), Amount("Seed", 0, 9999, 1)),
        lambda pattern, chosen, _, asked: editing.humanise(
            pattern, chosen, asked[2], ticks=asked[0], velocity=asked[1]
        ),
    ),
    "scale_velocity": AskingTool(
        "Velocity scaled",
        "Makes every note louder or softer in proportion.",
        (Amount("Scale", 1, 400, 80, _PERCENT),),
        lambda pattern, chosen, _, asked: editing.scale_velocity(pattern, chosen, asked[0]),
    ),
    "randomise_velocity": AskingTool(
        "Velocity randomised",
        "Changes every velocity at random, by this amount at the most. The same seed does the same.",
        (Amount("Amount", 0, 126, 12), Amount("Seed", 0, 9999, 1)),
        lambda pattern, chosen, _, asked: editing.randomise_velocity(pattern, chosen, asked[0], asked[1]),
    ),
    "thin_out": AskingTool(
        "Thin out",
        "Takes one note in so many out of each lane.",
        (Amount("One in", 2, 16, 2, "notes"),),
        lambda pattern, chosen, _, asked: editing.thin_out(pattern, chosen, asked[0]),
    ),
    "fill_every": AskingTool(
        "Fill",
        "Places a note every so many steps in the lanes of the selected notes: as far as they reach, or, from notes "
        "within one step, to the end.",
        (Amount("Every", 1, 32, 4, "steps"),),
        lambda pattern, chosen, grid, asked: fill(pattern, chosen, _stepped(grid), asked[0]),
    ),
}


def fill(pattern: Pattern, chosen: Selection, grid: Grid, every: int) -> Edited:
    """Fill the chosen notes' lanes over their span, or from there to the end when they lie within one step."""
    there = editing.still_there(pattern, chosen)
    if not there:
        return Edited(pattern, there)
    span = editing.grid_span_of(pattern, there, grid)
    if span.length <= grid.step:
        span = Range(span.start, pattern.length)
    keys = sorted({note.pitch for note in there})
    velocity = max(note.velocity for note in there)
    filled = editing.fill_every(pattern, keys, span, every, grid, velocity=velocity)
    return Edited(filled.pattern, there | filled.selection)


def _stepped(grid: Grid) -> Grid:
    """A grid to go by: sixteenths where nothing snaps."""
    return Grid() if grid.is_off else grid


class NoteEditing(QObject):
    """Everything that edits notes in the window."""

    def __init__(self, window: MainWindow, document: Document, settings: Settings, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self.clipboard = NoteClipboard(QApplication.clipboard())
        self.editor = RollEditor(document, window.roll, self.clipboard)
        self.pointer = CanvasPointer(self.editor)
        self.cursor = CellCursor(self.editor)
        self.dialog: AmountsDialog | None = None
        self._velocity_height = settings.velocity_lane or FIRST_HEIGHT
        self.editor.bars_of_empty = lambda: settings.bars or BARS_OF_THE_FIRST_NOTE
        window.roll.velocity_lane.edit_with(self.editor)
        self._wire_actions()
        self._wire_corner()
        self.editor.selection_changed.connect(self._show_what_can_be_done)
        document.history_changed.connect(self._show_what_can_be_done)
        self._restore()
        self._show_what_can_be_done()

    def close(self) -> None:
        """Let go of the clipboard's file."""
        self.clipboard.close()

    def remember(self) -> None:
        """Put the snap grid and the velocity lane's height into the settings."""
        self._settings.snap = self.editor.snap.label
        self._settings.velocity_lane = self._window.roll.velocity_height

    def _wire_actions(self) -> None:
        editor = self.editor
        handlers: dict[str, Callable[[], object]] = {
            "cut": editor.cut,
            "copy": editor.copy,
            "paste": editor.paste,
            "duplicate": editor.duplicate,
            "delete": editor.delete,
            "select_all": editor.select_all,
            "deselect": editor.escape,
            "switch_tool": self._switch_tool,
            "nudge_left": lambda: editor.nudge(-1),
            "nudge_right": lambda: editor.nudge(1),
            "step_left": lambda: editor.nudge_steps(-1),
            "step_right": lambda: editor.nudge_steps(1),
            "lane_up": lambda: editor.move_rows(-1),
            "lane_down": lambda: editor.move_rows(1),
            "louder": lambda: editor.shift_velocity(VELOCITY_PER_KEY),
            "softer": lambda: editor.shift_velocity(-VELOCITY_PER_KEY),
            "zoom_selection": self._zoom_to_selection,
            "quantise_now": self._quantise_now,
            "reverse": lambda: editor.apply_tool("Reverse", editing.reverse),
        }
        for name, handler in handlers.items():
            self._window.actions_by_name[name].triggered.connect(lambda _=False, act=handler: act())
        for name, tool in TOOLS.items():
            self._window.actions_by_name[name].triggered.connect(lambda _=False, chosen=tool: self._ask(chosen))
        self._window.actions_by_name["velocity_lane"].toggled.connect(self._velocity_lane_toggled)

    def _wire_corner(self) -> None:
        corner, editor = self._window.roll.corner, self.editor
        corner.draw_chosen.connect(lambda: editor.choose_tool(Tool.DRAW))
        corner.select_chosen.connect(lambda: editor.choose_tool(Tool.SELECT))
        corner.snap_chosen.connect(editor.set_snap)
        editor.tool_changed.connect(lambda: corner.show_tool(drawing=editor.tool is Tool.DRAW))
        editor.snap_changed.connect(lambda: corner.show_snap(editor.snap))
        self._window.roll.header.lane_chosen.connect(lambda key, more: editor.select_lane(key, more=more))

    def _restore(self) -> None:
        labels = {grid.label: grid for grid in GRIDS}
        self.editor.set_snap(labels.get(self._settings.snap, Grid()))
        roll = self._window.roll
        roll.set_velocity_height(self._settings.velocity_lane)
        self._window.actions_by_name["velocity_lane"].setChecked(self._settings.velocity_lane > 0)
        roll.velocity_height_changed.connect(self._velocity_height_changed)

    def _switch_tool(self) -> None:
        self.editor.choose_tool(Tool.SELECT if self.editor.tool is Tool.DRAW else Tool.DRAW)

    def _zoom_to_selection(self) -> None:
        editor = self.editor
        if editor.selection:
            pattern = editor.document.pattern
            self._window.roll.navigation.zoom_to_span(
                editing.grid_span_of(pattern, editor.selection, _stepped(editor.snap))
            )

    def _quantise_now(self) -> None:
        grid = _stepped(self.editor.snap)
        self.editor.apply_tool("Quantise", lambda pattern, chosen: editing.quantise(pattern, chosen, grid))

    def _ask(self, tool: AskingTool) -> None:
        """Ask for the tool's numbers; what is selected when they are agreed to is worked on."""
        dialog = AmountsDialog(tool.label, tool.hint, tool.amounts, self._theme, self._window)
        dialog.agreed.connect(lambda asked: self._use(tool, asked))
        self.dialog = dialog
        dialog.open()

    def _use(self, tool: AskingTool, asked: tuple[int, ...]) -> None:
        grid = self.editor.snap
        self.editor.apply_tool(tool.label, lambda pattern, chosen: tool.edit(pattern, chosen, grid, asked))

    def _velocity_lane_toggled(self, shown: bool) -> None:
        roll = self._window.roll
        if shown != (roll.velocity_height > 0):
            roll.set_velocity_height(self._velocity_height if shown else 0)

    def _velocity_height_changed(self, height: int) -> None:
        """By the splitter's handle, which closes the lane when it is dragged far down."""
        self._velocity_height = height or self._velocity_height
        self._window.actions_by_name["velocity_lane"].setChecked(height > 0)

    def _show_what_can_be_done(self) -> None:
        actions = self._window.actions_by_name
        selected, notes = bool(self.editor.selection), bool(self.editor.document.pattern.notes)
        for name in _ON_SELECTION:
            actions[name].setEnabled(selected)
        for name in _ON_NOTES:
            actions[name].setEnabled(notes)
