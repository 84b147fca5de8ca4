"""MIDI files written out byte by byte, independent of the code under test."""

import struct

END = b"\xff\x2f\x00"


def varlen(value: int) -> bytes:
    out = [value & 127]
    while value := value >> 7:
        out.append(value & 127 | 128)
    return bytes(reversed(out))


def on(key: int, velocity: int = 100, channel: int = 9) -> bytes:
    return bytes([0x90 | channel, key, velocity])


def off(key: int, channel: int = 9) -> bytes:
    return bytes([0x80 | channel, key, 64])


def meta(kind: int, content: bytes) -> bytes:
    return bytes([0xFF, kind]) + varlen(len(content)) + content


def tempo(microseconds: int) -> bytes:
    return meta(0x51, microseconds.to_bytes(3, "big"))


def metre(numerator: int, power: int) -> bytes:
    return meta(0x58, bytes([numerator, power, 24, 8]))


def track(*events: tuple[int, bytes], end: int | None = 0) -> bytes:
    """A track chunk of (delta, event); ``end`` is the end of track's delta, None leaves it out."""
    content = b"".join(varlen(delta) + event for delta, event in events)
    if end is not None:
        content += varlen(end) + END
    return b"MTrk" + struct.pack(">I", len(content)) + content


def midi(*tracks: bytes, midi_format: int | None = None, division: int = 480, count: int | None = None) -> bytes:
    if midi_format is None:
        midi_format = int(len(tracks) > 1)
    header = struct.pack(">IHHH", 6, midi_format, len(tracks) if count is None else count, division)
    return b"MThd" + header + b"".join(tracks)


BEAT = track((0, on(36)), (60, off(36)), (420, on(38)), (60, off(38)))
