"""Jobs that are taken off the list and put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from drumapp.jobs.job import Job, list_jobs, make_job
from drumapp.jobs.removal import jobs_aside, put_back, set_aside
from drumapp.jobs.spec import JobError, JobSpec
from drumapp.lstm.presets import PRESETS


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "state"))
    made = make_job(JobSpec("Mine", tmp_path, PRESETS["groove-small"]))
    made.append_log({"event": "one"})
    return made


def test_what_is_set_aside_is_not_listed_and_comes_back_whole(job: Job) -> None:
    aside = set_aside(job)
    assert list_jobs() == []
    assert jobs_aside() == [aside]
    assert put_back(aside) == job
    assert list_jobs() == [job]
    assert jobs_aside() == []
    assert job.log()[0] == [{"event": "one"}]


def test_what_took_its_name_meanwhile_stays(job: Job, tmp_path: Path) -> None:
    aside = set_aside(job)
    other = make_job(JobSpec("Mine", tmp_path, PRESETS["groove-small"]))
    assert other.path == job.path
    back = put_back(aside)
    assert back.path.name == "mine-2"
    assert set(list_jobs()) == {other, back}
    assert {set_aside(entry).path.name for entry in (other, back)} == {"mine", "mine-2"}


def test_what_is_worked_on_stays(job: Job) -> None:
    lock = job.take()
    with pytest.raises(JobError, match="stop it first"):
        set_aside(job)
    lock.release()
    assert list_jobs() == [job]


def test_what_cannot_be_moved_is_told(job: Job) -> None:
    (job.path.parent / ".removed").write_text("in the way")
    with pytest.raises(JobError, match="Cannot move"):
        set_aside(job)
    assert list_jobs() == [job]
