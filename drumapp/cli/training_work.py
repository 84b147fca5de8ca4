"""The work on a training job: what its process does from the folder of MIDI files to the finished drummer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from drumapp.atomic import WriteError, write_atomically
from drumapp.cli.training_material import Material, prepare
from drumapp.core.errors import DrumappError
from drumapp.jobs.job import Job, JobState, JobStatus
from drumapp.jobs.spec import JobSpec
from drumapp.jobs.turns import try_turn, wait_for_turn
from drumapp.storage.locks import FileLock

if TYPE_CHECKING:
    from torch import Tensor

    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.training.parallel import Processes
    from drumapp.lstm.training.run import Check, TrainingResult

CHECKPOINT_VARIABLE = "DRUMAPP_CHECKPOINT_SECONDS"
"""Seconds between checkpoints, for tests and for those who can lose less than a minute."""
NICENESS = 10
"""So much the process yields to others: sound and window come first."""
LOOK_BARS = 8
LOOK_TAKES = 2
FINAL_TAKES = 4
SHOWN_BARS = 4
LOG_SHARE = 0.005
"""The log takes a line of progress every so much of the time that has passed, so that it stays short."""

Show = Callable[[Mapping[str, Any]], None]


def work_with_others(spec: JobSpec) -> None:
    """Work on a job beside the process that writes, one of several that torchrun started."""
    _Work(spec, None, lambda _: None, None).run()


def work_on(job: Job, show: Show, *, in_turn: bool) -> Mapping[str, Any]:
    """Work on a job until it is over, and take it up where it was if it was begun. Returns what it came to.

    Args: show, told all that happens; ``in_turn``, whether other jobs come first. Raises DrumappError when it cannot be
    done; the job's status says so.
    """
    with contextlib.ExitStack() as held:
        held.callback(job.take().release)
        held.callback(job.forget_command)  # it is obeyed, or the work failed: next time it shall not count
        turn: FileLock | None = None
        if in_turn:
            turn = wait_for_turn(job)
            if turn is None:
                job.write_status(replace(job.status(), state=JobState.STOPPED))
                return {"event": "result", "ending": "stopped"}
        work = _Work(job.spec, job, show, turn)
        held.callback(work.release_turn)
        try:
            return work.run()
        except DrumappError as error:
            work.fail(str(error))
            raise
        except KeyboardInterrupt:
            raise
        except Exception as error:
            work.fail(f"Training failed unexpectedly ({type(error).__name__}: {error}).")
            raise


class _Work:
    """One process's work on a job."""

    def __init__(self, spec: JobSpec, job: Job | None, show: Show, turn: FileLock | None) -> None:
        self._spec, self._job, self._show = spec, job, show
        self._turn, self._in_turn = turn, turn is not None
        self._status = JobStatus(JobState.RUNNING)
        self._logged_at = 0.0
        self._meter: Any = None
        self._material: Material | None = None

    def run(self) -> Mapping[str, Any]:
        """Scan, train, and write what came of it."""
        self._write_status()
        with contextlib.suppress(OSError, AttributeError):
            os.nice(NICENESS)
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        spec = self._spec
        material = self._material = prepare(spec)
        self._report(material.told)

        # torch takes a second to load: what can be refused is refused before.
        import torch

        from drumapp.lstm.training.batches import Columns, batches_of
        from drumapp.lstm.training.parallel import join_processes
        from drumapp.lstm.training.run import CHECKPOINT_SECONDS, Outlets, TrainingRun
        from drumapp.lstm.training.trainer import Trainer

        torch.set_num_threads(spec.threads)
        processes, device = join_processes(spec.device)
        try:
            preset = material.preset
            columns = Columns(preset.architecture, material.vocabulary, material.training.columns)
            batches = batches_of(
                material.training,
                columns,
                preset.optimisation,
                spec.seed,
                rank=processes.rank,
                world=processes.world,
                most_events=spec.first_events,
            )
            start = material.start
            trainer = Trainer(
                preset,
                material.vocabulary,
                batches,
                seed=spec.seed,
                device=device,
                start_from=None if start is None else {n: torch.from_numpy(w) for n, w in start.weights.items()},
                processes=processes,
            )
            outlets = Outlets(
                report=self._report,
                commands=self._command,
                states=None if self._job is None else self._job.states,
                keep=self._keep,
                look=self._look,
                checkpoint_seconds=float(os.environ.get(CHECKPOINT_VARIABLE, CHECKPOINT_SECONDS)),
            )
            training = TrainingRun(trainer, material.held_out, outlets, seconds=spec.seconds)
            if self._job is not None:
                self._job.states.mkdir(exist_ok=True)
            self._check_files(processes)
            training.resume()
            result = training.run()
            return self._finish(result, processes)
        finally:
            processes.leave()

    def release_turn(self) -> None:
        """Let other jobs go on."""
        if self._turn is not None:
            self._turn.release()
            self._turn = None

    def fail(self, message: str) -> None:
        """Write down why nothing came of it."""
        self._status = replace(self._status, state=JobState.FAILED, message=message, seconds_left=None)
        self._write_status()
        self._log({"event": "failed", "message": message})

    def _check_files(self, processes: Processes) -> None:
        """Refuse to go on with other files than the run began with."""
        assert self._material is not None  # prepared before
        digest = self._material.corpus.digest.encode()
        if processes.bytes_from_first(digest) != digest:
            raise DrumappError(f"The files in {self._spec.data} are not the same on every machine.")
        if self._job is None:
            return
        kept = self._job.path / "files.sha256"
        if not kept.exists():
            write_atomically(kept, digest)
        elif kept.read_bytes() != digest:
            raise DrumappError(
                f"The files in {self._spec.data} changed since this job began; start a new one from its best drummer, "
                f"{self._job.best}."
            )

    def _command(self) -> str | None:
        """The command that holds; a job that was paused goes on when it is its turn again."""
        if self._job is None:
            return None
        given = self._job.given_command()
        if self._in_turn and self._turn is None and given not in ("pause", "stop"):
            self._turn = try_turn(self._job)
            if self._turn is None:
                return "pause"
        return given

    def _report(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "paused":
            self._status = replace(self._status, state=JobState.PAUSED)
            self.release_turn()
        elif kind in ("started", "resumed"):
            self._status = replace(self._status, state=JobState.RUNNING)
        elif kind == "progress":
            names = ("share", "seconds", "seconds_left", "events", "events_a_second")
            self._status = replace(self._status, **{name: event[name] for name in names})
        elif kind == "check" and event["best"]:
            nats = event["held_out"]["nats"]
            self._status = replace(self._status, best=nats["delay"] + nats["pitch"])
        elif kind == "warning":
            self._status = replace(self._status, message=str(event["message"]))
        self._write_status()
        self._log(event)
        self._show(event)

    def _log(self, event: Mapping[str, Any]) -> None:
        if self._job is None:
            return
        if event["event"] == "progress":
            if event["seconds"] < self._logged_at + max(1.0, LOG_SHARE * event["seconds"]):
                return
            self._logged_at = event["seconds"]
        with contextlib.suppress(OSError):  # a full disk must not end the training
            self._job.append_log(event)

    def _write_status(self) -> None:
        if self._job is not None:
            with contextlib.suppress(WriteError):  # the next one is a second away
                self._job.write_status(self._status)

    def _keep(self, weights: dict[str, Tensor], check: Check) -> None:
        if self._job is not None:
            from drumapp.lstm.checkpoint import save_model

            try:
                save_model(self._model(weights, {"events": check.events}), self._job.best)
            except WriteError as error:
                self._report({"event": "warning", "kind": "best", "message": str(error), "events": check.events})

    def _look(self, weights: dict[str, Tensor]) -> Mapping[str, Any]:
        """A few bars as the weights are, and how many of them are bars of the corpus."""
        return self._played(self._model(weights, {}), LOOK_TAKES)

    def _played(self, model: DrumModel, takes: int) -> dict[str, Any]:
        from drumapp.lstm.generator import generate_pattern
        from drumapp.lstm.memorisation import MemorisationMeter
        from drumapp.lstm.take_settings import GeneratorSettings
        from drumapp.midi.corpus import TRAIN, VALIDATION

        assert self._material is not None  # prepared before
        corpus = self._material.corpus
        if self._meter is None:
            self._meter = MemorisationMeter(corpus.of_split(TRAIN), corpus.of_split(VALIDATION))
        played = [generate_pattern(model, GeneratorSettings(seed=seed, bars=LOOK_BARS)) for seed in range(takes)]
        found = self._meter.measure(played)
        shown = played[0].metre.bar_start(SHOWN_BARS)
        notes = [list(note) for note in played[0].notes if note.start < shown]
        return {
            "notes": notes,
            "length": shown,
            "tempo": played[0].bpm,
            "memorised": found.drummer,
            "people_repeat": found.people,
            "bars": found.bars,
            "by_heart": found.by_heart,
        }

    def _model(self, weights: Mapping[str, Tensor], training: Mapping[str, Any]) -> DrumModel:
        assert self._material is not None  # prepared before
        return self._material.model(weights, training)

    def _finish(self, result: TrainingResult, processes: Processes) -> Mapping[str, Any]:
        """Write the finished drummer and say what the run came to."""
        if not processes.first:
            return {"event": "result", "ending": result.ending}
        if not result.events:
            return self._finish_unlearnt(result)
        from drumapp.lstm.checkpoint import save_model

        figures: dict[str, Any] = {
            "events": result.events,
            "best_at_events": result.kept_at_events,
            "seconds": round(result.seconds, 1),
            "ending": result.ending,
            "held_out_nats": {name: round(nats, 4) for name, nats in result.held_out.nats.items()},
            "held_out_right": {name: round(share, 4) for name, share in result.held_out.right.items()},
        }
        if result.training is not None:
            figures["training_right"] = {name: round(share, 4) for name, share in result.training.right.items()}
        model = self._model(result.weights, figures)
        played = self._played(model, FINAL_TAKES)
        told = {name: round(played[name], 4) for name in ("memorised", "people_repeat")}
        model = replace(model, provenance={**model.provenance, "training": {**model.provenance["training"], **told}})
        digest = save_model(model, self._job.best) if self._job is not None else ""
        output = self._spec.output
        if output is not None:
            save_model(model, output)
        summary = {
            "event": "result",
            **figures,
            "output": str(output or (self._job.best if self._job is not None else "")),
            "digest": digest,
            "job": None if self._job is None else str(self._job.path),
            "nats": round(result.held_out.chosen, 4),
            **told,
            "by_heart": played["by_heart"],
            "data": model.provenance["data"],
        }
        state = JobState.STOPPED if result.ending == "stopped" else JobState.FINISHED
        self._status = replace(
            self._status,
            state=state,
            message=_ENDINGS.get(result.ending, ""),
            share=self._status.share if state is JobState.STOPPED else 1.0,
            seconds=result.seconds,
            seconds_left=None,
            events=result.events,
            best=result.held_out.chosen,
        )
        self._write_status()
        self._log(summary)
        self._show(summary)
        return summary

    def _finish_unlearnt(self, result: TrainingResult) -> Mapping[str, Any]:
        """Leave what is there as it is: weights that learnt nothing shall not take the place of a drummer."""
        message = "It ended before anything was learnt; no drummer was written."
        self._status = replace(self._status, state=JobState.STOPPED, seconds_left=None)
        self._report({"event": "warning", "kind": "nothing learnt", "message": message})
        summary = {"event": "result", "ending": result.ending, "events": 0}
        self._log(summary)
        self._show(summary)
        return summary


_ENDINGS = {
    "early": "It got no better for a while, so it ended early; the best weights are kept.",
    "broke down": "The loss broke down; the best weights before are kept.",
}
