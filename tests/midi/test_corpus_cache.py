"""What a scan keeps for the next one."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drumapp.jobs.launch import job_environment
from drumapp.midi.corpus import (
    Cache,
    CacheError,
    scan_folder,
)
from drumapp.midi.corpus.contents import NOTES
from tests.midi.corpus_folders import beat, verdicts, write


class TestCache:
    @pytest.fixture(autouse=True)
    def _trusted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Files that changed a moment ago are trusted as those that changed long ago are."""
        monkeypatch.setattr("drumapp.midi.corpus.scan._RECENT_NS", 0)

    def test_nothing_is_read_twice(self, tmp_path: Path) -> None:
        data, kept = tmp_path / "data", tmp_path / "cache"
        write(data, "a.mid", beat(36, 38))
        write(data, "b.mid", beat(36))
        first = scan_folder(data, cache=Cache(kept))
        assert first._scan.read == 2
        again = scan_folder(data, cache=Cache(kept))
        assert again._scan.read == 0
        assert verdicts(again) == verdicts(first)
        assert again.digest == first.digest
        assert again.pieces[0].pattern == first.pieces[0].pattern

    def test_changes_are_seen(self, tmp_path: Path) -> None:
        data, kept = tmp_path / "data", tmp_path / "cache"
        for name in ("a.mid", "b.mid", "deep/c.mid"):
            write(data, name, beat(36, 38, shift=len(name)))
        scan_folder(data, cache=Cache(kept))
        write(data, "a.mid", beat(36, 40))
        (data / "b.mid").rename(data / "d.mid")
        (data / "deep" / "c.mid").unlink()
        (data / "deep").rmdir()
        corpus = scan_folder(data, cache=Cache(kept))
        assert {piece.path.name: piece.pattern.notes[1].pitch for piece in corpus.pieces} == {"a.mid": 40, "d.mid": 38}

    def test_a_file_that_has_just_changed_is_read_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        data, kept = tmp_path / "data", tmp_path / "cache"
        write(data, "a.mid", beat(36, 38))
        assert [scan_folder(data, cache=Cache(kept))._scan.read for _ in range(2)] == [1, 1]

    def test_a_corpus_can_be_used_while_others_scan_its_folder_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        data, kept = tmp_path / "data", tmp_path / "cache"
        for shift, name in enumerate(("a.mid", "b.mid", "c.mid", "d.mid")):
            write(data, name, beat(36, 38, shift=shift))
        corpus = scan_folder(data, cache=Cache(kept))
        before = [piece.columns.tolist() for piece in corpus.pieces]
        scan_folder(data, cache=Cache(kept))
        assert [piece.path.name for piece in corpus.pieces] == ["a.mid", "b.mid", "c.mid", "d.mid"]
        (data / "b.mid").unlink()
        write(data, "c.mid", beat(41, 43))
        scan_folder(data, cache=Cache(kept))
        assert [piece.columns.tolist() for piece in corpus.pieces] == before
        assert [piece.path.name for piece in corpus.pieces] == ["a.mid", "?", "c.mid", "d.mid"]
        assert corpus.entry(1).path.name == "?"
        with pytest.raises(CacheError, match="scan the folder again"):
            assert corpus.digest

    def test_a_moved_folder_is_known_by_its_content(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        data, kept = tmp_path / "data", tmp_path / "cache"
        write(data, "a.mid", beat(36, 38))
        scan_folder(data, cache=Cache(kept))
        moved = data.rename(tmp_path / "moved")
        parsed: list[object] = []
        from drumapp.midi.corpus import scan

        monkeypatch.setattr(scan, "contents_of", lambda files: parsed.extend(files) or [])
        assert len(scan_folder(moved, cache=Cache(kept)).pieces) == 1
        assert parsed == []

    @pytest.mark.parametrize("spoil", ["garbage", "index gone", "notes gone", "notes cut", "a file in its place"])
    def test_a_spoilt_cache_is_made_anew(self, tmp_path: Path, spoil: str) -> None:
        data, kept = tmp_path / "data", tmp_path / "cache"
        write(data, "a.mid", beat(36, 38))
        cache = Cache(kept)
        scan_folder(data, cache=cache)
        cache.close()
        if spoil == "garbage":
            for path in kept.iterdir():
                path.write_bytes(b"\x5a" * 5000)
        elif spoil == "index gone":
            (kept / "index.sqlite").unlink()
        elif spoil == "notes gone":
            (kept / "notes.bin").unlink()
        elif spoil == "notes cut":
            (kept / "notes.bin").write_bytes(b"")
        else:
            for path in kept.iterdir():
                path.unlink()
            kept.rmdir()
            kept.write_text("I am a file")
        corpus = scan_folder(data, cache=Cache(kept))
        assert corpus.pieces[0].pattern.notes[1].pitch == 38

    @pytest.mark.parametrize("every", [2, 3, 4, 5])
    def test_one_that_is_damaged_within_is_made_anew(self, tmp_path: Path, every: int) -> None:
        data, kept = tmp_path / "data", tmp_path / "cache"
        for number in range(300):
            write(
                data, f"a rather long name, so that the index has many pages {number}.mid", beat(36, 38, shift=number)
            )
        cache = Cache(kept)
        scan_folder(data, cache=cache, workers=0)
        cache._index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cache.close()
        index = bytearray((kept / "index.sqlite").read_bytes())
        for page in range(1, len(index) // 4096, every):
            index[page * 4096 : page * 4096 + 400] = b"\xa5" * 400
        (kept / "index.sqlite").write_bytes(index)
        assert len(scan_folder(data, cache=Cache(kept), workers=0).pieces) == 300

    def test_one_that_is_in_use_for_long_is_not_deleted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("drumapp.midi.corpus.cache._BUSY_SECONDS", 0.1)
        with Cache(tmp_path / "cache")._writing():
            (tmp_path / "cache" / "notes.bin").write_bytes(b"")
            monkeypatch.setattr("drumapp.midi.corpus.cache.READER_VERSION", 10**6)
            with pytest.raises(CacheError, match="locked"):
                Cache(tmp_path / "cache")
        assert Cache(tmp_path / "cache").lasting

    def test_many_may_open_a_new_one_at_once(self, tmp_path: Path) -> None:
        write(tmp_path / "data", "a.mid", beat(36, 38))
        code = (
            "import sys; from pathlib import Path; from drumapp.midi.corpus import Cache, scan_folder;"
            "data, cache = map(Path, sys.argv[1:]); sys.stdin.readline();"
            "print(scan_folder(data, cache=Cache(cache)).pieces[0].notes)"
        )
        command = [sys.executable, "-c", code, str(tmp_path / "data"), str(tmp_path / "cache")]
        pipe = subprocess.PIPE
        several = [subprocess.Popen(command, stdin=pipe, stdout=pipe, env=job_environment()) for _ in range(4)]
        for process in several:
            assert process.stdin is not None
            process.stdin.write(b"\n")
            process.stdin.flush()
        assert [process.communicate()[0].strip() for process in several] == [b"2"] * 4

    def test_many_may_open_new_ones_again_and_again(self, tmp_path: Path) -> None:
        folders = [tmp_path / str(number) for number in range(200)]
        together = threading.Barrier(4)

        def open_them(_thread: int) -> int:
            lasting = 0
            for folder in folders:
                together.wait(30)
                try:
                    cache = Cache(folder)
                except CacheError:
                    continue
                lasting += cache.lasting
                cache.close()
            return lasting

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(open_them, range(4))) == [len(folders)] * 4

    def test_where_no_cache_can_be_kept_it_lasts_as_long_as_it_is_open(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        cache = Cache(tmp_path / "file" / "cache")
        assert not cache.lasting
        cache.close()
        assert not cache.folder.exists()

    def test_two_folders_share_what_they_hold(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path / "cache")
        for name in ("one", "two"):
            write(tmp_path / name, "a.mid", beat(36, 38))
            assert len(scan_folder(tmp_path / name, cache=cache).pieces) == 1
        assert (cache.folder / "notes.bin").stat().st_size == 2 * NOTES.itemsize
