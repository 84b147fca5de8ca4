"""Several processes that share one job, as torchrun starts them."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drumapp.cli import main
from drumapp.jobs.job import Job, JobState, make_job
from drumapp.jobs.launch import job_command, job_environment, start_job
from drumapp.jobs.spec import JobSpec
from drumapp.lstm.presets import PRESETS
from drumapp.midi.smf import write_pattern
from tests.lstm.drummers import random_beat

# Without dropout, whose chance is each process's own, the same sums are made in another order.
SURE = PRESETS["groove-small"].changed(
    {
        "hidden": 12,
        "pitch_units": 6,
        "velocity_units": 5,
        "batch": 4,
        "length": 32,
        "events": 3000,
        "checks": 3,
        "dropout_inputs": 0.0,
        "dropout_layers": 0.0,
        "dropout_heads": 0.0,
        "labels_hidden": 0.0,
        "memory_range": 0.0,
    }
)


@pytest.fixture
def beats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DRUMAPP_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "beats"
    folder.mkdir()
    for number in range(8):
        write_pattern(random_beat(number, notes=120), folder / f"{number}.mid")
    return folder


def held_out(job: Job) -> list[tuple[int, float]]:
    """Events and nats a note at each check."""
    events, _ = job.log()
    checks = [event for event in events if event["event"] == "check"]
    return [(check["events"], sum(check["held_out"]["nats"][head] for head in ("delay", "pitch"))) for check in checks]


def test_two_processes_learn_what_one_does(beats: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = make_job(JobSpec("Alone", beats, SURE))
    together = make_job(JobSpec("Together", beats, SURE, processes=2))
    process = start_job(together)
    assert main(["train", "--job", str(alone.path)]) == 0
    capsys.readouterr()
    assert process.wait(120) == 0, (together.path / "output.txt").read_text()
    assert together.status().state is JobState.FINISHED
    assert held_out(together) == [(events, pytest.approx(nats, rel=1e-3)) for events, nats in held_out(alone)]


def test_a_process_that_is_lost_is_said_and_the_job_can_go_on(beats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_CHECKPOINT_SECONDS", "0")
    job = make_job(JobSpec("Together", beats, SURE.changed({"events": 10**9, "checks": 10**5}), processes=2))
    with two_processes(job) as (first, second):
        end = time.monotonic() + 100
        while not list(job.states.glob("*.state")):
            assert (first.poll(), second.poll()) == (None, None), (job.path / "output.txt").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        second.kill()
        assert first.wait(60) == 1
    assert job.status().state is JobState.FAILED
    assert "was lost" in job.status().message
    assert "start the job again" in job.status().message


@contextmanager
def two_processes(job: Job) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two processes as torchrun starts them, which end with the block; what they say is in the job's output.txt."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        told = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(probe.getsockname()[1])}
    with (job.path / "output.txt").open("wb") as output:
        processes = [
            subprocess.Popen(
                job_command(job),
                env={**job_environment(), **told, "RANK": rank, "LOCAL_RANK": rank},
                stdout=output,
                stderr=output,
            )
            for rank in ("0", "1")
        ]
        try:
            yield processes
        finally:
            for process in processes:
                process.kill()
                process.wait()


def test_a_process_without_a_stream_waits_for_the_others(beats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_CHECKPOINT_SECONDS", "0")
    published = PRESETS["hollemans-2017"].changed({"hidden": 8, "events": 1500, "length": 50, "checks": 2})
    assert published.optimisation.batch == 1
    job = make_job(JobSpec("Together", beats, published, processes=2))
    assert start_job(job).wait(120) == 0, (job.path / "output.txt").read_text()
    assert job.status().state is JobState.FINISHED
    assert [event for event in job.log()[0] if event["event"] == "checkpoint"]
