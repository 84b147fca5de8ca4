"""Looking at a file before taking it, and taking what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import Note
from drumapp.core.timing import Metre, MetreChange, TempoChange
from drumapp.midi import smf
from drumapp.midi.contents import MidiContents, PartId, default_parts, named_for_drums, part_label
from drumapp.midi.smf import MidiFileError, read_contents, read_pattern
from tests.midi.midi_bytes import BEAT, meta, metre, midi, off, on, tempo, track

Writer = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def write_bytes(data: bytes) -> Path:
        path = tmp_path / "beat.mid"
        path.write_bytes(data)
        return path

    return write_bytes


def program(number: int, channel: int) -> bytes:
    return bytes([0xC0 | channel, number])


def hits(*keys: int, channel: int = 0, name: str = "", step: int = 240) -> bytes:
    """A track that strikes keys one after another."""
    events = [(0, meta(3, name.encode()))] if name else []
    for number, key in enumerate(keys):
        events += [(step - 60 if number else 0, on(key, 100, channel)), (60, off(key, channel))]
    return track(*events)


def ids(contents: MidiContents) -> list[PartId]:
    return [part.id for part in contents.parts]


def test_every_part_is_described(write: Writer) -> None:
    contents = read_contents(
        write(
            midi(
                track((0, meta(3, b"Song")), (0, tempo(600_000)), (0, metre(7, 3)), (960, tempo(500_000)), end=9),
                hits(36, 38, 36, channel=9, name="Kit"),
                track((0, meta(3, b"Bass")), (0, program(33, 1)), (48, on(40, 90, 1)), (96, off(40, 1))),
                track((5, tempo(400_000))),
                division=96,
            )
        )
    )
    assert (contents.midi_format, contents.ticks_per_quarter, contents.name) == (1, 96, "Song")
    assert contents.tempo.changes == (TempoChange(0, 100), TempoChange(25, 150), TempoChange(4800, 120))
    assert contents.metre.changes == (MetreChange(0, Metre(7, 8)),)
    kit, bass = contents.parts
    assert (kit.id, kit.name, kit.program, kit.notes, kit.is_drums) == ((2, 10), "Kit", None, 3, True)
    assert (kit.first, kit.last, kit.keys) == (0, 2400, {36: 2, 38: 1})
    assert (bass.id, bass.name, bass.program, bass.notes, bass.is_drums) == ((3, 2), "Bass", 33, 1, False)
    assert (bass.first, bass.last, bass.keys) == (240, 240, {40: 1})
    assert contents.default == (kit.id,)
    assert contents.part(bass.id) is bass
    assert contents.part(PartId(9, 9)) is None
    assert contents.keys_of(ids(contents)) == {36: 2, 38: 1, 40: 1}


def test_the_channels_of_one_track_are_parts_of_their_own(write: Writer) -> None:
    one_track = track(
        (0, meta(3, b"All")),
        (0, program(12, 0)),
        (0, on(60, 80, 0)),
        (0, on(36)),
        (0, on(61, 70, 15)),
        (240, off(36)),
        (0, off(60, 0)),
        (0, off(61, 15)),
        (0, program(13, 0)),
        (0, on(62, 80, 0)),
        (240, off(62, 0)),
    )
    path = write(midi(one_track, midi_format=0))
    contents = read_contents(path)
    assert ids(contents) == [(1, 1), (1, 10), (1, 16)]
    assert [part.program for part in contents.parts] == [12, None, None]
    assert [part.notes for part in contents.parts] == [2, 1, 1]
    assert contents.default == ((1, 10),)
    assert read_pattern(path).notes == (Note(0, 36, 100, 240),)
    both = read_pattern(path, parts=[PartId(1, 16), PartId(1, 1)])
    assert [(note.start, note.pitch, note.velocity) for note in both.notes] == [(0, 60, 80), (0, 61, 70), (240, 62, 80)]
    assert both.name == "All"


def test_program_changes_in_running_status_do_not_hide_a_part(write: Writer) -> None:
    wandering = track((0, program(5, 3)), (0, b"\x07"), (0, on(40, 90, 3)), (9, off(40, 3)), (0, on(41, 90, 3)))
    (part,) = read_contents(write(midi(wandering))).parts
    assert (part.id, part.program, part.keys) == ((1, 4), 7, {40: 1, 41: 1})


@pytest.mark.parametrize("channel", [0, 4, 9, 15])
def test_drums_on_any_channel_of_a_track_named_for_them(write: Writer, channel: int) -> None:
    """As Logic, GarageBand and Live export: every track on channel 1 or where the user put it."""
    path = write(
        midi(
            track((0, tempo(500_000))),
            hits(40, 43, channel=0, name="Bass"),
            hits(36, 38, channel=channel, name="Drums"),
            hits(60, 64, channel=1, name="Keys"),
        )
    )
    pattern = read_pattern(path)
    assert [note.pitch for note in pattern.notes] == [36, 38]
    assert pattern.name == "Drums"


def test_several_tracks_of_drums_are_taken_together(write: Writer) -> None:
    path = write(
        midi(
            track((0, meta(3, b"My song"))),
            hits(36, 36, name="Kick drum"),
            hits(38, 38, name="Snare drum"),
            hits(69, name="Percussion"),
            hits(40, name="Bass"),
        )
    )
    contents = read_contents(path)
    assert contents.default == ((2, 1), (3, 1), (4, 1))
    pattern = read_pattern(path)
    assert [note.pitch for note in pattern.notes] == [36, 38, 69, 36, 38]
    assert pattern.name == "My song"


def test_channel_10_goes_before_names(write: Writer) -> None:
    """In a General MIDI file a track named for drums may be a melody's: steel drums, say, or a beat of the bass."""
    contents = read_contents(write(midi(BEAT, hits(60, name="Beat"), hits(61, name="Bass"))))
    assert contents.default == ((1, 10),)
    assert [part.is_drums for part in contents.parts] == [True, True, False]


def test_where_nothing_tells_the_parts_are_named_and_can_be_chosen(write: Writer) -> None:
    path = write(midi(track(), hits(36, 38, name="SoCal"), hits(40, channel=2), hits(41, channel=3, name="Keys")))
    contents = read_contents(path)
    assert contents.default == ()
    with pytest.raises(MidiFileError) as caught:
        read_pattern(path)
    assert str(caught.value) == (
        f"Cannot open {path}: it holds no drums (nothing is on channel 10, no track is named for drums, and more than "
        'one part plays: "SoCal" on channel 1, track 3 on channel 3 and "Keys" on channel 4); choose the part to take.'
    )
    assert [note.pitch for note in read_pattern(path, parts=[contents.parts[0].id]).notes] == [36, 38]


def test_many_parts_are_not_all_named(write: Writer) -> None:
    path = write(midi(*[hits(40, channel=number % 9, name=f"Part {number}") for number in range(100)]))
    with pytest.raises(MidiFileError, match=r'"Part 5" on channel 6 and 94 more\); choose'):
        read_pattern(path)


def test_a_part_that_is_not_there_is_said(write: Writer) -> None:
    path = write(midi(BEAT))
    with pytest.raises(MidiFileError, match="it has nothing in track 2 on channel 10; it has track 1 on channel 10"):
        read_pattern(path, parts=[PartId(2, 10)])
    with pytest.raises(ValueError, match="at least one part"):
        read_pattern(path, parts=[])


def test_chosen_parts_tell_the_length(write: Writer) -> None:
    path = write(midi(hits(36, name="Drums"), hits(40, 41, 42, 43, name="Bass", step=1920)))
    assert read_pattern(path).length == 3 * 1920  # the file's last whole bar
    assert read_pattern(path, parts=[PartId(2, 1)]).length == 4 * 1920


def test_a_note_that_never_ends_in_one_part_leaves_the_others_alone(write: Writer) -> None:
    one_track = track(
        (0, on(36, 90, 0)), (0, on(36)), (30, on(36)), (30, off(36)), (0, on(0, 80, 0)), (0, on(0, 70, 0)), end=100
    )
    path = write(midi(one_track, hits(36, name="Other")))
    assert ids(read_contents(path)) == [(1, 1), (1, 10), (2, 1)]
    assert read_pattern(path).notes == (Note(0, 36, 100, 60), Note(30, 36, 100, 60))
    first = read_pattern(path, parts=[PartId(1, 1)])
    assert first.notes == (Note(0, 36, 90, 60), Note(60, 0, 70, 60), Note(60, 0, 80, 60))
    assert read_pattern(path, parts=[PartId(2, 1)]).notes == (Note(0, 36, 100, 60),)


def test_controllers_that_look_like_ours_are_not_taken_for_them(write: Writer) -> None:
    ours = b"".join(bytes([0xB9, control, 77, 0]) for control in (117, 118, 119))[:-1]
    marker = meta(6, b"drumapp: end of track 0")
    (part,) = read_contents(write(midi(track((0, ours), (0, marker), (0, on(36)), (9, off(36)), (0, ours))))).parts
    assert (part.id, part.keys) == ((1, 10), {36: 1})


def test_what_follows_an_early_end_of_track_hides_no_part(write: Writer) -> None:
    early = track((0, on(36)), (60, off(36)), (0, on(38)), (0, b"\xff\x2f\x00"), (0, on(40, 1, 3)))
    path = write(midi(hits(60, channel=2, name="Keys"), early))
    assert ids(read_contents(path)) == [(1, 3), (2, 10)]
    assert read_pattern(path).notes == (Note(0, 36, 100, 60), Note(60, 38, 100, 60))


def test_more_early_ends_than_music_has_are_refused_in_a_moment(write: Writer) -> None:
    early = track((0, on(36)), (60, off(36)), (0, b"\xff\x2f\x00"), (0, on(40, 1, 3)))
    assert len(read_pattern(write(midi(*[early] * 900)))) == 900
    with pytest.raises(MidiFileError, match="does not end where it says"):
        read_pattern(write(midi(*[early] * 5_000)))


def test_what_is_later_than_all_music_hides_no_origin_and_is_refused(write: Writer) -> None:
    """Ticks that go round at 32 bits let a track end early and yet hold what is as late as our tail, or later."""
    far = 0x0FFFFFFF
    control = (far, bytes([0xB9, 117, 127]))
    rest = [(far, meta(1, b""))] * 14
    path = write(midi(track((0, on(36)), (9, off(36)), control, *rest, (far, meta(1, b"")), end=20)))
    assert ids(read_contents(path)) == [(1, 10)]
    late = track((far, meta(1, b"")), (9, on(36, 1)), (9, off(36)), control, *rest)
    for tracks in ([late], [BEAT, late], [late, BEAT]):
        with pytest.raises(MidiFileError, match="absurdly long or damaged"):
            read_contents(write(midi(*tracks)))


def test_bytes_that_look_like_an_end_of_track_are_passed_over(write: Writer) -> None:
    text = meta(1, b"a\xff\x2f\x00b")
    early = track((0, text), (0, on(36)), (60, off(36)), (0, b"\xff\x2f\x00"), (0, on(40)))
    assert read_pattern(write(midi(early))).notes == (Note(0, 36, 100, 60),)


def test_a_file_with_more_notes_than_a_pattern_holds_can_still_be_looked_at(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smf, "MAX_NOTES", 3)
    path = write(midi(hits(36, 36, 36, 36, name="Drums"), hits(40, 41, name="Bass")))
    with pytest.raises(MidiFileError, match="4 notes are too many"):
        read_pattern(path)
    contents = read_contents(path)
    assert [part.notes for part in contents.parts] == [4, 2]
    assert len(read_pattern(path, parts=[contents.parts[1].id])) == 2


@pytest.mark.parametrize(
    "name",
    ["Drums", "DRUMS 2", "Drumset", "MyDrums", "Drum Rack", "Drummer (SoCal)", "perc", "Percussion_01", "Kit", "kit-1",
     "909 Core Kit", "Beat", "beats_v2", "Schlagzeug", "Batterie", "Batería", "BATERIA", "パーカッション ドラム"],
)  # fmt: skip
def test_names_of_drums(name: str) -> None:
    assert named_for_drums(name)


@pytest.mark.parametrize("name", ["", "Bass", "Beatles", "Kitchen", "Steel Drums", "steeldrum", "Percy", "Upbeat lead"])
def test_names_of_others(name: str) -> None:
    assert not named_for_drums(name)


@given(st.text(), st.integers(1, 65535), st.integers(1, 16))
def test_labels_of_any_name_are_short_and_on_one_line(name: str, number: int, channel: int) -> None:
    label = part_label(PartId(number, channel), name)
    assert label.isprintable()
    assert len(label) < 70
    assert label.endswith(f" on channel {channel}")


@given(
    st.dictionaries(st.builds(PartId, st.integers(1, 9), st.integers(1, 16)), st.sampled_from(["", "Drums", "Bass"]))
)
def test_the_default_is_some_of_the_parts_and_never_a_guess(names: dict[PartId, str]) -> None:
    chosen = default_parts(names)
    assert set(chosen) <= set(names)
    if not chosen:
        assert len(names) != 1
        assert "Drums" not in names.values()
        assert all(part.channel != 10 for part in names)
