"""Every command that a document tells the reader to type is typed here, from top to bottom, in a folder of its own."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drumapp import cli, resources
from drumapp.midi.smf import read_pattern, write_pattern

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DOCUMENTS = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
NEEDS_HARDWARE = "needs hardware"
MAY_FAIL = "may end with 1"
# What a reader has and we make: files and folders of these names.
BEATS = ("beat.mid", "mine.mid", "take.mid")
FOLDERS = ("my-midi-files", "beats", "groove")
# Longer than anybody waits for a test, unless told otherwise.
SHORTENED = {"train": ["--for", "1s"], "play": ["--device", "null"]}

# What a reader may have and we have not: other people's weights, a training that still goes on; and what goes on until
# it is interrupted. Of such lines it is only tested that the program knows their options.
NOT_HERE = {"Wx.bin", "old.safetensors", "--job", "pause", "--loop"}

Command = tuple[int, str]
"""A command line and its line's number."""


def commands(document: Path) -> Iterator[Command]:
    """Those in fenced blocks of shell, and in indented ones, that begin with the program's name."""
    fence = ""
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        if (mark := re.match(r"\s*```(\w*)", line)) is not None:
            fence = "" if fence else mark[1] or "text"
        elif (fence == "sh" and line.strip().startswith("drumapp ")) or (not fence and line.startswith("    drumapp ")):
            yield number, line.strip()


def with_commands() -> list[Path]:
    return [document for document in DOCUMENTS if any(commands(document))]


@pytest.fixture(scope="module")
def beats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of beats, whose style is told by the folder within it that they lie in."""
    folder = tmp_path_factory.mktemp("beats")
    (folder / "funk").mkdir()
    for number in range(6):
        path = folder / "funk" / f"{number}.mid"
        assert cli.main(["generate", "--bars", "8", "--tempo", "100", "--seed", str(number), "-o", str(path)]) == 0
    return folder


@pytest.fixture
def desk(tmp_path: Path, beats: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the documents' reader is taken to have."""
    for name in BEATS:
        shutil.copyfile(beats / "funk" / "0.mid", tmp_path / name)
    write_pattern(replace(read_pattern(beats / "funk" / "1.mid"), name="SoCal"), tmp_path / "song.mid")
    for name in FOLDERS:
        shutil.copytree(beats, tmp_path / name)
    shutil.copyfile(resources.builtin_soundfont(), tmp_path / "MyKit.sf2")
    for name in ("notes.txt", "ticks.txt"):
        (tmp_path / name).write_text("36 38 42\n")
    for variable in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"DRUMAPP_{variable}_DIR", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", with_commands(), ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.usefixtures("desk")
def test_commands_of_a_document(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, line in commands(document):
        remark = line.partition("#")[2]
        if NEEDS_HARDWARE in remark:
            continue
        words = shlex.split(line, comments=True)[1:]
        if any(not word.startswith("-") and word.isupper() for word in words):
            continue  # such as "drumapp COMMAND --help": the reader puts something there
        if NOT_HERE.intersection(words):
            cli.build_parser().parse_args(words)
            continue
        try:
            status = cli.main([*words, *SHORTENED.get(words[0], [])])
        except SystemExit as exit:  # --help and --version end so, and arguments that make no sense
            status = int(exit.code or 0)
        allowed = {0, 1} if MAY_FAIL in remark or words[0] == "doctor" else {0}
        assert status in allowed, f"{document.name}:{number}: {line}\n{capsys.readouterr()}"


def links(document: Path) -> Iterator[tuple[str, Path]]:
    """Targets of links and pictures within the repository, as written and as found."""
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            yield target, document.parent / target.partition("#")[0]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    assert [target for target, path in links(document) if not path.exists()] == []


@pytest.mark.parametrize("document", sorted(DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_that_are_installed_lead_to_nothing_that_is_not(document: Path) -> None:
    assert [target for target, path in links(document) if DOCS not in path.resolve().parents] == []


def test_there_are_commands_to_run() -> None:
    assert {"README.md", "drummer.md"} <= {document.name for document in with_commands()}
