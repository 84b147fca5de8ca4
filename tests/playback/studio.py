"""Everything that lives in the playing process but its threads: a test's clock moves it all, and nothing waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import NANOSECONDS, ManualClock
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.midi_input import MidiInput
from drumapp.playback.midi_keeper import LOOK_SECONDS, MidiKeeper
from drumapp.playback.midi_sender import MidiSender
from drumapp.playback.output_settings import MidiInputSettings, MidiOutputSettings, MidiSettings
from drumapp.playback.player import Player
from drumapp.playback.synth import Synth
from drumapp.playback.timing_log import LatenessLog, TimingLog
from tests.playback.midi_fakes import FakeSystem
from tests.playback.recording_synth import RecordingSynth

MS = NANOSECONDS // 1000
RATE = 48_000


class Studio:
    """Player, sender, keeper and a sound device of blocks, each woken when it wants to be.

    Attributes: clock; system, the ports; player; synth; events, reported to the window; log of lateness; device_off: as
    long as it is set no block is pulled; late: how late the sending thread wakes, called with nothing.
    """

    def __init__(
        self,
        *outputs: str,
        inputs: Sequence[str] = (),
        synth: Synth | None = None,
        block: int = 480,
        latency: float = 20,
    ) -> None:
        self.clock = ManualClock(10**12)
        self.system = FakeSystem(outputs, inputs)
        self.system.now_ns = self.clock.now_ns
        self.synth = synth or RecordingSynth(RATE)
        self.player = Player(self.synth, clock=self.clock)
        self.live = LivePlayer(self.player, self.clock)
        self.live.use_device(RATE, latency)
        self.sender = MidiSender(self.live, self.clock)
        self.log = TimingLog()
        self.events: list[protocol.EngineEvent] = []
        self.device_off = False
        self.late: Callable[[], int] = lambda: 0
        self.keeper = MidiKeeper(
            self.system,
            self.player,
            self.sender,
            self.events.append,
            self._make_input,
            lambda port: LatenessLog(self.log, port, self.live.stream.ns_of, self.clock.now_ns),
        )
        self.followed: list[tuple[str, tuple[int, ...], int]] = []
        self._block = block
        self._pull_ns = self._send_ns = self._look_ns = self.clock.now_ns()

    def use(self, *outputs: MidiOutputSettings, inputs: Sequence[MidiInputSettings] = (), synth_keys=None) -> None:
        """Play through these and listen to those."""
        self.keeper.want(MidiSettings(outputs, tuple(inputs), synth_keys))
        self._look()

    def do(self, *commands: protocol.PlayerCommand) -> None:
        """Give commands, as the process's main thread does."""
        for command in commands:
            self.player.post(command)
        self._send()

    def set_notes(self, *notes: Note, length: int = 1920, bpm: float = 120.0) -> None:
        """Play these notes."""
        self.do(set_notes(*notes, length=length, bpm=bpm))

    def run(self, milliseconds: float) -> None:
        """Let time pass."""
        end = self.clock.now_ns() + round(milliseconds * MS)
        while True:
            # Any ring of the bell wakes the sender at once.
            self._send_if_rung()
            pull_ns = end + 1 if self.device_off else self._pull_ns
            due = min(pull_ns, self._send_ns, self._look_ns)
            if due > end:
                break
            self.clock.wait_until(due)
            if due == pull_ns:
                self.live.pull(self._block)
                self._pull_ns += self._block * NANOSECONDS // RATE
            elif due == self._send_ns:
                self.clock.advance(self.late())
                self._send()
            else:
                self._look()
        self.clock.wait_until(end)

    def sleep(self, seconds: float) -> None:
        """The computer sleeps: time passes, and nobody does anything."""
        self.clock.advance(round(seconds * NANOSECONDS))
        self._pull_ns = max(self._pull_ns, self.clock.now_ns())

    def heard(self, frame: int) -> int:
        """The time at which a frame of the stream is due."""
        return self.live.stream.ns_of(frame)

    def told(self, kind: type) -> list[protocol.EngineEvent]:
        """The events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def _make_input(self, settings: MidiInputSettings) -> MidiInput:
        return MidiInput(
            settings,
            tick_at=lambda now_ns: self.player.tick_at(self.live.stream.frame_at(now_ns)),
            post=self.do,
            report=self.events.append,
            follow=lambda port, message, now_ns: self.followed.append((port, tuple(message), now_ns)),
        )

    def _look(self) -> None:
        self.keeper.look()
        self._send()
        self._look_ns = self.clock.now_ns() + round(LOOK_SECONDS * NANOSECONDS)

    def _send(self) -> None:
        self._send_ns = max(self.sender.step(), self.clock.now_ns() + 1)

    def _send_if_rung(self) -> None:
        if self.sender.bell.rung:
            self.sender.bell.wait(1.0)
            self._send()


def set_notes(*notes: Note, length: int = 1920, bpm: float = 120.0) -> protocol.SetPattern:
    pattern = Pattern.of(notes, length=length)
    return protocol.SetPattern(protocol.pack(pattern.notes), length, TempoMap.constant(bpm))
