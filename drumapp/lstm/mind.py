"""A drummer in the middle of a take: its memory, the past it is told of, and its dice.

Hearing a context and playing one come to the same: the memory after a context that was heard is, bit for bit, the one
after playing those very notes. For that the network must hear of each event what it would have played, and notes do not
show it all: with feel off they lie on the grid, and the microtiming that was played is lost, as it is where an early
stroke would have come before tick 0. What a note does not show is imagined: of the microtimings that give this very
note, the network hears the one that the dice of the event say.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import numpy as np

from drumapp.core.note_run import NoteRun
from drumapp.lstm.dice import FRESH_MEMORY, Dice, noise_rng
from drumapp.lstm.ear import Ear
from drumapp.lstm.encoding import IntTable, encode_events
from drumapp.lstm.memory_trail import Known, MemoryTrail
from drumapp.lstm.past import Past
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import BEFORE_ALL, Change, GeneratorSettings, Place
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import MAX_PITCHES, GridNote, kind_class

_AT_ONCE = 64


class Mind:
    """What a drummer has in mind between two events of a take.

    First :meth:`listen` to the context, or :meth:`listen_to_notes`; then, event by event, :meth:`attend` and either
    :meth:`hear` an event that is given or draw one with ``stepper`` and ``dice`` and :meth:`remember` it.

    Attributes: stepper, dice, memory, past; trail, which the next mind of the same take may go on from.
    Raises ValueError for a style the model does not know.
    """

    def __init__(
        self, stepper: Stepper, settings: GeneratorSettings, timeline: Timeline, trail: MemoryTrail | None = None
    ) -> None:
        vocabulary = stepper.vocabulary
        labels = (vocabulary.style_class(settings.style), kind_class("beat"))
        self.stepper = stepper
        self._settings = settings
        self.past = Past(stepper.architecture, vocabulary, timeline, labels)
        self.dice = Dice(
            vocabulary,
            settings.seed,
            settings.time_temperature,
            settings.pitch_temperature,
            settings.variation,
        )
        self.memory = self._fresh_memory(settings.memory_range)
        self.trail = trail if trail is not None else MemoryTrail()
        self._follower = object()
        self._changes = list(settings.changes)
        self._changed = 0
        self._freshened: list[int] = []
        # All that a memory depends on beside events and changes.
        self._key = (
            stepper,
            timeline,
            settings.seed,
            settings.memory_range,
            labels,
            settings.feel,
            settings.time_temperature,
        )

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes of the take: those given and those made."""
        return tuple(self._changes)

    @property
    def freshened(self) -> tuple[int, ...]:
        """The events heard so far before which memory was drawn anew, the first among them."""
        return (0, *self._freshened)

    @property
    def place(self) -> Place:
        """Where the take has come to: the place of its last event."""
        past = self.past
        if past.events == 0:
            return BEFORE_ALL
        vocabulary = self.stepper.vocabulary
        return Place(past.position * vocabulary.grid.ticks, vocabulary.pitches[past.pitch])

    def listen(self, rows: IntTable) -> IntTable:
        """Hear a whole context, int64 (events, 4), as its notes show it; once, before all else.

        Returns it as it was heard, with the microtimings that were imagined.
        """
        rows = rows.copy()
        for _ in self.listen_in_stretches(rows):
            pass
        return rows

    def listen_to_notes(self, notes: NoteRun, ear: Ear) -> None:
        """:meth:`listen` to the events of notes. What the trail knows of them is not encoded again."""
        vocabulary = self.stepper.vocabulary
        known = self.trail.known_of(self._follower, self._key, notes, vocabulary.grid)
        rows = vocabulary.encode(notes.part(known.notes, len(notes)), ear.key_classes).rows
        if not self.trail.is_of(self._follower):  # another run began to follow it meanwhile: this one does without
            self.trail, known = MemoryTrail(), Known(0, 0)
            rows = vocabulary.encode(notes, ear.key_classes).rows
        for _ in self.listen_in_stretches(rows, known.events):
            pass

    def listen_in_stretches(self, rows: IntTable, known: int = 0) -> Iterator[None]:
        """:meth:`listen`, some milliseconds at a time. Imagined microtimings are written into ``rows``.

        Args: known, how many events come before these, which the trail knows.
        """
        seen = rows.copy()
        heard = self.trail.follow(self._follower, self._key, seen, known)
        rows[: len(heard), 3] = heard
        heard_up_to, events = known + len(heard), known + len(rows)
        changes = self._events_of_changes(rows, known)
        # A memory that has been asked for the first new event cannot be asked again, for what its note does not show.
        is_hidden = self._hidden_of_all(rows[len(heard) : len(heard) + 1]).any()
        snapshot = self.trail.latest(min(heard_up_to if is_hidden else heard_up_to + 1, events), changes)
        event = 0
        if snapshot is not None:
            event = snapshot.event
            memory = snapshot.memory.copy()
            for at, change in changes[: len(snapshot.changes)]:
                self._apply(change, at)
            self.memory = memory
        first = self._first_looked_at(event, known)
        for stretch in self.trail.rows_in_stretches(first):
            self.past.extend(stretch)
        looked_at = np.concatenate([self.trail.rows(first, known), rows]) if first < known else rows
        for reached in self._hear_from(event, looked_at, first, heard_up_to, changes):
            if reached > heard_up_to:
                imagined = looked_at[heard_up_to - first : reached - first, 3]
                rows[heard_up_to - known : reached - known, 3] = imagined
                self.trail.extend(self._follower, seen[heard_up_to - known : reached - known], imagined)
                heard_up_to = reached
            yield
        if heard_up_to < events:  # the last one is told with the next question: there was nothing to hear yet
            self.trail.extend(self._follower, seen[heard_up_to - known :], looked_at[heard_up_to - first :, 3])
        self.past.extend(looked_at)

    def attend(self) -> None:
        """Be asked for the next event: after it the stepper says which delays are likely."""
        event = self.past.events
        self._keep_snapshot(event, self.memory)
        place = self.place
        while self._changed < len(self._changes) and self._changes[self._changed].after <= place:
            self._apply(self._changes[self._changed], event)
        self.dice.shake(event)
        self.stepper.advance(self.memory, self.past.heard)

    def hear(self, seen: GridNote) -> None:
        """Hear an event that was not drawn, as its note shows it. The network must have been told nothing of it yet."""
        hidden = self._hidden(seen)
        if not hidden:
            self.remember(seen, seen)
            return
        past = self.past
        delay, place = past.delay_to(seen.position), past.timeline.place(seen.position)
        scores = self.stepper.microtiming_after(delay, place, seen.pitch, seen.velocity)
        self.remember(seen._replace(microtiming=self.dice.microtiming(scores, hidden)), seen)

    def remember(self, event: GridNote, seen: GridNote) -> None:
        """Take in an event that was played, and as its note shows it."""
        self.past.append(event)
        self.trail.append(self._follower, seen, event.microtiming)

    def as_seen(self, event: GridNote) -> GridNote:
        """A drawn event as its note shows it."""
        exact = self.stepper.vocabulary.grid.exact
        if not self._settings.feel or (event.position == 0 and event.microtiming < exact):
            return event._replace(microtiming=exact)
        return event

    def change(
        self,
        *,
        time_temperature: float | None = None,
        pitch_temperature: float | None = None,
        fresh: float | None = None,
    ) -> Change:
        """Turn something for the events to come; it is recorded and replays. Temperatures that are not given stay.

        Args: temperatures of time and of drums; the range of a fresh memory, None to go on with the one there is.
        """
        place = self.place
        index = bisect_right(self._changes, place, key=lambda made: made.after)
        now = self._changes[index - 1] if index else self._settings
        change = Change(
            place,
            now.time_temperature if time_temperature is None else time_temperature,
            now.pitch_temperature if pitch_temperature is None else pitch_temperature,
            fresh,
        )
        self._changes.insert(index, change)
        return change

    def _apply(self, change: Change, event: int) -> None:
        self._changed += 1
        self.dice.time_temperature = change.time_temperature
        self.dice.pitch_temperature = change.pitch_temperature
        if change.fresh is not None:
            self._freshened.append(event)
            self.memory = self._fresh_memory(change.fresh, len(self._freshened))

    def _fresh_memory(self, memory_range: float, *times: int) -> Memory:
        """Memory drawn anew: at the start, and then for the first, second ... time."""
        return self.stepper.fresh_memory(memory_range, noise_rng(self._settings.seed, FRESH_MEMORY, *times))

    def _keep_snapshot(self, event: int, memory: Memory) -> None:
        """Keep the memory before an event is said and before what was changed there, if the trail wants it."""
        if self.trail.wants(self._follower, event):
            self.trail.keep(event, memory, self._changes[: self._changed])

    def _events_of_changes(self, rows: IntTable, known: int) -> list[tuple[int, Change]]:
        """Each change with the number of the event before which it comes: the one after the first that is not before
        its place, among the known events and then ``rows``.
        """
        vocabulary, places = self.stepper.vocabulary, rows[:, 0] * MAX_PITCHES + rows[:, 1]

        def event_of(change: Change) -> int:
            if change.after == BEFORE_ALL:
                return 0
            position = vocabulary.grid.at_or_after(change.after.tick)
            is_on_grid = change.after.tick % vocabulary.grid.ticks == 0
            pitch = bisect_left(vocabulary.pitches, change.after.key) if is_on_grid else 0
            before = self.trail.events_before(position, pitch, known)
            return before + int(np.searchsorted(places, position * MAX_PITCHES + pitch)) + 1

        return [(event_of(change), change) for change in self._changes]

    def _first_looked_at(self, event: int, known: int) -> int:
        """The first of the known events that matter for hearing ``event`` and on, beside what all before come to."""
        if event < 2 or not known:
            return 0
        ((position, *_),) = self.trail.rows(min(event, known) - 1, min(event, known)).tolist()
        return min(self.trail.events_before(position - self.past.reach, 0, known), event - 2)

    def _hear_from(
        self, event: int, rows: IntTable, begin: int, known: int, changes: list[tuple[int, Change]]
    ) -> Iterator[int]:
        """Hear what is said before each event from ``event`` on. ``rows`` are the events from ``begin`` on; what comes
        before is in the past. The microtiming of the first ``known`` events is known, that of later ones is imagined
        where their notes do not show it, and written into ``rows``. Gives, after each stretch, the number of events it
        has come to.
        """
        stepper, events, start = self.stepper, begin + len(rows), event
        first = max(start - 1, 0)
        table = encode_events(
            rows,
            self.past.timeline,
            stepper.vocabulary,
            stepper.architecture.bar_memory,
            self.past.labels,
            first=first - begin,
            before=self.past.habits if begin else None,
            without_struck=True,
        )
        heard = table.rows[:, [table.columns.index(column) for column in stepper.input_columns]]
        if start == 0:
            heard = np.concatenate([np.array([self.past.heard], np.int64), heard])
        delays, places = table.column("delay").tolist(), table.column("position").tolist()
        hidden = self._hidden_of_all(rows)
        hidden[: known - begin] = 0
        stops = sorted({*(np.flatnonzero(hidden) + begin + 1).tolist(), *(at for at, _ in changes)})
        while event < events:
            self._keep_snapshot(event, self.memory)
            while self._changed < len(changes) and changes[self._changed][0] <= event:
                self._apply(changes[self._changed][1], event)
            following = bisect_right(stops, event)
            stop = min([event + _AT_ONCE, events, *stops[following : following + 1]])
            self._hear_rows(event, heard[event - start : stop - start])
            event = stop
            last = event - 1
            if hidden[last - begin]:
                _, pitch, velocity, _ = rows[last - begin].tolist()
                self.dice.shake(last)
                scores = stepper.microtiming_after(delays[last - first], places[last - first], pitch, velocity)
                microtiming = self.dice.microtiming(scores, int(hidden[last - begin]))
                rows[last - begin, 3] = microtiming
                heard[event - start, stepper.input_columns.index("microtiming")] = microtiming
            yield event
        self._keep_snapshot(event, self.memory)

    def _hear_rows(self, event: int, heard: IntTable) -> None:
        """Hear what is said before this event and those after it; after it the stepper says what is likely next."""
        if len(heard) == 1:
            self.stepper.advance(self.memory, heard[0].tolist())
            return
        h, c = self.stepper.hear(self.memory, heard)
        for index in range(len(heard)):
            self._keep_snapshot(event + index + 1, Memory(h[index], c[index]))
        self.stepper.speak(self.memory)

    def _hidden_of_all(self, rows: IntTable) -> IntTable:
        """:meth:`_hidden` of many events, int64 (events,)."""
        if not self.stepper.architecture.dynamics:
            return np.zeros(len(rows), np.int64)
        grid = self.stepper.vocabulary.grid
        exact = rows[:, 3] == grid.exact
        if not self._settings.feel:
            return np.where(exact, grid.all_microtimings, 0)
        early_or_exact = (1 << grid.exact + 1) - 1
        return np.where(exact & (rows[:, 0] == 0), early_or_exact, 0)

    def _hidden(self, seen: GridNote) -> int:
        """Microtiming classes that an event may have had, as bits, where its note does not show which; else 0."""
        return int(self._hidden_of_all(np.array([seen], np.int64))[0])
