"""After an edit the engine tells the playing process what has changed: together they must come to the document."""

from __future__ import annotations

import pickle
import random

import pytest

from drumapp.core.note_run import rest
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.engine import PlaybackEngine, SoundSettings
from drumapp.playback.note_rows import NoteRows, unpack_rows

ALL = Range(0, 2**62)


class Told:
    """What a playing process comes to hold. Attributes: rows; sizes, of the messages in bytes."""

    def __init__(self, engine: PlaybackEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = NoteRows()
        self.sizes: list[int] = []
        monkeypatch.setattr(engine, "_post", self._take)

    def _take(self, message: protocol.Message) -> None:
        self.sizes.append(len(pickle.dumps(message)))
        match command := message.command:
            case protocol.SetPattern():
                self.rows.put(unpack_rows(command.notes), command.before, command.after)
            case protocol.AppendNotes():
                self.rows.add(unpack_rows(command.notes))

    @property
    def notes(self) -> list[Note]:
        return self.rows.between(ALL)


def long_take(rng: random.Random, count: int) -> NoteRun:
    return NoteRun(
        sorted(Note(rng.randrange(count * 60), rng.randint(35, 51), rng.randint(1, 127)) for _ in range(count))
    )


@pytest.mark.parametrize("seed", range(10))
def test_edits_appended_notes_and_other_documents_come_to_what_is_shown(seed, monkeypatch):
    rng = random.Random(seed)
    engine = PlaybackEngine(SoundSettings(None))
    told = Told(engine, monkeypatch)
    run = long_take(rng, 3000)
    engine.set_pattern(Pattern(run, 200_000))
    shown = run
    for _ in range(40):
        at = rng.randrange(len(run))
        match rng.choice(("edit", "erase", "draw", "append", "append", "other", "packed", "same", "all", "back")):
            case "edit":
                run = run.spliced(at, at + 1, []).with_notes([run[at]._replace(velocity=rng.randint(1, 127))])
            case "erase":
                run = run.spliced(at, max(min(at + rng.randint(1, 600), len(run) - 1), at), [])
            case "draw":
                run = run.with_notes([Note(rng.randrange(200_000), 49, 90), Note(rng.randrange(200_000), 49, 90)])
            case "append":
                # As a drummer does: a little before the last as well, also on its very place.
                last = run[-1]
                reach = rng.choice((30, 30, 100_000))
                notes = [last._replace(start=max(last.start + rng.randint(-reach, 200), 0)) for _ in range(3)]
                notes.append(last._replace(velocity=rng.randint(1, 127)))
                run = run.with_notes(notes)
                engine.append_notes(notes, 200_000)
                assert told.notes == list(run)
                continue
            case "other":
                run = long_take(rng, rng.choice((0, 1, 300, 2000))).with_notes([Note(0, 36, 1)])
            case "packed":
                rest([run])
                rest([run])
            case "back":  # to what was there, whatever was appended since
                run = shown
            case "all":
                run = NoteRun([note._replace(duration=30) for note in run])
        engine.set_pattern(Pattern(run, 200_000))
        shown = run
        assert told.notes == list(run)


def test_an_edit_of_a_long_pattern_is_a_short_message(monkeypatch):
    engine = PlaybackEngine(SoundSettings(None))
    told = Told(engine, monkeypatch)
    run = long_take(random.Random(1), 20_000)
    engine.set_pattern(Pattern(run, 2_000_000))
    added = Note(run[-1].start + 100, 36, 100)
    engine.append_notes([added], 2_000_000)
    run = run.with_notes([added])
    engine.set_pattern(Pattern(run.spliced(19_000, 19_001, []), 2_000_000))
    whole, _, edit = told.sizes
    assert whole > 16 * 20_000
    assert edit < whole / 10
