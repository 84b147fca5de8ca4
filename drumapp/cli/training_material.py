"""What a training job learns from: a folder of MIDI files as the network hears them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.jobs.spec import JobSpec
from drumapp.settings import corpus_cache_folder

if TYPE_CHECKING:
    from torch import Tensor

    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.encoding import EventTable
    from drumapp.lstm.material import PieceMaterial
    from drumapp.lstm.presets import Preset
    from drumapp.lstm.vocabulary import Vocabulary
    from drumapp.midi.corpus import Corpus

_PIECES_TRIED = 50


@dataclass
class Material:
    """The corpus and the two parts of it; the drummer to start from, None for nothing; the preset as that has it."""

    spec: JobSpec
    corpus: Corpus
    vocabulary: Vocabulary
    training: PieceMaterial
    held_out: EventTable
    start: DrumModel | None
    preset: Preset

    @property
    def notes(self) -> int:
        """How many notes are learnt from."""
        return min(int(self.training.events.sum()), self.spec.first_events or sys.maxsize)

    @property
    def told(self) -> Mapping[str, Any]:
        """What of it the job's log tells."""
        from drumapp.midi.corpus import VALIDATION

        return {
            "event": "material",
            "files": len(self.training.pieces),
            "notes": self.notes,
            "held_out_files": len(self.corpus.of_split(VALIDATION)),
            "held_out_notes": len(self.held_out),
            "refused": len(self.corpus.refused),
            "kit": self.corpus.kit,
            "drums": list(self.vocabulary.pitches),
            "styles": list(self.vocabulary.styles),
            "start_from": self.start.name if self.start is not None else None,
        }

    def model(self, weights: Mapping[str, Tensor], training: Mapping[str, Any]) -> DrumModel:
        """A drummer of these weights, which says what it was trained on and what came of it."""
        from drumapp.lstm.checkpoint import DrumModel

        spec, preset, corpus = self.spec, self.preset, self.corpus
        provenance: dict[str, Any] = {
            "preset": preset.name,
            "optimisation": asdict(preset.optimisation),
            "augmentation": asdict(preset.augmentation),
            "data": {
                "digest": corpus.digest,
                "kit": corpus.kit,
                "files": len(self.training.pieces),
                "notes": self.notes,
                "held_out_notes": len(self.held_out),
                "refused": len(corpus.refused),
                "filters": corpus.filters.to_json(),
            },
            "licence": spec.licence,
            "attribution": spec.attribution,
            "training": {"seed": spec.seed, "device": spec.device, **training},
        }
        if self.start is not None:
            origin = self.start.provenance
            provenance["start_from"] = {
                "name": self.start.name,
                "licence": origin.get("licence", ""),
                "attribution": origin.get("attribution", ""),
                "data": origin.get("data", {}),
            }
        arrays = {name: weight.numpy() for name, weight in weights.items()}
        return DrumModel(spec.name, preset.architecture, self.vocabulary, arrays, provenance)


def prepare(spec: JobSpec) -> Material:
    """Scan the folder and make of it what is trained on. Raises DrumappError when there is too little."""
    from drumapp.lstm.checkpoint import load_model
    from drumapp.lstm.ear import Ear
    from drumapp.lstm.extension import drums_to_learn, extended
    from drumapp.lstm.material import FEWEST_HITS, PieceMaterial, occurring_vocabulary, table_of, vocabulary_of
    from drumapp.midi.corpus import TRAIN, VALIDATION, Cache, scan_folder

    preset = spec.preset
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
    found = Material(spec, corpus, vocabulary, material, held_out_table, start, preset)
    return replace(found, preset=preset.for_material(found.notes))


def _on_several_hosts() -> bool:
    """Whether torchrun started processes on other hosts, too, which may share the user's folders over a network: the
    cache's index cannot be shared so.
    """
    return os.environ.get("WORLD_SIZE", "1") != os.environ.get("LOCAL_WORLD_SIZE", os.environ.get("WORLD_SIZE", "1"))
