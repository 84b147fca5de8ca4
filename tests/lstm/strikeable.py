"""A checker of what two hands and two feet can strike, apart from the drummer's own: by trying every hand.

It hands out the strokes one by one to whichever hand has rested long enough, keeping all ways that are possible, where
the drummer counts strokes within stretches of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from drumapp.core.pattern import Note, Pattern

HAND_RESTS = 60
KICK_RESTS = 75
PEDAL_RESTS = 100
HAT_TURNS = 40
NINE_STROKES = 400
NEVER = Fraction(-(10**9))


def faults(pattern: Pattern) -> list[str]:
    """What could not be struck, in words, for a pattern of one tempo."""
    (change,) = pattern.tempo.changes
    ms_a_tick = Fraction(60_000) / (Fraction(change.bpm) * 480)
    timed = sorted((note.start * ms_a_tick, note) for note in pattern.notes)
    kicks = [at for at, note in timed if note.pitch in (35, 36)]
    pedals = [at for at, note in timed if note.pitch == 44]
    hands = [(at, note) for at, note in timed if note.pitch not in (35, 36, 44)]
    found = [f"kicks at {float(one)} and {float(two)} ms" for one, two in pairwise(kicks) if two - one < KICK_RESTS]
    found += [f"pedal at {float(one)} and {float(two)} ms" for one, two in pairwise(pedals) if two - one < PEDAL_RESTS]
    found += _hands(hands)
    for at, note in hands:
        for other_at, other in hands:
            if (note.pitch, other.pitch) == (42, 46) and abs(other_at - at) < HAT_TURNS:
                found.append(f"a hat both closed and open at {float(at)} ms")
    return found


def _hands(strokes: Sequence[tuple[Fraction, Note]]) -> list[str]:
    found = []
    ways = {(NEVER, NEVER)}  # when each hand struck last
    recent: list[Fraction] = []
    for at, _ in strokes:
        after = set()
        for left, right in ways:
            if at - left >= HAND_RESTS:
                after.add((at, right))
            if at - right >= HAND_RESTS:
                after.add((left, at))
        if not after:
            found.append(f"a third hand at {float(at)} ms")
            after = {(at, at)}
        ways = after
        recent = [one for one in recent if at - one < NINE_STROKES]
        recent.append(at)
        if len(recent) > 8:
            found.append(f"nine strokes up to {float(at)} ms")
    return found
