"""Who drums and how: loads models, keeps the drummer's panel and the settings in step, and asks for takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp import resources
from drumapp.core.timing import Metre
from drumapp.gui.conductor import Conductor, Drummer, fresh_seed
from drumapp.gui.dialogs import MODEL_FILES, Asking
from drumapp.gui.drummer_panel import DrummerPanel
from drumapp.gui.model_loading import ModelLoading
from drumapp.gui.seat import ModelSeat, Seat
from drumapp.gui.status_line import drummer_sentence
from drumapp.gui.transport_bar import TransportBar
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.take_settings import GeneratorSettings

NOBODY = "There is no drummer to generate with: open a model first (File, Open model)."


class DrummerControl(QObject):
    """``changed`` says that another drummer sits down, or that none came."""

    changed = Signal()

    def __init__(
        self,
        panel: DrummerPanel,
        bar: TransportBar,
        conductor: Conductor,
        settings: Settings,
        asking: Asking,
        *,
        loading: ModelLoading | None = None,
        seat_of: Callable[[DrumModel], Seat] | None = None,
    ) -> None:
        super().__init__()
        self._panel, self._bar, self._conductor = panel, bar, conductor
        self._settings, self._asking = settings, asking
        self._seat_of = seat_of or ModelSeat
        self.loading = loading or ModelLoading()
        self.model: DrumModel | None = None
        self._path: Path | None = None
        self._own: tuple[tuple[str, Path], ...] = ()
        self._waiting = True  # for the first drummer, or for the news that none comes
        self._generate_when_ready = False
        self.loading.loaded.connect(self.seat)
        self.loading.failed.connect(self._load_failed)
        panel.model_chosen.connect(self.loading.start)
        panel.open_model_requested.connect(self.ask_model)
        panel.changed.connect(self._panel_changed)
        panel.freshen_wanted.connect(self.freshen)
        self.show_choices()
        self._show_models()

    def start(self) -> None:
        """Load the drummer the user last had; returns at once."""
        self.loading.start(self._settings.model or resources.default_model())

    def close(self) -> None:
        """Wait for a load that is under way."""
        self.loading.close()

    def generate(self) -> None:
        """A fresh take with what panel and bar say; while the drummer still loads, as soon as it is there."""
        if not self._conductor.can_generate:
            self._generate_when_ready = self._waiting
            if not self._waiting:
                self._asking.show_error(NOBODY)
            self.changed.emit()
            return
        settings = self.wanted_settings()
        self._panel.show_seed(settings.seed)
        self._conductor.generate(settings)

    def go_on(self, start: int | None = None) -> None:
        """Let the drummer go on, from the end of what stands or from a tick."""
        if not self._conductor.can_generate:
            if not self._waiting:
                self._asking.show_error(NOBODY)
            return
        self._conductor.go_on(self.wanted_settings(), start)

    def freshen(self) -> None:
        """Fresh memory, now; while nobody writes, every Generate brings one anyway."""
        self._conductor.freshen(self._panel.memory.value)

    def wanted_settings(self) -> GeneratorSettings:
        """What panel and bar say, with a seed nobody has chosen unless one is fixed."""
        from drumapp.lstm.take_settings import GeneratorSettings

        panel, bar = self._panel, self._bar
        fixed = panel.fixed_seed
        return GeneratorSettings(
            seed=fresh_seed() if fixed is None else fixed,
            bars=bar.chosen_bars or None,
            tempo=bar.tempo.value,
            metre=Metre.parse(bar.metre.currentText()),
            time_temperature=panel.time.value,
            pitch_temperature=panel.pitch.value,
            memory_range=panel.memory.value,
            feel=panel.feel.isChecked(),
            style=panel.chosen_style,
            playable=panel.playable.isChecked(),
        )

    def ask_model(self) -> None:
        """Let the user choose another drummer."""
        folder = self._settings.recent_folder or resources.models_folder()
        path = self._asking.file_to_open("Open model", folder, MODEL_FILES)
        self._show_models()
        if path is not None:
            self._settings.recent_folder = path.parent
            self.loading.start(path)

    def seat(self, path: Path, model: DrumModel) -> None:
        """Let a model drum from the next take on."""
        self.model, self._path = model, path
        self._waiting = False
        self._settings.model = None if path == resources.default_model() else path
        self._panel.set_styles(model.styles, self._settings.style)
        self._show_models()
        self._conductor.set_seat(self._seat_of(model))
        self.changed.emit()
        if self._generate_when_ready:
            self._generate_when_ready = False
            self.generate()

    def show_own(self, drummers: Sequence[tuple[str, Path]]) -> None:
        """Offer these drummers (name, file) as well: those that were trained here."""
        self._own = tuple(drummers)
        self._show_models()

    def show_choices(self) -> None:
        """Show the settings of the next take: those remembered, or a project's."""
        panel, settings = self._panel, self._settings
        panel.set_wildness(settings.time_temperature, settings.pitch_temperature)
        panel.memory.set_value(settings.memory_range)
        panel.blockSignals(True)  # half shown, the panel must not speak for the whole
        panel.feel.setChecked(settings.feel)
        panel.playable.setChecked(settings.playable)
        if settings.seed is not None:
            panel.show_seed(settings.seed)
        panel.fresh_seed.setChecked(settings.seed is None)
        panel.blockSignals(False)
        if self.model is not None:
            panel.set_styles(self.model.styles, settings.style)

    def sentence(self) -> str:
        """What the drummer does, in plain words."""
        if self._generate_when_ready:
            return "The drummer is on the way …"
        performance = self._conductor.performance
        if self._waiting and performance.drummer is Drummer.ABSENT:
            return "Waking the drummer …"
        return drummer_sentence(None if self.model is None else self.model.name, performance)

    def credits(self) -> str:
        """The drummer's name, and from whom it learned, as lines of HTML."""
        if self.model is None:
            return "No drummer is loaded."
        lines = [f"Drummer: {self.model.name}"]
        lines += [str(self.model.provenance[key]) for key in ("attribution", "licence") if key in self.model.provenance]
        return "<br>".join(lines)

    def _load_failed(self, path: Path, sentence: str) -> None:
        if self._waiting and path != resources.default_model():
            self.loading.start(resources.default_model())  # better the drummer of the house than none
        else:
            self._waiting = self._generate_when_ready = False
        self._show_models()
        self.changed.emit()
        self._asking.show_error(sentence)

    def _panel_changed(self) -> None:
        panel, settings = self._panel, self._settings
        settings.time_temperature = panel.time.value
        settings.pitch_temperature = panel.pitch.value
        settings.memory_range = panel.memory.value
        settings.feel = panel.feel.isChecked()
        settings.playable = panel.playable.isChecked()
        settings.style = panel.chosen_style
        settings.seed = panel.fixed_seed
        self._conductor.adjust(self.wanted_settings())

    def _show_models(self) -> None:
        models = [(path.stem.replace("_", " ").capitalize(), path) for path in resources.shipped_models()]
        models += self._own
        if self.model is not None and self._path is not None:
            models = [(self.model.name if path == self._path else name, path) for name, path in models]
            if all(path != self._path for _, path in models):
                models.append((self.model.name, self._path))
        self._panel.set_models(models, self._path)
