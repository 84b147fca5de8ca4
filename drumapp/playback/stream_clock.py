"""When each frame of the stream is to be heard: one absolute start, from which all times follow."""

from __future__ import annotations

from drumapp.playback.clock import NANOSECONDS


class StreamClock:
    """Stream frames as times of a monotonic clock and back.

    The stream is what all outputs agree on: whatever is due at a frame shall be heard, or sent, at that frame's time.
    Nothing is added up, so nothing drifts. `reanchor` moves the whole stream, as after the computer slept.
    """

    def __init__(self, sample_rate: int, start_ns: int) -> None:
        self.sample_rate = sample_rate
        self._anchor = 0, start_ns  # one tuple, so that another thread never sees half of a new one

    def ns_of(self, frame: int) -> int:
        """The time of a frame, in nanoseconds, rounded up: `frame_at` that time is the frame and not the one before."""
        anchor_frame, anchor_ns = self._anchor
        return anchor_ns - (anchor_frame - frame) * NANOSECONDS // self.sample_rate

    def frame_at(self, now_ns: int) -> int:
        """The frame whose time has come last."""
        anchor_frame, anchor_ns = self._anchor
        return anchor_frame + (now_ns - anchor_ns) * self.sample_rate // NANOSECONDS

    def place_at(self, now_ns: float) -> float:
        """The frame, with its fraction, at a time."""
        anchor_frame, anchor_ns = self._anchor
        return anchor_frame + (now_ns - anchor_ns) * self.sample_rate / NANOSECONDS

    def frames_in(self, milliseconds: float) -> int:
        """How many frames pass in so many milliseconds."""
        return round(milliseconds * self.sample_rate / 1000)

    def reanchor(self, frame: int, now_ns: int) -> None:
        """From here on this frame's time is ``now_ns``."""
        self._anchor = frame, now_ns
