"""Jobs in their folders: made, found again, commanded, taking turns; and real processes that are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drumapp.cli import main
from drumapp.core.kit_map import ROLAND_TD
from drumapp.jobs.job import Job, JobState, JobStatus, find_job, list_jobs, make_job
from drumapp.jobs.launch import job_command, job_environment, start_job, together_command
from drumapp.jobs.spec import JobError, JobSpec
from drumapp.jobs.turns import try_turn, wait_for_turn
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.presets import PRESETS
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.midi.corpus import Filters
from drumapp.midi.smf import write_pattern
from tests.lstm.drummers import random_beat

TINY = PRESETS["groove-small"].changed(
    {"hidden": 12, "pitch_units": 6, "velocity_units": 5, "batch": 4, "length": 32, "events": 6000, "checks": 4}
)


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("DRUMAPP_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def beats(tmp_path: Path) -> Path:
    folder = tmp_path / "beats"
    folder.mkdir()
    for number in range(8):
        write_pattern(random_beat(number, notes=120), folder / f"{number}.mid")
    return folder


def spec(beats: Path, **changes: object) -> JobSpec:
    return replace(JobSpec("Mine", beats, TINY), **changes)  # type: ignore[arg-type]


class TestSpecs:
    def test_they_come_back_from_their_files(self, beats: Path) -> None:
        full = spec(
            beats,
            filters=Filters(tempo=(80, 120), excluded=("x.mid",)),
            kit_maps={"": ROLAND_TD},
            start_from=beats / "m.safetensors",
            output=beats / "o.safetensors",
            seconds=600.0,
            first_events=1000,
            processes=2,
        )
        for one in (full, spec(beats)):
            assert JobSpec.from_bytes(one.to_bytes(), "job.json") == one

    @pytest.mark.parametrize(
        "changes",
        [
            {"format": "x"},
            {"version": 2},
            {"preset": {}},
            {"seed": -1},
            {"filters": {"x": 1}},
            {"seconds": -5},
            {"name": ""},
        ],
    )
    def test_what_makes_no_sense_is_refused_by_name(self, beats: Path, changes: dict[str, object]) -> None:
        stored = {**json.loads(spec(beats).to_bytes()), **changes}
        with pytest.raises(JobError, match=r"job\.json"):
            JobSpec.from_bytes(json.dumps(stored).encode(), "job.json")

    @pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
    def test_garbage_is_refused(self, data: bytes) -> None:
        with pytest.raises(JobError, match="Cannot read the job"):
            JobSpec.from_bytes(data, "x")


class TestFolders:
    def test_jobs_are_found_again_the_newest_first(self, beats: Path) -> None:
        assert list_jobs() == []
        first, second = make_job(spec(beats)), make_job(spec(beats))
        os.utime(second.path / "job.json", (2e9, 2e9))
        assert list_jobs() == [second, first]
        assert (first.path.name, second.path.name) == ("mine", "mine-2")
        assert find_job("mine-2") == second
        assert find_job(str(first.path)) == first
        assert first.status().state is JobState.NEW
        assert first.spec == spec(beats)
        with pytest.raises(JobError, match="there are: mine-2, mine"):
            find_job("yours")
        with pytest.raises(JobError, match="already"):
            make_job(spec(beats), first.path)

    def test_each_has_a_folder_of_its_own_whoever_makes_one_meanwhile(
        self, beats: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Path, "exists", lambda _: False)  # as it was a moment ago, for each of them
        assert [make_job(spec(beats)).path.name for _ in range(2)] == ["mine", "mine-2"]

    def test_a_job_whose_process_died_is_interrupted(self, beats: Path) -> None:
        job = make_job(spec(beats))
        job.write_status(JobStatus(JobState.RUNNING, share=0.3, events=9))
        status = job.status()
        assert (status.state, status.share, status.events) == (JobState.INTERRUPTED, 0.3, 9)
        lock = job.take()
        assert job.status().state is JobState.RUNNING
        with pytest.raises(JobError, match="stop it first"):
            job.remove()
        lock.release()
        job.remove()
        assert list_jobs() == []

    def test_what_else_lies_in_its_folder_is_not_deleted_with_it(self, beats: Path) -> None:
        job = make_job(spec(beats), beats)
        assert main(["train", "--job", str(beats)]) == 0
        job.remove()
        assert sorted(path.name for path in beats.iterdir()) == [f"{number}.mid" for number in range(8)]
        alone = make_job(spec(beats))
        assert main(["train", "--job", alone.path.name]) == 0
        alone.remove()
        assert not alone.path.exists()

    def test_a_damaged_status_is_none(self, beats: Path) -> None:
        job = make_job(spec(beats))
        for data in (b"", b"{}", b'{"state": "dancing"}', b"[1"):
            (job.path / "status.json").write_bytes(data)
            assert job.status().state is JobState.NEW

    def test_the_log_is_read_as_it_grows(self, beats: Path) -> None:
        job = make_job(spec(beats))
        assert job.log() == ([], 0)
        job.append_log({"event": "one"})
        events, offset = job.log()
        assert [event["event"] for event in events] == ["one"]
        with (job.path / "log.jsonl").open("ab") as file:
            file.write(b'{"event": "two"}\nnonsense\n{"event": "thr')
        events, offset = job.log(offset)
        assert [event["event"] for event in events] == ["two"]
        with (job.path / "log.jsonl").open("ab") as file:
            file.write(b'ee"}\n')
        assert [event["event"] for event in job.log(offset)[0]] == ["three"]

    def test_commands_are_left_and_forgotten(self, beats: Path) -> None:
        job = make_job(spec(beats))
        assert job.given_command() is None
        job.command("pause")
        assert job.given_command() == "pause"
        job.forget_command()
        assert job.given_command() is None
        (job.path / "command").write_bytes(b"\xffdance")
        assert job.given_command() is None
        with pytest.raises(ValueError, match="dance"):
            job.command("dance")

    @pytest.mark.parametrize("command", ["pause", "resume", "stop"])
    def test_nobody_is_told_who_does_not_work(
        self, beats: Path, command: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        job = make_job(spec(beats))
        assert main(["jobs", command, "mine"]) == 1
        assert "mine is not being trained" in capsys.readouterr().err
        assert job.given_command() is None

    def test_a_bundle_is_its_own_program(self, beats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        job = make_job(spec(beats, processes=2))
        assert job_command(job)[:2] == [sys.executable, "train"]
        assert together_command(job) == [*job_command(job), "--launch", "2"]


class TestTurns:
    def test_one_works_at_a_time_in_order(self, beats: Path) -> None:
        first, second, third = (make_job(spec(beats)) for _ in range(3))
        for number, job in enumerate((first, second, third)):
            os.utime(job.path / "job.json", (1e9 + number, 1e9 + number))
        turn = try_turn(first)
        assert turn is not None
        assert try_turn(second) is None
        lock = second.take()
        second.write_status(JobStatus(JobState.QUEUED))
        turn.release()
        assert try_turn(third) is None
        turn = try_turn(second)
        assert turn is not None
        turn.release()
        lock.release()
        turn = try_turn(third)
        assert turn is not None
        turn.release()

    def test_who_waits_is_queued_and_can_be_stopped(self, beats: Path) -> None:
        first, second = make_job(spec(beats)), make_job(spec(beats))
        turn = try_turn(first)
        lock = second.take()
        seen: list[JobState] = []

        def sleep(_: float) -> None:
            seen.append(second.status().state)
            if len(seen) == 2:
                second.command("stop")

        assert wait_for_turn(second, sleep=sleep) is None
        assert seen == [JobState.QUEUED, JobState.QUEUED]
        assert turn is not None
        turn.release()
        lock.release()


def test_a_job_runs_from_the_command_line_and_its_drummer_plays(
    beats: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = make_job(spec(beats, output=beats / "mine.safetensors"))
    assert main(["train", "--job", "mine", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1]["event"] == "result"
    assert told[-1]["ending"] == "finished"
    status = job.status()
    assert (status.state, status.share) == (JobState.FINISHED, 1.0)
    assert status.best == pytest.approx(told[-1]["nats"], abs=1e-3)
    assert [event["event"] for event in job.log()[0] if event["event"] == "check"]
    for path in (job.best, beats / "mine.safetensors"):
        model = load_model(path)
        assert model.name == "Mine"
        assert model.provenance["training"]["memorised"] >= 0.0
        assert len(generate_pattern(model, GeneratorSettings(bars=2))) > 0
    assert main(["jobs"]) == 0
    assert "finished" in capsys.readouterr().out


def test_what_learnt_nothing_takes_no_drummers_place(beats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drumapp.cli.training_work.wait_for_turn", try_turn)
    drummer = beats / "mine.safetensors"
    drummer.write_bytes(b"years of practice")
    job = make_job(spec(beats, output=drummer))
    job.command("stop")
    assert main(["train", "--job", "mine"]) == 0
    assert drummer.read_bytes() == b"years of practice"
    assert job.status().state is JobState.STOPPED
    assert "before anything was learnt" in job.status().message


@pytest.mark.parametrize(("there", "kept"), [("2", True), ("1", False)])
def test_hosts_that_train_together_share_no_cache(
    beats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, kept: bool
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")  # without RANK torch trains alone
    monkeypatch.setenv("LOCAL_WORLD_SIZE", there)
    make_job(spec(beats, preset=TINY.changed({"events": 200})))
    assert main(["train", "--job", "mine"]) == 0
    assert (tmp_path / "cache" / "corpus").exists() == kept


@pytest.mark.parametrize("processes", [1, 2])
def test_a_job_that_was_stopped_goes_on_when_it_is_taken_up(beats: Path, processes: int) -> None:
    job = make_job(spec(beats, processes=processes))
    job.command("stop")
    assert main(["train", "--job", "mine"]) == 0
    assert job.status().state is JobState.STOPPED
    assert main(["train", "--job", "mine"]) == 0
    assert job.status().state is JobState.FINISHED


def test_files_that_changed_since_are_not_gone_on_with(beats: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = make_job(spec(beats))
    assert main(["train", "--job", "mine"]) == 0
    kept = job.path / "files.sha256"
    written = kept.stat().st_mtime_ns
    assert main(["train", "--job", "mine"]) == 0
    assert kept.stat().st_mtime_ns == written  # written anew it could be lost to a full disk, and the job with it
    write_pattern(random_beat(50), beats / "new.mid")
    assert main(["train", "--job", "mine"]) == 1
    assert "changed since this job began" in capsys.readouterr().err
    assert job.status().state is JobState.FAILED
    assert "changed" in job.status().message


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("empty", "no MIDI files"),
        ("one file", "too few files"),
        ("gone", "There is no folder"),
        ("cuda", "--device cpu"),
    ],
)
def test_what_cannot_be_trained_on_is_said_and_kept(
    beats: Path, capsys: pytest.CaptureFixture[str], spoil: str, said: str
) -> None:
    job = make_job(spec(beats, device="cuda:55" if spoil == "cuda" else "cpu"))
    for path in sorted(beats.iterdir())[1 if spoil == "one file" else 0 :]:
        if spoil != "cuda":
            path.unlink()
    if spoil == "gone":
        beats.rmdir()
    assert main(["train", "--job", "mine"]) == 1
    assert said in capsys.readouterr().err
    assert job.status().state is JobState.FAILED
    assert said in job.status().message


def waited_for(job: Job, *states: JobState, seconds: float = 90.0) -> JobStatus:
    end = time.monotonic() + seconds
    while (status := job.status()).state not in states:
        assert time.monotonic() < end, (status, (job.path / "output.txt").read_text())
        time.sleep(0.05)
    return status


def test_a_process_of_its_own_is_paused_goes_on_and_is_stopped(beats: Path) -> None:
    job = make_job(spec(beats, preset=TINY.changed({"events": 10**9, "checks": 10**5})))
    process = start_job(job)
    waited_for(job, JobState.RUNNING)
    with pytest.raises(JobError, match="already"):
        start_job(job)
    end = time.monotonic() + 60
    while not job.best.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    job.command("pause")
    paused = waited_for(job, JobState.PAUSED)
    time.sleep(0.3)
    assert job.status().events == paused.events
    job.command("resume")
    waited_for(job, JobState.RUNNING)
    job.command("stop")
    assert waited_for(job, JobState.STOPPED).events > 0
    assert process.wait(30) == 0
    assert load_model(job.best).name == "Mine"


def test_a_job_that_is_killed_comes_to_the_weights_of_an_unbroken_one(beats: Path) -> None:
    """``python -m benchmarks.kill`` does this ten times at full size."""
    long = spec(beats, preset=TINY.changed({"events": 4000}))
    whole, killed = make_job(long), make_job(long)
    environment = {**os.environ, "DRUMAPP_CHECKPOINT_SECONDS": "0"}
    subprocess.run(job_command(whole), check=True, env=environment, capture_output=True)
    for _ in range(2):
        process = subprocess.Popen(job_command(killed), env=environment, stdout=subprocess.DEVNULL)
        before = checkpoints(killed)
        while checkpoints(killed) == before:
            assert process.poll() is None
            time.sleep(0.001)
        time.sleep(random.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert killed.status().state is JobState.INTERRUPTED
    subprocess.run(job_command(killed), check=True, env=environment, capture_output=True)
    one, other = load_model(whole.best), load_model(killed.best)
    for name, weight in one.weights.items():
        np.testing.assert_array_equal(weight, other.weights[name])


def checkpoints(job: Job) -> list[str]:
    return sorted(path.name for path in job.states.glob("*.state"))


READS_WITH_A_LOCK = """
import sys, time
from pathlib import Path
from drumapp.jobs.job import Job
import drumapp.midi.corpus.scan as scan
from drumapp.midi.corpus import scan_folder

lock = Job(Path(sys.argv[1])).take()
scan._COST_OF_A_BATCH = 1
scan_folder(Path(sys.argv[2]), workers=2)
print("read", flush=True)
time.sleep(600)
"""


def test_no_process_that_read_files_for_a_killed_job_keeps_it_locked(beats: Path) -> None:
    job = make_job(spec(beats))
    command = [sys.executable, "-c", READS_WITH_A_LOCK, str(job.path), str(beats)]
    with subprocess.Popen(command, env=job_environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"read\n"
        assert job.is_alive
        process.kill()
    end = time.monotonic() + 20
    while job.is_alive:
        assert time.monotonic() < end
        time.sleep(0.05)
