"""How an edit puts notes back into a pattern, and which note stays where two would meet.

The rules of every edit:

- A note is edited when the selection holds it and it starts within the pattern's length. What the selection holds
  besides (from before an undo, say) is ignored; notes past the end cannot be seen and are left alone.
- Afterwards every edited note starts within 0..length-1 and none of those whose time was edited sounds past the end:
  its duration is cut there.
- An edited note takes the place of the unedited notes of its pitch at its start. Where two edited notes meet, the
  louder stays, then the longer. Double strikes that a file brought in stay as they are until an edit touches them.
- An edit that changes nothing returns the very pattern it was given, so that nothing is recorded for undo.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import NamedTuple, TypeAlias, cast

from drumapp.core.pattern import Note, Pattern

Selection: TypeAlias = frozenset[Note]
"""The notes an edit works on, as values: it stays true to the notes whatever is done elsewhere in the pattern."""

NOTHING: Selection = frozenset()

# Up to this share of the notes, each is found by binary search; beyond it one pass over all is quicker.
_FEW = 32


class Edited(NamedTuple):
    """What an edit gives: the new pattern, and the notes that are selected in it afterwards."""

    pattern: Pattern
    selection: Selection


def chosen_notes(pattern: Pattern, selection: Selection) -> list[Note]:
    """The notes an edit works on, in order: those of the pattern that are selected and start before its end.

    Notes alike in every field come once; :func:`exchange` takes them all out.
    """
    return pattern.notes.part(0, pattern.notes.index_from(pattern.length)).among(selection)


def columns(notes: Sequence[Note]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Starts, pitches, velocities and durations of notes, each as one run."""
    starts, pitches, velocities, durations = ([*map(itemgetter(field), notes)] for field in range(4))
    return starts, pitches, velocities, durations


def joined(
    starts: Iterable[int], pitches: Iterable[int], velocities: Iterable[int], durations: Iterable[int]
) -> list[Note]:
    """Notes from columns of one length."""
    # The tuple's own constructor: an edit of 100,000 notes takes less time than through Note(...).
    build = cast("partial[Note]", partial(tuple.__new__, Note))
    return list(map(build, zip(starts, pitches, velocities, durations, strict=True)))


def cut_at_end(pattern: Pattern, starts: Sequence[int], durations: Sequence[int]) -> list[int]:
    """The durations, none sounding past the pattern's end. Each start lies before the end."""
    end = pattern.length
    return [
        duration if start + duration <= end else end - start for start, duration in zip(starts, durations, strict=True)
    ]


def exchange(pattern: Pattern, old: Sequence[Note], new: Iterable[Note]) -> Edited:
    """Take ``old`` out, put ``new`` in, and select what was put in; where notes meet, the rules above hold.

    Args: old, notes of the pattern in order, as :func:`chosen_notes` gives them; new, valid notes in any order, each
    starting within the pattern.
    """
    arriving = sorted(new)
    if not old and not arriving:
        return Edited(pattern, NOTHING)
    # Sorted by velocity and duration too, so that of several at one place the louder, then the longer comes last.
    put = {note[0] << 7 | note[1]: note for note in arriving}
    placed = list(put.values())
    notes = pattern.notes
    first = notes.index_from(min(group[0].start for group in (old, placed) if group))
    last = notes.index_from(max(group[-1].start for group in (old, placed) if group) + 1)
    window = notes[first:last]
    rest = _untouched(window, old, put)
    mended = sorted(rest + placed) if rest else placed
    selection = frozenset(placed)
    if len(mended) == len(window) and tuple(mended) == window:
        return Edited(pattern, selection)
    return Edited(replace(pattern, notes=notes.spliced(first, last, mended)), selection)


def _untouched(window: tuple[Note, ...], old: Sequence[Note], put: Mapping[int, Note]) -> list[Note]:
    """The notes of a window that are neither taken out nor overwritten; ``put`` is keyed by start and pitch."""
    if len(old) == len(window):
        return []
    if (len(old) + len(put)) * _FEW > len(window):
        taken = frozenset(old)
        return [note for note in window if note not in taken and note[0] << 7 | note[1] not in put]
    gone: set[int] = set()
    for note in old:
        gone.update(range(bisect_left(window, note), bisect_right(window, note)))
    for note in put.values():
        start, pitch = note[:2]
        gone.update(
            range(bisect_left(window, Note(start, pitch, 0, 0)), bisect_left(window, Note(start, pitch + 1, 0, 0)))
        )
    rest: list[Note] = []
    kept_from = 0
    for index in sorted(gone):
        rest += window[kept_from:index]
        kept_from = index + 1
    rest += window[kept_from:]
    return rest
