"""What an export does in its thread: the beat made audible with the sound that the user has chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Pattern
from drumapp.gui.sound.audio_export import Progress
from drumapp.settings import Settings
from drumapp.sound_choices import AudioExportChoice

if TYPE_CHECKING:
    from drumapp.playback.synth import Synth

Render = Callable[[Pattern, DrumKit, Path, AudioExportChoice, Progress], str]
"""Renders a pattern, mixed as a kit says: into a file, or as stems into a folder, named after the pattern. Says what it
made. Raises DrumappError.
"""

QUICK = AudioExportChoice()
"""How audio is rendered that is dragged out: nobody is asked."""


def renderer(settings: Settings) -> Render:
    """The function that renders with the soundfont, synth, drum kit and effects of the settings."""

    def render(pattern: Pattern, kit: DrumKit, path: Path, choice: AudioExportChoice, progress: Progress) -> str:
        from drumapp.playback.export import ExportSettings, export_mix, export_stems
        from drumapp.playback.synth import make_synth

        sound = settings.sound.settings(settings.soundfont, settings.synth, settings.volume_db)

        def make(rate: int) -> Synth:
            synth = make_synth(sound.synth, sound.soundfont, rate, sound.program, offline=True)
            synth.set_effects(sound.reverb, sound.chorus)
            return synth

        wanted = ExportSettings(
            choice.kind,
            choice.bits,
            choice.sample_rate,
            choice.tail_seconds,
            choice.peak_dbfs if choice.normalise else None,
        )
        if choice.stems:
            made = export_stems(pattern, path, pattern.name or "Beat", wanted, make, kit=kit, progress=progress)
            return f"{len(made)} files in {path.name}"
        export_mix(pattern, path, wanted, make, kit=kit, progress=progress)
        return path.name

    return render
