import shutil
import sys
from pathlib import Path

import pytest

from drumapp import resources


def test_checkout_has_assets_and_models() -> None:
    assert resources.assets_folder().is_dir()
    assert resources.models_folder().is_dir()
    assert resources.builtin_soundfont().parent.parent == resources.assets_folder()


def test_frozen_bundle_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.builtin_soundfont() == tmp_path / "assets" / "soundfonts" / "drumapp.sf2"
    assert resources.default_model() == tmp_path / "models" / "groove" / "groove.safetensors"


def test_installed_wheel_keeps_them_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "drumapp"
    (package / "assets").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.assets_folder() == package / "assets"


def test_shipped_models_begin_with_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.shipped_models() == []
    for name in ("brush", "groove", "zouk"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / f"{name}.safetensors").touch()
        (tmp_path / "models" / name / "README.md").touch()
    assert [path.stem for path in resources.shipped_models()] == ["groove", "brush", "zouk"]
    shutil.rmtree(tmp_path / "models")
    assert resources.shipped_models() == []


def test_documents_and_icon_are_where_the_rest_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (resources.docs_folder() / "guide.md").is_file()
    assert resources.application_icon().is_file()
    (tmp_path / "assets").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.docs_folder() == tmp_path / "docs"
    assert resources.application_icon() == tmp_path / "assets" / "icon" / "drumapp.svg"
    assert resources.bundle_folder() == tmp_path
