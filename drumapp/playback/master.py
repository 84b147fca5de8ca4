"""The last stage before the ear: volume, headroom, and a limiter that bends instead of wrapping."""

from __future__ import annotations

import numpy as np

from drumapp.playback.mix import gain_of
from drumapp.playback.synth import Audio

# A full kit struck at once adds up to about twice one drum, so one drum alone is played at half scale.
HEADROOM_DB = -6.0
_KNEE = np.float32(0.8)
_ROOM = np.float32(1.0) - _KNEE


def limit_softly(audio: Audio) -> None:
    """Bend what exceeds the knee so that nothing reaches past full scale; quieter audio is left as it is. In place."""
    magnitude = np.abs(audio)
    if magnitude.size == 0 or float(magnitude.max()) <= float(_KNEE):
        return
    loud = magnitude > _KNEE
    bent = _KNEE + _ROOM * np.tanh((magnitude[loud] - _KNEE) / _ROOM)
    audio[loud] = np.copysign(bent, audio[loud])


class Master:
    """Volume and limiter over a stream of blocks.

    Attributes: volume_db, which may be changed at any time and is followed within one block, without a step; limited:
    whether nothing may leave full scale.
    """

    def __init__(self, volume_db: float = 0.0) -> None:
        self.volume_db = volume_db
        self.limited = True
        self._gain = gain_of(volume_db + HEADROOM_DB)

    def process(self, audio: Audio) -> float:
        """Apply volume and limiter to a block of shape (frames, 2), in place; its peak, 1 at full scale."""
        target = gain_of(self.volume_db + HEADROOM_DB)
        if target == self._gain:
            audio *= np.float32(target)
        else:
            audio *= np.linspace(self._gain, target, len(audio), dtype=np.float32)[:, np.newaxis]
            self._gain = target
        if self.limited:
            limit_softly(audio)
        return float(np.abs(audio).max(initial=0.0))
