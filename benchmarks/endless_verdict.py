"""Compares what a receiver got with the document as it was at each moment. Pure: times come in, findings go out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.midi_receiver import Heard, still_sounding
from drumapp.core.pattern import Note

MS = 1_000_000
_WINDOW_NS = 2_000 * MS
_SEARCH_NS = 150 * MS
_BIN_NS = MS
_EARLY_NS, _LATE_NS = 15 * MS, 80 * MS  # by so much a stroke may miss its time and still be that note's
# An edit is obeyed some milliseconds after it was made: for a note that is due so near to it, both answers are right.
_BEFORE_NS, _AFTER_NS = 150 * MS, 120 * MS
_FADE_IN_NS, _FADE_OUT_NS = 300 * MS, 500 * MS  # around switching an output, in which it may play or not
_NEAR_NS = 1_000 * MS
_AUDITION_NS = 150 * MS
_LONGEST_NS = 10_000 * MS
_MOVED_NS = 15 * MS  # more than a period of the server


@dataclass(frozen=True)
class Change:
    """Notes that went from the document and notes that came into it. Attributes: at_ns of the monotonic clock."""

    at_ns: int
    gone: tuple[Note, ...]
    came: tuple[Note, ...]


@dataclass(frozen=True)
class Span:
    """When an output was on. Attributes: start_ns, from when it could be heard; stop_ns, when it was switched off."""

    start_ns: int
    stop_ns: int


@dataclass
class Presence:
    """When a note of one start and key was in the document. Attributes: spans; velocities it has had."""

    spans: list[list[int]] = field(default_factory=list)
    velocities: set[int] = field(default_factory=set)

    def certain(self, start_ns: int, stop_ns: int) -> bool:
        """Whether it was there all that time."""
        return any(first <= start_ns and stop_ns <= last for first, last in self.spans)

    def possible(self, start_ns: int, stop_ns: int) -> bool:
        """Whether it was there at some time of these."""
        return any(first <= stop_ns and start_ns <= last for first, last in self.spans)


@dataclass(frozen=True)
class Finding:
    """A discrepancy. Attributes: kind: missed, extra, stuck or moved; at_ns; words, that say what happened and when."""

    kind: str
    at_ns: int
    words: str


@dataclass
class Verdict:
    """What came of it.

    Attributes: certain: strokes that had to come and did or did not; heard: strokes that came; undecided: notes that an
    edit or a switch left open; late_ms of every stroke that was due; findings.
    """

    certain: int = 0
    heard: int = 0
    undecided: int = 0
    late_ms: list[float] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """How many findings are of a kind."""
        return sum(finding.kind == kind for finding in self.findings)


def presences(changes: Iterable[Change], end_ns: int) -> dict[tuple[int, int], Presence]:
    """By start and key, when each note was in the document."""
    found: dict[tuple[int, int], Presence] = defaultdict(Presence)
    for change in changes:
        for note in change.gone:
            spans = found[note.start, note.pitch].spans
            if spans:
                spans[-1][1] = change.at_ns
        for note in change.came:
            presence = found[note.start, note.pitch]
            if presence.spans and presence.spans[-1][1] == change.at_ns:  # the same note, changed
                presence.spans[-1][1] = end_ns
            else:
                presence.spans.append([change.at_ns, end_ns])
            presence.velocities.add(note.velocity)
    return dict(found)


def judge(
    changes: Sequence[Change],
    heard: Mapping[str, Sequence[Heard]],
    on: Mapping[str, Sequence[Span]],
    *,
    guesses: Sequence[tuple[int, int]],
    tick_ns: float,
    start_ns: int,
    end_ns: int,
    auditions: Sequence[tuple[int, int]] = (),
    events: Sequence[tuple[int, str]] = (),
) -> Verdict:
    """What was missed, doubled or left sounding between two moments.

    Args: heard, what came through each output; on, when each was on; guesses, of some times, about when
    tick 0 would have been due as the music stood then; tick_ns, how
    long a tick lasts; auditions, time and key; events, time and what was done, to name what a finding may come of.
    """
    verdict = Verdict()
    notes = presences(changes, end_ns + 10**12)
    origins = _origins(notes, heard, guesses, tick_ns, start_ns, end_ns, verdict)
    for port, messages in heard.items():
        _judge_port(port, messages, on.get(port, ()), notes, origins, tick_ns, auditions, verdict)
    verdict.findings.sort(key=lambda finding: finding.at_ns)
    verdict.findings = [
        Finding(entry.kind, entry.at_ns, f"{entry.words}{_near(entry.at_ns, events)}") for entry in verdict.findings
    ]
    return verdict


class _Origins:
    """When tick 0 would have been due, as the stream stood at a time: it moves when a device or the computer stops."""

    def __init__(self) -> None:
        self.starts_ns: list[int] = []
        self.origins_ns: list[int] = []

    def at(self, now_ns: float) -> int:
        place = max(bisect_right(self.starts_ns, now_ns) - 1, 0)
        return self.origins_ns[place]


def _origins(
    notes: Mapping[tuple[int, int], Presence],
    heard: Mapping[str, Sequence[Heard]],
    guesses: Sequence[tuple[int, int]],
    tick_ns: float,
    start_ns: int,
    end_ns: int,
    verdict: Verdict,
) -> _Origins:
    """From the strokes of every two seconds, where most of them agree."""
    starts: dict[int, list[int]] = defaultdict(list)
    for start, key in sorted(notes):
        starts[key].append(start)
    strikes = sorted((entry.at_ns, entry.message[1]) for found in heard.values() for entry in found if entry.is_strike)
    times = [at for at, _ in strikes]
    origins = _Origins()
    known = False
    guess_ns = guesses[0][1]
    for window_ns in range(start_ns, end_ns, _WINDOW_NS):
        of_now = guesses[max(bisect_right(guesses, (window_ns + _WINDOW_NS, 0)) - 1, 0)][1]
        jumped = abs(of_now - guess_ns) > _SEARCH_NS * 2 // 3  # the music waited, for longer than is searched
        before_ns, guess_ns = guess_ns, of_now if jumped else guess_ns
        misses: list[tuple[int, float]] = []  # of each stroke, by how much it missed each note that it might be
        first, last = bisect_left(times, window_ns), bisect_left(times, min(window_ns + _WINDOW_NS, end_ns))
        for at_ns, key in strikes[first:last]:
            tick, reach, of_key = (at_ns - guess_ns) / tick_ns, _SEARCH_NS / tick_ns, starts[key]
            near = of_key[bisect_left(of_key, tick - reach) : bisect_right(of_key, tick + reach)]
            misses += [(at_ns, at_ns - guess_ns - start * tick_ns) for start in near]
        moved_at_ns = window_ns
        if misses:
            moved = _most_common([miss for _, miss in misses])
            by_ns = guess_ns + moved - before_ns
            if known and abs(by_ns) > _MOVED_NS:
                verdict.findings.append(Finding("moved", window_ns, f"the music moved by {by_ns / MS:+.1f} ms"))
                before = bisect_left(times, window_ns - _WINDOW_NS)
                # It moved after the last stroke that fits the time before; by chance some later ones may fit as well.
                moved_at_ns = origins.starts_ns[-1] + 1
                misfits = 0
                for at_ns, key in strikes[before:last]:
                    fits = _fits(at_ns - before_ns, starts[key], tick_ns)
                    misfits = 0 if fits else misfits + 1
                    if misfits == 2:
                        break
                    moved_at_ns = max(at_ns + 1, moved_at_ns) if fits else moved_at_ns
            guess_ns += moved
            if not known:  # until now it was a guess
                origins.origins_ns = [guess_ns] * len(origins.origins_ns)
            known = True
        origins.starts_ns.append(moved_at_ns)
        origins.origins_ns.append(guess_ns)
    return origins


def _fits(time_ns: int, starts: Sequence[int], tick_ns: float) -> bool:
    """Whether one of the notes starts within milliseconds of a time that counts from tick 0."""
    reach = 12 * _BIN_NS
    return bisect_left(starts, (time_ns - reach) / tick_ns) < bisect_right(starts, (time_ns + reach) / tick_ns)


def _most_common(misses: Sequence[float]) -> int:
    """Where most of them lie, within some milliseconds."""
    values = np.array(misses)
    counts = np.bincount(np.floor((values + 2 * _SEARCH_NS) / _BIN_NS).astype(np.int64))
    mode = float(np.argmax(np.convolve(counts, np.ones(3), "same")) * _BIN_NS + _BIN_NS // 2 - 2 * _SEARCH_NS)
    return round(float(np.median(values[np.abs(values - mode) <= 3 * _BIN_NS])))


def _judge_port(
    port: str,
    messages: Sequence[Heard],
    on: Sequence[Span],
    notes: Mapping[tuple[int, int], Presence],
    origins: _Origins,
    tick_ns: float,
    auditions: Sequence[tuple[int, int]],
    verdict: Verdict,
) -> None:
    start_ns = origins.starts_ns[0]
    strikes: dict[int, list[Heard]] = defaultdict(list)
    for entry in messages:
        if entry.is_strike and start_ns <= entry.at_ns:
            strikes[entry.message[1]].append(entry)
    due: dict[int, list[tuple[int, bool, Presence]]] = defaultdict(list)
    rough = origins.origins_ns[0]
    for (start, key), presence in notes.items():
        due_ns = rough + round(start * tick_ns)
        for _ in range(3):  # each time nearer to when it was due, if the music had moved before
            due_ns = origins.at(due_ns) + round(start * tick_ns)
        certainty = _certainty(presence, due_ns, on)
        if certainty is not None and start_ns + _NEAR_NS <= due_ns:
            due[key].append((due_ns, certainty, presence))
    for key in {*strikes, *due}:
        _match(port, key, strikes[key], sorted(due[key], key=lambda entry: entry[0]), auditions, verdict, start_ns)
    _judge_releases(port, messages, verdict)


def _certainty(presence: Presence, due_ns: int, on: Sequence[Span]) -> bool | None:
    """Whether a note must be heard; None where it must not."""
    window = due_ns - _BEFORE_NS, due_ns + _AFTER_NS
    if not presence.possible(*window):
        return None
    certain = False
    possible = False
    for span in on:
        if span.start_ns - _FADE_IN_NS <= due_ns <= span.stop_ns + _FADE_OUT_NS:
            possible = True
            certain = certain or span.start_ns + _BEFORE_NS <= due_ns <= span.stop_ns - _BEFORE_NS
    if not possible:
        return None
    return certain and presence.certain(*window)


def _match(
    port: str,
    key: int,
    strikes: Sequence[Heard],
    due: Sequence[tuple[int, bool, Presence]],
    auditions: Sequence[tuple[int, int]],
    verdict: Verdict,
    start_ns: int,
) -> None:
    """Give each stroke the note it is nearest to, the surest first, and then as many strokes a note as can be."""
    times = [due_ns for due_ns, _, _ in due]
    pairs = []
    for number, strike in enumerate(strikes):
        first = bisect_left(times, strike.at_ns - _LATE_NS)
        for place in range(first, bisect_right(times, strike.at_ns + _EARLY_NS)):
            strange = strike.message[2] not in due[place][2].velocities
            pairs.append((strange, not due[place][1], abs(strike.at_ns - times[place]), number, place))
    by_strike: dict[int, int] = {}
    taken: set[int] = set()
    strikes_of: dict[int, list[int]] = defaultdict(list)
    for _, _, _, number, place in sorted(pairs):
        strikes_of[place].append(number)
        if number not in by_strike and place not in taken:
            by_strike[number] = place
            taken.add(place)
    for place in sorted(set(strikes_of) - taken, key=lambda place: not due[place][1]):
        if _find_stroke(place, strikes_of, by_strike, set()):
            taken.add(place)
    verdict.heard += len(strikes)
    verdict.certain += sum(certain for _, certain, _ in due)
    verdict.undecided += sum(not certain for _, certain, _ in due)
    for number, strike in enumerate(strikes):
        place_of = by_strike.get(number)
        if place_of is not None:
            verdict.late_ms.append((strike.at_ns - times[place_of]) / MS)
        elif strike.at_ns > start_ns + 2 * _NEAR_NS and not _auditioned(strike, key, auditions):
            words = f"{port}: key {key} at velocity {strike.message[2]} came and no note was due"
            verdict.findings.append(Finding("extra", strike.at_ns, words))
    for place, (due_ns, certain, _) in enumerate(due):
        if certain and place not in taken:
            verdict.findings.append(Finding("missed", due_ns, f"{port}: key {key} was due and did not come"))


def _find_stroke(
    place: int, strikes_of: Mapping[int, Sequence[int]], by_strike: dict[int, int], seen: set[int]
) -> bool:
    """Find a stroke for a note that has none, if need be by giving others another: an augmenting path. Whether it did.

    Of two strokes of one drum that come milliseconds apart, both early, the second may be nearest to the first note.
    """
    for number in strikes_of[place]:
        if number in seen:
            continue
        seen.add(number)
        if number not in by_strike or _find_stroke(by_strike[number], strikes_of, by_strike, seen):
            by_strike[number] = place
            return True
    return False


def _auditioned(strike: Heard, key: int, auditions: Sequence[tuple[int, int]]) -> bool:
    return any(struck == key and 0 <= strike.at_ns - at_ns + 20 * MS <= _AUDITION_NS for at_ns, struck in auditions)


def _judge_releases(port: str, messages: Sequence[Heard], verdict: Verdict) -> None:
    """Every note is let go, before the next of its key and in some seconds."""
    since: dict[tuple[int, int], int] = {}
    for entry in messages:
        place = entry.message[0] & 0x0F, entry.message[1]
        if entry.is_strike:
            if place in since:
                verdict.findings.append(Finding("stuck", entry.at_ns, f"{port}: key {place[1]} was struck twice"))
            since[place] = entry.at_ns
        elif entry.is_release and entry.at_ns - since.pop(place, entry.at_ns) > _LONGEST_NS:
            verdict.findings.append(Finding("stuck", entry.at_ns, f"{port}: key {place[1]} sounded for long"))
    for channel, key in still_sounding(messages):
        at_ns = since[channel, key]
        verdict.findings.append(Finding("stuck", at_ns, f"{port}: key {key} was never let go"))


def _near(at_ns: int, events: Sequence[tuple[int, str]]) -> str:
    """What was done shortly before."""
    near = [f"{(at_ns - when) / MS:.0f} ms after {what}" for when, what in events if 0 <= at_ns - when <= _NEAR_NS]
    return f" ({', '.join(near[-3:])})" if near else ""
