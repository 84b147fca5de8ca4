"""What an output is told: the one small protocol between the sequencer and whatever sounds, here or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from drumapp.playback.mix import Mix
from drumapp.playback.scheduler import LET_GO, Event


class Click(NamedTuple):
    """A stroke of the metronome. Attributes: frame of the stream; accent: whether a bar begins; gain, a factor."""

    frame: int
    accent: bool
    gain: float = 1.0


class Signal(NamedTuple):
    """A message for those who follow our clock.

    Attributes: frame of the stream; message, the MIDI bytes; place, in sixteenths, of a clock that falls on one.
    """

    frame: int
    message: bytes
    place: int | None = None


Cue = Event | Click | Signal
"""What happens at a frame."""


def ends_of(events: Sequence[Event]) -> list[Event]:
    """What must follow the cues that were put before events that happen now: the keys that those end are let go.

    Such an event overtakes a stroke that is still to come, and whose own end was given up for it.
    """
    struck = {event.key for event in events if event.velocity > LET_GO}
    return [event._replace(velocity=LET_GO) for event in events if event.key not in struck]


class Output(Protocol):
    """Where the music goes.

    The sequencer's thread calls these, and none of them waits. Cues are due at their frames' times; what is told to
    happen now does not wait for those that were told before.
    """

    def put(self, cues: Sequence[Cue]) -> None:
        """Have cues happen at their frames. They come in order, and after all that were put before."""

    def now(self, events: Sequence[Event]) -> None:
        """Have events happen at once, whatever is muted."""

    def silence(self) -> None:
        """Let go of all that sounds and forget the cues that have not happened yet."""

    def panic(self) -> None:
        """As `silence`, and whatever else may sound at the receiver ends too."""

    def set_mix(self, mix: Mix) -> None:
        """Play the keys so from now on; drums that are unheard now are not struck any more."""
