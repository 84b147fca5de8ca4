"""What comes in from a MIDI port: pads to be played and recorded, controllers to be learned, and somebody's clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.midi_messages import CONTROL_CHANGE, NOTE_OFF, NOTE_ON
from drumapp.playback.output_settings import MidiInputSettings

Report = Callable[[protocol.EngineEvent], None]
Post = Callable[[protocol.PlayerCommand], None]


class MidiInput:
    """Understands the messages of one port.

    Args: tick_at, the tick that was heard at a time of the monotonic clock, None while nothing plays; post, for what is
    to sound at once; report, for what the window is told; follow, for messages of somebody's clock, with their times.
    """

    def __init__(
        self,
        settings: MidiInputSettings,
        *,
        tick_at: Callable[[int], float | None],
        post: Post,
        report: Report,
        follow: Callable[[str, Sequence[int], int], None],
    ) -> None:
        self.settings = settings
        self._tick_at = tick_at
        self._post = post
        self._report = report
        self._follow = follow
        self._drums = settings.kit_map.to_general_midi
        self._held: set[int] = set()  # drums whose pads are down
        self._offset_ns = round(settings.offset_ms * NANOSECONDS / 1000)

    def receive(self, message: Sequence[int], now_ns: int) -> None:
        """Take up a message that came in at a time of the monotonic clock; one that is none is ignored."""
        if not message or message[0] < 0x80:
            return
        status = message[0]
        if status >= 0xF0:
            self._follow(self.settings.port, message, now_ns - self._offset_ns)
            return
        kind, channel = status & 0xF0, (status & 0x0F) + 1
        if len(message) < 3 or max(message[1:3]) > 0x7F or self.settings.channel not in (None, channel):
            return
        if kind == NOTE_ON and message[2] > 0:
            self._pressed(channel, message[1], message[2], now_ns)
        elif kind in (NOTE_ON, NOTE_OFF):
            self._released(self._drums[message[1]], now_ns)
        elif kind == CONTROL_CHANGE:
            self._report(protocol.ControlMoved(self.settings.port, channel, message[1], message[2]))

    def let_go(self) -> None:
        """Let go of every pad, as when the port is gone or is listened to no more."""
        for key in sorted(self._held):
            self._released(key, None)

    def _pressed(self, channel: int, device_key: int, velocity: int, now_ns: int) -> None:
        key = self._drums[device_key]
        if self.settings.sounds:
            self._post(protocol.PressPad(key, velocity))
        self._held.add(key)
        struck_ns = now_ns - self._offset_ns
        tick = self._tick_at(struck_ns)
        self._report(protocol.PadStruck(self.settings.port, channel, device_key, key, velocity, tick, struck_ns))

    def _released(self, key: int, now_ns: int | None) -> None:
        if key not in self._held:
            return
        self._held.discard(key)
        if self.settings.sounds:
            self._post(protocol.ReleasePad(key))
        if now_ns is not None:
            let_go_ns = now_ns - self._offset_ns
            self._report(protocol.PadReleased(self.settings.port, key, self._tick_at(let_go_ns), let_go_ns))
