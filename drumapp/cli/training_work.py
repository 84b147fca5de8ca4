"""The work on a training job: what its process does from the folder of MIDI files to the finished drummer."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from drumapp.atomic import WriteError, write_atomically
from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.jobs.job import Job, JobState, JobStatus
from drumapp.jobs.spec import JobSpec
from drumapp.jobs.turns import try_turn, wait_for_turn
from drumapp.settings import corpus_cache_folder
from drumapp.storage.locks import FileLock

if TYPE_CHECKING:
    from torch import Tensor

    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.encoding import EventTable
    from drumapp.lstm.material import PieceMaterial
    from drumapp.lstm.presets import Preset
    from drumapp.lstm.training.parallel import Processes
    from drumapp.lstm.training.run import Check, TrainingResult
    from drumapp.lstm.vocabulary import Vocabulary
    from drumapp.midi.corpus import Corpus

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


@dataclass
class _Material:
    """What is learnt from: the corpus, and the two parts of it."""

    corpus: Corpus
    vocabulary: Vocabulary
    training: PieceMaterial
    held_out: EventTable
    start: DrumModel | None
    preset: Preset


class _Work:
    """One process's work on a job."""

    def __init__(self, spec: JobSpec, job: Job | None, show: Show, turn: FileLock | None) -> None:
        self._spec, self._job, self._show = spec, job, show
        self._turn, self._in_turn = turn, turn is not None
        self._status = JobStatus(JobState.RUNNING)
        self._logged_at = 0.0
        self._meter: Any = None
        self._material: _Material | None = None

    def run(self) -> Mapping[str, Any]:
        """Scan, train, and write what came of it."""
        self._write_status()
        with contextlib.suppress(OSError, AttributeError):
            os.nice(NICENESS)
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        spec = self._spec
        material = self._material = self._prepare()

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

    def _prepare(self) -> _Material:
        """Scan the folder and make of it what is trained on. Raises DrumappError when there is too little."""
        from drumapp.lstm.checkpoint import load_model
        from drumapp.lstm.ear import Ear
        from drumapp.lstm.extension import drums_to_learn, extended
        from drumapp.lstm.material import FEWEST_HITS, PieceMaterial, occurring_vocabulary, table_of, vocabulary_of
        from drumapp.midi.corpus import TRAIN, VALIDATION, Cache, scan_folder

        spec, preset = self._spec, self._spec.preset
        start = load_model(spec.start_from) if spec.start_from is not None else None
        with progress(f"Reading {spec.data}") as report:
            corpus = scan_folder(
                spec.data,
                cache=Cache(None if _on_several_hosts() else corpus_cache_folder()),
                filters=spec.filters,
                kit_choices=spec.kit_maps,
                progress=report,
            )
        training, held_out = corpus.of_split(TRAIN), corpus.of_split(VALIDATION)
        if not training or not held_out:
            raise DrumappError(
                f"{spec.data} has too few files that can be used: one at least is needed to train on and one to hold "
                "out; add more MIDI files."
            )
        key_classes = None
        if start is not None:
            new = drums_to_learn(start.vocabulary, corpus.key_counts, FEWEST_HITS)
            start = extended(start, new, sorted(corpus.styles))
            preset = replace(preset, architecture=start.architecture)
            vocabulary = start.vocabulary
            key_classes = Ear(vocabulary).key_classes
        elif preset.words == "occurring":
            vocabulary = occurring_vocabulary(training, spec.first_events)
        else:
            vocabulary = vocabulary_of(corpus)
        bar_memory = preset.architecture.bar_memory
        try:
            held_out_table = table_of(held_out, vocabulary, bar_memory, key_classes=key_classes)
            table_of(training[:_PIECES_TRIED], vocabulary, bar_memory, key_classes=key_classes)
        except ValueError as error:
            raise DrumappError(
                f"The files of {spec.data} have too few drums in common to hold some out; add more MIDI files."
            ) from error
        material = PieceMaterial(training, vocabulary, bar_memory, key_classes, preset.augmentation, spec.seed)
        self._report(
            {
                "event": "material",
                "files": len(training),
                "notes": self._notes_of(material),
                "held_out_files": len(held_out),
                "held_out_notes": len(held_out_table),
                "refused": len(corpus.refused),
                "kit": corpus.kit,
                "drums": list(vocabulary.pitches),
                "styles": list(vocabulary.styles),
                "start_from": start.name if start is not None else None,
            }
        )
        return _Material(corpus, vocabulary, material, held_out_table, start, preset)

    def _notes_of(self, training: PieceMaterial) -> int:
        """How many notes are learnt from."""
        return min(int(training.events.sum()), self._spec.first_events or sys.maxsize)

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
        from drumapp.lstm.checkpoint import DrumModel

        material, spec = self._material, self._spec
        assert material is not None  # prepared before
        preset, corpus = material.preset, material.corpus
        provenance: dict[str, Any] = {
            "preset": preset.name,
            "optimisation": asdict(preset.optimisation),
            "augmentation": asdict(preset.augmentation),
            "data": {
                "digest": corpus.digest,
                "kit": corpus.kit,
                "files": len(material.training.pieces),
                "notes": self._notes_of(material.training),
                "held_out_notes": len(material.held_out),
                "refused": len(corpus.refused),
                "filters": corpus.filters.to_json(),
            },
            "licence": spec.licence,
            "attribution": spec.attribution,
            "training": {"seed": spec.seed, "device": spec.device, **training},
        }
        if material.start is not None:
            origin = material.start.provenance
            provenance["start_from"] = {
                "name": material.start.name,
                "licence": origin.get("licence", ""),
                "attribution": origin.get("attribution", ""),
                "data": origin.get("data", {}),
            }
        arrays = {name: weight.numpy() for name, weight in weights.items()}
        return DrumModel(spec.name, preset.architecture, material.vocabulary, arrays, provenance)

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


def _on_several_hosts() -> bool:
    """Whether torchrun started processes on other hosts, too, which may share the user's folders over a network: the
    cache's index cannot be shared so.
    """
    return os.environ.get("WORLD_SIZE", "1") != os.environ.get("LOCAL_WORLD_SIZE", os.environ.get("WORLD_SIZE", "1"))


_ENDINGS = {
    "early": "It got no better for a while, so it ended early; the best weights are kept.",
    "broke down": "The loss broke down; the best weights before are kept.",
}
_PIECES_TRIED = 50
