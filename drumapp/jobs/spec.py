"""What a training job is to do, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import KitMap
from drumapp.core.project import MAX_SEED
from drumapp.lstm.presets import Preset
from drumapp.midi.corpus import Filters
from drumapp.storage.kit_map_file import kit_map_from_bytes, kit_map_to_bytes

FORMAT, VERSION = "drumapp training job", 1


class JobError(DrumappError):
    """A job that cannot be read, made or started; one sentence that says why."""


@dataclass(frozen=True)
class JobSpec:
    """A job.

    Attributes: name, the drummer's; ``data``, the folder; preset; seed; device ("cpu", "cuda" or "mps"); filters and
    kit maps by path, which files are wanted and how they are read; ``start_from``, a checkpoint to go on from;
    ``output``, where the finished drummer is written beside the job's folder, None for nowhere else; ``seconds``, a
    limit of time; ``first_events``, learn from so many notes at most, in order of path; licence and attribution of the
    files; ``processes`` on this machine, and ``threads`` of each.
    """

    name: str
    data: Path
    preset: Preset
    seed: int = 0
    device: str = "cpu"
    filters: Filters = field(default_factory=Filters)
    kit_maps: Mapping[str, KitMap] = field(default_factory=dict)
    start_from: Path | None = None
    output: Path | None = None
    seconds: float | None = None
    first_events: int | None = None
    licence: str = ""
    attribution: str = ""
    processes: int = 1
    threads: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise JobError("A drummer needs a name.")
        if not 0 <= self.seed <= MAX_SEED:
            raise JobError(f"The seed (--seed) must be from 0 to {MAX_SEED}.")
        if self.seconds is not None and not 0 < self.seconds < 1e9:
            raise JobError("The limit of time must be more than 0 seconds.")
        if self.first_events is not None and self.first_events < 1:
            raise JobError("At least one note must be learnt from.")
        if not 1 <= self.processes <= 1024 or not 1 <= self.threads <= 1024:
            raise JobError("Processes and threads must be from 1 to 1024.")

    def to_bytes(self) -> bytes:
        """The job as its file's JSON."""
        stored = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "data": str(self.data),
            "preset": self.preset.to_json(),
            "seed": self.seed,
            "device": self.device,
            "filters": self.filters.to_json(),
            "kit_maps": {path: json.loads(kit_map_to_bytes(kit)) for path, kit in self.kit_maps.items()},
            "start_from": None if self.start_from is None else str(self.start_from),
            "output": None if self.output is None else str(self.output),
            "seconds": self.seconds,
            "first_events": self.first_events,
            "licence": self.licence,
            "attribution": self.attribution,
            "processes": self.processes,
            "threads": self.threads,
        }
        return (json.dumps(stored, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes, source: object) -> JobSpec:
        """Read what :meth:`to_bytes` wrote. Raises JobError, naming the source, when it is not that."""
        try:
            stored = json.loads(data)
            if not isinstance(stored, dict) or stored.get("format") != FORMAT:
                raise ValueError("it is no training job")
            if stored.get("version") != VERSION:
                raise ValueError(f"it is of version {stored.get('version')!r}, and {VERSION} is known")
            return cls._read(stored)
        except (ValueError, KeyError, TypeError, RecursionError, DrumappError) as error:
            raise JobError(f"Cannot read the job {source}: {str(error).rstrip('.') or 'it is damaged'}.") from error

    @classmethod
    def _read(cls, stored: Mapping[str, Any]) -> JobSpec:
        maps = {
            str(path): kit_map_from_bytes(json.dumps(kit).encode()) for path, kit in dict(stored["kit_maps"]).items()
        }
        return cls(
            str(stored["name"]),
            Path(stored["data"]),
            Preset.from_json(stored["preset"]),
            int(stored["seed"]),
            str(stored["device"]),
            Filters.from_json(stored["filters"]),
            maps,
            None if stored["start_from"] is None else Path(stored["start_from"]),
            None if stored["output"] is None else Path(stored["output"]),
            None if stored["seconds"] is None else float(stored["seconds"]),
            None if stored["first_events"] is None else int(stored["first_events"]),
            str(stored["licence"]),
            str(stored["attribution"]),
            int(stored["processes"]),
            int(stored["threads"]),
        )
