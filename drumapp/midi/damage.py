"""Where in a damaged MIDI file the damage begins.

symusic says what is wrong, not where. This walks the events byte by byte, which is slow, and only to tell people.
"""

from __future__ import annotations

_HEAD = 8
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSEX = (0xF0, 0xF7)
_META, _END_OF_TRACK = 0xFF, 0x2F
_LONGEST_NUMBER = 4
_MOST_EVENTS = 200_000
"""Walked at most: a tenth of a second."""


def first_bad_byte(data: bytes) -> int | None:
    """The place, from 0, of the first byte of a file that makes no sense, its length where it ends too soon; None
    where all of it makes sense, or where it is too long to look.
    """
    if data[:4] != b"MThd":
        return 0
    if len(data) < _HEAD + 6:
        return len(data)
    place = _HEAD + int.from_bytes(data[4:8], "big")
    if place < _HEAD + 6 or place > len(data):
        return 4
    walk = _Walk(data)
    for _ in range(int.from_bytes(data[10:12], "big")):
        if place + _HEAD > len(data):
            return len(data)
        stop = place + _HEAD + int.from_bytes(data[place + 4 : place + 8], "big")
        if not data[place : place + 4].isalpha():
            return place
        if data[place : place + 4] == b"MTrk":
            bad = walk.track(place + _HEAD, min(stop, len(data)))
            if bad is not None:
                return len(data) if walk.ran_out and stop > len(data) else bad
        if stop > len(data):
            return len(data)
        place = stop
    return None


class _Walk:
    """Walks the events of a file's tracks, so many in all. ``ran_out``: an event went on beyond its track's end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_EVENTS
        self.ran_out = False

    def track(self, place: int, stop: int) -> int | None:
        """The first bad byte of a track's events, which lie from ``place`` to ``stop``."""
        status = 0
        while place < stop and self._left > 0:
            self._left -= 1
            after_delta = self._after_number(place, stop)
            if after_delta is None or after_delta == stop:
                self.ran_out |= after_delta == stop
                return place
            place = after_delta
            lead = self._data[place]
            if lead >= 0xF0:
                status = 0
                following = self._after_special(place, stop)
                if following is None:
                    return place
                if lead == _META and self._data[place + 1] == _END_OF_TRACK:
                    return None
                place = following
                continue
            if lead >= 0x80:
                status, place = lead & 0xF0, place + 1
            elif not status:
                return place
            for _ in range(_DATA_BYTES[status]):
                self.ran_out = place >= stop
                if self.ran_out or self._data[place] > 0x7F:
                    return place
                place += 1
        return None

    def _after_special(self, place: int, stop: int) -> int | None:
        """Where the event after a meta or system event begins; None where this one makes no sense."""
        lead = self._data[place]
        if lead != _META and lead not in _SYSEX:
            return None
        begin = place + (2 if lead == _META else 1)
        counted = self._number(begin, stop)
        if counted is None:
            return None
        length, content = counted
        self.ran_out = content + length > stop
        return None if self.ran_out else content + length

    def _after_number(self, place: int, stop: int) -> int | None:
        counted = self._number(place, stop)
        return None if counted is None else counted[1]

    def _number(self, place: int, stop: int) -> tuple[int, int] | None:
        """A variable-length number and the place after it."""
        value = 0
        for at in range(place, min(place + _LONGEST_NUMBER, stop)):
            value = value << 7 | self._data[at] & 0x7F
            if self._data[at] < 0x80:
                return value, at + 1
        self.ran_out = place + _LONGEST_NUMBER > stop
        return None
