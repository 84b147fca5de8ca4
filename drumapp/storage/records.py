"""The parts of a project as JSON values and back. What comes back is checked; refusals name the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from drumapp.core.kit import (
    MAX_CHOKE_GROUP,
    MAX_LANE_VOLUME_DB,
    MIN_LANE_VOLUME_DB,
    DrumKit,
    Family,
    Lane,
)
from drumapp.core.note_run import passing
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import MAX_SEED, Fields, Project, Take
from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, Metre, MetreChange, MetreMap, Range, TempoChange, TempoMap
from drumapp.storage.fields import (
    FieldError,
    Stored,
    flag,
    listed,
    mapping,
    number,
    others,
    refuse,
    text,
    whole,
)

MAX_NOTES = 4_000_000
MAX_TICK = 1 << 40
"""Later than any MIDI file that opens can reach, so whatever was opened can be saved."""

_LATEST = 1e11  # seconds since 1970; the year 5138

_PATTERN_FIELDS = frozenset({"name", "length", "tempo", "metre"})
_KIT_FIELDS = frozenset({"name", "lanes"})
_LANE_FIELDS = frozenset({"name", "key", "family", "choke_group", "volume_db", "pan", "muted", "soloed", "locked"})
_TAKE_FIELDS = frozenset({"id", "name", "starred", "model", "drummer", "seed", "settings", "context", "made", "result"})


def pattern_fields(pattern: Pattern, unknown: Fields) -> dict[str, Any]:
    """All of a pattern but its notes."""
    return {
        "name": pattern.name,
        "length": pattern.length,
        "tempo": [[change.tick, change.bpm] for change in pattern.tempo.changes],
        "metre": [[change.tick, str(change.metre)] for change in pattern.metre.changes],
        **unknown,
    }


def pattern_of(stored: Stored) -> tuple[Pattern, Fields]:
    """A pattern without its notes, and the fields that are not known. Raises FieldError."""
    changes = [_pair("tempo", entry) for entry in listed("tempo", stored.get("tempo"))]
    tempo = [
        TempoChange(whole("tempo tick", tick, 0, MAX_TICK), number("tempo", bpm, MIN_TEMPO, MAX_TEMPO))
        for tick, bpm in changes
    ]
    changes = [_pair("metre", entry) for entry in listed("metre", stored.get("metre"))]
    metre = [MetreChange(whole("metre tick", tick, 0, MAX_TICK), _metre(value)) for tick, value in changes]
    length = whole("length", stored.get("length"), 0, MAX_TICK)
    name = text("pattern name", stored.get("name", ""))
    try:
        pattern = Pattern(NoteRun(), length, TempoMap(tuple(tempo)), MetreMap(tuple(metre)), name)
    except ValueError as error:
        raise FieldError(str(error)) from error
    return pattern, others(stored, _PATTERN_FIELDS)


def kit_fields(project: Project) -> dict[str, Any]:
    """The kit of a project, its lanes from top to bottom."""
    unknown = project.unknown
    return {
        "name": project.kit.name,
        "lanes": [
            {
                "name": lane.name,
                "key": lane.key,
                "family": lane.family.value,
                "choke_group": lane.choke_group,
                "volume_db": lane.volume_db,
                "pan": lane.pan,
                "muted": lane.muted,
                "soloed": lane.soloed,
                "locked": lane.locked,
                **unknown.lanes.get(lane.key, {}),
            }
            for lane in project.kit.lanes
        ],
        **unknown.kit,
    }


def kit_of(stored: Stored) -> tuple[DrumKit, Fields, dict[int, Fields]]:
    """A kit, its unknown fields, and those of its lanes by key. Raises FieldError."""
    lanes: dict[int, Lane] = {}
    unknown: dict[int, Fields] = {}
    for row, entry in enumerate(listed("lanes", stored.get("lanes")), start=1):
        where = f"lane {row}"
        lane = mapping(where, entry)
        key = whole(f"key of {where}", lane.get("key"), 0, 127)
        if key in lanes:
            raise FieldError(f"lanes must not hold a key twice, but key {key} comes twice")
        lanes[key] = Lane(
            text(f"name of {where}", lane.get("name")),
            key,
            _family(f"family of {where}", lane.get("family", Family.PERCUSSION.value)),
            whole(f"choke_group of {where}", lane.get("choke_group", 0), 0, MAX_CHOKE_GROUP),
            float(number(f"volume_db of {where}", lane.get("volume_db", 0.0), MIN_LANE_VOLUME_DB, MAX_LANE_VOLUME_DB)),
            float(number(f"pan of {where}", lane.get("pan", 0.0), -1.0, 1.0)),
            flag(f"muted of {where}", lane.get("muted", False)),
            flag(f"soloed of {where}", lane.get("soloed", False)),
            flag(f"locked of {where}", lane.get("locked", False)),
        )
        rest = others(lane, _LANE_FIELDS)
        if rest:
            unknown[key] = rest
    kit = DrumKit(text("kit name", stored.get("name", "")), tuple(lanes.values()))
    return kit, others(stored, _KIT_FIELDS), unknown


def take_fields(take: Take) -> dict[str, Any]:
    """A take; its result is left out where it has none."""
    stored: dict[str, Any] = {
        "id": take.id,
        "name": take.name,
        "starred": take.starred,
        "model": take.model,
        "drummer": take.drummer,
        "seed": take.seed,
        "settings": take.settings,
        "context": take.context,
        "made": take.made,
        **take.unknown,
    }
    if take.result is not None:
        stored["result"] = {
            **pattern_fields(take.result, take.unknown_result),
            "notes": list(passing(take.result.notes)),
        }
    return stored


def take_of(stored: Stored) -> Take:
    """A take. Raises FieldError."""
    result: Pattern | None = None
    unknown_result: Fields = {}
    if stored.get("result") is not None:
        within = dict(mapping("result", stored["result"]))
        notes = NoteRun(sorted(notes_of(listed("notes", within.pop("notes", [])))))
        pattern, unknown_result = pattern_of(within)
        result = replace(pattern, notes=notes)
    return Take(
        text("take id", stored.get("id")),
        text("take name", stored.get("name", "")),
        flag("starred", stored.get("starred", False)),
        text("model", stored.get("model", "")),
        text("drummer", stored.get("drummer", "")),
        whole("seed", stored.get("seed", 0), 0, MAX_SEED),
        mapping("settings", stored.get("settings", {})),
        text("context", stored.get("context", "")),
        number("made", stored.get("made", 0.0), 0.0, _LATEST),
        result,
        others(stored, _TAKE_FIELDS),
        unknown_result,
    )


def loop_fields(loop: Range | None) -> list[int] | None:
    """A loop as start and stop in ticks; none as None."""
    return None if loop is None else [loop.start, loop.stop]


def loop_of(stored: object) -> Range | None:
    """A loop. Raises FieldError."""
    if stored is None:
        return None
    ends = listed("loop", stored)
    if len(ends) != 2:
        refuse("loop", "a list of start and stop", stored)
    start = whole("start of loop", ends[0], 0, MAX_TICK)
    return Range(start, whole("stop of loop", ends[1], start + 1, MAX_TICK))


def locks_of(stored: object) -> frozenset[Note]:
    """Locked notes. Raises FieldError."""
    return frozenset(notes_of(listed("locks", stored)))


def notes_of(stored: Sequence[object]) -> list[Note]:
    """Notes from lists of start, pitch, velocity and duration, in the order given. Raises FieldError."""
    if len(stored) > MAX_NOTES:
        raise FieldError(f"notes must be at most {MAX_NOTES:,}, not {len(stored):,}")
    notes = []
    for entry in stored:
        if type(entry) is not list or len(entry) != 4:
            refuse("a note", "a list of start, pitch, velocity and duration", entry)
        start, pitch, velocity, duration = entry
        # One test for a sound note, because there may be a hundred thousand; the faulty one is looked at below.
        if not (
            type(start) is type(pitch) is type(velocity) is type(duration) is int
            and 0 <= start <= MAX_TICK
            and 0 <= pitch <= 127
            and 1 <= velocity <= 127
            and 1 <= duration <= MAX_TICK
        ):
            whole("start", start, 0, MAX_TICK)
            whole("pitch", pitch, 0, 127)
            whole("velocity", velocity, 1, 127)
            whole("duration", duration, 1, MAX_TICK)
        notes.append(Note(start, pitch, velocity, duration))
    return notes


def check_storable(notes: Sequence[Note]) -> None:
    """Raise FieldError for notes that could be written but not be read again."""
    if len(notes) > MAX_NOTES:
        raise FieldError(f"notes must be at most {MAX_NOTES:,}, not {len(notes):,}")
    for note in passing(notes):
        if note.start > MAX_TICK or note.duration > MAX_TICK:
            raise FieldError(f"start and duration must be at most {MAX_TICK} ticks: {note}")


def _pair(field: str, entry: object) -> tuple[object, object]:
    if not isinstance(entry, list) or len(entry) != 2:
        refuse(f"a change of {field}", "a list of tick and value", entry)
    return entry[0], entry[1]


def _metre(value: object) -> Metre:
    try:
        return Metre.parse(text("metre", value))
    except FieldError:
        raise
    except ValueError as error:
        raise FieldError(str(error)) from error


def _family(field: str, value: object) -> Family:
    try:
        return Family(text(field, value))
    except FieldError:
        raise
    except ValueError:
        refuse(field, "one of " + ", ".join(Family), value)
