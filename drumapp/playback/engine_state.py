"""The playing process's state as the window sees it: a few numbers in shared memory, read without a round trip."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass


class SharedState(ctypes.Structure):
    """The numbers themselves. Every field is eight bytes and aligned, so none is ever read half written.

    serial is written last: once it shows a command's number, the other fields show the command's effect.
    """

    serial: int
    tick: float
    playing: int
    holding: int
    counting_in: int
    count_in_ticks: float
    leader_bpm: float
    locked: int
    level: float
    first_note_ns: int
    notes_played: int
    frames: int

    _fields_ = [
        ("serial", ctypes.c_int64),
        ("tick", ctypes.c_double),
        ("playing", ctypes.c_int64),
        ("holding", ctypes.c_int64),
        ("counting_in", ctypes.c_int64),
        ("count_in_ticks", ctypes.c_double),
        ("leader_bpm", ctypes.c_double),
        ("locked", ctypes.c_int64),
        ("level", ctypes.c_double),
        ("first_note_ns", ctypes.c_int64),
        ("notes_played", ctypes.c_int64),
        ("frames", ctypes.c_int64),
    ]


@dataclass(frozen=True)
class Playhead:
    """Where the music is.

    Attributes: tick, with its fraction; playing, also while waiting for notes; waiting: playing, but all notes that
    have come are played; counting_in: playing, but only the metronome so far; count_in_ticks: how many are left of
    that, with their fraction; leader_bpm: the tempo of the clock that
    is followed, None while none comes; locked: whether that tempo is settled; level: highest peak since the last look,
    0 to 1; first_note_ns: `time.monotonic_ns` when the first note after the last Play was handed to the outputs, or
    None; notes_played since the last Play.
    """

    tick: float = 0.0
    playing: bool = False
    waiting: bool = False
    counting_in: bool = False
    count_in_ticks: float = 0.0
    leader_bpm: float | None = None
    locked: bool = False
    level: float = 0.0
    first_note_ns: int | None = None
    notes_played: int = 0
