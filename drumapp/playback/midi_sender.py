"""The thread that sends MIDI when it is due, and keeps the sequencer ahead of it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from drumapp.playback.bell import Bell
from drumapp.playback.clock import NANOSECONDS, Clock
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.midi_messages import OutPort
from drumapp.playback.midi_output import MidiOutput
from drumapp.playback.thread_priority import MIDI, hurry_this_thread

LEAD_MS = 10
_LOOK_NS = 4 * NANOSECONDS // 1000
_RESTING_LOOK_NS = NANOSECONDS // 20
_IDLE_NS = 10 * NANOSECONDS


class MidiSender:
    """Plays MIDI outputs in real time.

    What an output is to send lies in its own queue, known some milliseconds before it is due. So the thread that calls
    `run` does nothing but wait for the next due time, which follows from the stream's one clock, and send. Nothing it
    does waits for another thread.

    Attributes: bell, to be rung when there is something new to do; left: outputs that have played to their end and let
    go of their ports, for their owner to take away; fault: what ended its work, a mistake in the program.
    """

    def __init__(self, live: LivePlayer, clock: Clock) -> None:
        self.bell = Bell()
        self.left: deque[MidiOutput] = deque()
        self.fault: BaseException | None = None
        self._live = live
        self._clock = clock
        self._outputs: tuple[MidiOutput, ...] = ()
        self._leaving: tuple[MidiOutput, ...] = ()
        self._orders: deque[Callable[[], object]] = deque()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="midi-sender", daemon=True)

    # For other threads

    def start(self) -> None:
        """Begin to send, from a thread of its own."""
        self._thread.start()

    def set_outputs(self, outputs: Sequence[MidiOutput]) -> None:
        """Send for these. The sequencer must have been told before; who is not among them plays what it still has."""
        self._order(lambda: self._set_outputs(tuple(outputs)))

    def attach(self, output: MidiOutput, port: OutPort) -> None:
        """Let an output play through a port."""
        self._order(lambda: output.attach(port))

    def detach(self, output: MidiOutput) -> None:
        """Let an output fall silent and forget its port."""
        self._order(output.detach)

    def close(self) -> None:
        """Silence all outputs and end the thread."""
        self._order(self._end)
        if self._thread.is_alive():
            self._thread.join()

    # The sending thread

    def step(self) -> int:
        """Do what is due; the time at which to call this again, unless the bell rings before."""
        while self._orders:
            self._orders.popleft()()
        now_ns = self._clock.now_ns()
        if not (self._outputs or self._leaving):
            return now_ns + _IDLE_NS
        frame = self._live.keep_ahead(now_ns)
        for output in self._outputs:
            output.run(frame)
        if self._leaving:
            self._see_off(frame)
        wake_ns = now_ns + (_LOOK_NS if self._live.player.playing else _RESTING_LOOK_NS)
        for output in self._outputs + self._leaving:
            due = output.next_frame()
            if due is not None:
                wake_ns = min(wake_ns, self._live.stream.ns_of(due))
        return wake_ns

    def _run(self) -> None:
        try:
            hurry_this_thread(MIDI)
            while not self._closing:
                wake_ns = self.step()
                self.bell.wait((wake_ns - self._clock.now_ns()) / NANOSECONDS)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process with it
            self.fault = error

    def _order(self, order: Callable[[], object]) -> None:
        self._orders.append(order)
        self.bell.ring()

    def _set_outputs(self, outputs: tuple[MidiOutput, ...]) -> None:
        gone = [output for output in self._outputs if output not in outputs]
        self._outputs = outputs
        self._leaving += tuple(gone)
        earliest = min((output.offset for output in outputs), default=0)
        self._live.lead = self._live.stream.frames_in(LEAD_MS) - min(earliest, 0) if outputs else 0

    def _see_off(self, frame: int) -> None:
        for output in self._leaving:
            output.run(frame)
        left = [output for output in self._leaving if output.next_frame() is None]
        self._leaving = tuple(output for output in self._leaving if output not in left)
        taken_over = {output.settings.port for output in self._outputs}
        for output in left:
            output.detach(shared=output.settings.port in taken_over)
        self.left.extend(left)

    def _end(self) -> None:
        for output in self._outputs + self._leaving:
            output.detach()
        self._outputs = self._leaving = ()
        self._closing = True
