"""The Training tab, between the folder, the jobs and the rest of the window."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import KitMap
from drumapp.core.pattern import Pattern
from drumapp.gui.banner import Remedy
from drumapp.gui.conductor import Conductor
from drumapp.gui.dialogs import MODEL_FILES, Asking
from drumapp.gui.document import Document
from drumapp.gui.drummer_control import DrummerControl
from drumapp.gui.kit_maps import KitMaps
from drumapp.gui.main_window import MainWindow
from drumapp.gui.page_tabs import BEAT, TRAINING
from drumapp.gui.theme import Theme
from drumapp.gui.training.corpus_work import CorpusWork
from drumapp.gui.training.farewell import Farewell, farewell_words
from drumapp.gui.training.history import JobHistory
from drumapp.gui.training.installing import Installing
from drumapp.gui.training.jobs_control import JobsControl
from drumapp.gui.training.jobs_panel import Listed
from drumapp.gui.training.page import TrainingPage
from drumapp.gui.training.words import state_words
from drumapp.jobs import torch_package
from drumapp.jobs.job import Job, JobState
from drumapp.midi.corpus import Corpus, CorpusReport, Filters
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.gui.training.job_view import JobView

_REMOVED = "removed job"


class TrainingControl(QObject):
    """Signals: said (sentence).

    Attributes: page; jobs; work, which scans folders; installing; corpus, the folder that is shown.
    """

    said = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        conductor: Conductor,
        drummer: DrummerControl,
        kit_maps: KitMaps,
        settings: Settings,
        asking: Asking,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._window, self._document, self._conductor, self._drummer = window, document, conductor, drummer
        self._settings, self._asking, self._theme = settings, asking, theme
        self.corpus: Corpus | None = None
        self._shown: Job | None = None
        self._compared: Job | None = None
        self._sample: Pattern | None = None  # what is heard that is not in the roll
        self.page = TrainingPage(theme, kit_maps.all)
        self.work = CorpusWork()
        self.jobs = JobsControl()
        self.installing = Installing()
        window.set_training_page(self.page)
        window.page_shown.connect(self._page_shown)
        window.folder_hovers.connect(self.page.folder.drop_zone.set_hovering)
        self._wire()
        self.jobs.begin()
        self._show_torch()

    def _wire(self) -> None:
        folder, work = self.page.folder, self.work
        folder.choose_wanted.connect(self.ask_folder)
        folder.again_wanted.connect(lambda: self.corpus is not None and self._scan(self.corpus.folder))
        folder.cancelled.connect(work.cancel)
        folder.files.judgement_wanted.connect(self._judge)
        folder.files.view_wanted.connect(lambda view: self.corpus is not None and work.find(self.corpus, view))
        folder.files.listen_wanted.connect(self._listen_to_file)
        folder.files.open_wanted.connect(self._open_file)
        folder.form.train_wanted.connect(self.train)
        folder.form.remedy_wanted.connect(self.installing.start)
        work.progressed.connect(lambda _stage, share: folder.scanning.show_share(share))
        work.scanned.connect(self._scanned)
        work.judged.connect(self._judged)
        work.reported.connect(self._reported)
        work.found.connect(folder.files.show_rows)
        work.failed.connect(self._scan_failed)
        work.left.connect(self._scan_left)
        self.installing.said.connect(lambda sentence: folder.form.show_notice(sentence))
        self.installing.finished.connect(self._installed)
        self.page.job_view_made.connect(self._wire_job_view)
        self.page.jobs.new_wanted.connect(self.show_folder)
        self.page.jobs.chosen.connect(self.show_job)
        self.jobs.changed.connect(self._jobs_changed)
        self.jobs.drummers_changed.connect(self._drummers_changed)
        self._conductor.changed.connect(self._show_listening)

    def close(self) -> None:
        """End what belongs to the window; jobs live on."""
        self.work.close()
        self.installing.close()
        self.jobs.close()

    def farewell(self) -> Farewell | None:
        """A sentence for who closes the window while jobs work; None where none does."""
        self.jobs.look()
        words = farewell_words([entry for entry in self.jobs.at_work if entry.status.state is not JobState.PAUSED])
        return Farewell(words, self._window) if words else None

    def _page_shown(self, name: str) -> None:
        """The tab came into sight or went."""
        self.jobs.watch(name == TRAINING)
        self._show_shown_job()

    # The folder

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        path = self._asking.folder_to_open("Folder of MIDI files", self._settings.recent_folder)
        if path is not None:
            self._settings.recent_folder = path
            self.open_folder(path)

    def open_folder(self, path: Path) -> None:
        """Show what is in a folder."""
        self._window.show_page(TRAINING)
        self.show_folder()
        self._scan(path, Filters(), {})

    def show_folder(self) -> None:
        """Show the folder and the form."""
        self._shown = None
        self.page.show_folder()
        self.page.jobs.show_chosen(None)

    def _scan(self, path: Path, filters: Filters | None = None, kits: Mapping[str, KitMap] | None = None) -> None:
        before = self.corpus
        filters = before.filters if filters is None and before is not None else filters or Filters()
        kits = before.kit_choices if kits is None and before is not None else kits or {}
        self.page.folder.begin_scan(path)
        self.work.scan(path, filters, kits)

    def _scanned(self, corpus: Corpus) -> None:
        if not len(corpus.catalogue) and not corpus.problems:
            self.corpus = None
            self.page.folder.invite(
                f"{corpus.folder} holds no MIDI files (.mid or .midi, also in .zip); it holds {corpus.others:,} others."
                if corpus.others
                else f"{corpus.folder} is empty: there are no MIDI files in it."
            )
            return
        self.corpus = corpus
        self.page.folder.show_corpus(corpus, new=True)
        self._show_torch()

    def _scan_failed(self, sentence: str) -> None:
        if self.page.folder.stack.currentIndex() == 1 or self.corpus is None:
            self.corpus = None
            self.page.folder.invite(sentence)
        else:
            self._asking.show_error(sentence)

    def _scan_left(self) -> None:
        if self.corpus is not None:
            self.page.folder.show_corpus(self.corpus, new=True)
        else:
            self.page.folder.invite()

    def _judge(self, filters: Filters, kits: Mapping[str, KitMap]) -> None:
        if self.corpus is not None:
            self.work.judge(self.corpus, filters, kits)

    def _judged(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.page.folder.show_corpus(corpus, new=False)

    def _reported(self, report: CorpusReport) -> None:
        if self.corpus is not None:
            self.page.folder.show_report(self.corpus, report)

    def _pattern_of(self, row: int) -> Pattern | None:
        if self.corpus is None:
            return None
        try:
            entry = self.corpus.entry(row)
            if not entry.notes:
                self._asking.show_error(entry.reason)
                return None
            return self.corpus.piece(row).pattern
        except DrumappError as error:
            self._asking.show_error(str(error))
            return None

    def _listen_to_file(self, row: int) -> None:
        pattern = self._pattern_of(row)
        if pattern is not None:
            self._listen(pattern)

    def _open_file(self, row: int) -> None:
        pattern = self._pattern_of(row)
        if pattern is not None and self.corpus is not None:
            self._open(pattern, self.corpus.entry(row).path.name)

    # Training

    def train(self) -> None:
        """Train a drummer on the files that are taken, as the form says."""
        if self.corpus is None:
            return
        form = self.page.folder.form
        try:
            job = self.jobs.train(form.spec(self.corpus))
        except DrumappError as error:
            form.show_notice(str(error), warning=True)
            return
        except ValueError as error:
            form.show_notice(f"This recipe makes no sense: {error}.", warning=True)
            return
        form.show_notice("")
        self.show_job(job)

    def _show_torch(self) -> None:
        form = self.page.folder.form
        if torch_package.is_installed():
            form.show_notice("")
            form.train.setVisible(True)
            return
        form.train.setVisible(False)
        if self.installing.command() is None:
            form.show_notice(torch_package.missing_sentence())
        elif not self.installing.under_way:
            form.show_notice(
                "Training needs PyTorch, which is not installed. It is a large download: some hundred "
                "megabytes, or a few gigabytes where it brings CUDA along.",
                "Install PyTorch",
            )

    def _installed(self, problem: str) -> None:
        self._show_torch()
        if problem:
            self.page.folder.form.show_notice(problem, "Try again", warning=True)
        elif torch_package.is_installed():
            self.said.emit("PyTorch is installed")

    # Jobs

    def show_job(self, job: Job) -> None:
        """Look at a job."""
        if job != self._shown:
            self._shown, self._compared = job, None
        self.page.show_job()
        self.page.jobs.show_jobs(self.jobs.jobs)
        self.page.jobs.show_chosen(job)
        self._show_shown_job()

    def show_job_at_work(self) -> None:
        """Look at the job that works."""
        self._window.show_page(TRAINING)
        if self.jobs.at_work:
            self.show_job(self.jobs.at_work[-1].job)

    def _wire_job_view(self, view: JobView) -> None:
        for signal, act in (
            (view.pause_wanted, lambda job: self.jobs.command(job, "pause")),
            (view.resume_wanted, lambda job: self.jobs.command(job, "resume")),
            (view.stop_wanted, lambda job: self.jobs.command(job, "stop")),
            (view.start_wanted, self.jobs.start),
            (view.remove_wanted, self._remove),
            (view.use_wanted, self._use),
            (view.save_wanted, self._save),
        ):
            signal.connect(lambda act=act: self._act(act))
        view.listen_wanted.connect(self._listen_to_job)
        view.open_wanted.connect(self._open_sample)
        view.compared.connect(self._compare)

    def _act(self, act) -> None:
        if self._shown is None:
            return
        try:
            act(self._shown)
        except DrumappError as error:
            self._asking.show_error(str(error))
        self._show_shown_job()

    def _remove(self, job: Job) -> None:
        name = self._name_of(job)
        aside = self.jobs.set_aside(job)
        self.show_folder()
        hint = "Until the program is started anew, it can be had back"
        self._window.offers.offer(
            _REMOVED,
            f"“{name}” was removed, with its drummer.",
            "",
            [Remedy("Put it back", self._put_back(aside), hint)],
        )

    def _put_back(self, aside: Job):
        def put_back() -> None:
            self._window.offers.clear(_REMOVED)
            try:
                self.show_job(self.jobs.put_back(aside))
            except DrumappError as error:
                self._asking.show_error(str(error))

        return put_back

    def _use(self, job: Job) -> None:
        self._drummer.loading.start(job.best)
        self._window.show_page(BEAT)
        self.said.emit(f"{self._name_of(job)} takes the drums: Generate plays it")

    def _save(self, job: Job) -> None:
        folder = self._settings.recent_folder or Path.home()
        path = self._asking.file_to_save("Save drummer", folder / f"{job.path.name}.safetensors", MODEL_FILES)
        if path is None:
            return
        from drumapp.atomic import write_atomically

        try:
            data = job.best.read_bytes()
        except OSError as error:
            self._asking.show_error(f"Cannot read {job.best}: {(error.strerror or str(error)).lower()}.")
            return
        write_atomically(path, data)
        self.said.emit(f"Saved {path.name}")

    def _compare(self, job: Job | None) -> None:
        self._compared = job
        self._show_shown_job()

    def _name_of(self, job: Job) -> str:
        listed = self.jobs.find(job)
        return job.path.name if listed is None else listed.name

    def _jobs_changed(self) -> None:
        self.page.jobs.show_jobs(self.jobs.jobs)
        self._window.tabs.show_job(tab_words(self.jobs.at_work))
        self._show_shown_job()

    def _drummers_changed(self) -> None:
        self._drummer.show_own(self.jobs.drummers)
        self.page.folder.form.show_drummers(self.jobs.drummers)

    def _show_shown_job(self) -> None:
        if self._shown is None or not self.page.isVisibleTo(self._window):
            return
        listed = self.jobs.find(self._shown)
        if listed is None:
            self.show_folder()  # somebody removed it
            return
        view = self.page.job_view
        history = self.jobs.history(self._shown)
        view.show_status(listed, history)
        view.show_jobs(self.jobs.jobs, self._shown, self._compared)
        view.show_history(history, self._other())
        self._show_listening()

    def _other(self) -> tuple[str, JobHistory] | None:
        listed = self.jobs.find(self._compared)
        return None if listed is None else (listed.name, self.jobs.history(listed.job))

    # Listening

    def _listen(self, pattern: Pattern) -> None:
        self._sample = pattern
        self._conductor.play_aside(pattern)

    def _listen_to_job(self, on: bool) -> None:
        sample = None if self._shown is None else self.jobs.history(self._shown).sample
        if on and sample is not None:
            self._listen(sample)
        else:
            self._conductor.stop()
        self._show_listening()

    def _show_listening(self) -> None:
        if self.page.job_view is not None:
            aside = self._conductor.aside
            self.page.job_view.show_listening(aside is not None and aside is self._sample)

    def _open_sample(self) -> None:
        if self._shown is not None:
            sample = self.jobs.history(self._shown).sample
            if sample is not None:
                self._open(sample, self._name_of(self._shown))

    def _open(self, pattern: Pattern, name: str) -> None:
        self._document.replace(pattern, f"Open {name}")
        self._window.show_page(BEAT)
        self._window.roll.navigation.zoom_to_first_bars()
        self.said.emit(f"{name} is in the roll; Undo brings back what was there")


def tab_words(at_work: list[Listed]) -> str:
    """What is trained, for the row of tabs; "" is nothing."""
    if not at_work:
        return ""
    first = at_work[-1]  # the oldest: whose turn it is
    name = first.name if len(first.name) <= 28 else first.name[:27] + "…"
    more = f"  (and {len(at_work) - 1} more)" if len(at_work) > 1 else ""
    return f"{name}: {state_words(first.status).lower()}{more}"
