"""Drummer, document and playback held together: Generate, Go on, Play, Pause and Stop act on all three here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import MetreMap, Range, TempoMap
from drumapp.gui.document import Document
from drumapp.gui.drummer_at_work import DrummerAtWork
from drumapp.gui.generation import Request
from drumapp.gui.requests import Requests
from drumapp.gui.seat import Seat
from drumapp.gui.sounding_music import SoundingMusic

if TYPE_CHECKING:
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.playback.engine import PlaybackEngine, Playhead

ACTIVE_MS = 16  # as often as most screens show a frame
IDLE_MS = 60
SEED_BITS = 31


class Drummer(Enum):
    """What the drummer is doing."""

    ABSENT = "absent"  # no model yet
    IDLE = "idle"
    WRITING = "writing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Performance:
    """What goes on, for the window to show."""

    drummer: Drummer = Drummer.ABSENT
    playing: bool = False
    bars_ahead: int = 0
    seed: int | None = None
    endless: bool = False


class Conductor(QObject):
    """Makes drummer and playback start, rest and end together.

    Signals: changed when the performance is another; playhead_moved (Playhead) every few milliseconds while playing;
    sought (tick) when the music was put elsewhere; sound_event (an engine event); failed (sentence) when the drummer
    broke off; said (sentence) when the drummer has something to say of what it was given.
    Attributes: performance; requests, what a drummer is asked for.
    """

    changed = Signal()
    playhead_moved = Signal(object)
    sought = Signal(float)
    sound_event = Signal(object)
    failed = Signal(str)
    said = Signal(str)

    def __init__(self, document: Document, engine: PlaybackEngine) -> None:
        super().__init__()
        self._document = document
        self._engine = engine
        self.requests = Requests(document)
        self._work = DrummerAtWork(document, engine, self.requests, self.failed.emit)
        self._music = SoundingMusic(document, engine)
        self._playing = False
        self._timer = QTimer(self, interval=IDLE_MS)
        self._timer.timeout.connect(self.tick)
        self.performance = Performance()
        document.replaced.connect(self._document_replaced)
        document.timing_changed.connect(self._music.send_pattern)
        document.loop_changed.connect(self._music.send_loop)
        document.kit_changed.connect(self._music.send_kit)
        document.take_closed.connect(self._take_closed)
        document.begun_anew.connect(self.requests.forget)
        self._music.send_kit()

    def start(self) -> None:
        """Begin to listen to the engine."""
        self._timer.start()

    def set_seat(self, seat: Seat | None) -> None:
        """Say who drums from the next take on; None when there is nobody."""
        self.requests.seat = seat
        self.requests.forget()
        self._publish()

    @property
    def seat(self) -> Seat | None:
        """Who drums."""
        return self.requests.seat

    @property
    def settings_in_take(self) -> GeneratorSettings | None:
        """Those of the take under way, with what has been turned since it began; None while nobody writes."""
        return self._work.settings

    @property
    def can_generate(self) -> bool:
        """Whether there is a drummer."""
        return self.requests.seat is not None

    @property
    def looping(self) -> bool:
        """Whether a finished pattern is repeated."""
        return self._music.looping

    @property
    def loop(self) -> Range | None:
        """The ticks that are repeated as it is now; None while nothing is."""
        return self._music.loop

    # What the user does

    def generate(self, settings: GeneratorSettings) -> None:
        """Start a fresh take and play it as it is written; what was there before can be had back by Undo.

        What is locked stays, and the drummer plays around it.
        """
        self.requests.drummer()  # or nothing is touched
        self.finish_take()
        self._wake_engine()
        self._engine.stop()
        document = self._document
        kept = tuple(note for note in document.pattern.notes if document.kept(note))
        metre = MetreMap.constant(settings.metre)
        end = None if settings.bars is None else settings.bars * settings.metre.ticks_per_bar
        if kept and end is not None:
            end = max(end, metre.bar_start(metre.bar_at(kept[-1].start) + 1))
        standing = Pattern(NoteRun(kept), 0, TempoMap.constant(settings.tempo), metre, take_name(settings.seed))
        chart = None
        if kept or document.kit.locked_keys:
            chart = self.requests.chart(replace(standing, length=end or 0), 0, end)
        self._go()
        self._work.begin(Request(settings, chart), standing, end, start=0, label="Generate")
        self._engine.play()
        self._publish(seed=settings.seed, endless=settings.bars is None)
        self.tick()

    def go_on(self, wanted: GeneratorSettings, start: int | None = None) -> None:
        """Let the drummer go on from what stands, as if it had played that itself, and play it.

        Args: wanted, the settings of now: the take in the roll keeps its seed, and so its memory. start, the tick from
        which on it writes, the end of what stands unless given. What lies behind it is replaced, to its end; at the end
        it writes as many bars more as the settings say. Asked again to go on from the same place, it plays another way.
        """
        seat = self.requests.drummer()
        self.finish_take()
        pattern = self._document.pattern
        start = pattern.length if start is None else min(max(start, 0), pattern.length)
        stop = None if wanted.bars is None else self.requests.stop_of(start, wanted.bars)
        request = self.requests.going_on(wanted, self.requests.chart(pattern, start, stop))
        stays, makes_way = seat.parted(request.chart)
        for sentence in (self.requests.problem, seat.hearsay([note for note in stays if note.start < start])):
            if sentence:
                self.said.emit(sentence)
        first = min(request.chart.first_tick, *(note.start for note in makes_way[:1]), start)
        standing = replace(pattern, notes=NoteRun(stays), length=start)
        self._wake_engine()
        if not self._playing:
            self._engine.seek(pattern.metre.bar_start(max(pattern.metre.bar_at(start - 1) if start else 0, 0)))
        self._go()
        self._work.begin(request, standing, stop, start=first, label="Go on")
        self._engine.play()
        self._publish(seed=request.settings.seed, endless=wanted.bars is None)
        self.tick()

    def adjust(self, wanted: GeneratorSettings) -> None:
        """Other settings for the drummer: heard from the next beat on while it writes, else from the next take on."""
        self._work.adjust(wanted)

    def freshen(self, memory_range: float) -> None:
        """Fresh memory from the next beat on; nothing happens while nobody writes."""
        self._work.freshen(memory_range)

    def toggle_play(self) -> None:
        """Pause what plays, or go on."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Go on from where the music is; a drummer who was held goes on from its memory."""
        if not self._work.busy and self._document.pattern.length == 0:
            return
        self._wake_engine()
        self._go()
        self._work.resume()
        self._engine.play()
        self._publish()
        self.tick()

    def pause(self) -> None:
        """Hold both, the music and the drummer."""
        self._engine.pause()
        self._rest()

    def stop(self) -> None:
        """Hold both and rewind."""
        self._engine.stop()
        self._rest()
        self.tick()

    def seek(self, tick: int) -> None:
        """Go to a tick within the music."""
        length = self._document.pattern.length
        tick = max(0, min(tick, max(length - 1, 0)))
        self._engine.seek(tick)
        self.sought.emit(tick)
        self.tick()

    def set_looping(self, looping: bool) -> None:
        """Repeat the pattern, or play it once. A take that is being written repeats only when it is done."""
        self._music.looping = looping
        self._music.send_loop()

    def listen_to(self, span: Range | None) -> None:
        """Play some ticks over and over; None goes back to what is looped. A take under way is not held up for it."""
        self._music.listened = span
        self._music.send_loop()
        if span is None or self._document.in_take:
            return
        if not self._playing or self._engine.playhead().tick not in span:
            self.seek(span.start)
        self.play()

    @property
    def aside(self) -> Pattern | None:
        """What plays in the document's stead, if anything does."""
        return self._music.aside

    def play_aside(self, pattern: Pattern) -> None:
        """Play what is not in the document, over and over, until it is paused or something else is played.

        A take under way ends first.
        """
        self.finish_take()
        self.stop()
        self._wake_engine()
        self._music.put_aside(pattern)
        self._go()
        self._engine.play()
        self._publish()
        self.changed.emit()

    def withhold(self, notes: frozenset[Note]) -> None:
        """Keep these notes from being played, and no others, whether they are in the music or come into it."""
        self._music.withhold(notes)

    def finish_take(self) -> None:
        """Send the drummer home; the bars it has written to their ends stay, and are repeated."""
        if self._work.busy:
            self._document.end_take()

    def close(self) -> None:
        """End the run and the engine; nothing of either is left."""
        self._timer.stop()
        self._work.cancel()
        self._engine.close()

    # What time brings

    def tick(self) -> None:
        """Take in what was drawn, show where the music is, hear what the engine has to say."""
        head = self._engine.playhead()
        self._work.think_again(head.tick, playing=self._playing)
        if self._playing and self._work.busy:
            self._work.hand_over(head.tick)
            self._publish(playhead=head.tick)
        self.playhead_moved.emit(head)
        for event in self._engine.poll():
            self.sound_event.emit(event)
        if self._playing:
            self._notice_end(head)
        elif head.playing:
            self._notice_start()

    def _take_closed(self) -> None:
        self._publish()

    def _notice_start(self) -> None:
        """The engine started by itself: who is followed, did."""
        self._work.resume()
        self._go()
        self._publish()

    def _notice_end(self, head: Playhead) -> None:
        """The engine stops by itself at the end of a pattern that is not repeated, or because it died."""
        if not head.playing:
            self._rest()

    # Between the three

    def _document_replaced(self) -> None:
        """Other notes: by a take that begins or ends, by opening, clearing, undoing."""
        self._music.send_pattern()
        self._music.send_loop()
        # Last: an engine that waits at the end for more notes would stop there if it had no loop to go on with.
        self._engine.set_growing(self._document.in_take)
        if self._document.pattern.length == 0 and not self._document.in_take and self._playing:
            self.stop()

    def _wake_engine(self) -> None:
        """Bring back a playing process that died, to where it was."""
        if not self._engine.running:
            tick = self._engine.playhead().tick
            self._engine.start()
            self._engine.seek(tick)

    def _go(self) -> None:
        self._playing = True
        self._pace()

    def _rest(self) -> None:
        self._work.pause()
        self._playing = False
        if self._music.aside is not None:
            self._music.send_pattern()
            self._music.send_loop()
        self._publish()
        self._pace()

    def _pace(self) -> None:
        self._timer.setInterval(ACTIVE_MS if self._playing else IDLE_MS)

    def _publish(self, *, playhead: float | None = None, **changes: object) -> None:
        """Say what goes on, if it is other than before."""
        if self.requests.seat is None and not self._work.busy:
            drummer = Drummer.ABSENT
        elif not self._work.busy:
            drummer = Drummer.IDLE
        else:
            drummer = Drummer.WRITING if self._playing else Drummer.PAUSED
        ahead = self.performance.bars_ahead
        if playhead is not None:
            metre = self._document.pattern.metre
            ahead = (self._document.pattern.length - int(playhead)) // metre.metre_at(0).ticks_per_bar
        values = {
            "drummer": drummer,
            "playing": self._playing,
            "bars_ahead": max(ahead, 0) if self._work.busy else 0,
            "seed": self.performance.seed,
            "endless": self.performance.endless,
        }
        performance = Performance(**(values | changes))
        if performance != self.performance:
            self.performance = performance
            self.changed.emit()


def take_name(seed: int) -> str:
    """What a take is called until it is saved."""
    return f"Take {seed}"


def fresh_seed() -> int:
    """A seed nobody has chosen."""
    return secrets.randbits(SEED_BITS)
