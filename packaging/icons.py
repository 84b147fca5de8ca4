"""Renders the program's icon in the sizes and formats that the three systems want: PNG, .ico and .icns.

    python packaging/icons.py FOLDER

writes drumapp.ico (Windows), drumapp.icns (macOS) and hicolor/SIZExSIZE/apps/drumapp.png (Linux) into the folder. Both
containers are tables of PNG files, which Windows reads since Vista and macOS since 10.7.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).resolve().parents[1] / "assets" / "icon" / "drumapp.svg"
LINUX_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# Apple's four-letter names of PNG entries, some sizes twice: as themselves and as half the size on a sharp screen.
ICNS_ENTRIES = (
    (b"icp4", 16),
    (b"ic11", 32),
    (b"icp5", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
)


def png(renderer: QSvgRenderer, size: int) -> bytes:
    """The icon as a PNG file, ``size`` pixels wide and high."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise RuntimeError(f"Qt cannot write the icon of {size} pixels as PNG.")
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon of PNG files by size, 256 at most."""
    start = 6 + 16 * len(pictures)
    table, content = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, data in sorted(pictures.items()):
        side = size % 256  # 256 is written as 0
        table += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(data), start + len(content))
        content += data
    return table + content


def icns(entries: list[tuple[bytes, bytes]]) -> bytes:
    """A macOS icon of PNG files by their four-letter names."""
    content = b"".join(name + struct.pack(">I", 8 + len(data)) + data for name, data in entries)
    return b"icns" + struct.pack(">I", 8 + len(content)) + content


def write_icons(folder: Path) -> None:
    """Write all of them into a folder, which is made where it is missing."""
    renderer = QSvgRenderer(str(SOURCE))
    if not renderer.isValid():
        raise RuntimeError(f"{SOURCE} cannot be read as an SVG.")
    sizes = {*LINUX_SIZES, *ICO_SIZES, *(size for _, size in ICNS_ENTRIES)}
    pictures = {size: png(renderer, size) for size in sizes}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "drumapp.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (folder / "drumapp.icns").write_bytes(icns([(name, pictures[size]) for name, size in ICNS_ENTRIES]))
    for size in LINUX_SIZES:
        place = folder / "hicolor" / f"{size}x{size}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        (place / "drumapp.png").write_bytes(pictures[size])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python packaging/icons.py FOLDER")
    application = QGuiApplication(sys.argv[:1])  # Qt needs one to draw text and to find its picture formats
    write_icons(Path(sys.argv[1]))
