"""Track chunks to parts and marks, through symusic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreTick, TrackTick

from drumapp.midi.chunks import Chunks, join_chunks
from drumapp.midi.errors import Fault, MidiFileError
from drumapp.midi.sewing import (
    END_OF_TRACK,
    MAX_FILE_TICKS,
    ORIGIN_CONTROLS,
    Sewn,
    enough_note_offs,
    may_choose_program,
    one_note_off_a_key,
    origin_of,
    sew,
)

_MOST_CUTS_TRIED = 1000
_MOST_BYTES_TRIED = 64 << 20
"""So much is decoded in well under a second."""
_ABSURD = "it is absurdly long or damaged"

Ticks = NDArray[np.int64]


@dataclass(frozen=True)
class DecodedPart:
    """What one channel of one track plays, as arrays of one length, in no order. Ticks are the file's own.

    Attributes: track, its number from 1; channel, 1 to 16; name of the track, "" where it has none; program 0-127 of
    the first note, None where the track chooses none; start and stop in ticks (stop is -1 where the file never ends the
    note); pitch 0-127; velocity 1-127.
    """

    track: int
    channel: int
    name: str
    program: int | None
    start: Ticks
    stop: Ticks
    pitch: Ticks
    velocity: Ticks


@dataclass(frozen=True)
class DecodedFile:
    """What a file holds, in its own ticks.

    Attributes: parts that play, by track and channel; name of the first track where that plays nothing, as in files
    that keep tempo and metre apart, else ""; tempos as (tick, microseconds a quarter), metres as (tick, numerator,
    denominator), markers as (tick, text), each in order of time; end, the tick at which the last track ends.
    """

    parts: tuple[DecodedPart, ...]
    name: str
    tempos: tuple[tuple[int, int], ...]
    metres: tuple[tuple[int, int, int], ...]
    markers: tuple[tuple[int, str], ...]
    end: int


def decode(chunks: Chunks) -> DecodedFile:
    """Decode every part that plays.

    Raises MidiFileError, with a clause that goes on from "Cannot open NAME: ", for damaged tracks, for a file without
    notes or longer than MAX_FILE_TICKS.
    """
    sewn = sew(chunks, map(one_note_off_a_key, chunks.tracks))
    score = _symusic(sewn.chunks)
    ends = _ends(score, sewn)
    if len(ends) < len(chunks.tracks):
        _symusic(chunks)  # refuses a track whose last event runs on over what was sewn to it
        chunks = _cut_early_ends(chunks, ends)
        sewn = sew(chunks, map(one_note_off_a_key, chunks.tracks))
        score = _symusic(sewn.chunks)
        ends = _ends(score, sewn)
    if not 0 <= min(ends.values()) <= max(ends.values()) <= MAX_FILE_TICKS:
        # symusic counts in 32 bits and goes round at the end.
        raise MidiFileError(_ABSURD)
    parts = _parts(score, chunks)
    open_keys = _open_keys(parts)
    if open_keys:
        needed = (enough_note_offs(track, open_keys.get(number, {})) for number, track in enumerate(chunks.tracks))
        sewn = sew(chunks, needed)
        score = _symusic(sewn.chunks)
        parts = _parts(score, chunks)
    playing = tuple(part for part in map(_music, parts) if len(part.start))
    if not playing:
        raise MidiFileError("it holds no notes", Fault.NO_DRUMS)
    first_plays = any(part.track == 1 for part in playing)
    decoded = DecodedFile(
        playing,
        "" if first_plays else next((part.name for part in parts if part.track == 1), ""),
        tuple((tempo.time, tempo.mspq) for tempo in score.tempos),
        tuple((sign.time, sign.numerator, sign.denominator) for sign in score.time_signatures),
        tuple((mark.time, mark.text) for mark in score.markers if mark.text not in sewn.markers),
        max(ends.values()),
    )
    _check_span(decoded)
    return decoded


def _symusic(chunks: Chunks) -> ScoreTick:
    try:
        return ScoreTick.from_midi(join_chunks(chunks))
    except (RuntimeError, ValueError, UnicodeDecodeError) as error:
        raise MidiFileError(f"it is damaged ({_plain_words(error)})") from error


def _plain_words(error: Exception) -> str:
    """The message of symusic without its prefix and its standard library's suffix."""
    words = str(error).removeprefix("MiniMidi:").removesuffix("iostream error").strip(" :!.\n")
    return words[:1].lower() + words[1:120] if words else "its events make no sense"


def _ends(score: ScoreTick, sewn: Sewn) -> dict[int, int]:
    """The tick at which each track ends, by its number from 0, as its sewn-on marker tells."""
    return {sewn.markers[mark.text]: mark.time for mark in score.markers if mark.text in sewn.markers}


def _cut_early_ends(chunks: Chunks, ends: Mapping[int, int]) -> Chunks:
    """Let each track that ends before its last byte stop where it ends; its tail was sewn onto what nobody reads."""
    longest = max(map(len, chunks.tracks))
    tries = iter(range(min(_MOST_CUTS_TRIED, max(1, _MOST_BYTES_TRIED // max(longest, 1)))))
    cut = (
        track if number in ends else _cut_early_end(track, chunks, tries) for number, track in enumerate(chunks.tracks)
    )
    return replace(chunks, tracks=tuple(cut))


def _cut_early_end(track: bytes, chunks: Chunks, tries: Iterator[int]) -> bytes:
    place = -1
    for _ in tries:
        place = track.find(END_OF_TRACK[:2], place + 1)  # symusic asks for no more, so that damage ends a track, too
        if place < 0:
            break
        alone = replace(chunks, midi_format=0, tracks=(track[:place] + END_OF_TRACK,))
        # These bytes may also be part of something else, which a cut would tear in two.
        sewn = sew(alone, [{}])
        try:
            if _ends(_symusic(sewn.chunks), sewn):
                return alone.tracks[0]
        except MidiFileError:
            continue
    raise MidiFileError("it is damaged (a track does not end where it says)")


def _parts(score: ScoreTick, chunks: Chunks) -> list[DecodedPart]:
    """The parts as symusic gives them: what ends in a tail or was sewn on with it is still among the notes."""
    origins: defaultdict[tuple[int, int], list[TrackTick]] = defaultdict(list)
    for found in score.tracks:
        if len(found.notes):  # some that only bend or control are kept, too
            origins[_origin(found)].append(found)
    parts = []
    for (track, channel), programs in sorted(origins.items()):
        arrays = [found.notes.numpy() for found in programs]
        start, duration, pitch, velocity = (
            np.concatenate([array[field] for array in arrays]).astype(np.int64)
            for field in ("time", "duration", "pitch", "velocity")
        )
        chosen = may_choose_program(chunks.tracks[track], channel)
        program = min(programs, key=lambda found: int(found.notes.numpy()["time"].min())).program if chosen else None
        name = str(programs[0].name)
        parts.append(DecodedPart(track + 1, channel + 1, name, program, start, start + duration, pitch, velocity))
    return parts


def _origin(found: TrackTick) -> tuple[int, int]:
    """Track and channel, both from 0, as the last controllers of a part spell them."""
    digits = found.controls.numpy()["value"][-len(ORIGIN_CONTROLS) :].tolist()
    return origin_of(sum(digit << 7 * place for place, digit in enumerate(digits)))


def _open_keys(parts: Iterable[DecodedPart]) -> dict[int, dict[int, list[int]]]:
    """The keys that are never switched off, by track and channel from 0."""
    found: defaultdict[int, dict[int, list[int]]] = defaultdict(dict)
    for part in parts:
        is_open = (part.start <= MAX_FILE_TICKS) & (part.stop > MAX_FILE_TICKS)
        if is_open.any():
            found[part.track - 1][part.channel - 1] = np.unique(part.pitch[is_open]).tolist()
    return found


def _music(part: DecodedPart) -> DecodedPart:
    """A part without what was sewn on. Raises MidiFileError where more lies as late as that."""
    real = part.start <= MAX_FILE_TICKS
    if np.count_nonzero(~real) > (part.track == 1):
        raise MidiFileError(_ABSURD)
    stop = np.where(part.stop > MAX_FILE_TICKS, -1, part.stop)
    return replace(part, start=part.start[real], stop=stop[real], pitch=part.pitch[real], velocity=part.velocity[real])


def _check_span(decoded: DecodedFile) -> None:
    """Refuse times that no music has."""
    ticks = [tick for part in decoded.parts for tick in (int(part.start.min()), int(part.start.max()))]
    ticks += [tempo[0] for tempo in decoded.tempos]
    ticks += [metre[0] for metre in decoded.metres]
    ticks += [marker[0] for marker in decoded.markers]
    if not 0 <= min(ticks) <= max(ticks) <= MAX_FILE_TICKS:
        raise MidiFileError(_ABSURD)
