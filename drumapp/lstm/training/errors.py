"""What goes wrong with training."""

from drumapp.core.errors import DrumappError


class TrainingError(DrumappError):
    """Training could not start or go on; the sentence says why and what to do."""
