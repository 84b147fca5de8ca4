"""The Training tab's jobs: trained, paused, killed, stopped, compared, removed, and their drummers played."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from drumapp.gui.application import Application
from drumapp.gui.page_tabs import BEAT, TRAINING
from drumapp.gui.training import train_form
from drumapp.gui.training.control import TrainingControl
from drumapp.gui.training.farewell import Farewell
from drumapp.gui.training.jobs_control import JobsControl
from drumapp.jobs import torch_package
from drumapp.jobs.job import Job, JobState, JobStatus, list_jobs, make_job
from drumapp.jobs.launch import job_environment
from drumapp.jobs.spec import JobSpec
from drumapp.lstm.checkpoint import save_model
from drumapp.settings import Settings
from tests.gui.gui_fakes import Answers, RecordingEngine, make_application
from tests.gui.training_acts import TINY, beats, mixed_folder, open_folder, reasons
from tests.gui.window_acts import click, trigger
from tests.lstm.drummers import busy_model

SLOW = 90_000


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(train_form, "PRESETS", {"tiny": TINY, "fine-tune": train_form.PRESETS["fine-tune"]})


@pytest.fixture
def real(qapp, qtbot, engine: RecordingEngine, answers: Answers) -> Iterator[Application]:
    """The window with drummers that are read from their files; every job ends with the test."""
    made = Application(qapp, Settings(theme="dark", bars=2), engine=engine, asking=answers)
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    for job in list_jobs():
        if job.is_alive:
            job.command("stop")
    if made.training.is_open:
        for process in made.training.control.jobs._processes:
            process.wait(60)
    made.window.close()
    made.close()
    assert answers.errors == []


def fill_in(control: TrainingControl, name: str, *, seconds: float | None = None) -> None:
    """Ask for a tiny drummer from nothing."""
    form = control.page.folder.form
    form.name.setFocus()
    form.name.selectAll()
    QTest.keyClicks(form.name, name)
    form.start.setCurrentIndex(form.start.count() - 1)
    form.start.activated.emit(form.start.currentIndex())
    if seconds is not None:
        form.time.addItem("short", seconds)
        form.time.setCurrentIndex(form.time.count() - 1)


def state(control: TrainingControl) -> JobState:
    control.jobs.look()
    return control.jobs.jobs[0].status.state


def on_a_full_disk(job: Job) -> subprocess.Popen[bytes]:
    """A job's process in which what must last cannot be written."""
    code = (
        "import os, sys\n"
        "real = os.fsync\n"
        "def full(file):\n"
        "    if os.path.exists(sys.argv[1] + '/files.sha256'):\n"  # it is full once training begins
        "        raise OSError(28, 'No space left on device')\n"
        "    real(file)\n"
        "os.fsync = full\n"
        "from drumapp.cli import main\n"
        "sys.exit(main(['train', '--job', sys.argv[1]]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(job.path)],
        env=job_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def written_job(tmp_path: Path, name: str = "Mine", **status: object) -> Job:
    """A job as one finds it: with a log, and a drummer."""
    job = make_job(JobSpec(name, tmp_path, TINY))
    save_model(replace(busy_model(), name=name), job.best)
    measure = {"events": 9, "nats": {"delay": 1.5, "pitch": 1.0}, "right": {"delay": 0.5, "pitch": 0.6}}
    better = {**measure, "nats": {"delay": 1.0, "pitch": 0.8}}
    notes = [[0, 36, 100, 60], [480, 38, 90, 60], [960, 36, 99, 60]]
    for event in (
        {"event": "started", "events": 0, "seconds": 0.0, "device": "cpu"},
        {"event": "progress", "events": 100, "seconds": 1.0, "training": measure},
        {"event": "check", "events": 100, "seconds": 1.1, "training": measure, "held_out": measure, "best": True},
        {"event": "progress", "events": 200, "seconds": 2.0, "training": better},
        {"event": "check", "events": 200, "seconds": 2.1, "training": better, "held_out": better, "best": True},
        {
            "event": "look",
            "events": 200,
            "seconds": 2.2,
            "notes": notes,
            "length": 1920,
            "tempo": 90.0,
            "memorised": 0.55,
            "people_repeat": 0.1,
            "bars": 16,
            "by_heart": True,
        },
    ):
        job.append_log(event)
    job.write_status(replace(JobStatus(JobState.FINISHED, share=1.0, events=200, best=1.8), **status))
    return job


def test_from_a_dropped_folder_to_a_beat_of_the_new_drummer(
    qtbot, real: Application, engine: RecordingEngine, tmp_path: Path
) -> None:
    """Drop, read the refusals, train, listen, pause, go on, stop, generate."""
    engine.start()
    control = open_folder(qtbot, real, mixed_folder(tmp_path / "beats"))
    assert "too short" in reasons(control)["short.mid"]
    fill_in(control, "My own")
    click(control.page.folder.form.train)
    view = control.page.job_view
    assert control.page.shows_job
    assert view.title.text() == "My own"
    qtbot.waitUntil(lambda: state(control) is JobState.RUNNING and control.jobs.jobs[0].status.events > 0, timeout=SLOW)
    job = control.jobs.jobs[0].job
    qtbot.waitUntil(lambda: len(control.jobs.history(job).held_out) > 2, timeout=SLOW)
    assert "My own: learning" in real.window.tabs.job.text()

    click(view.pause)
    qtbot.waitUntil(lambda: state(control) is JobState.PAUSED, timeout=SLOW)
    resting = control.jobs.jobs[0].status.events
    qtbot.wait(300)
    assert control.jobs.jobs[0].job.status().events == resting
    qtbot.waitUntil(view.resume.isVisible)
    click(view.resume)
    qtbot.waitUntil(lambda: state(control) is JobState.RUNNING, timeout=SLOW)
    qtbot.waitUntil(lambda: job.status().events > resting, timeout=SLOW)
    qtbot.waitUntil(view.stop.isVisible)
    click(view.stop)
    qtbot.waitUntil(lambda: state(control) is JobState.STOPPED, timeout=SLOW)

    control.jobs.look()
    qtbot.waitUntil(view.use.isVisible)
    assert len(view.loss.curves[-1].x) == len(control.jobs.history(job).held_out) > 2
    assert "My own" in [real.window.drummer_panel.model.itemText(n) for n in range(3)]
    with qtbot.waitSignal(real.drummer.changed, timeout=20_000):
        click(view.use)
    assert real.window.page == BEAT
    assert real.drummer.model is not None
    assert real.drummer.model.name == "My own"
    click(real.window.transport.generate)

    def written() -> bool:
        real.conductor.tick()
        return len(real.document.pattern.notes) > 0

    qtbot.waitUntil(written, timeout=20_000)
    assert real.settings.model == job.best


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
def test_a_job_that_was_killed_is_interrupted_and_can_be_taken_up_again(
    qtbot, real: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRUMAPP_CHECKPOINT_SECONDS", "0.2")
    control = open_folder(qtbot, real, beats(tmp_path / "beats"))
    fill_in(control, "Killed")
    click(control.page.folder.form.train)
    (process,) = control.jobs._processes
    job = control.jobs.jobs[0].job
    qtbot.waitUntil(lambda: any(job.states.glob("*.state")), timeout=SLOW)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    view = control.page.job_view
    qtbot.waitUntil(lambda: state(control) is JobState.INTERRUPTED, timeout=SLOW)
    qtbot.waitUntil(view.start.isVisible, timeout=SLOW)
    assert "Interrupted" in view.state.text()
    events = job.status().events
    click(view.start)
    assert state(control) in (JobState.QUEUED, JobState.RUNNING)
    qtbot.waitUntil(lambda: job.status().events > events, timeout=SLOW)
    history = control.jobs.history(job)
    seconds = [point.seconds for point in history.held_out]
    assert seconds == sorted(seconds)


def test_a_job_that_ends_by_itself_and_one_that_waits_for_it(qtbot, real: Application, tmp_path: Path) -> None:
    control = open_folder(qtbot, real, beats(tmp_path / "beats"))
    fill_in(control, "First", seconds=2.0)
    click(control.page.folder.form.train)
    qtbot.waitUntil(lambda: state(control) is JobState.RUNNING, timeout=SLOW)
    click(control.page.jobs.new)
    fill_in(control, "Second", seconds=1.0)
    click(control.page.folder.form.train)
    assert state(control) is JobState.QUEUED

    def all_over() -> bool:
        control.jobs.look()
        return len(control.jobs.drummers) == 2

    qtbot.waitUntil(all_over, timeout=SLOW)
    starts = control.page.folder.form.start
    assert [starts.itemText(n) for n in range(starts.count())][1:-1] == ["Second", "First"]


class TestFailures:
    def test_a_disk_that_is_full_is_told(self, application: Application, tmp_path: Path) -> None:
        job = written_job(tmp_path, state=JobState.PAUSED, share=0.4)
        sentence = "Cannot write state-9.state: no space left on device."
        job.append_log({"event": "warning", "kind": "checkpoint", "message": sentence, "events": 3, "seconds": 3.0})
        lock = job.take()
        trigger(application, "training_page")
        control = application.training.control
        control.show_job(job)
        assert sentence in control.page.job_view.warning.text()
        assert control.page.job_view.warning.isVisible()
        job.append_log({"event": "checkpoint", "events": 4, "seconds": 4.0})
        control.show_job(job)
        assert not control.page.job_view.warning.isVisible(), "it was written after all"
        lock.release()

    def test_the_sentence_of_a_full_disk_comes_from_the_job_itself(
        self, qtbot, real: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DRUMAPP_CHECKPOINT_SECONDS", "0.2")
        control = open_folder(qtbot, real, beats(tmp_path / "beats"))
        control.jobs._start = on_a_full_disk
        fill_in(control, "Full", seconds=2.0)
        click(control.page.folder.form.train)
        warning = control.page.job_view.warning
        qtbot.waitUntil(lambda: "no space left on device" in warning.text(), timeout=SLOW)
        qtbot.waitUntil(lambda: state(control) is JobState.FAILED, timeout=SLOW)
        qtbot.waitUntil(lambda: "best.safetensors: no space left on device" in warning.text(), timeout=SLOW)

    def test_a_folder_that_vanished_before_training_is_told(self, qtbot, real: Application, tmp_path: Path) -> None:
        control = open_folder(qtbot, real, beats(tmp_path / "beats"))
        fill_in(control, "Gone")
        for path in (tmp_path / "beats").iterdir():
            path.unlink()
        (tmp_path / "beats").rmdir()
        click(control.page.folder.form.train)
        qtbot.waitUntil(lambda: state(control) is JobState.FAILED, timeout=SLOW)
        assert "There is no folder" in control.page.job_view.warning.text()
        assert control.page.job_view.start.isVisible()

    def test_a_device_that_is_not_there_is_told(self, qtbot, real: Application, tmp_path: Path) -> None:
        control = open_folder(qtbot, real, beats(tmp_path / "beats"))
        form = control.page.folder.form
        fill_in(control, "Fast")
        form.device.addItem("A card", "cuda:55")
        form.device.setCurrentIndex(form.device.count() - 1)
        click(form.train)
        qtbot.waitUntil(lambda: state(control) is JobState.FAILED, timeout=SLOW)
        assert "cpu" in control.page.job_view.warning.text()

    def test_a_damaged_job_is_listed_and_can_be_removed(self, application: Application, tmp_path: Path) -> None:
        job = written_job(tmp_path)
        (job.path / "job.json").write_bytes(b"{")
        (job.path / "log.jsonl").write_bytes(b'{"event": "check"}\n{"event": "look", "notes": 3}\n[]\nnonsense\n')
        trigger(application, "training_page")
        control = application.training.control
        control.show_job(job)
        assert "damaged" in control.page.job_view.title.text()
        control.page.job_view.remove.click()
        assert control.jobs.jobs == []

    def test_numbers_that_make_no_sense_are_told_beside_the_button(
        self, qtbot, application: Application, tmp_path: Path
    ) -> None:
        control = open_folder(qtbot, application, beats(tmp_path / "beats"))
        form = control.page.folder.form
        fill_in(control, "Odd")
        form.numbers.fields["patience"].set_value(7)
        assert form.recipe.optimisation.patience == 7
        form.device.addItem("x", "cpu")
        (tmp_path / "state").mkdir(exist_ok=True)
        (tmp_path / "state" / "jobs").write_text("in the way")
        form.train.click()
        assert form.notice.isVisible()
        assert "jobs" in form.notice.text()


class TestFinished:
    def test_jobs_are_found_again_and_their_drummers_offered(
        self, qapp, qtbot, engine: RecordingEngine, answers: Answers, tmp_path: Path
    ) -> None:
        written_job(tmp_path, "Yesterday's")
        made = make_application(qapp, Settings(theme="dark"), engine, answers)
        qtbot.addWidget(made.window)
        made.training.start()
        box = made.window.drummer_panel.model
        assert "Yesterday's" in [box.itemText(n) for n in range(box.count())]
        assert made.window.page == BEAT
        made.close()

    def test_without_jobs_the_tab_is_not_built_at_the_start(self, application: Application) -> None:
        application.training.start()
        assert not application.training.is_open

    def test_curves_memorisation_and_log_are_shown(self, application: Application, tmp_path: Path) -> None:
        job = written_job(tmp_path)
        trigger(application, "training_page")
        control = application.training.control
        click_job(control, job)
        view = control.page.job_view
        training, held_out = view.loss.curves
        assert held_out.y.tolist() == pytest.approx([2.5, 1.8])
        assert training.x.tolist() == [1.0, 2.0]
        assert [curve.y.tolist() for curve in view.accuracy.curves[2:]] == [[0.5, 0.5], [0.6, 0.6]]
        assert "55% of its bars" in view.meter_words.text()
        assert "by heart" in view.meter_words.text()
        assert "learning on cpu" in view.log.toPlainText()
        assert not view.pause.isVisible()
        assert view.use.isVisible()

    def test_two_jobs_are_compared(self, application: Application, tmp_path: Path) -> None:
        one, other = written_job(tmp_path, "One"), written_job(tmp_path, "Other <b>")
        trigger(application, "training_page")
        control = application.training.control
        click_job(control, one)
        view = control.page.job_view
        view.compare.setCurrentIndex(1)
        view.compare.activated.emit(1)
        assert [curve.name for curve in view.loss.curves] == ["Other <b>", "Training", "Held out"]
        assert "Other &lt;b>" in view.loss_legend.text()
        click_job(control, other)
        assert len(view.loss.curves) == 2

    def test_the_latest_bars_are_heard_and_can_be_opened(
        self, application: Application, engine: RecordingEngine, tmp_path: Path
    ) -> None:
        engine.start()
        job = written_job(tmp_path)
        trigger(application, "training_page")
        control = application.training.control
        click_job(control, job)
        view = control.page.job_view
        click(view.listen)
        assert engine.playing
        assert [note.pitch for note in engine.pattern.notes] == [36, 38, 36]
        assert view.listen.text() == "Stop listening"
        click(view.listen)
        assert not engine.playing
        assert engine.pattern.notes == application.document.pattern.notes == ()
        assert view.listen.text() == "Listen"
        click(view.open)
        assert application.document.pattern.bpm == 90.0
        assert application.window.page == BEAT

    def test_a_job_that_is_removed_can_be_put_back(self, application: Application, tmp_path: Path) -> None:
        job = written_job(tmp_path)
        trigger(application, "training_page")
        control = application.training.control
        click_job(control, job)
        click(control.page.job_view.remove)
        assert list_jobs() == []
        assert not control.page.shows_job
        (button,) = application.window.offers.buttons
        button.click()
        assert list_jobs() == [job]
        assert control.page.shows_job
        click(control.page.job_view.remove)
        JobsControl().begin()
        assert not any((job.path.parent / ".removed").iterdir()), "the next start forgets it"

    def test_its_drummer_is_saved_into_a_file(self, application: Application, answers: Answers, tmp_path: Path) -> None:
        job = written_job(tmp_path)
        trigger(application, "training_page")
        click_job(application.training.control, job)
        answers.saves = tmp_path / "mine.safetensors"
        click(application.training.control.page.job_view.save)
        assert answers.saves.read_bytes() == job.best.read_bytes()
        answers.saves = tmp_path / "no such folder" / "mine.safetensors"
        click(application.training.control.page.job_view.save)
        assert "no such folder" in answers.errors[0]

    def test_generate_shows_the_beat(self, application: Application) -> None:
        trigger(application, "training_page")
        assert application.window.page == TRAINING
        trigger(application, "generate")
        assert application.window.page == BEAT


def farewells() -> list[Farewell]:
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Farewell)]


def test_who_closes_the_window_is_told_that_a_job_goes_on(qtbot, application: Application, tmp_path: Path) -> None:
    job = written_job(tmp_path, state=JobState.RUNNING, share=0.5)
    lock = job.take()
    application.training.start()
    earlier = farewells()  # another test's is shown for some seconds after it
    assert application.window.close()
    (said,) = [farewell for farewell in farewells() if farewell not in earlier]
    assert "“Mine” goes on learning" in said.text()
    qtbot.mouseClick(said, Qt.MouseButton.LeftButton)
    assert not said.isVisible()
    lock.release()


def test_all_of_the_tab_that_takes_the_keyboard_has_a_name(qtbot, application: Application, tmp_path: Path) -> None:
    control = open_folder(qtbot, application, beats(tmp_path / "beats"))
    control.page.folder.show_page(1)
    control.show_job(written_job(tmp_path))
    nameless = [
        type(widget).__name__
        for widget in control.page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QMenu)
        and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.focusProxy())
    ]
    assert not nameless


class TestWithoutTorch:
    @pytest.fixture(autouse=True)
    def _no_torch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installed = False
        monkeypatch.setattr(torch_package, "is_installed", lambda: self.installed)

    def test_it_can_be_installed_from_the_tab(self, qtbot, application: Application, tmp_path: Path) -> None:
        control = open_folder(qtbot, application, beats(tmp_path / "beats"))
        form = control.page.folder.form
        assert "PyTorch" in form.notice.text()
        assert not form.train.isVisible()
        code = "print('Collecting torch\\nProgress 1048576 of 4194304', flush=True)"
        control.installing.command = lambda: [sys.executable, "-c", code]
        said: list[str] = []
        control.installing.said.connect(said.append)
        with qtbot.waitSignal(control.installing.finished, timeout=20_000):
            self.installed = True
            click(form.remedy)
        assert any("1 of 4 MB" in sentence for sentence in said)
        assert form.train.isVisible()
        assert not form.notice.isVisible()

    def test_what_keeps_it_from_being_installed_is_told(self, qtbot, application: Application, tmp_path: Path) -> None:
        control = open_folder(qtbot, application, beats(tmp_path / "beats"))
        form = control.page.folder.form
        code = "import sys; print('ERROR: No space left on device'); sys.exit(1)"
        control.installing.command = lambda: [sys.executable, "-c", code]
        with qtbot.waitSignal(control.installing.finished, timeout=20_000):
            click(form.remedy)
        assert form.notice.text() == "PyTorch could not be installed: No space left on device."
        assert form.remedy.text() == "Try again"
        control.installing.command = lambda: ["/no/such/python"]
        with qtbot.waitSignal(control.installing.finished, timeout=20_000):
            click(form.remedy)
        assert "make training" in form.notice.text()


def click_job(control: TrainingControl, job: Job) -> None:
    """A click on a job's line."""
    panel = control.page.jobs
    rect = panel.view.visualRect(panel.model.index_of(job))
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
