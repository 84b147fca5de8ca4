"""From surprise in bits to the tints of notes, and to words. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from drumapp.lstm.listening import Listening

NOT_HEARD = 0
"""The tint of a note that the drummer does not hear, or has not heard yet."""
BITS_A_TINT = 1.0
TINTS = 9
"""Degrees of surprise, tints 1 to 9; the last is of all that surprise more."""
MOST_BITS = (TINTS - 1) * BITS_A_TINT
WHAT_AND_WHEN = ("delay", "pitch")
"""The decisions whose surprise is shown: when to strike, and which drum."""
_WORDS = {"delay": "when", "pitch": "which drum", "velocity": "how loud", "microtiming": "how early or late"}
_KEY_BITS = 7


def shown_bits(bits: NDArray[np.float64], heads: Sequence[str]) -> NDArray[np.float64]:
    """What is shown of surprise by head, (events, heads): when and which drum together, (events,)."""
    shown: NDArray[np.float64] = bits[:, [heads.index(head) for head in WHAT_AND_WHEN]].sum(axis=1)
    return shown


def tints_of(bits: NDArray[np.float64]) -> NDArray[np.int64]:
    """Tints of surprises in bits."""
    return np.clip(bits // BITS_A_TINT, 0, TINTS - 1).astype(np.int64) + 1


def note_keys(fields: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each note, in their order, from its start, pitch and velocity: (notes, 4) to (notes,)."""
    start, pitch, velocity, _ = fields.T
    keys: NDArray[np.int64] = start << 2 * _KEY_BITS | pitch << _KEY_BITS | velocity
    return keys


def tints_of_notes(listening: Listening, fields: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tints of the notes that are shown, int64 (notes,). Some may have come or gone since the drummer listened.

    Args: fields, the shown notes', int64 (notes, 4); before, their tints as they are: what the drummer has not come to
    yet keeps its own.
    """
    heard = len(listening.bits)
    own = np.full(len(listening.notes), NOT_HEARD, np.int64)
    own[listening.sources[heard:]] = -1
    own[listening.sources[:heard]] = tints_of(shown_bits(listening.bits, listening.heads))
    keys, shown = note_keys(listening.notes), note_keys(fields)
    if len(keys) == 0:
        return before
    if np.array_equal(keys, shown):
        found = own
    else:
        order = np.argsort(keys, kind="stable")
        place = order[np.minimum(np.searchsorted(keys, shown, sorter=order), len(keys) - 1)]
        found = np.where(keys[place] == shown, own[place], -1)
    return np.where(found < 0, before, found)


def unheard(listening: Listening) -> int:
    """How many notes the drummer does not hear."""
    return len(listening.notes) - len(listening.sources)


def words_of(bits: Sequence[float], heads: Sequence[str]) -> str:
    """A note's surprise in words, decision by decision."""
    by_head = dict(zip(heads, bits, strict=True))
    whole = sum(by_head[head] for head in WHAT_AND_WHEN)
    parts = [f"{_WORDS[head]} {by_head[head]:.1f}" for head in heads]
    told, rest = parts[: len(WHAT_AND_WHEN)], parts[len(WHAT_AND_WHEN) :]
    sentence = f"{whole:.1f} bits of surprise: {', '.join(told)}"
    return f"{sentence}\n({', '.join(rest)})" if rest else sentence
