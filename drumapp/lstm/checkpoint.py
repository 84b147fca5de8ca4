"""Checkpoints: weights, preset, vocabulary and provenance in one safetensors file, never apart.

The file is read without unpickling anything, and every claim it makes is checked before it is believed: sizes first,
then the words, then the shape of every weight.
"""

from __future__ import annotations

import hashlib
import json
import math
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from drumapp.atomic import write_atomically
from drumapp.core.errors import DrumappError
from drumapp.lstm.layout import weight_shapes
from drumapp.lstm.presets import Architecture
from drumapp.lstm.vocabulary import Vocabulary

FORMAT_VERSION = 1
METADATA_KEY = "drumapp"
MAX_FILE_BYTES = 512 * 2**20
MAX_HEADER_BYTES = 2**20
_HEADER_LENGTH_BYTES = 8
_PICKLE_STARTS = (b"PK\x03\x04", b"\x80")  # torch's zip of pickles, and a bare pickle

Weights = Mapping[str, NDArray[np.float32]]


class ModelFileError(DrumappError):
    """A checkpoint that cannot be used; the sentence names the file and the cause."""


@dataclass(frozen=True)
class DrumModel:
    """A trained drummer.

    Attributes: name for people; architecture and vocabulary; ``weights`` by name, float32; ``provenance``: preset, data
    digest, licence, attribution and training figures as JSON values; ``digest``: SHA-256 of the checkpoint file, hex;
    path it was read from.
    """

    name: str
    architecture: Architecture
    vocabulary: Vocabulary
    weights: Weights
    provenance: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    path: Path | None = None

    @property
    def styles(self) -> tuple[str, ...]:
        """Styles this drummer can be asked for."""
        return self.vocabulary.styles


def save_model(model: DrumModel, path: Path) -> str:
    """Write a checkpoint, whole or not at all. Returns its digest."""
    description = {
        "format": FORMAT_VERSION,
        "name": model.name,
        "architecture": model.architecture.to_json(),
        "vocabulary": model.vocabulary.to_json(),
        "provenance": dict(model.provenance),
    }
    text = json.dumps(description, sort_keys=True)
    weights = {name: np.ascontiguousarray(weight, np.float32) for name, weight in sorted(model.weights.items())}
    data = save_tensors(weights, {METADATA_KEY: text})
    write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()


def load_model(path: Path) -> DrumModel:
    """Read a checkpoint. Raises ModelFileError when it is missing, damaged, of another version or not what it says."""
    data = _read(path)
    try:
        description = _description(data)
        architecture = Architecture.from_json(_mapping(description, "architecture"))
        vocabulary = Vocabulary.from_json(_mapping(description, "vocabulary"))
        weights = _weights(data, weight_shapes(architecture, vocabulary))
    except _RefusedError as refusal:
        raise ModelFileError(f"Cannot use {path} as a drummer: {refusal}.") from refusal
    except (ValueError, TypeError, KeyError) as error:
        raise ModelFileError(f"Cannot use {path} as a drummer: {error}.") from error
    name = description.get("name")
    provenance = description.get("provenance")
    return DrumModel(
        name[:100] if isinstance(name, str) and name else path.stem,
        architecture,
        vocabulary,
        weights,
        provenance if isinstance(provenance, dict) else {},
        hashlib.sha256(data).hexdigest(),
        path,
    )


class _RefusedError(Exception):
    """Why a file's content is refused, as the end of a sentence."""


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"Cannot open {path}: it is no file. Choose a model file.")
        if status.st_size > MAX_FILE_BYTES:
            raise ModelFileError(f"Cannot open {path}: {status.st_size / 2**20:.0f} MB are too large for a drummer.")
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelFileError(f"There is no drummer at {path}; choose another model file.") from None
    except OSError as error:
        raise ModelFileError(f"Cannot open {path}: {error.strerror or error}.") from error
    except ValueError:  # a NUL or half a character in the name
        raise ModelFileError(f"Cannot open {str(path)!r}: that is no name of a file.") from None


def _description(data: bytes) -> dict[str, Any]:
    """The checkpoint's own description, from a header whose size is checked before it is parsed."""
    if len(data) < _HEADER_LENGTH_BYTES:
        raise _RefusedError("it is cut short")
    header_bytes = int.from_bytes(data[:_HEADER_LENGTH_BYTES], "little")
    if header_bytes > MAX_HEADER_BYTES:
        if data.startswith(_PICKLE_STARTS):
            raise _RefusedError("it is a pickled file, which could run programs; ask for a .safetensors file")
        raise _RefusedError("it is no model file, or its header is absurdly large")
    if _HEADER_LENGTH_BYTES + header_bytes > len(data):
        raise _RefusedError("it is cut short")
    header = _json(data[_HEADER_LENGTH_BYTES : _HEADER_LENGTH_BYTES + header_bytes])
    metadata = header.get("__metadata__")
    text = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise _RefusedError("it holds weights, but not those of a Drumapp drummer")
    description = _json(text.encode())
    version = description.get("format")
    if version != FORMAT_VERSION:
        raise _RefusedError(f"it is of format {version!r}, and this version of Drumapp reads format {FORMAT_VERSION}")
    return description


def _json(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _RefusedError("its header cannot be read") from None
    if not isinstance(value, dict):
        raise _RefusedError("its header cannot be read")
    return value


def _mapping(description: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = description.get(key)
    if not isinstance(value, dict):
        raise _RefusedError(f"its {key} is missing")
    return value


def _weights(data: bytes, shapes: Mapping[str, tuple[int, ...]]) -> Weights:
    expected = 4 * sum(math.prod(shape) for shape in shapes.values())
    if len(data) < expected:
        raise _RefusedError("it is cut short")
    try:
        weights = load_tensors(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _RefusedError(f"its weights are damaged ({error})") from error
    if set(weights) != set(shapes):
        odd = ", ".join(sorted(set(weights) ^ set(shapes))[:3])
        raise _RefusedError(f"its weights are not those its description calls for ({odd})")
    for name, shape in shapes.items():
        weight = weights[name]
        if weight.shape != shape or weight.dtype != np.float32:
            raise _RefusedError(f"its weight {name} is {weight.dtype} {weight.shape}, not float32 {shape}")
        if not np.isfinite(weight).all():
            raise _RefusedError(f"its weight {name} is not a number in places")
    return weights
