"""Which tick was heard at a frame of the stream that has passed, or is about to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drumapp.playback.transport import Segment, TimeAnchor

_MOST_SEGMENTS = 32
_EARLY_SECONDS = 0.25  # so much before the music begins, a stroke was meant for its beginning


class HeardMusic:
    """The last stretches of music. One thread writes; any may ask."""

    def __init__(self) -> None:
        self._segments: tuple[Segment, ...] = ()  # replaced as a whole, so that who asks sees one or the other

    def add(self, segments: Sequence[Segment]) -> None:
        """These come next."""
        for segment in segments:
            last = self._segments[-1] if self._segments else None
            if last is not None and last.anchor is segment.anchor and last.stop == segment.start:
                self._segments = (*self._segments[:-1], replace(last, stop=segment.stop))
            else:
                self._segments = (*self._segments[1 - _MOST_SEGMENTS :], segment)

    def tick_at(self, frame: int, coming: TimeAnchor | None = None) -> float | None:
        """The tick, with its fraction, that is heard at a frame; None where no music is.

        Just before music begins it is a tick before its first, which may be less than 0. Args: coming, the anchor of
        music whose start is known and lies ahead.
        """
        following: TimeAnchor | None = coming
        for segment in reversed(self._segments):
            if segment.start <= frame < segment.stop:
                return segment.anchor.tick_at(frame)
            if segment.stop <= frame:
                break
            following = replace(segment.anchor, frame=segment.start, tick=segment.anchor.tick_at(segment.start))
        if following is None:
            return None
        early = following.frame - frame
        return following.tick_at(frame) if 0 < early <= _EARLY_SECONDS * following.sample_rate else None
