import errno
import os
import sys
from pathlib import Path

import pytest

from drumapp.atomic import WriteError, check_writable, write_atomically
from drumapp.core.errors import DrumappError


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


def test_writes_and_replaces(tmp_path: Path) -> None:
    target = tmp_path / "beat.mid"
    write_atomically(target, b"one")
    write_atomically(target, b"two")
    assert target.read_bytes() == b"two"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on device"),
        (OSError(errno.EIO, "Input/output error"), "input/output error"),
    ],
)
def test_failure_keeps_the_old_file_and_names_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: OSError, words: str
) -> None:
    target = tmp_path / "beat.mid"
    target.write_bytes(b"old")

    def fail(_: int) -> None:
        raise cause

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match=words) as caught:
        write_atomically(target, b"new")
    assert str(target) in str(caught.value)
    assert target.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_failed_move_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(WriteError, match="permission denied"):
        write_atomically(tmp_path / "beat.mid", b"new")
    assert list(tmp_path.iterdir()) == []


def test_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "beat.mid", b"new")
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DrumappError, match=r"the folder .*nowhere does not exist"):
        write_atomically(tmp_path / "nowhere" / "beat.mid", b"")


def test_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "beat.mid").mkdir()
    with pytest.raises(WriteError, match="it is a folder"):
        write_atomically(tmp_path / "beat.mid", b"")


def test_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(WriteError, match="is not a folder"):
        write_atomically(tmp_path / "file" / "beat.mid", b"")
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_name_with_a_nul(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="Cannot write"):
        write_atomically(tmp_path / "be\0at.mid", b"")


def test_longest_name_the_system_allows(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 251 + ".mid")
    write_atomically(target, b"data")
    assert target.read_bytes() == b"data"
    with pytest.raises(WriteError, match="too long"):
        write_atomically(tmp_path / ("x" * 300), b"data")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows needs a privilege to make symbolic links")
def test_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.mid").write_bytes(b"old")
    link = tmp_path / "link.mid"
    link.symlink_to("real.mid")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real.mid").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_devices_and_pipes_are_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for check in (check_writable, lambda path: write_atomically(path, b"data")):
        with pytest.raises(WriteError, match="it is a device or a pipe, not a file"):
            check(pipe)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_asking_whether_a_path_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.mid")
    assert list(tmp_path.iterdir()) == []
    old = tmp_path / "old.mid"
    old.write_bytes(b"old")
    check_writable(old)
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.parametrize(
    ("place", "cause"), [("none/x", "does not exist"), ("folder", "it is a folder"), ("file/x", "is not a folder")]
)
def test_asking_tells_what_writing_would(tmp_path: Path, place: str, cause: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for check in (check_writable, lambda path: write_atomically(path, b"data")):
        with pytest.raises(WriteError, match=cause):
            check(tmp_path / place)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_permissions_of_the_old_file_stay_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"")
    old.chmod(0o640)
    write_atomically(old, b"x")
    assert old.stat().st_mode & 0o777 == 0o640
    mask = os.umask(0)
    os.umask(mask)
    write_atomically(tmp_path / "new", b"x")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind, not the administrator"
)
def test_write_protected_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "beat.mid"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(WriteError, match="permission denied"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"


def test_a_writer_that_fails_leaves_what_was_there_and_says_so_itself(tmp_path):
    target = tmp_path / "beat.drumapp"
    target.write_bytes(b"old")

    def half(file):
        file.write(b"ne")
        raise ValueError("no such drum")

    with pytest.raises(ValueError, match="no such drum"):
        write_atomically(target, half)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    write_atomically(target, lambda file: file.write(b"new"))
    assert target.read_bytes() == b"new"
