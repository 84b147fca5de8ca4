"""Drummer, document and playback held together: Generate, Play, Pause and Stop act on all three here."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import MetreMap, TempoMap
from drumapp.gui.document import Document
from drumapp.gui.generation import Batch, Failed, Finished, GenerationRun, GeneratorFactory

if TYPE_CHECKING:
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.playback.engine import PlaybackEngine, Playhead

BARS_AHEAD = 4
ACTIVE_MS = 8
IDLE_MS = 60
FIRST_NOTE_SECONDS = 0.016
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
    sound_event (an engine event); failed (sentence) when the drummer broke off.
    """

    changed = Signal()
    playhead_moved = Signal(object)
    sound_event = Signal(object)
    failed = Signal(str)

    def __init__(self, document: Document, engine: PlaybackEngine) -> None:
        super().__init__()
        self._document = document
        self._engine = engine
        self._make_generator: GeneratorFactory | None = None
        self._run: GenerationRun | None = None
        self._looping = True
        self._playing = False
        self._timer = QTimer(self, interval=IDLE_MS)
        self._timer.timeout.connect(self.tick)
        self.performance = Performance()
        document.replaced.connect(self._document_replaced)
        document.timing_changed.connect(self._send_pattern)
        document.loop_changed.connect(self._send_loop)
        document.kit_changed.connect(self._send_kit)
        self._send_kit()

    def start(self) -> None:
        """Begin to listen to the engine."""
        self._timer.start()

    def set_generator_factory(self, make_generator: GeneratorFactory | None) -> None:
        """Say who drums from the next Generate on; None when there is nobody."""
        self._make_generator = make_generator
        self._publish()

    @property
    def can_generate(self) -> bool:
        """Whether there is a drummer."""
        return self._make_generator is not None

    @property
    def looping(self) -> bool:
        """Whether a finished pattern is repeated."""
        return self._looping

    # What the user does

    def generate(self, settings: GeneratorSettings) -> None:
        """Start a fresh take and play it as it is written; what was there before can be had back by Undo."""
        if self._make_generator is None:
            raise DrumappError("There is no drummer to generate with: open a model first (File, Open model).")
        make = self._make_generator
        self.finish_take()
        self._wake_engine()
        self._engine.stop()
        end = None if settings.bars is None else settings.bars * settings.metre.ticks_per_bar
        empty = Pattern(
            tempo=TempoMap.constant(settings.tempo),
            metre=MetreMap.constant(settings.metre),
            name=take_name(settings.seed),
        )
        run = GenerationRun(lambda: make(settings))
        run.start()
        self._run = run
        self._document.begin_take(empty, end)
        self._engine.play()
        self._playing = True
        self._publish(seed=settings.seed, endless=settings.bars is None)
        self._pace()
        # One frame at most: painting the empty roll first would keep the interpreter from the drummer for as long.
        run.wait_until_begun(FIRST_NOTE_SECONDS)
        self.tick()

    def toggle_play(self) -> None:
        """Pause what plays, or go on."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Go on from where the music is; a drummer who was held goes on from its memory."""
        if self._run is None and self._document.pattern.length == 0:
            return
        self._wake_engine()
        if self._run is not None:
            self._run.resume()
        self._engine.play()
        self._playing = True
        self._publish()
        self._pace()

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
        self._engine.seek(max(0, min(tick, max(length - 1, 0))))
        self.tick()

    def set_looping(self, looping: bool) -> None:
        """Repeat the pattern, or play it once. A take that is being written repeats only when it is done."""
        self._looping = looping
        self._send_loop()

    def finish_take(self) -> None:
        """Send the drummer home; the bars it has written to their ends stay, and are repeated."""
        if self._run is not None:
            self._end_run()
            self._document.end_take()

    def close(self) -> None:
        """End the run and the engine; nothing of either is left."""
        self._timer.stop()
        self._end_run()
        self._engine.close()

    # What time brings

    def tick(self) -> None:
        """Take in what was drawn, show where the music is, hear what the engine has to say."""
        head = self._engine.playhead()
        if self._run is not None and self._playing:
            self._drain(head.tick)
        self.playhead_moved.emit(head)
        for event in self._engine.poll():
            self.sound_event.emit(event)
        if self._playing:
            self._notice_end(head)

    def _drain(self, playhead: float) -> None:
        run = self._run
        bar = self._document.pattern.metre.metre_at(max(int(playhead), 0)).ticks_per_bar
        for item in run.take(playhead + BARS_AHEAD * bar):
            if isinstance(item, Batch):
                self._take_up(item.notes, item.settled)
            elif isinstance(item, Finished):
                self._take_up(item.notes, item.length)
                self._end_run()
                self._document.end_take(item.length)
            elif isinstance(item, Failed):
                self._drummer_failed(item.error)
        self._publish(playhead=playhead)

    def _take_up(self, notes: Sequence[Note], settled: int) -> None:
        self._engine.append_notes(notes, settled)
        self._document.append(notes, settled)

    def _drummer_failed(self, error: Exception) -> None:
        self._end_run()
        self._document.end_take()
        if isinstance(error, DrumappError):
            self.failed.emit(str(error))
        else:
            self.failed.emit(f"The drummer broke off by a fault of the program ({type(error).__name__}: {error}).")

    def _notice_end(self, head: Playhead) -> None:
        """The engine stops by itself at the end of a pattern that is not repeated, or because it died."""
        if not head.playing:
            self._rest()

    # Between the three

    def _document_replaced(self) -> None:
        """Other notes: by a take that begins or ends, by opening, clearing, undoing."""
        if self._run is not None and not self._document.in_take:
            self._end_run()
        self._send_pattern()
        self._send_loop()
        # Last: an engine that waits at the end for more notes would stop there if it had no loop to go on with.
        self._engine.set_growing(self._document.in_take)
        if self._document.pattern.length == 0 and not self._document.in_take and self._playing:
            self.stop()

    def _send_pattern(self) -> None:
        self._engine.set_pattern(self._document.pattern)

    def _send_kit(self) -> None:
        self._engine.set_kit(self._document.kit)

    def _send_loop(self) -> None:
        repeat = self._looping and not self._document.in_take and self._document.pattern.length > 0
        self._engine.set_loop(self._document.project.loop_span if repeat else None)

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.cancel()
        self._publish()

    def _wake_engine(self) -> None:
        """Bring back a playing process that died, to where it was."""
        if not self._engine.running:
            tick = self._engine.playhead().tick
            self._engine.start()
            self._engine.seek(tick)

    def _rest(self) -> None:
        if self._run is not None:
            self._run.pause()
        self._playing = False
        self._publish()
        self._pace()

    def _pace(self) -> None:
        self._timer.setInterval(ACTIVE_MS if self._playing else IDLE_MS)

    def _publish(self, *, playhead: float | None = None, **changes: object) -> None:
        """Say what goes on, if it is other than before."""
        if self._make_generator is None and self._run is None:
            drummer = Drummer.ABSENT
        elif self._run is None:
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
            "bars_ahead": max(ahead, 0) if self._run is not None else 0,
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
