"""Several processes that train one network, on one machine or many: torch.distributed, as torchrun starts it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.distributed as distributed
from torch import Tensor

from drumapp.lstm.training.devices import find_device
from drumapp.lstm.training.errors import TrainingError


@dataclass(frozen=True)
class Processes:
    """One among the processes that train together: its number from 0, and how many there are. The first one writes."""

    rank: int = 0
    world: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and tells."""
        return self.rank == 0

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Put the sum over all processes into each tensor; all must be of one type and on one device."""
        if self.world == 1:
            return
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        with _all_there():
            distributed.all_reduce(flat)
        place = 0
        for tensor in tensors:
            tensor.copy_(flat[place : place + tensor.numel()].view_as(tensor))
            place += tensor.numel()

    def told_by_first(self, values: Sequence[float]) -> list[float]:
        """What the first process says; the others' own values are not heeded."""
        if self.world == 1:
            return list(values)
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        tensor = torch.tensor(list(values), dtype=torch.float64, device=device)
        with _all_there():
            distributed.broadcast(tensor, 0)
            told: list[float] = tensor.tolist()
        return told

    def bytes_from_first(self, data: bytes) -> bytes:
        """What the first process has; the others' own is not heeded."""
        if self.world == 1:
            return data
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        length = int(self.told_by_first([float(len(data))])[0])
        content = torch.zeros(length, dtype=torch.uint8, device=device)
        if self.first and length:
            content.copy_(torch.frombuffer(bytearray(data), dtype=torch.uint8))
        if length:
            with _all_there():
                distributed.broadcast(content, 0)
        return bytes(content.cpu().numpy())

    def wait_for_all(self) -> None:
        """Go on when every process has come here."""
        if self.world > 1:
            distributed.barrier()

    def leave(self) -> None:
        """Part from the others."""
        if self.world > 1:
            distributed.destroy_process_group()


def launch_processes(count: int, command: Sequence[str]) -> None:
    """Run a command in so many processes that find one another by :func:`join_processes`, and wait for them all.

    It is what ``torchrun`` does, without the script of that name and a Python to run it, which a frozen bundle lacks.
    Raises TrainingError when one of them fails; the others are ended then.
    """
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.run import main

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # as it would do itself, with a page of warning
    try:
        main(["--standalone", "--nproc-per-node", str(count), "--no-python", *command])
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        raise TrainingError(f"Process {rank} of {count} ended with status {failure.exitcode}.") from error


def join_processes(device: str) -> tuple[Processes, str]:
    """Find the processes that torchrun started beside this one, and the device of each: alone where it was not used.

    Returns this process among them and its device. Raises TrainingError when the device is not there or
    they do not find one another.
    """
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
        return Processes(), device
    if device == "cuda":
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    if device.startswith("cuda"):
        torch.cuda.set_device(find_device(device))
    try:
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    except (RuntimeError, ValueError) as error:
        raise TrainingError(f"The processes that train together do not find one another: {_short(error)}.") from error
    return Processes(distributed.get_rank(), distributed.get_world_size()), device


@contextlib.contextmanager
def _all_there() -> Iterator[None]:
    """Say in a sentence that another process is gone."""
    try:
        yield
    except RuntimeError as error:
        raise TrainingError(
            f"A process that trained together with this one was lost ({_short(error)}). What it said last tells why; "
            "start the job again, and it goes on from its last checkpoint."
        ) from error


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200].rstrip(".") if str(error) else type(error).__name__
