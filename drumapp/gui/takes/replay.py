"""Plays a take again from its recipe, to see whether it comes out as it was. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from drumapp.core.errors import DrumappError
from drumapp.core.project import Take
from drumapp.gui.seat import Seat


@dataclass(frozen=True)
class ReplayResult:
    """What came of it: how many notes the drummer plays, whether the take has them all, or why it cannot be played."""

    take: Take
    notes: int = 0
    same: bool = False
    problem: str = ""


def replay(seat: Seat, take: Take) -> ReplayResult:
    """Let a drummer play a take again. Notes that the user put into it are not the drummer's, and do not count."""
    try:
        notes = seat.replayed(take)
    except DrumappError as error:
        return ReplayResult(take, problem=str(error))
    kept = frozenset() if take.result is None else frozenset(take.result.notes)
    return ReplayResult(take, len(notes), kept.issuperset(notes))
