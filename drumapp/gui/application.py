"""Composition root: builds window, document, drummer and sound, wires them to each other, and owns nothing else."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from drumapp.core import note_run
from drumapp.core.errors import DrumappError
from drumapp.core.kit import Lane
from drumapp.core.pattern import Pattern
from drumapp.core.timing import BarPosition, Metre, MetreMap, TempoMap, count_in_position
from drumapp.gui.banner import Remedy
from drumapp.gui.conductor import Conductor, Drummer, take_name
from drumapp.gui.cowriting.room import CoWriting
from drumapp.gui.dialogs import Asking, Dialogs, show_about
from drumapp.gui.document import Document
from drumapp.gui.drag_control import DragControl
from drumapp.gui.drummer_control import DrummerControl
from drumapp.gui.files import Files
from drumapp.gui.garbage import give_back_often
from drumapp.gui.help.control import HelpControl
from drumapp.gui.help.fault import FaultControl
from drumapp.gui.insight.control import InsightControl
from drumapp.gui.kit_control import KitControl
from drumapp.gui.main_window import MainWindow
from drumapp.gui.metronome_control import MetronomeControl
from drumapp.gui.midi_setup.control import MidiControl
from drumapp.gui.model_loading import ModelLoading
from drumapp.gui.note_editing import NoteEditing
from drumapp.gui.page_tabs import TRAINING
from drumapp.gui.piano_roll.navigation import ZOOM_PER_KEY
from drumapp.gui.project_control import ProjectControl
from drumapp.gui.recording.room import PlayingIn
from drumapp.gui.recovery_control import RecoveryControl
from drumapp.gui.shortcuts_dialog import ShortcutsDialog
from drumapp.gui.sound.rendering import renderer
from drumapp.gui.sound.room import SoundRoom
from drumapp.gui.theme import THEMES, Theme
from drumapp.gui.time_control import TimeControl
from drumapp.gui.training_door import TrainingDoor
from drumapp.settings import Settings, save_settings

if TYPE_CHECKING:
    from drumapp.gui.training.control import TrainingControl
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.playback.engine import PlaybackEngine, Playhead

JOBS_LOOK_MS = 1500
"""To load what shows training jobs holds the window up for a quarter of a second: not while it opens."""


class Application(QObject):
    """Everything the window is made of. Tests give an engine, dialogs, a model loader and a renderer of their own.

    ``started`` when sound and drummer are coming up, and documents can be opened.
    """

    started = Signal()

    def __init__(
        self,
        app: QApplication,
        settings: Settings,
        *,
        engine: PlaybackEngine | None = None,
        asking: Asking | None = None,
        loading: ModelLoading | None = None,
        render=None,
        seat_of=None,
    ) -> None:
        super().__init__()
        from drumapp.playback.engine import PlaybackEngine

        self.settings = settings
        self.theme = Theme(app, settings.theme)
        self.window = MainWindow(self.theme)
        self.asking = asking or Dialogs(self.window)
        sound = settings.sound.settings(settings.soundfont, settings.synth, settings.volume_db)
        self.engine = engine or PlaybackEngine(sound)
        self.document = Document(
            Pattern(tempo=TempoMap.constant(settings.tempo), metre=MetreMap.constant(Metre.parse(settings.metre)))
        )
        self.conductor = Conductor(self.document, self.engine)
        self.projects = ProjectControl(self.document, settings, self.asking)
        self.recovery = RecoveryControl(self.window.offers, self.projects, self.asking)
        self.drummer = DrummerControl(
            self.window.drummer_panel,
            self.window.transport,
            self.conductor,
            settings,
            self.asking,
            loading=loading,
            seat_of=seat_of,
        )
        self.notes = NoteEditing(self.window, self.document, settings, self.theme)
        render = render or renderer(settings)
        self.files = Files(self.window, self.document, self.notes.editor, settings, self.asking, render, self.theme)
        self.drags = DragControl(self.window, self.document, self.notes.editor, render)
        self.kits = KitControl(self.window, self.document, self.notes.editor, settings)
        self.cowriting = CoWriting(
            self.window, self.document, self.conductor, self.drummer, self.notes.editor, self.theme
        )
        self.insight = InsightControl(
            self.window, self.document, self.conductor, self.notes.editor, settings, self.theme, self._take_settings
        )
        self.time = TimeControl(self.window, self.document, self.conductor, self.notes.editor, settings, self.theme)
        self.midi = MidiControl(self.engine, settings, self.files.kit_maps)
        self.sound = SoundRoom(
            self.window, self.conductor, self.engine, sound, self.midi, settings, self.asking, self.theme
        )
        self.sound.lanes = self._lanes
        self.metronome = MetronomeControl(self.window, self.engine, settings)
        self.playing_in = PlayingIn(
            self.window, self.document, self.conductor, self.notes.editor, self.metronome, settings, self.theme
        )
        self.help = HelpControl(self.window)
        self.faults = FaultControl(self.window, self.projects.keep_safe)
        self.training = TrainingDoor(self.window, self._build_training)
        self._last_look = time.monotonic()
        self._closed = False
        self._let_go = False
        self._show_settings()
        self._wire_transport()
        self._wire_menus()
        self._wire_rooms()
        self._wire_projects()
        self._document_changed()
        self._performance_changed()

    def show(self) -> None:
        """Open the window; sound and drummer come up once it is painted."""
        self.window.painted.connect(lambda: QTimer.singleShot(0, self.start_rooms))
        self.window.show()

    def start_rooms(self) -> None:
        """Start the playing process and load the drummer, both in the background."""
        self.drummer.start()
        self.engine.start()
        self.conductor.start()
        self.midi.start()
        self.projects.start()
        self.recovery.start()
        give_back_often(self, self._rest_notes)
        QTimer.singleShot(JOBS_LOOK_MS, self.training, self.training.start)
        if self.settings.problem:
            self.window.banner.show_problem("settings", self.settings.problem)
        self.started.emit()

    def welcome(self) -> None:
        """At the very first start: a beat at once, without a question, and the tour beside it. Never again after."""
        self._remember()
        self.drummer.generate()
        self.help.tour.start()

    def close(self) -> None:
        """Remember the settings, end every thread and process. Unsaved work nobody was asked about is kept."""
        if self._closed:
            return
        self._closed = True
        self.projects.close(keep=not self._let_go)
        self._remember()
        self.files.close()
        self.drags.close()
        self.sound.close()
        self.notes.close()
        self.insight.close()
        self.cowriting.close()
        self.help.close()
        self.training.close()
        self.conductor.close()
        self.drummer.close()

    # Wiring

    def _wire_transport(self) -> None:
        bar, conductor = self.window.transport, self.conductor
        bar.generate_clicked.connect(self.generate)
        bar.play_clicked.connect(conductor.toggle_play)
        bar.stop_clicked.connect(conductor.stop)
        bar.bars_changed.connect(self._bars_changed)

    def _wire_menus(self) -> None:
        window, roll = self.window, self.window.roll
        handlers = {
            "new": self.projects.new,
            "open": self.projects.ask_open,
            "save": self.projects.save,
            "save_as": self.projects.save_as,
            "open_midi": self.files.ask_open_midi,
            "append_midi": lambda: self.files.ask_open_midi(append=True),
            "export_midi": self.files.ask_export_midi,
            "export_audio": self.files.ask_export_audio,
            "kit_maps": self.files.edit_kit_maps,
            "open_model": self.drummer.ask_model,
            "train_on_folder": lambda: self.training.control.ask_folder(),
            "beat_page": self.training.show_beat,
            "training_page": lambda: self.training.show_page(TRAINING),
            "quit": window.close,
            "undo": self.document.undo,
            "redo": self.document.redo,
            "clear": self.clear,
            "zoom_in": lambda: roll.navigation.zoom(ZOOM_PER_KEY),
            "zoom_out": lambda: roll.navigation.zoom(1 / ZOOM_PER_KEY),
            "zoom_fit": roll.navigation.zoom_to_fit,
            "rows_taller": lambda: roll.navigation.zoom_rows(ZOOM_PER_KEY),
            "rows_lower": lambda: roll.navigation.zoom_rows(1 / ZOOM_PER_KEY),
            "generate": self.generate,
            "play": self.conductor.toggle_play,
            "stop": self.conductor.stop,
            "silence": self.engine.panic,
            "shortcuts": lambda: ShortcutsDialog(window.actions_by_name, window).exec(),
            "about": lambda: show_about(window, self.drummer.credits()),
        }
        for name, handler in handlers.items():
            # Without this, Qt's "checked" argument would land in a handler's first parameter.
            window.actions_by_name[name].triggered.connect(lambda _=False, act=handler: act())
        for name, handler in {
            "follow": self._follow_toggled,
            "drummer_panel": self._panel_toggled,
        }.items():
            window.actions_by_name[name].toggled.connect(handler)
        for choice in THEMES:
            window.actions_by_name[f"theme_{choice}"].triggered.connect(
                lambda _=False, chosen=choice: self._theme_chosen(chosen)
            )

    def _wire_rooms(self) -> None:
        window, document, conductor = self.window, self.document, self.conductor
        document.replaced.connect(self._document_replaced)
        document.appended.connect(lambda notes: window.roll.append_notes(notes, document.pattern))
        document.timing_changed.connect(self._document_changed)
        document.history_changed.connect(self._document_changed)
        conductor.changed.connect(self._performance_changed)
        conductor.playhead_moved.connect(self._playhead_moved)
        conductor.failed.connect(self.asking.show_error)
        self.cowriting.failed.connect(self.asking.show_error)
        self.cowriting.said.connect(window.status.music.setText)
        window.roll.sought.connect(conductor.seek)
        window.roll.auditioned.connect(self.engine.audition)
        window.roll.file_dropped.connect(self.files.drop_midi)
        window.closing.connect(self.close)
        self.files.midi.opened.connect(lambda _: window.roll.navigation.zoom_to_first_bars())
        self.drags.failed.connect(self.asking.show_error)
        self.notes.editor.failed.connect(self.asking.show_error)
        self.files.said.connect(window.status.music.setText)
        self.help.said.connect(window.status.music.setText)
        self.files.exporting.connect(window.export_strip.follow)
        self.drummer.changed.connect(self._performance_changed)
        self.drummer.changed.connect(self.insight.drummer_changed)
        self.insight.said.connect(window.status.music.setText)

    def _wire_projects(self) -> None:
        window, projects = self.window, self.projects
        window.may_close = self._may_close
        window.project_dropped.connect(projects.open)
        window.recent.chosen.connect(projects.open)
        window.recent.cleared.connect(projects.clear_recent)
        window.drummer_panel.changed.connect(projects.note_change)
        window.transport.bars_changed.connect(projects.note_change)
        projects.begun.connect(self._project_begun)
        projects.named.connect(self._show_name)
        projects.choices_changed.connect(self._choices_changed)
        projects.recent_changed.connect(self._show_recent)
        projects.undecided.connect(self.files.midi.take_in)
        projects.said.connect(window.status.music.setText)
        projects.problem.connect(self._project_problem)
        self.recovery.said.connect(window.status.music.setText)
        self.recovery.problem.connect(lambda sentence: self._project_problem("recovery", sentence, ""))
        self._show_recent()

    # Acts of the user

    def end_at_once(self) -> None:
        """Close without asking anybody, as the system wants it; unsaved work is offered at the next start."""
        self.close()
        while (dialog := QApplication.activeModalWidget()) is not None and dialog.close():
            pass  # a question that is still open would keep the program from ending
        self.window.close()

    def _may_close(self) -> bool:
        self._let_go = self._closed or self.projects.may_leave()
        if self._let_go and not self._closed:
            self.training.say_farewell()
        return self._let_go

    def generate(self) -> None:
        """Let the drummer write a take, and show the roll it writes into."""
        self.training.show_beat()
        self.drummer.generate()

    def clear(self) -> None:
        """Empty the roll; Undo brings it back."""
        pattern = self.document.pattern
        if pattern.length:
            self.document.replace(Pattern(tempo=pattern.tempo, metre=pattern.metre), "Clear")

    def _bars_changed(self, bars: int) -> None:
        self.settings.bars = bars
        if bars and self.conductor.performance.endless:
            self.conductor.finish_take()

    def _follow_toggled(self, follow: bool) -> None:
        self.settings.follow = self.window.roll.navigation.follow = follow

    def _panel_toggled(self, shown: bool) -> None:
        self.settings.drummer_panel = shown
        self.window.side.setVisible(shown)

    def _theme_chosen(self, choice: str) -> None:
        self.settings.theme = choice
        self.theme.choose(choice)

    # What happened in the rooms

    def _rest_notes(self) -> None:
        project = self.document.project
        results = [take.result.notes for take in project.takes if take.result is not None]
        note_run.rest((project.pattern.notes, *results))

    def _document_replaced(self) -> None:
        document, roll = self.document, self.window.roll
        roll.show_pattern(document.pattern, document.end, refit=document.in_take and not document.pattern.notes)
        self._document_changed()

    def _document_changed(self) -> None:
        document = self.document
        for name, label in (("undo", document.undo_label), ("redo", document.redo_label)):
            action = self.window.actions_by_name[name]
            action.setEnabled(label is not None)
            action.setText(f"{name.capitalize()} {label}" if label else name.capitalize())
        self._show_name()
        self._show_seed()

    def _performance_changed(self) -> None:
        performance, window = self.conductor.performance, self.window
        window.transport.set_playing(performance.playing)
        window.status.drummer.setText(self.drummer.sentence())
        window.drummer_panel.set_writing(performance.drummer in (Drummer.WRITING, Drummer.PAUSED))
        self._show_seed()

    def _playhead_moved(self, head: Playhead) -> None:
        now = time.monotonic()
        window = self.window
        window.roll.move_playhead(head.tick, playing=head.playing)
        self.metronome.notice(head)
        self.time.show_tempo_at(head.tick)
        running = head.playing and not head.counting_in
        window.transport.set_position(self._position(head), counting_in=head.counting_in, running=running)
        window.transport.meter.show_level(head.level, now - self._last_look)
        self._last_look = now

    def _project_begun(self) -> None:
        self.conductor.stop()
        self.window.roll.navigation.zoom_to_first_bars()

    def _choices_changed(self) -> None:
        self.drummer.show_choices()
        self.window.transport.set_bars(self.settings.bars)

    def _project_problem(self, topic: str, cause: str, remedy: str) -> None:
        if not cause:
            self.window.banner.clear(topic)
        elif topic == "damage":
            self.window.banner.show_problem(topic, cause, remedy, Remedy("Save as …", self.projects.save_as))
        else:
            self.window.banner.show_problem(topic, cause, remedy)

    def _build_training(self) -> TrainingControl:
        from drumapp.gui.training.control import TrainingControl

        control = TrainingControl(
            self.window,
            self.document,
            self.conductor,
            self.drummer,
            self.files.kit_maps,
            self.settings,
            self.asking,
            self.theme,
        )
        control.said.connect(self.window.status.music.setText)
        return control

    def _take_settings(self) -> GeneratorSettings:
        """Those of the take in the roll; where it is nobody's, what is set, with a seed that stays the same."""
        settings = self.conductor.settings_in_take
        if settings is not None:
            return settings
        wanted = replace(self.drummer.wanted_settings(), seed=self.settings.seed or 0)
        return self.conductor.requests.settings_here(wanted)

    def _lanes(self) -> Sequence[Lane]:
        """The drums of the kit and of the beat."""
        return self.document.kit.with_keys(set(self.window.roll.scene.index.pitches.tolist())).lanes

    def _position(self, head: Playhead) -> BarPosition:
        metre, tick = self.document.pattern.metre, max(int(head.tick), 0)
        if head.counting_in:
            return count_in_position(head.count_in_ticks, metre.metre_at(tick))
        return metre.position(tick)

    # What is shown

    def _show_name(self) -> None:
        self.window.setWindowTitle(f"{self.projects.name}[*] – Drumapp")
        self.window.setWindowModified(self.projects.modified)

    def _show_recent(self) -> None:
        self.window.recent.show_files(self.settings.recent_files)

    def _show_settings(self) -> None:
        settings, window = self.settings, self.window
        window.restore_geometry_text(settings.window_geometry)
        bar = window.transport
        bar.set_bars(settings.bars)
        bar.set_volume(settings.volume_db)
        window.roll.navigation.follow = settings.follow
        window.side.setVisible(settings.drummer_panel)
        for name, checked in (
            ("follow", settings.follow),
            ("drummer_panel", settings.drummer_panel),
            (f"theme_{settings.theme}", True),
        ):
            window.actions_by_name[name].setChecked(checked)

    def _show_seed(self) -> None:
        """The seed of the take in the roll; what was opened or drawn has none."""
        seed = self.conductor.performance.seed
        in_roll = seed is not None and self.document.pattern.name == take_name(seed)
        self.window.status.seed.setText(f"Seed {seed}" if in_roll else "")

    def _remember(self) -> None:
        self.notes.remember()
        self.insight.remember()
        self.settings.window_geometry = self.window.geometry_text
        self.settings.tempo = self.window.transport.tempo.value
        self.settings.metre = self.window.transport.metre.currentText()
        try:
            save_settings(replace(self.settings, problem=None))
        except DrumappError as error:
            print(f"drumapp: {error}", file=sys.stderr)  # the window is going: nobody would read a dialog
