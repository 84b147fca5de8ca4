"""Taking down what is played on pads: where a stroke belongs, and what a pass of the playhead makes of the pattern."""

from drumapp.core.recording.course import EARLY_TICKS, Course, Placed
from drumapp.core.recording.recorder import HowToRecord, Recorder, Stroke

__all__ = ["EARLY_TICKS", "Course", "HowToRecord", "Placed", "Recorder", "Stroke"]
