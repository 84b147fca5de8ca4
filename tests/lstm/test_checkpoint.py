from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from drumapp.core.errors import DrumappError
from drumapp.lstm.checkpoint import METADATA_KEY, DrumModel, ModelFileError, load_model, save_model
from drumapp.resources import default_model
from tests.lstm.drummers import random_model


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "drummer.safetensors"
    save_model(random_model(), path)
    return path


def description_of(model: DrumModel) -> dict[str, object]:
    return {
        "format": 1,
        "name": model.name,
        "architecture": model.architecture.to_json(),
        "vocabulary": model.vocabulary.to_json(),
        "provenance": {},
    }


def write(path: Path, description: object, weights: dict[str, np.ndarray] | None = None) -> Path:
    chosen = weights if weights is not None else dict(random_model().weights)
    text = description if isinstance(description, str) else json.dumps(description)
    path.write_bytes(save(chosen, {METADATA_KEY: text}))
    return path


def test_a_model_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    model = random_model()
    path = tmp_path / "ein Trommler.safetensors"
    digest = save_model(DrumModel("Ünal", model.architecture, model.vocabulary, model.weights, {"licence": "x"}), path)
    read = load_model(path)
    assert (read.name, read.architecture, read.vocabulary) == ("Ünal", model.architecture, model.vocabulary)
    assert (read.provenance, read.digest, read.path) == ({"licence": "x"}, digest, path)
    assert set(read.weights) == set(model.weights)
    for name, weight in model.weights.items():
        np.testing.assert_array_equal(read.weights[name], weight)


def test_saving_twice_gives_the_same_file(tmp_path: Path) -> None:
    assert save_model(random_model(), tmp_path / "a") == save_model(random_model(), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_shipped_model_says_where_it_comes_from() -> None:
    model = load_model(default_model())
    assert model.provenance["licence"] == "CC BY 4.0"
    assert "Groove MIDI Dataset" in model.provenance["attribution"]
    assert len(model.provenance["data"]["digest"]) == 64
    assert model.provenance["training"]["events"] > 0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no drummer at .*gone\.safetensors"):
        load_model(tmp_path / "gone.safetensors")


def test_a_folder_is_no_drummer(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no file"):
        load_model(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="no file"):
        load_model(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_name_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(ModelFileError):
        load_model(Path(name))


def test_a_file_cut_anywhere_is_refused(saved: Path, tmp_path: Path) -> None:
    data = saved.read_bytes()
    rng = np.random.default_rng(0)
    short = tmp_path / "short.safetensors"
    for length in [0, 1, 7, 8, 9, 100, len(data) - 1, *rng.integers(0, len(data), 40).tolist()]:
        short.write_bytes(data[:length])
        with pytest.raises(ModelFileError, match=r"short\.safetensors"):
            load_model(short)


def test_flipped_bytes_never_crash(saved: Path, tmp_path: Path) -> None:
    data = bytearray(saved.read_bytes())
    rng = np.random.default_rng(1)
    broken = tmp_path / "broken.safetensors"
    refused = 0
    for _ in range(200):
        damaged = bytearray(data)
        for place in rng.integers(0, 4000, 3):
            damaged[place] = rng.integers(0, 256)
        broken.write_bytes(damaged)
        try:
            load_model(broken)
        except ModelFileError:
            refused += 1
    assert refused > 100


class Bomb:
    """Would write a file if it were ever unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.target,))


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_is_never_opened(tmp_path: Path, protocol: int) -> None:
    target, path = tmp_path / "exploded", tmp_path / "evil.safetensors"
    path.write_bytes(pickle.dumps(Bomb(target), protocol=protocol))
    with pytest.raises(ModelFileError, match=r"evil\.safetensors"):
        load_model(path)
    assert not target.exists()


def test_a_zipped_torch_file_is_called_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(ModelFileError, match="pickled"):
        load_model(path)


@pytest.mark.parametrize(
    "header",
    [
        b"{" * 500_000,
        b"[" * 1_000_000,
        b'{"__metadata__": {"drumapp": "' + b"[" * 100_000 + b'"}}',
        b'{"__metadata__": {"drumapp": "{\\"format\\": 1' + b"0" * 5000 + b'}"}}',
        b"not json at all",
        b"[]",
        b"{}",
        b"\xff\xfe",
    ],
    ids=["braces", "brackets", "nested description", "huge number", "words", "list", "empty", "not text"],
)
def test_a_hostile_header_is_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "bomb.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelFileError, match=r"bomb\.safetensors"):
        load_model(path)


def test_a_header_that_claims_exabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.safetensors"
    path.write_bytes((2**63).to_bytes(8, "little") + b"{}" + bytes(1000))
    with pytest.raises(ModelFileError, match="absurdly large"):
        load_model(path)


def test_sizes_out_of_bounds_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    description = description_of(random_model())
    description["architecture"] = {**random_model().architecture.to_json(), "hidden": 10**9}
    with pytest.raises(ModelFileError, match="hidden"):
        load_model(write(tmp_path / "big.safetensors", description))


def test_large_claims_need_a_large_file(tmp_path: Path) -> None:
    description = description_of(random_model())
    description["architecture"] = {**random_model().architecture.to_json(), "hidden": 4096}
    with pytest.raises(ModelFileError, match="cut short"):
        load_model(write(tmp_path / "big.safetensors", description))


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_refused_by_number(tmp_path: Path, version: object) -> None:
    path = write(tmp_path / "v.safetensors", {**description_of(random_model()), "format": version})
    with pytest.raises(ModelFileError, match="format"):
        load_model(path)


def test_weights_of_a_wrong_shape_are_refused_by_name(tmp_path: Path) -> None:
    model = random_model()
    weights = {**model.weights, "delay.bias": np.zeros(3, np.float32)}
    padding = {**weights, "delay.weight": np.zeros((97, 13), np.float32)}
    with pytest.raises(ModelFileError, match=r"delay\."):
        load_model(write(tmp_path / "w.safetensors", description_of(model), padding))


def test_weights_missing_or_too_many_are_refused(tmp_path: Path) -> None:
    model = random_model()
    more = {**model.weights, "stowaway": np.zeros(9, np.float32)}
    with pytest.raises(ModelFileError, match="stowaway"):
        load_model(write(tmp_path / "w.safetensors", description_of(model), more))


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = random_model()
    weights = {**model.weights, "delay.bias": np.full(97, np.nan, np.float32)}
    with pytest.raises(ModelFileError, match=r"delay\.bias"):
        load_model(write(tmp_path / "w.safetensors", description_of(model), weights))


def test_safetensors_of_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    path.write_bytes(save({"x": np.zeros(3, np.float32)}))
    with pytest.raises(ModelFileError, match="not those of a Drumapp drummer"):
        load_model(path)


def test_a_failed_save_leaves_what_was_there(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(DrumappError, match=r"drummer\.safetensors"):
        save_model(random_model(seed=5), saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
