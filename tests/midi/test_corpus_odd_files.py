"""Folders with archives, links, pipes and what cannot be read or vanishes."""

from __future__ import annotations

import json
import os
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from drumapp.midi.corpus import (
    Cache,
    CorpusError,
    Filters,
    Verdict,
    look_into,
    scan_folder,
    walk,
)
from drumapp.midi.smf import pattern_to_bytes
from tests.midi.corpus_folders import beat, reason, verdicts, write


def test_archives_are_looked_into(tmp_path: Path) -> None:
    good = pattern_to_bytes(beat(36, 38))
    with zipfile.ZipFile(tmp_path / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rock/a.mid", good)
        archive.writestr("bomb.mid", bytes(40 << 20))
        archive.writestr("readme.txt", b"hello")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nonsense")
    data = bytearray((tmp_path / "pack.zip").read_bytes())
    data[60:70] = bytes(10)
    (tmp_path / "torn.zip").write_bytes(data)
    corpus = scan_folder(tmp_path)
    found = verdicts(corpus)
    assert found["pack.zip/rock/a.mid"] is Verdict.ACCEPTED
    assert found["pack.zip/bomb.mid"] is Verdict.UNREADABLE
    assert "larger than" in reason(corpus, "pack.zip/bomb.mid")
    assert found["broken.zip"] is Verdict.UNREADABLE
    assert found["torn.zip/rock/a.mid"] is Verdict.UNREADABLE
    assert corpus.others == 2


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_few_bytes_do_not_fill_the_memory(tmp_path: Path, packing: int) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", packing) as archive:
        archive.writestr("bomb.mid", bytes(64 << 20))
        archive.writestr("small.mid", bytes(1000))
    tracemalloc.start()
    corpus = look_into(tmp_path, workers=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 32 << 20
    assert "larger than 16 MB" in reason(corpus, "bomb.zip/bomb.mid")
    assert "rare way" in reason(corpus, "bomb.zip/small.mid")


def test_files_of_other_centuries_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    entry = walk._as_stamp(5, (1 << 33) * 10**9, -1, (1 << 64) - 1)
    monkeypatch.setattr(walk, "_stamp", lambda _: entry)
    cache = Cache(tmp_path / "cache")
    assert [len(scan_folder(tmp_path, cache=cache, workers=0).pieces) for _ in range(2)] == [1, 1]
    assert all(0 <= number < 1 << 63 for number in entry)


def test_links_may_go_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, "a/b.mid", beat(36, 38))
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "itself").symlink_to("itself")
    (tmp_path / "itself.mid").symlink_to("itself.mid")
    (tmp_path / "nothing.mid").symlink_to("gone.mid")
    corpus = scan_folder(tmp_path)
    assert [piece.path.as_posix() for piece in corpus.pieces] == ["a/b.mid"]
    assert verdicts(corpus)["nothing.mid"] is Verdict.UNREADABLE
    assert verdicts(corpus)["itself.mid"] is Verdict.UNREADABLE
    assert "is read already" in reason(corpus, "a/up")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_pipes_and_names_of_odd_bytes_are_no_trouble(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mid")
    write(tmp_path, "a.mid", beat(36, 38))
    (tmp_path / "a.mid").rename(tmp_path / os.fsdecode(b"\xff\xfe.mid"))
    corpus = scan_folder(tmp_path)
    assert len(corpus.pieces) == 1
    assert verdicts(corpus)["pipe.mid"] is Verdict.UNREADABLE
    json.dumps([refusal.reason for refusal in corpus.select(Filters(fewest_notes=9)).refused]).encode()


def test_folders_that_cannot_be_read_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    (tmp_path / "secret").mkdir()
    scandir = os.scandir

    def refuse(path: object) -> object:
        if isinstance(path, Path) and path.name == "secret":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("drumapp.midi.corpus.walk.os.scandir", refuse)
    corpus = scan_folder(tmp_path)
    assert "permission denied" in reason(corpus, "secret")
    assert len(corpus.pieces) == 1


def test_files_that_vanish_while_scanned_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.mid", beat(36, 38))
    write(tmp_path, "b.mid", beat(36, 42))
    from drumapp.midi.corpus import scan

    walk = scan.walk

    def vanishing(folder: Path) -> object:
        for directory in walk(folder):
            (tmp_path / "b.mid").unlink()
            yield directory

    monkeypatch.setattr(scan, "walk", vanishing)
    corpus = scan_folder(tmp_path)
    assert "vanished" in reason(corpus, "b.mid")
    assert len(corpus.pieces) == 1


def test_a_folder_that_vanishes_while_scanned_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    write(data, "a.mid", beat(36, 38))
    from drumapp.midi.corpus import scan

    def vanishing(folder: Path) -> object:
        data.rename(tmp_path / "elsewhere")
        return walk(folder)

    walk = scan.walk
    monkeypatch.setattr(scan, "walk", vanishing)
    with pytest.raises(CorpusError, match="no such file"):
        scan_folder(data)
