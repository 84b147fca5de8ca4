"""The short way to read a file gives what the long way gives, and whatever bytes there are, neither hangs or breaks."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.midi.corpus import contents
from drumapp.midi.corpus.contents import NOTES, FileContent, contents_of
from drumapp.midi.damage import first_bad_byte
from drumapp.midi.smf import pattern_to_bytes
from tests.midi.midi_bytes import BEAT, meta, metre, midi, off, on, tempo, track

DIGEST = bytes(32)
PLAIN = midi(track((0, meta(3, b"Kit")), (0, tempo(500_000)), (0, on(36)), (60, off(36)), (420, on(38)), (60, off(38))))


def by_the_long_way(data: bytes) -> FileContent:
    return contents._read_carefully(DIGEST, data)


def in_order(content: FileContent) -> FileContent:
    notes = np.sort(np.frombuffer(content.columns, NOTES), order=list(NOTES.names or ()))
    return content._replace(columns=notes.tobytes())


notes = st.builds(Note, st.integers(0, 9000), st.integers(0, 127), st.integers(1, 127), st.integers(1, 2000))
tempos = st.lists(st.tuples(st.integers(1, 5000), st.floats(20, 400)), max_size=3)
patterns = st.builds(
    lambda notes, tempos, metre: Pattern.of(
        notes,
        tempo=TempoMap((TempoChange(0, 120.0), *(TempoChange(t, b) for t, b in sorted(dict(tempos).items())))),
        metre=MetreMap((MetreChange(0, Metre(4, 4)), MetreChange(1920, metre))),
        name="Beat",
    ),
    st.lists(notes, min_size=1, max_size=30),
    tempos,
    st.sampled_from([Metre(3, 4), Metre(7, 8)]),
)


@given(st.lists(st.tuples(patterns, st.integers(0, 1), st.sampled_from([96, 480, 960, 1000])), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_short_way_gives_what_the_long_way_gives(files: list[tuple[Pattern, int, int]]) -> None:
    data = [pattern_to_bytes(p, midi_format=f, ticks_per_quarter=r) for p, f, r in files]
    found = contents_of([(DIGEST, one) for one in data])
    assert list(map(in_order, found)) == [in_order(by_the_long_way(one)) for one in data]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        midi(BEAT, BEAT),
        midi(track((0, meta(3, b"Song")), (0, tempo(400_000))), BEAT, track((0, on(60, channel=3)), (9, off(60, 3)))),
        midi(track((0, on(36)), (480, on(38)))),
        midi(track((0, on(36)), (60, off(36)), (0, meta(6, b"end of pattern")), end=9000)),
        midi(track((0, on(36)), (60, off(36)), (10, b"\xff\x2f\x00"), (10, on(40)))),
        midi(track((0, on(36)), (60, off(36)), end=None)),
        midi(
            track((0, meta(3, b"One")), (0, on(36)), (9, off(36))),
            track((0, meta(3, b"Two")), (0, on(38)), (9, off(38))),
        ),
        midi(track((0, on(36, channel=4)), (60, off(36, 4)))),
        midi(track((0, tempo(1)), (0, on(36)), (60, off(36)))),
        midi(track((0, metre(0, 2)), (0, on(36)), (60, off(36)))),
        midi(track((0x0FFFFFFF, on(36)), (0x0FFFFFFF, off(36)))),
        midi(BEAT, division=1),
        midi(BEAT, division=32767),
        midi(BEAT, division=0xE728),
        midi(BEAT)[:-2],
        b"",
        b"\x99",
    ],
)
def test_odd_files_are_read_as_by_the_long_way(data: bytes) -> None:
    plain = contents_of([(DIGEST, PLAIN)])[0]
    found = contents_of([(DIGEST, PLAIN), (DIGEST, data), (DIGEST, PLAIN)])
    assert in_order(found[1]) == in_order(by_the_long_way(data))
    assert found[0] == found[2] == plain
    assert plain.fault == ""


def test_plain_files_go_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the long way was taken")

    monkeypatch.setattr(contents, "_read_carefully", never)
    (found,) = contents_of([(DIGEST, PLAIN)])
    assert (found.notes, found.name, found.bpm) == (2, "Kit", 120.0)


def test_notes_come_the_same_where_symusic_pickles_them_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = contents_of([(DIGEST, PLAIN)])
    monkeypatch.setattr(contents, "_RAW_HEAD", 5)
    assert contents_of([(DIGEST, PLAIN)]) == usual


def test_files_that_play_the_same_notes_have_the_same_music() -> None:
    beat = Pattern.of([Note(0, 42, 9), Note(0, 36, 99), Note(480, 38, 50)])
    one = contents_of(
        [(DIGEST, pattern_to_bytes(beat, midi_format=f, ticks_per_quarter=r)) for f, r in ((0, 480), (1, 96))]
    )
    other = contents_of([(DIGEST, pattern_to_bytes(Pattern.of([*beat.notes[:2], Note(480, 38, 51)])))])
    assert one[0].music == one[1].music != other[0].music


SOUND = [
    pattern_to_bytes(
        Pattern.of([Note(120 * beat, 36 + beat % 5, 100) for beat in range(64)], name="Fuzz"), midi_format=1
    ),
    midi(BEAT, BEAT, track((0, on(36, channel=3)), (9, off(36, 3)))),
    PLAIN,
]


def mutated(rng: random.Random) -> bytes:
    data = bytearray(rng.choice(SOUND))
    kind = rng.randrange(4)
    if kind == 0:
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[rng.randrange(len(data)) :]
    elif kind == 2:
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    else:
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(40)] = rng.randbytes(rng.randrange(60))
    return bytes(data)


def test_mutated_files_are_read_or_refused_in_a_clause() -> None:
    rng = random.Random(5)
    files = [mutated(rng) for _ in range(1500)]
    found = contents_of([(DIGEST, data) for data in files])
    assert sum(content.fault == "" for content in found) > 100
    for data, content in zip(files, found, strict=True):
        # What symusic says of damage may quote the tail that is sewn on, which is drawn.
        assert in_order(content)._replace(refusal="") == in_order(by_the_long_way(data))._replace(refusal="")
        if content.fault:
            assert content.refusal
            assert "\n" not in content.refusal
        else:
            assert content.notes == len(content.columns) // NOTES.itemsize > 0


def test_a_large_file_full_of_false_ends_is_not_tried_for_ever() -> None:
    """Every one of these bytes may be where the track ends; each that is looked at costs a decoding."""
    ends = b"\xff\x2f" * 2_000_000
    data = midi(track((0, on(36)), (0, meta(1, ends)), (0, b"\xff\x2f\x00"), (0, on(38))))
    begun = time.monotonic()
    contents_of([(DIGEST, data)])
    assert time.monotonic() - begun < 60  # it took minutes; no figure, only a bound that a hang exceeds


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (PLAIN, None),
        (b"RIFF", 0),
        (b"MThd\0\0\0\6\0", 9),
        (PLAIN[:-1], len(PLAIN) - 1),
        (midi(track((0, b"\x24\x40"))), 23),
        (midi(track((0, on(36)), (0, b"\xf4"))), 27),
        (midi(track((0, b"\x99\x24\x80"))), 25),
        (midi(track((0, b"\xff\x01\x7f"))), 23),
        (midi(BEAT) + b"??", None),
        (midi(BEAT, count=2) + b"\0\0\0\0\0\0\0\0", len(midi(BEAT))),
    ],
)
def test_the_place_of_damage_is_found(data: bytes, place: int | None) -> None:
    assert first_bad_byte(data) == place


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_looking_for_damage_never_fails(data: bytes) -> None:
    for tried in (data, midi(b"MTrk" + len(data).to_bytes(4, "big") + data)):
        place = first_bad_byte(tried)
        assert place is None or 0 <= place <= len(tried)
