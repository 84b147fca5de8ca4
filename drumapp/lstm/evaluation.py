"""How well a drummer foretells human drumming: nats a note by head, measured with the stepper that plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    memory = memory or Memory.zeros(architecture.layers, architecture.hidden)
    input_indices = [piece.columns.index(column) for column in stepper.input_columns]
    label_places = [place for place, column in enumerate(stepper.input_columns) if column in LABEL_COLUMNS]
    struck_columns = ["struck_now"] + [f"{n}_{bars}" for bars in architecture.bar_memory for n in ("struck", "near")]
    struck_indices = [piece.columns.index(column) for column in struck_columns]
    said = {name: piece.columns.index(name) for name in (*heads(architecture), "position", "last_velocity")}
    heard = list(stepper.begin)
    for row in piece.rows.tolist():
        following = [row[index] for index in input_indices]
        for place in label_places:
            heard[place] = following[place]
        stepper.advance(memory, heard)
        delay, pitch = row[said["delay"]], row[said["pitch"]]
        losses = [_nats(stepper.delay_scores, delay)]
        struck = [row[index] for index in struck_indices]
        losses.append(_nats(stepper.tell_delay(delay, row[said["position"]], struck), pitch))
        if architecture.dynamics:
            velocity = row[said["velocity"]]
            losses.append(_nats(stepper.tell_pitch(pitch, row[said["last_velocity"]]), velocity))
            losses.append(_nats(stepper.tell_velocity(velocity), row[said["microtiming"]]))
        yield losses
        heard = following


def _nats(scores: Floats, target: int) -> float:
    highest = scores.max()
    return float(highest - scores[target] + np.log(np.exp(scores - highest).sum()))
