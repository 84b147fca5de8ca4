"""The colours of the window, dark and light, and which of the two is in force. Contrast is checked by tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from drumapp.core.kit import Family
from drumapp.gui.stylesheet import stylesheet

THEMES = ("system", "dark", "light")
BASE_FONT_PX = 13


@dataclass(frozen=True)
class Colours:
    """Every colour the window uses, as #rrggbb; the roll and the widgets take theirs from here alone.

    Attributes: window, roll, raised and field are surfaces; line_step, line_beat and line_bar the grid, from weak to
    strong; border edges of controls; record what is being recorded; accent the one colour of action, accent_text what
    stands on it; families one hue per kind of drum, apart in lightness too, so that they differ for the colour-blind;
    surprise from what was expected to what was not, in even steps; memory_below and memory_above the ends of a scale
    whose middle is the roll's ground.
    """

    name: str
    window: str
    roll: str
    roll_alternate: str
    beyond: str
    raised: str
    field: str
    hover: str
    border: str
    control_edge: str
    line_step: str
    line_beat: str
    line_bar: str
    text: str
    text_dim: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_text: str
    accent_soft: str
    playhead: str
    warning: str
    warning_surface: str
    meter: str
    meter_hot: str
    record: str
    families: Mapping[Family, str]
    surprise: tuple[str, ...]
    memory_below: str
    memory_above: str


DARK = Colours(
    name="dark",
    window="#17181b",
    roll="#1d1f23",
    roll_alternate="#212328",
    beyond="#191a1d",
    raised="#26292e",
    field="#121316",
    hover="#32363d",
    border="#2d3036",
    control_edge="#6f757f",
    line_step="#25282d",
    line_beat="#2f3339",
    line_bar="#474c55",
    text="#e8eaed",
    text_dim="#a3a8b1",
    accent="#6a5cf0",
    accent_hover="#7a6df5",
    accent_pressed="#5a4cdc",
    accent_text="#ffffff",
    accent_soft="#2f2c55",
    playhead="#f4f5f7",
    warning="#f2b648",
    warning_surface="#3a3020",
    meter="#58b98b",
    meter_hot="#f2b648",
    record="#f2555a",
    families=MappingProxyType(
        {
            Family.KICK: "#c9703f",
            Family.SNARE: "#efc050",
            Family.HAT: "#1fc3ff",
            Family.TOM: "#3a9a80",
            Family.CYMBAL: "#a06fb2",
            Family.PERCUSSION: "#dfe2ee",
        }
    ),
    surprise=("#3a78d8", "#887ed0", "#aa82b9", "#c285a1", "#d68988", "#e59674", "#f1aa65", "#fbcc7b", "#ffefa8"),
    memory_below="#4aa3f5",
    memory_above="#f59a3c",
)

LIGHT = Colours(
    name="light",
    window="#eceef1",
    roll="#fbfbfc",
    roll_alternate="#f4f5f7",
    beyond="#e9ebee",
    raised="#ffffff",
    field="#ffffff",
    hover="#e1e4e9",
    border="#d3d7dd",
    control_edge="#7d838d",
    line_step="#eceef1",
    line_beat="#dfe2e7",
    line_bar="#b9bec7",
    text="#1b1d21",
    text_dim="#5a606b",
    accent="#5546d6",
    accent_hover="#6456e4",
    accent_pressed="#4638c2",
    accent_text="#ffffff",
    accent_soft="#dedbfb",
    playhead="#1b1d21",
    warning="#8a5a00",
    warning_surface="#fdf1d8",
    meter="#2f9468",
    meter_hot="#c47f0a",
    record="#cf222e",
    families=MappingProxyType(
        {
            Family.KICK: "#9a2600",
            Family.SNARE: "#b48412",
            Family.HAT: "#2f90dd",
            Family.TOM: "#588a57",
            Family.CYMBAL: "#742387",
            Family.PERCUSSION: "#4c505c",
        }
    ),
    surprise=("#5c93d6", "#707fcc", "#836abc", "#985aa5", "#a5478c", "#9e3569", "#912346", "#6e162a", "#4a0d12"),
    memory_below="#1f63bd",
    memory_above="#b04c00",
)


class Theme(QObject):
    """Which colours are in force. ``changed`` says that they are others now."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice if choice in THEMES else "system"
        self.colours = self._resolve()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> str:
        """One of THEMES."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Take ``dark``, ``light`` or whatever the system has."""
        self._choice = choice
        self._apply()

    def _resolve(self) -> Colours:
        if self._choice == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            return LIGHT if scheme == Qt.ColorScheme.Light else DARK  # dark where the system does not say
        return LIGHT if self._choice == "light" else DARK

    def _apply(self) -> None:
        self.colours = self._resolve()
        self._app.setPalette(palette_of(self.colours))
        self._app.setStyleSheet(stylesheet(self.colours))
        self.changed.emit()


def palette_of(colours: Colours) -> QPalette:
    """The palette for what the style sheet does not reach: file dialogs, tool tips, text selections."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.field),
        (role.AlternateBase, colours.raised),
        (role.Text, colours.text),
        (role.Button, colours.raised),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.warning),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.text_dim),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.accent_text),
        (role.Link, colours.accent_hover),
        (role.Mid, colours.border),
        (role.Dark, colours.border),
        (role.Light, colours.hover),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.control_edge))
    return palette


def contrast(one: str, other: str) -> float:
    """Contrast of two #rrggbb colours, 1 to 21, as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
