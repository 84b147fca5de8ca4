from collections.abc import Callable
from pathlib import Path

import pytest

from drumapp.core.kit_map import ROLAND_TD
from drumapp.core.pattern import DEFAULT_DURATION, Note, Pattern
from drumapp.core.timing import Metre, MetreChange, TempoChange
from drumapp.midi.smf import MidiFileError, pattern_from_bytes, read_pattern
from tests.midi.midi_bytes import BEAT, meta, metre, midi, off, on, tempo, track

Reader = Callable[..., Pattern]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read_bytes(data: bytes, **options: dict[int, int]) -> Pattern:
        path = tmp_path / "beat.mid"
        path.write_bytes(data)
        return read_pattern(path, **options)

    return read_bytes


@pytest.mark.parametrize("division", [1, 24, 96, 120, 192, 220, 384, 480, 960, 15360, 32767])
def test_any_resolution_keeps_musical_time(read: Reader, division: int) -> None:
    beats = [(0 if beat == 0 else division, on(36 + beat)) for beat in range(8)]
    pattern = read(midi(track(*beats, end=division), division=division))
    assert [note.start for note in pattern.notes] == [480 * beat for beat in range(8)]
    assert pattern.length == 8 * 480


def test_halves_are_rounded_up_everywhere(read: Reader) -> None:
    events = [(1, on(36)), (2, off(36)), (2, on(38)), (2, off(38))]
    pattern = read(midi(track(*events), division=960))
    assert pattern.notes == (Note(1, 36, 100, 1), Note(3, 38, 100, 1))  # 0.5..1.5 and 2.5..3.5


def test_format_1_gathers_drums_of_all_tracks_and_leaves_the_band_out(read: Reader) -> None:
    pattern = read(
        midi(
            track((0, meta(3, b"Song")), (0, tempo(500_000)), end=1920),
            track((0, meta(3, b"Kick")), (0, on(36)), (60, off(36)), end=1860),
            track((0, meta(3, b"Bass")), (0, on(40, channel=0)), (60, off(40, channel=0))),
            track((240, on(42)), (60, off(42)), (0, on(50, channel=3)), (9, off(50, channel=3))),
        )
    )
    assert pattern.notes == (Note(0, 36, 100, 60), Note(240, 42, 100, 60))
    assert pattern.name == "Kick"


@pytest.mark.parametrize("channel", [0, 5, 15])
def test_the_only_part_counts_as_drums_whatever_its_channel(read: Reader, channel: int) -> None:
    pattern = read(midi(track((0, tempo(500_000))), track((0, on(36, 90, channel)), (60, off(36, channel)))))
    assert pattern.notes == (Note(0, 36, 90, 60),)


def test_tempo_and_metre_changes(read: Reader) -> None:
    conductor = track(
        (0, tempo(618_557)), (0, metre(7, 3)), (1680, tempo(500_000)), (0, tempo(600_000)), (0, metre(4, 2)), end=1920
    )
    pattern = read(midi(conductor, BEAT))
    assert pattern.tempo.changes == (TempoChange(0, 97.0), TempoChange(1680, 100.0))
    assert pattern.metre.changes == (MetreChange(0, Metre(7, 8)), MetreChange(1680, Metre(4, 4)))
    assert pattern.length == 1680 + 1920


def test_changes_after_the_start_leave_the_specifications_defaults_before(read: Reader) -> None:
    pattern = read(midi(track((0, on(36)), (480, tempo(600_000)), (1440, metre(3, 2)))))
    assert pattern.tempo.changes == (TempoChange(0, 120.0), TempoChange(480, 100.0))
    assert pattern.metre.changes == (MetreChange(0, Metre(4, 4)), MetreChange(1920, Metre(3, 4)))


@pytest.mark.parametrize(
    ("end", "length"),
    [(0, 1920), (1439, 1920), (1440, 1920), (1441, 1920), (3360, 3840), (1440 + 480, 1920), (7199, 5760), (7200, 7680)],
)
def test_length_is_whole_bars_with_trailing_silence(read: Reader, end: int, length: int) -> None:
    pattern = read(midi(track((0, on(36)), (480, off(36)), end=end)))
    assert pattern.length == length


def test_length_follows_the_longest_track(read: Reader) -> None:
    assert read(midi(track(end=4 * 1920), BEAT)).length == 4 * 1920


def test_zero_length_notes_get_the_default(read: Reader) -> None:
    pattern = read(midi(track((0, on(36)), (0, off(36)), (10, on(38)), (5, off(38)))))
    assert pattern.notes == (Note(0, 36, 100, DEFAULT_DURATION), Note(10, 38, 100, 5))


def test_velocity_zero_ends_a_note(read: Reader) -> None:
    assert read(midi(track((0, on(36)), (30, on(36, 0))))).notes == (Note(0, 36, 100, 30),)


def test_notes_that_never_end_are_kept(read: Reader) -> None:
    events = [(0 if number == 0 else 10, on(36, 1 + number)) for number in range(100)]
    pattern = read(midi(track(*events, (10, on(38)), (3, off(38)))))
    assert len(pattern) == 101
    assert {note.duration for note in pattern.notes if note.pitch == 36} == {DEFAULT_DURATION}
    assert pattern.notes[-1] == Note(1000, 38, 100, 3)


def test_notes_that_never_end_on_another_channel_and_without_end_of_track(read: Reader) -> None:
    pattern = read(midi(track(*[(120, on(36, 100, 2))] * 16, end=None)))
    assert [note.start for note in pattern.notes] == [120 * number for number in range(1, 17)]
    assert pattern.length == 1920 * 2


def test_overlapping_notes_on_one_key_end_in_order(read: Reader) -> None:
    pattern = read(midi(track((0, on(36)), (10, on(36, 50)), (20, off(36)), (30, off(36)))))
    assert pattern.notes == (Note(0, 36, 100, 30), Note(10, 36, 50, 50))


def test_running_status_system_messages_and_unknown_chunks_are_passed_over(read: Reader) -> None:
    running = track((0, on(36)), (60, bytes([36, 0])), (60, b"\xf0\x03\x01\x02\xf7"), (0, on(38)), (5, bytes([38, 0])))
    data = midi(running)
    alien = b"XFIH\x00\x00\x00\x04abcd"
    assert read(data[:14] + alien + data[14:] + b"trailing").notes == (Note(0, 36, 100, 60), Note(120, 38, 100, 5))


def test_events_after_the_end_of_track_are_not_music(read: Reader) -> None:
    early = track((0, on(36)), (60, off(36)), (0, b"\xff\x2f\x00"), (0, on(38)), (60, off(38)))
    assert read(midi(early)).notes == (Note(0, 36, 100, 60),)


def test_longer_header(read: Reader) -> None:
    data = midi(BEAT)
    assert len(read(data[:7] + b"\x08" + data[8:14] + b"\0\0" + data[14:])) == 2


def test_key_map(read: Reader) -> None:
    pattern = read(midi(track((0, on(22)), (0, on(26)), (0, on(36)))), key_map=ROLAND_TD.to_general_midi)
    assert [note.pitch for note in pattern.notes] == [36, 42, 46]


@pytest.mark.parametrize(("name", "expected"), [(b"Caf\xc3\xa9", "Café"), (b"", ""), (b"Caf\xe9", "Caf�")])
def test_names(read: Reader, name: bytes, expected: str) -> None:
    assert read(midi(track((0, meta(3, name)), (0, on(36))))).name == expected


def test_keys_and_velocities_at_their_limits(read: Reader) -> None:
    pattern = read(midi(track((0, on(0, 1)), (0, on(127, 127)))))
    assert [(note.pitch, note.velocity) for note in pattern.notes] == [(0, 1), (127, 127)]


def test_files_that_are_not_on_disk_are_read_alike() -> None:
    data = midi(BEAT)
    assert [note.pitch for note in pattern_from_bytes(data, "the clipboard").notes] == [36, 38]
    for broken in (b"", b"MThd", data[:-9]):
        with pytest.raises(MidiFileError, match="Cannot open the clipboard: "):
            pattern_from_bytes(broken, "the clipboard")
