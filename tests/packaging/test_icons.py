"""The icon's containers, read back as Windows and macOS read them."""

from __future__ import annotations

import importlib.util
import struct
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def icons() -> ModuleType:
    """packaging/icons.py, which is in no package: one of that name is somebody else's."""
    spec = importlib.util.spec_from_file_location("bundle_icons", ROOT / "packaging" / "icons.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(icons: ModuleType, qapp, tmp_path: Path) -> Path:
    assert qapp is not None
    icons.write_icons(tmp_path)
    return tmp_path


def side_of(png: bytes) -> int:
    image = QImage.fromData(png, "PNG")
    assert image.width() == image.height()
    assert image.pixelColor(image.width() // 2, image.height() // 8).alpha() == 255
    return image.width()


def test_windows_icon(icons: ModuleType, folder: Path) -> None:
    data = (folder / "drumapp.ico").read_bytes()
    reserved, kind, count = struct.unpack_from("<HHH", data)
    assert (reserved, kind, count) == (0, 1, len(icons.ICO_SIZES))
    end = 6 + 16 * count
    for place, size in enumerate(icons.ICO_SIZES):
        width, height, _, _, _, bits, length, start = struct.unpack_from("<BBBBHHII", data, 6 + 16 * place)
        assert (width, height, bits) == (size % 256, size % 256, 32)
        assert start == end
        assert side_of(data[start : start + length]) == size
        end = start + length
    assert end == len(data)


def test_macos_icon(icons: ModuleType, folder: Path) -> None:
    data = (folder / "drumapp.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4)[0] == len(data)
    found, place = [], 8
    while place < len(data):
        name, length = data[place : place + 4], struct.unpack_from(">I", data, place + 4)[0]
        found.append((name, side_of(data[place + 8 : place + length])))
        place += length
    assert found == list(icons.ICNS_ENTRIES)


def test_linux_icons(icons: ModuleType, folder: Path) -> None:
    for size in icons.LINUX_SIZES:
        assert side_of((folder / f"hicolor/{size}x{size}/apps/drumapp.png").read_bytes()) == size


@pytest.mark.qt_log_ignore("Cannot read file")
@pytest.mark.usefixtures("qapp")
def test_an_icon_that_is_none_is_refused(icons: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.svg"
    broken.write_text("no picture")
    monkeypatch.setattr(icons, "SOURCE", broken)
    with pytest.raises(RuntimeError, match=r"broken\.svg cannot be read"):
        icons.write_icons(tmp_path)
