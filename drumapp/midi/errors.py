"""What goes wrong with MIDI files."""

from drumapp.core.errors import DrumappError


class MidiFileError(DrumappError):
    """A MIDI file that cannot be opened or made; one sentence that names the file and the cause."""
