from pathlib import Path

import pytest

from drumapp.core.errors import DrumappError
from drumapp.storage.dragged_files import dragged_file, dragged_folder, new_dragged_path


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))


def test_the_same_content_is_one_file_and_another_gets_a_number() -> None:
    first = dragged_file("Verse", ".mid", b"one")
    assert first == dragged_folder() / "Verse.mid"
    assert dragged_file("Verse", ".mid", b"one") == first
    second = dragged_file("Verse", ".mid", b"two")
    assert second.name == "Verse 2.mid"
    assert dragged_file("Verse", ".mid", b"one") == first
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert new_dragged_path("Verse", ".mid").name == "Verse 3.mid"


@pytest.mark.parametrize(
    ("name", "stem"),
    [("", "Beat"), ("../../etc/passwd", "etc passwd"), ("...", "Beat"), ("a/b:c*", "a b c"), ("x" * 300, "x" * 60)],
)
def test_no_name_leads_out_of_the_folder(name: str, stem: str) -> None:
    path = dragged_file(name, ".mid", b"data")
    assert path.parent == dragged_folder()
    assert path.stem == stem


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(DrumappError, match="Cannot make the folder"):
        dragged_file("Verse", ".mid", b"data")


def test_something_else_in_the_way_is_gone_around() -> None:
    (dragged_folder() / "Verse.mid").mkdir(parents=True)
    assert dragged_file("Verse", ".mid", b"data").name == "Verse 2.mid"
