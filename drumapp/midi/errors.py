"""What goes wrong with MIDI files."""

from enum import StrEnum

from drumapp.core.errors import DrumappError


class Fault(StrEnum):
    """What kind of thing is wrong with a file, for those who count files by it."""

    DAMAGED = "damaged"
    NOT_MIDI = "not a MIDI file"
    SMPTE = "SMPTE time"
    NO_DRUMS = "no drums"
    UNSUPPORTED = "beyond what can be read"
    UNREADABLE = "unreadable"


class MidiFileError(DrumappError):
    """A MIDI file that cannot be opened or made; one sentence that names the file and the cause, and its kind."""

    def __init__(self, sentence: str, fault: Fault = Fault.DAMAGED) -> None:
        super().__init__(sentence)
        self.fault = fault
