"""The corner of the roll, over the drums' names: which tool draws, and which grid it snaps to."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from drumapp.core.editing import GRIDS, Grid
from drumapp.gui import icons
from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.piano_roll.lane_parts import HEADER_WIDTH
from drumapp.gui.theme import Colours


class Corner(QWidget):
    """Signals: draw_chosen and select_chosen when a tool is taken up by hand; snap_chosen (Grid)."""

    draw_chosen = Signal()
    select_chosen = Signal()
    snap_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(HEADER_WIDTH)
        self.draw = _tool_button("Draw", "Draw (B): click places, drag paints, right button erases")
        self.select = _tool_button("Select", "Select (B): drag a rubber band, double-click places and erases")
        self.snap = ChoiceBox("Snap", "Snap: the grid notes go to. Hold Ctrl to place them freely")
        self.snap.setProperty("role", "small")
        self.snap.addItems([grid.label for grid in GRIDS])
        self.snap.setMaxVisibleItems(len(GRIDS))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        for widget in (self.draw, self.select):
            layout.addWidget(widget)
        layout.addSpacing(2)
        layout.addWidget(self.snap, 1)
        self.draw.clicked.connect(self.draw_chosen)
        self.select.clicked.connect(self.select_chosen)
        self.snap.activated.connect(lambda place: self.snap_chosen.emit(GRIDS[place]))

    def show_tool(self, *, drawing: bool) -> None:
        """Show which tool is taken up."""
        self.draw.setChecked(drawing)
        self.select.setChecked(not drawing)

    def show_snap(self, grid: Grid) -> None:
        """Show which grid is snapped to."""
        self.snap.setCurrentText(grid.label)

    def set_colours(self, colours: Colours) -> None:
        """Draw the tools in another theme's colours."""
        for button, shape in ((self.draw, "draw"), (self.select, "select")):
            button.setIcon(icons.icon(shape, colours.text, size=16))


def _tool_button(name: str, help_text: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "small")
    button.setCheckable(True)
    button.setAccessibleName(name)
    button.setToolTip(help_text)
    button.setIconSize(QSize(16, 16))
    return button
