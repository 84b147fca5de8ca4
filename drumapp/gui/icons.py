"""The window's icons: SVG outlines in one weight, coloured by the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from drumapp import resources

_STROKE = 'fill="none" stroke="COLOUR" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
_SOLID = 'fill="COLOUR" stroke="COLOUR" stroke-width="1.6" stroke-linejoin="round"'

_STAR = "M10 2.800l2.200 4.600 5 .7-3.600 3.500.9 5L10 14.200l-4.500 2.400.9-5L2.800 8.100l5-.7z"

# 20 x 20 each
_SHAPES = {
    "play": f'<path d="M6.5 4.5 15.5 10 6.5 15.5z" {_SOLID}/>',
    "pause": f'<path d="M6.5 4.5v11M13.5 4.5v11" {_STROKE} style="stroke-width:3"/>',
    "stop": f'<rect x="5" y="5" width="10" height="10" rx="1" {_SOLID}/>',
    "record": f'<circle cx="10" cy="10" r="5" {_SOLID}/>',
    "loop": f'<path d="M5 8.5A3.5 3.5 0 0 1 8.5 5H16M13.5 2.5 16 5l-2.5 2.5M15 11.5A3.5 3.5 0 0 1 11.5 15H4'
    f'M6.5 17.5 4 15l2.5-2.5" {_STROKE}/>',
    "generate": f'<path d="M4 5.5h3v3H4zM4 11.5h3v3H4zM10 11.5h3v3h-3z" {_SOLID}/>'
    f'<path d="M14.5 3.5v5M12 6h5" {_STROKE}/>',
    "go_on": f'<path d="M5 17V3.500" {_STROKE}/><path d="M5 3.500h10.500L13 7l2.500 3.500H5z" {_SOLID}/>',
    "metronome": f'<path d="M7.500 3.500h5L15 16.500H5z M6 12.500h8" {_STROKE}/><path d="M10 12 14.500 5" {_STROKE}/>',
    "endless": f'<path d="M10 10C8.500 7.500 7.200 6.500 5.600 6.500a3.500 3.500 0 0 0 0 7c1.600 0 2.900-1 4.400-3.500'
    f's2.800-3.500 4.400-3.500a3.500 3.500 0 0 1 0 7c-1.600 0-2.900-1-4.400-3.500z" {_STROKE}/>',
    "volume": f'<path d="M3.500 8v4H6l4 3.500v-11L6 8z" {_STROKE}/><path d="M13 7.500a3.500 3.500 0 0 1 0 5'
    f'M15.200 5.200a6.800 6.800 0 0 1 0 9.600" {_STROKE}/>',
    "chevron": f'<path d="M6 8l4 4 4-4" {_STROKE}/>',
    "chevron_right": f'<path d="M8 6l4 4-4 4" {_STROKE}/>',
    "folder": f'<path d="M2.500 15.500V5h5l1.500 2h8.500v8.500z" {_STROKE}/>',
    "done": f'<path d="M4.500 10.500l3.500 3.500 7.500-8" {_STROKE}/>',
    "waiting": f'<circle cx="10" cy="10" r="6.500" {_STROKE}/><path d="M10 6.500V10l2.500 1.500" {_STROKE}/>',
    "close": f'<path d="M5.500 5.500l9 9M14.500 5.500l-9 9" {_STROKE}/>',
    "dice": f'<rect x="3.500" y="3.500" width="13" height="13" rx="2.500" {_STROKE}/>'
    '<g fill="COLOUR"><circle cx="7.200" cy="7.200" r="1.200"/><circle cx="12.800" cy="12.800" r="1.200"/>'
    '<circle cx="10" cy="10" r="1.200"/></g>',
    "draw": f'<path d="M4 16l1-4 8-8 3 3-8 8z M11.500 5.500l3 3" {_STROKE}/>',
    "select": f'<path d="M5 3.500v11.500l3.200-3 2.300 4.500 2-1-2.300-4.300h4.300z" {_STROKE}/>',
    "panel": f'<rect x="3" y="4" width="14" height="12" rx="1.500" {_STROKE}/><path d="M12.500 4v12" {_STROKE}/>',
    "star": f'<path d="{_STAR}" {_STROKE}/>',
    "starred": f'<path d="{_STAR}" {_SOLID}/>',
    "drag": f'<path d="M10 3v9M6.500 6.500 10 3l3.500 3.500M4 12v4.500h12V12" {_STROKE}/>',
    "offer": f'<circle cx="10" cy="10" r="7" {_STROKE}/><path d="M10 9v4.500M10 6.400v.1" {_STROKE}/>',
    "warning": f'<path d="M10 3.500 17.500 16.500H2.500z M10 8.500v3.500M10 14.300v.1" {_STROKE}/>',
}


def application_icon() -> QIcon:
    """The program's own icon, in the sizes that window managers and task bars ask for."""
    made = QIcon()
    if resources.application_icon().is_file():  # without it the program works as well
        renderer = QSvgRenderer(str(resources.application_icon()))
        for side in (16, 32, 48, 128):
            made.addPixmap(_drawn(renderer, side))
    return made


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon ``size`` logical pixels wide, for a screen of ``ratio`` device pixels to each."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">{_SHAPES[name]}</svg>'
    renderer = QSvgRenderer(QByteArray(svg.replace("COLOUR", colour).encode()))
    image = _drawn(renderer, round(size * ratio))
    image.setDevicePixelRatio(ratio)
    return image


def _drawn(renderer: QSvgRenderer, side: int) -> QPixmap:
    image = QPixmap(side, side)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image


def icon(name: str, colour: str, disabled_colour: str | None = None, size: int = 20) -> QIcon:
    """An icon for buttons and menus, sharp at one and two device pixels to the logical one."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour, size, ratio))
        if disabled_colour is not None:
            made.addPixmap(pixmap(name, disabled_colour, size, ratio), QIcon.Mode.Disabled)
    return made
