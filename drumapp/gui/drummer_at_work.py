"""The drummer at work on the take in the document: its run is begun, handed over to document and engine as the music
comes near, and begun anew where the user changed what it has in mind. No Qt but the document's signals.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.gui.generation import Batch, Failed, Finished, GenerationRun, Request
from drumapp.gui.writing import Writing, next_beat, preparation_seconds

if TYPE_CHECKING:
    from drumapp.gui.document import Document
    from drumapp.gui.requests import Requests
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.playback.engine import PlaybackEngine

BARS_AHEAD = 4
FIRST_NOTE_SECONDS = 0.016
SETTLE_SECONDS = 0.12  # after the last change by hand, before the drummer is asked to write otherwise


class DrummerAtWork:
    """Writes one take at a time; nothing happens where there is none.

    It ends by itself when the document's take ends, and leaves in ``requests`` what the next one goes on from.
    """

    def __init__(
        self, document: Document, engine: PlaybackEngine, requests: Requests, failed: Callable[[str], None]
    ) -> None:
        """Args: failed, is told in a sentence why a drummer broke off."""
        self._document = document
        self._engine = engine
        self._requests = requests
        self._failed = failed
        self._writing: Writing | None = None
        self._touched_at = 0.0
        self._locked_keys = document.kit.locked_keys
        document.kit_changed.connect(self._kit_changed)
        document.locks_changed.connect(self._make_stale)
        document.touched.connect(self._touched)
        document.take_closed.connect(self._take_closed)

    @property
    def busy(self) -> bool:
        """Whether a take is being written, or held."""
        return self._writing is not None

    @property
    def settings(self) -> GeneratorSettings | None:
        """Those of the take, with what has been turned since it began; None while there is none."""
        return None if self._writing is None else _settings_so_far(self._writing)

    def begin(self, request: Request, standing: Pattern, end: int | None, *, start: int, label: str) -> None:
        """Begin a take in the document, after what stands; see :meth:`Document.begin_take`."""
        run = self._run_of(request, playing=True)
        self._document.begin_take(standing, end, start=start, label=label)
        self._writing = Writing(run, request)
        self._engine.set_growing(True)

    def adjust(self, wanted: GeneratorSettings) -> None:
        """Other settings, from the next beat on."""
        if self._writing is not None:
            self._writing.adjust(wanted)

    def freshen(self, memory_range: float) -> None:
        """Fresh memory from the next beat on, drawn uniformly from +- this."""
        if self._writing is not None:
            self._writing.freshen(memory_range)

    def pause(self) -> None:
        """Hold the drummer between two notes."""
        if self._writing is not None:
            self._writing.run.pause()

    def resume(self) -> None:
        """Let a drummer who was held go on: from its memory, or otherwise if something has changed."""
        writing = self._writing
        if writing is None:
            return
        if writing.stale_from is not None:
            # What stands is what is seen: held, the drummer goes on at its end.
            writing = self._rewrite(writing, self._document.pattern.length, playing=True)
        writing.run.resume()

    def cancel(self) -> None:
        """Send the drummer home; the document is left alone."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.run.cancel()

    def think_again(self, playhead: float, *, playing: bool) -> None:
        """Let the drummer write otherwise what is still to be heard, once the user's hand has come to rest."""
        writing = self._writing
        if writing is None or writing.stale_from is None or time.monotonic() - self._touched_at < SETTLE_SECONDS:
            return
        # Held, it goes on at the end of what stands, and will have thought of it by then.
        end = self._document.pattern.length
        tick = self._beat_to_begin_at(writing.stale_from, playhead) if playing else end
        self._rewrite(writing, tick, playing=playing)

    def hand_over(self, playhead: float) -> None:
        """Give document and engine what has been written, so many bars ahead of the playhead."""
        writing = self._writing
        if writing is None:
            return
        bar = self._document.pattern.metre.metre_at(max(int(playhead), 0)).ticks_per_bar
        for item in writing.run.take(playhead + BARS_AHEAD * bar):
            if isinstance(item, Batch):
                self.take_up(item.notes, item.settled)
            elif isinstance(item, Finished):
                self.take_up(item.notes, item.length)
                self._document.end_take(item.length)
            elif isinstance(item, Failed):
                self._document.end_take()
                self._failed(_words_of(item.error))

    def take_up(self, notes: Sequence[Note], settled: int) -> None:
        """Notes have been written, and so much is final now, in ticks."""
        settled = max(settled, self._document.pattern.length)
        self._engine.append_notes(notes, settled)
        self._document.append(notes, settled)

    # Writing otherwise

    def _touched(self, removed: Sequence[Note], added: Sequence[Note]) -> None:
        """The user edited what the drummer has in mind."""
        if self._writing is not None:
            self._writing.touch(removed, added, self._document.pattern.metre)
            self._touched_at = time.monotonic()

    def _kit_changed(self) -> None:
        if self._document.kit.locked_keys != self._locked_keys:
            self._locked_keys = self._document.kit.locked_keys
            self._make_stale()

    def _make_stale(self) -> None:
        if self._writing is not None:
            self._writing.make_stale()

    def _beat_to_begin_at(self, stale_from: int, playhead: float) -> int:
        """The next beat that leaves the drummer the time to think, or the end of what is written."""
        pattern = self._document.pattern
        heard_anew = len(pattern.notes) - pattern.index_from(stale_from)
        seconds = pattern.tempo.seconds_at(playhead) + preparation_seconds(heard_anew)
        soonest = next_beat(int(pattern.tempo.tick_at(seconds)) + 1, pattern.metre)
        return min(max(soonest, stale_from, self._document.take_start), pattern.length)

    def _rewrite(self, writing: Writing, tick: int, *, playing: bool) -> Writing:
        """Take back what the drummer has written from a tick on, and let it write that anew."""
        seat, document = self._requests.drummer(), self._document
        writing.run.cancel()
        generator = writing.run.generator
        trail = self._requests.trail if generator is None else generator.trail
        ahead = frozenset(note for note in writing.touched if note.start >= tick)
        chart = self._requests.chart(document.pattern, tick, document.end, ahead)
        stays, _ = seat.parted(chart)
        standing = replace(document.pattern, notes=NoteRun(stays), length=tick)
        request = Request(_settings_so_far(writing).up_to(tick), chart, trail, writing.turned)
        self._writing = anew = Writing(self._run_of(request, playing=playing), request, writing.touched)
        document.rewrite(standing, document.end)
        return anew

    def _run_of(self, request: Request, *, playing: bool) -> GenerationRun:
        seat = self._requests.drummer()
        run = GenerationRun(lambda: seat.make(request))
        if not playing:
            run.pause()
        run.start()
        if playing:
            # For one frame at most: what the window does meanwhile would keep the interpreter from the drummer.
            run.wait_until_begun(FIRST_NOTE_SECONDS)
        return run

    def _take_closed(self, take_id: str, result: Pattern) -> None:
        """The take in the document has ended: send the drummer home, and keep what replays it."""
        writing, self._writing = self._writing, None
        if writing is None:
            return
        writing.run.cancel()
        generator, requests = writing.run.generator, self._requests
        if generator is not None and requests.seat is not None:
            requests.trail = generator.trail
            if result.notes:
                self._document.add_take(requests.seat.take_of(generator, take_id, result, time.time()))


def _settings_so_far(writing: Writing) -> GeneratorSettings:
    """Those of a run, with what was turned while it was played."""
    generator = writing.run.generator
    return writing.settings if generator is None else replace(writing.settings, changes=generator.settings.changes)


def _words_of(error: Exception) -> str:
    if isinstance(error, DrumappError):
        return str(error)
    return f"The drummer broke off by a fault of the program ({type(error).__name__}: {error})."
