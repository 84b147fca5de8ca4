"""Checkpoints of a run: tensors and numbers in one safetensors file, replaced whole, the last few kept."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from drumapp.atomic import write_atomically
from drumapp.lstm.training.errors import TrainingError

KEPT = 3
VERSION = 1
_KEY = "drumapp training"
_SUFFIX = ".state"
_HEADER_LENGTH_BYTES = 8


def save_state(folder: Path, number: int, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> Path:
    """Write a run's state as the checkpoint of a number, and remove all but the last few. Raises WriteError."""
    text = json.dumps({"version": VERSION, **values})
    path = folder / f"{number:012d}{_SUFFIX}"
    write_atomically(path, save_tensors(dict(tensors), {_KEY: text}))
    # What a process left half written when it was killed in between goes, too.
    for old in (*state_files(folder)[:-KEPT], *folder.glob(f".*{_SUFFIX}.*.part")):
        with contextlib.suppress(OSError):  # someone may have it open; the next one tries again
            old.unlink(missing_ok=True)
    return path


def state_files(folder: Path) -> list[Path]:
    """A run's checkpoints, the oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if re.fullmatch(rf"\d{{12}}{re.escape(_SUFFIX)}", path.name))


def latest_state(folder: Path) -> bytes:
    """The last state in a folder that can be read, as its file's bytes; none where there is none. A damaged one is
    passed over. Raises TrainingError when there are checkpoints and all are damaged.
    """
    files = state_files(folder)
    for path in reversed(files):
        try:
            data = path.read_bytes()
            read_state(data)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError):
            continue
        return data
    if files:
        raise TrainingError(f"None of the checkpoints in {folder} can be read; start the job anew.")
    return b""


def read_state(data: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and values of a state's file. Raises ValueError, KeyError, TypeError or SafetensorError."""
    header_bytes = int.from_bytes(data[:_HEADER_LENGTH_BYTES], "little")
    header = json.loads(data[_HEADER_LENGTH_BYTES : _HEADER_LENGTH_BYTES + header_bytes])
    values = json.loads(header["__metadata__"][_KEY])
    if values.get("version") != VERSION:
        raise ValueError("it is of another version")
    return load_tensors(data), values
