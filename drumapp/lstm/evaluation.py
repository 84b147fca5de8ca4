"""How well a drummer foretells human drumming: nats a note by head, measured with the stepper that plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.encoding import LABEL_COLUMNS, EventTable
from drumapp.lstm.layout import heads
from drumapp.lstm.stepper import Floats, Memory, Stepper


@dataclass(frozen=True)
class Evaluation:
    """Notes heard, and the mean of -ln p of each by head."""

    notes: int
    nats_by_head: dict[str, float]

    @property
    def nats(self) -> float:
        """What is played when: delay and pitch together, nats a note."""
        return self.nats_by_head["delay"] + self.nats_by_head["pitch"]


def evaluate(model: DrumModel, table: EventTable, *, progress: Callable[[float], None] | None = None) -> Evaluation:
    """Every piece heard whole, each from a memory of zeros.

    The table must have been encoded with the model's vocabulary and bar memory.
    """
    names = heads(model.architecture)
    stepper = Stepper(model)
    totals = dict.fromkeys(names, 0.0)
    done = 0
    for piece in table.pieces:
        for losses in event_nats(stepper, piece):
            for head, loss in zip(names, losses, strict=True):
                totals[head] += loss
            done += 1
            if progress is not None and done % 1000 == 0:
                progress(done / len(table))
    return Evaluation(len(table), {head: total / len(table) for head, total in totals.items()})


def event_nats(stepper: Stepper, piece: EventTable, memory: Memory | None = None) -> Iterator[list[float]]:
    """-ln p by head of each event of one piece, given all before it; from a memory of zeros unless one is given, which
    is changed.
    """
    architecture = stepper.architecture
    memory = memory or stepper.empty_memory()
    input_indices = [piece.columns.index(column) for column in stepper.input_columns]
    label_places = [place for place, column in enumerate(stepper.input_columns) if column in LABEL_COLUMNS]
    struck_columns = ["struck_now"] + [f"{n}_{bars}" for bars in architecture.bar_memory for n in ("struck", "near")]
    struck_indices = [piece.columns.index(column) for column in struck_columns]
    said = [piece.columns.index(head) for head in heads(architecture)]
    position_index, last_velocity_index = piece.columns.index("position"), piece.columns.index("last_velocity")
    heard = list(stepper.begin)
    for row in piece.rows.tolist():
        following = [row[index] for index in input_indices]
        for place in label_places:
            heard[place] = following[place]
        stepper.advance(memory, heard)
        classes = [row[index] for index in said]
        yield nats_said(
            stepper, classes, row[position_index], [row[index] for index in struck_indices], row[last_velocity_index]
        )
        heard = following


def nats_said(
    stepper: Stepper, classes: Sequence[int], position: int, struck: Sequence[int], last_velocity: int
) -> list[float]:
    """-ln p by head of the event that comes next, once the stepper has been asked for it.

    Args: the event's class in each head; class of its place in the bar; sets of drums struck there and the velocity
    class of the drum's last hit, as the stepper is told them.
    """
    delay, pitch = classes[:2]
    losses = [
        _nats(stepper.delay_scores, delay),
        _nats(stepper.tell_delay(delay, position, struck), pitch),
    ]
    if stepper.architecture.dynamics:
        velocity, microtiming = classes[2:]
        losses.append(_nats(stepper.tell_pitch(pitch, last_velocity), velocity))
        losses.append(_nats(stepper.tell_velocity(velocity), microtiming))
    return losses


def _nats(scores: Floats, target: int) -> float:
    highest = scores.max()
    return float(highest - scores[target] + np.log(np.exp(scores - highest).sum()))
