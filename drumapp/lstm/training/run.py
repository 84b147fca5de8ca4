"""A run of training: goes on until a limit, holds the network against held-out pieces, keeps checkpoints, tells how it
goes, and can be paused, stopped, killed and taken up again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from drumapp.atomic import WriteError
from drumapp.lstm.encoding import EventTable
from drumapp.lstm.training.batches import GluedStreams
from drumapp.lstm.training.errors import TrainingError
from drumapp.lstm.training.state_file import latest_state, read_state, save_state
from drumapp.lstm.training.trainer import Measure, Trainer

HELD_OUT_AT_A_CHECK = 60_000
"""Of more held-out events every so many pieces are heard at a check, and all of them in the end."""
CHECKPOINT_SECONDS = 60.0
PROGRESS_SECONDS = 1.0
LOOK_SECONDS = 20.0
PAUSED_SECONDS = 0.1
OVERFITTED = 1.02
"""So many times the best held-out figure, while training figures still fall, is overfitting."""

GO_ON, PAUSE, STOP = "resume", "pause", "stop"
_COMMANDS = (GO_ON, PAUSE, STOP)

Report = Callable[[Mapping[str, Any]], None]
"""Told what happens: ``event`` says what, the rest are values json can write."""


@dataclass(frozen=True)
class Check:
    """A look at the held-out pieces: events seen and seconds so far; the figures on the training batches since the last
    check, and on the held-out pieces; whether those are the best so far.
    """

    events: int
    seconds: float
    training: Measure
    held_out: Measure
    best: bool

    def to_json(self) -> dict[str, Any]:
        """A value json can write."""
        return {
            "events": self.events,
            "seconds": self.seconds,
            "training": self.training.to_json(),
            "held_out": self.held_out.to_json(),
            "best": self.best,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Check:
        """Read what :meth:`to_json` wrote."""
        training, held_out = Measure.from_json(value["training"]), Measure.from_json(value["held_out"])
        return cls(int(value["events"]), float(value["seconds"]), training, held_out, bool(value["best"]))


@dataclass
class TrainingResult:
    """What a run came to.

    Attributes: ``weights`` kept, by name; their figures on all held-out pieces; events seen when they were reached and
    in all; seconds of work; ``ending``: ``finished``, ``stopped``, ``early`` (no better for long) or ``broke down``
    (the loss was no number any more); ``training``: for a glued run the figures of the last weights on its sequence;
    checks.
    """

    weights: dict[str, Tensor]
    held_out: Measure
    kept_at_events: int
    events: int
    seconds: float
    ending: str
    training: Measure | None = None
    checks: list[Check] = field(default_factory=list)


@dataclass
class Outlets:
    """Where a run puts what it makes, and what it heeds. What is None is not asked.

    Attributes: ``report``; ``commands``, the latest of "pause", "resume" and "stop" that was given, None for none yet;
    ``states``, the folder of checkpoints; ``keep``, told the best weights so far and their check; ``look``, asked every
    so often to play with the weights as they are, gives values to report; seconds between these.
    """

    report: Report = lambda _: None
    commands: Callable[[], str | None] = lambda: None
    states: Path | None = None
    keep: Callable[[dict[str, Tensor], Check], None] | None = None
    look: Callable[[dict[str, Tensor]], Mapping[str, Any]] | None = None
    checkpoint_seconds: float = CHECKPOINT_SECONDS
    progress_seconds: float = PROGRESS_SECONDS
    look_seconds: float = LOOK_SECONDS


class TrainingRun:
    """One run of a trainer.

    Args: the trainer; held-out pieces; outlets; ``seconds``, a limit of time beside the preset's of events.
    """

    def __init__(
        self,
        trainer: Trainer,
        held_out: EventTable,
        outlets: Outlets | None = None,
        *,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.trainer = trainer
        self.checks: list[Check] = []
        self._held_out = held_out
        self._at_checks = some_pieces(held_out, HELD_OUT_AT_A_CHECK)
        self._outlets = outlets or Outlets()
        self._limit = seconds
        self._clock, self._sleep = clock, sleep
        self._recipe = trainer.preset.optimisation
        self._spent = 0.0
        self._since = clock()
        self._best: dict[str, Tensor] = {}
        self._best_check: Check | None = None
        self._next_check = 1
        self._warned = False
        self._checkpointed_at = self._told_at = self._looked_at = 0.0
        self._told_events = 0
        self._rate = 0.0
        self._share = 0.0

    @property
    def seconds(self) -> float:
        """Seconds of work so far, pauses and time between two starts aside."""
        return self._spent + self._clock() - self._since

    @property
    def share(self) -> float:
        """What share of the run is over."""
        share = self.trainer.events / self._recipe.events
        return share if self._limit is None else max(share, self.seconds / self._limit)

    def resume(self) -> bool:
        """Go on from the last checkpoint, if there is one. Raises TrainingError when none can be used."""
        first = self.trainer.processes.first and self._outlets.states is not None
        data = latest_state(self._outlets.states) if first and self._outlets.states is not None else b""
        data = self.trainer.processes.bytes_from_first(data)
        if not data:
            return False
        tensors, values = read_state(data)
        try:
            self.trainer.restore({n: t for n, t in tensors.items() if not n.startswith("best/")}, values["trainer"])
            self._best = {name.removeprefix("best/"): t for name, t in tensors.items() if name.startswith("best/")}
            self.checks = [Check.from_json(check) for check in values["checks"]]
            self._best_check = next((check for check in reversed(self.checks) if check.best), None)
            self._spent, self._next_check = float(values["seconds"]), int(values["next_check"])
            self._warned = bool(values["warned"])
        except (KeyError, ValueError, TypeError) as error:
            raise TrainingError("The checkpoint belongs to another run; start a new job.") from error
        self._since = self._clock()
        self._checkpointed_at = self._told_at = self._looked_at = self.seconds
        self._told_events = self.trainer.events
        return True

    def run(self) -> TrainingResult:
        """Go on until the run is over. Raises TrainingError when the loss is no number before anything was kept."""
        self._tell("started", of=self._recipe.events, limit=self._limit, device=str(self.trainer.device))
        ending = "finished"
        try:
            while True:
                command, share, due = self._agree()
                if command == PAUSE:
                    self._pause()
                    continue
                if command == STOP:
                    ending = "stopped"
                    break
                if share >= 1.0:
                    break
                if due:
                    self.checkpoint()
                self.trainer.step(share)
                self._tell_progress(min(self.share, 1.0))
                self._look()
                if self.share_of_checks() >= self._next_check and not self._check():
                    ending = "early"
                    break
            return self._result(ending)
        except _BrokeDownError as broken:
            if self._best_check is None:
                raise TrainingError(
                    "Training broke down: the loss is not a number. Try a lower learning rate."
                ) from broken
            return self._result("broke down")

    def share_of_checks(self) -> float:
        """How many checks are due by now."""
        return self._agreed_share() * self._recipe.checks

    def checkpoint(self) -> None:
        """Keep what the run needs to go on from here. One that cannot be written is told, and tried again later."""
        tensors, counts = self.trainer.state()
        self._checkpointed_at = self.seconds
        if self._outlets.states is None or not self.trainer.processes.first:
            return
        tensors |= {f"best/{name}": weight for name, weight in self._best.items()}
        values = {
            "trainer": counts,
            "checks": [check.to_json() for check in self.checks],
            "seconds": self.seconds,
            "next_check": self._next_check,
            "warned": self._warned,
        }
        try:
            save_state(self._outlets.states, self.trainer.steps, tensors, values)
        except WriteError as error:
            self._tell("warning", kind="checkpoint", message=str(error))
            return
        self._tell("checkpoint", steps=self.trainer.steps)

    def _agree(self) -> tuple[str | None, float, bool]:
        """The command, the share that is over, and whether a checkpoint is due, as the first process says."""
        command = self._outlets.commands() if self.trainer.processes.first else None
        due = self.seconds - self._checkpointed_at >= self._outlets.checkpoint_seconds
        number = _COMMANDS.index(command) if command in _COMMANDS else 0
        told = self.trainer.processes.told_by_first([float(number), self.share, float(due)])
        self._share = told[1]
        return _COMMANDS[int(told[0])], told[1], bool(told[2])

    def _agreed_share(self) -> float:
        """The share that is over by now; by the clock only where the processes agreed on it."""
        return max(self.trainer.events / self._recipe.events, self._share if self._limit is not None else 0.0)

    def _pause(self) -> None:
        """Keep a checkpoint and do nothing until the command is another one."""
        self.checkpoint()
        spent = self.seconds
        self._tell("paused")
        command = PAUSE
        while command == PAUSE:
            self._sleep(PAUSED_SECONDS)
            given = self._outlets.commands() if self.trainer.processes.first else None
            number = _COMMANDS.index(given) if given in _COMMANDS else 0
            command = _COMMANDS[int(self.trainer.processes.told_by_first([float(number)])[0])]
        self._spent, self._since = spent, self._clock()
        if command == GO_ON:
            self._tell("resumed")

    def _check(self) -> bool:
        """Hold the network against held-out pieces; False when it has been no better for too long."""
        self._next_check = int(self.share_of_checks()) + 1
        training = self.trainer.tally.measure()
        kept = self.trainer.kept_weights
        with self.trainer.other_weights(kept):
            held_out = self.trainer.measure(self._at_checks)
        if not np.isfinite(held_out.chosen):
            raise _BrokeDownError
        self.trainer.tally.clear()
        best = self._best_check is None or held_out.chosen < self._best_check.held_out.chosen
        check = Check(self.trainer.events, self.seconds, training, held_out, best)
        self.checks.append(check)
        if best:
            self._best, self._best_check = kept, check
            self._warned = False
            if self._outlets.keep is not None and self.trainer.processes.first:
                self._outlets.keep(self._best, check)
        self._tell("check", **check.to_json())
        self._warn_of_overfitting(check)
        since_best = len(self.checks) - 1 - self.checks.index(self._best_check) if self._best_check else 0
        return not self._recipe.patience or since_best < self._recipe.patience

    def _warn_of_overfitting(self, check: Check) -> None:
        best = self._best_check
        if best is None or self._warned or self._recipe.keep == "last":
            return
        if check.held_out.chosen > OVERFITTED * best.held_out.chosen and check.training.chosen < best.training.chosen:
            self._warned = True
            message = (
                "The drummer is learning these files by heart: it foretells them better and better, held-out files "
                f"worse ({check.held_out.chosen:.3f} nats a note, {best.held_out.chosen:.3f} at its best). "
                "The best weights are kept; more files, or stronger augmentation, would help."
            )
            self._tell("warning", kind="overfitting", message=message)

    def _result(self, ending: str) -> TrainingResult:
        if ending != "broke down" and (not self.checks or self.checks[-1].events < self.trainer.events):
            self._check()
        if self._best_check is None:
            raise TrainingError("Training ended before anything was learnt.")
        kept, at = self._best, self._best_check.events
        if self._recipe.keep == "last" and ending != "broke down":
            kept, at = self.trainer.kept_weights, self.trainer.events
        training = None
        batches = self.trainer.batches
        if isinstance(batches, GluedStreams) and ending != "broke down":
            training = self.trainer.measure_streams(batches.table)
        held_out = self._best_check.held_out
        if self._at_checks is not self._held_out or self._recipe.keep == "last":
            with self.trainer.other_weights(kept):
                held_out = self.trainer.measure(self._held_out)
        self.checkpoint()
        return TrainingResult(
            kept, held_out, at, self.trainer.events, self.seconds, ending, training, list(self.checks)
        )

    def _tell_progress(self, share: float) -> None:
        now = self.seconds
        if now - self._told_at < self._outlets.progress_seconds or not self.trainer.processes.first:
            return
        rate = (self.trainer.events - self._told_events) / (now - self._told_at)
        self._rate = rate if self._rate == 0.0 else 0.7 * self._rate + 0.3 * rate
        self._told_at, self._told_events = now, self.trainer.events
        measure = self.trainer.tally.measure()
        self._tell(
            "progress",
            share=round(share, 6),
            seconds_left=round(now * (1.0 - share) / share, 1) if share > 0.0 else None,
            events_a_second=round(self._rate, 1),
            **({"training": measure.to_json()} if measure.events else {}),
        )

    def _look(self) -> None:
        """Play with the weights as they are, every so often."""
        if self._outlets.look is None or not self.trainer.processes.first:
            return
        if self.seconds - self._looked_at >= self._outlets.look_seconds:
            self._looked_at = self.seconds
            self._tell("look", **self._outlets.look(self.trainer.kept_weights))

    def _tell(self, event: str, **values: Any) -> None:
        if self.trainer.processes.first:
            told = {"event": event, "events": self.trainer.events, "seconds": round(self.seconds, 2)}
            self._outlets.report({**told, **values})


class _BrokeDownError(Exception):
    """The loss is no number any more."""


def some_pieces(table: EventTable, most: int) -> EventTable:
    """Every so many pieces of a table, of about so many events at most; the table itself where that is all."""
    if len(table) <= most:
        return table
    lengths = np.diff(np.append(table.starts, len(table)))
    every = -(-len(table) // most)
    chosen = np.arange(0, len(lengths), every)
    rows = np.concatenate([np.arange(table.starts[p], table.starts[p] + lengths[p]) for p in chosen])
    starts = np.cumsum(lengths[chosen]) - lengths[chosen]
    return EventTable(table.columns, table.rows[rows], starts)
