"""Taking a piece out of a pattern as a pattern of its own, and putting one pattern after another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from drumapp.core.editing.merging import Selection, chosen_notes, columns, joined
from drumapp.core.editing.selecting import span_of, visible_notes
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import MetreChange, MetreMap, Range, TempoChange, TempoMap


def excerpt(pattern: Pattern, span: Range) -> Pattern:
    """The notes struck in a half-open span of ticks as a pattern of the span's length, moved to begin at 0.

    Tempo and metre are those that hold in the span; its start begins a bar. Notes that sound past its end keep their
    duration. Notes past the pattern's end are left out, since nobody sees or hears them.
    """
    return _excerpt(pattern, span, visible_notes(pattern))


def excerpt_selection(pattern: Pattern, selection: Selection) -> Pattern:
    """The selected notes alone, in the whole bars that hold them; else as :func:`excerpt`.

    Raises ValueError when none of the selected notes is in the pattern.
    """
    chosen = chosen_notes(pattern, selection)
    strikes = span_of(chosen)
    metre = pattern.metre
    bars = Range(metre.bar_start(metre.bar_at(strikes.start)), metre.bar_start(metre.bar_at(strikes.stop - 1) + 1))
    return _excerpt(pattern, bars, chosen)


def append_pattern(pattern: Pattern, other: Pattern) -> Pattern:
    """Another pattern after the end of this one, from the next bar line on; the name stays this one's.

    Tempo and metre go on as the other's, with a change at the seam only where they differ from what holds before it.
    Notes and changes of this pattern past its end, which nobody sees or hears, give way.
    """
    seam = pattern.metre.bar_start(pattern.bars)
    return Pattern(
        NoteRun((*visible_notes(pattern), *_moved(other.notes, seam))),
        seam + other.length,
        _joined_tempo(pattern.tempo, other.tempo, seam),
        _joined_metre(pattern.metre, other.metre, seam),
        pattern.name,
    )


def _excerpt(pattern: Pattern, span: Range, notes: Sequence[Note]) -> Pattern:
    start, stop = span.start, span.stop
    struck = notes[bisect_left(notes, Note(start, -1, 0, 0)) : bisect_left(notes, Note(stop, -1, 0, 0))]
    tempo = [TempoChange(0, pattern.tempo.bpm_at(start))]
    tempo += [TempoChange(it.tick - start, it.bpm) for it in pattern.tempo.changes if start < it.tick < stop]
    metre = [MetreChange(0, pattern.metre.metre_at(start))]
    metre += [MetreChange(it.tick - start, it.metre) for it in pattern.metre.changes if start < it.tick < stop]
    return Pattern(
        NoteRun(_moved(struck, -start)), span.length, TempoMap(tuple(tempo)), MetreMap(tuple(metre)), pattern.name
    )


def _joined_tempo(first: TempoMap, second: TempoMap, seam: int) -> TempoMap:
    kept = [change for change in first.changes if change.tick < seam]
    added = [TempoChange(seam + change.tick, change.bpm) for change in second.changes]
    if kept and kept[-1].bpm == added[0].bpm:
        del added[0]
    return TempoMap((*kept, *added))


def _joined_metre(first: MetreMap, second: MetreMap, seam: int) -> MetreMap:
    kept = tuple(change for change in first.changes if change.tick < seam)
    added = [MetreChange(seam + change.tick, change.metre) for change in second.changes]
    if kept and kept[-1].metre == added[0].metre:
        # Where a change that has given way had cut the last bar short, the seam still has to begin a bar.
        before = MetreMap(kept)
        if before.bar_start(before.bar_at(seam)) == seam:
            del added[0]
    return MetreMap((*kept, *added))


def _moved(notes: Sequence[Note], ticks: int) -> list[Note]:
    starts, pitches, velocities, durations = columns(notes)
    return joined([start + ticks for start in starts], pitches, velocities, durations)
