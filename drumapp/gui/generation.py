"""One run of the drummer: a thread that draws notes into a bounded queue. No Qt.

The queue is the back-pressure: when it is full the drummer waits, so nobody need tell it how far to play ahead.
"""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from drumapp.core.pattern import Note

if TYPE_CHECKING:
    from drumapp.lstm.chart import Chart
    from drumapp.lstm.take_settings import GeneratorSettings

QUEUE_BATCHES = 16
_LOOK_SECONDS = 0.05  # how often a waiting thread asks whether it was cancelled


@dataclass(frozen=True, slots=True)
class Turned:
    """What is turned at the start of a run, for the notes to come: None leaves a temperature as it is; ``fresh`` draws
    the memory anew, uniformly from +- this.
    """

    time_temperature: float | None = None
    pitch_temperature: float | None = None
    fresh: float | None = None


NOTHING_TURNED = Turned()


@dataclass(frozen=True, slots=True)
class Request:
    """What a drummer is asked to play.

    Attributes: settings, with those of the seed; chart, what stands and which span to write, None for a take from
    nothing; trail, the memories of the run before, whatever the drummer makes of them; turned.
    """

    settings: GeneratorSettings
    chart: Chart | None = None
    trail: object | None = None
    turned: Turned = NOTHING_TURNED


class NoteGenerator(Protocol):
    """The part of a DrumGenerator that a run needs."""

    @property
    def settled(self) -> int:
        """The tick before which every note has been given."""

    @property
    def length(self) -> int | None:
        """Tick at which the run ends, None when it is endless."""

    @property
    def settings(self) -> GeneratorSettings:
        """What replays the take, as far as it has come."""

    @property
    def trail(self) -> object:
        """Memories kept along the way, for the run that follows."""

    def __iter__(self) -> Iterator[Note]:
        """Itself."""

    def __next__(self) -> Note:
        """The next note; StopIteration at the end of the run."""


GeneratorFactory = Callable[[Request], NoteGenerator]


@dataclass(frozen=True, slots=True)
class Batch:
    """Notes in order of start, none of them before ``settled`` of the batch before; ``settled`` ticks are final now."""

    notes: tuple[Note, ...]
    settled: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The last item of a run that came to its end: its last notes, and its whole length in ticks."""

    notes: tuple[Note, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The last item of a run that broke off."""

    error: Exception


Item = Batch | Finished | Failed


class GenerationRun:
    """A drummer at work in a thread of its own, from :meth:`start` until it is done, fails or is cancelled.

    It starts playing; :meth:`pause` and :meth:`resume` hold it between two notes, its memory kept as it is.
    Attributes: generator, once it is made; it is the thread's until the run has ended.
    """

    def __init__(self, make_generator: Callable[[], NoteGenerator], *, queue_batches: int = QUEUE_BATCHES) -> None:
        self._make_generator = make_generator
        self._items: queue.Queue[Item] = queue.Queue(maxsize=queue_batches)
        self._taken_up_to = -1
        self._cancelled = threading.Event()
        self._begun = threading.Event()
        self._may_play = threading.Event()
        self._may_play.set()
        self.generator: NoteGenerator | None = None
        self._thread = threading.Thread(target=self._work, name="drummer", daemon=True)

    def start(self) -> None:
        """Begin to draw notes."""
        self._thread.start()

    def wait_until_begun(self, timeout: float) -> bool:
        """Wait until there is something to take, for ``timeout`` seconds at most; whether there is."""
        return self._begun.wait(timeout)

    def pause(self) -> None:
        """Draw no more notes for now."""
        self._may_play.clear()

    def resume(self) -> None:
        """Go on drawing notes."""
        self._may_play.set()

    def cancel(self, timeout: float = 2.0) -> bool:
        """Stop for good; returns whether the thread has ended within ``timeout`` seconds."""
        self._cancelled.set()
        self._may_play.set()
        while self._next_item() is not None:
            pass  # a thread that waits for room in the queue goes on, and sees that it was cancelled
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread is still there."""
        return self._thread.is_alive()

    def take(self, settled_up_to: float) -> list[Item]:
        """What has been drawn since the last call, but no batch begun beyond ``settled_up_to`` ticks. Never waits."""
        taken: list[Item] = []
        while self._taken_up_to < settled_up_to:
            item = self._next_item()
            if item is None:
                break
            taken.append(item)
            if isinstance(item, Batch):
                self._taken_up_to = item.settled
        return taken

    def _next_item(self) -> Item | None:
        try:
            return self._items.get_nowait()
        except queue.Empty:
            return None

    def _work(self) -> None:
        try:
            for item in self._batches():
                if not self._put(item):
                    return
        except Exception as error:  # noqa: BLE001 - whatever breaks here, the window has to say so
            self._put(Failed(error))

    def _batches(self) -> Iterator[Item]:
        """The run's notes as batches that are final, in order."""
        generator = self.generator = self._make_generator()
        waiting: list[Note] = []
        for note in generator:
            heapq.heappush(waiting, note)
            settled = generator.settled
            if waiting[0].start < settled:
                yield Batch(_popped_before(waiting, settled), settled)
            if not self._wait_for_leave():
                return
        length = generator.length if generator.length is not None else generator.settled
        yield Finished(tuple(sorted(waiting)), length)

    def _wait_for_leave(self) -> bool:
        """Wait while paused; False when cancelled."""
        self._may_play.wait()
        return not self._cancelled.is_set()

    def _put(self, item: Item) -> bool:
        """Hand an item over, waiting for room; False when cancelled meanwhile."""
        while not self._cancelled.is_set():
            try:
                self._items.put(item, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            self._begun.set()
            return True
        return False


def _popped_before(waiting: list[Note], tick: int) -> tuple[Note, ...]:
    """Take from a heap what starts before a tick, in order."""
    popped = []
    while waiting and waiting[0].start < tick:
        popped.append(heapq.heappop(waiting))
    return tuple(popped)
