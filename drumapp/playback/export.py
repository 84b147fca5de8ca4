"""Audio exports: the whole mix as one file, or a file for each drum, which add up to the mix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import numpy as np

from drumapp.core.kit import GENERAL_MIDI_KIT, DrumKit, general_midi_lane
from drumapp.core.pattern import Pattern
from drumapp.playback.audio_file import AudioFileError, Bits, FileKind, write_audio
from drumapp.playback.mix import Mix, gain_of, mix_of
from drumapp.playback.render import render_pattern
from drumapp.playback.synth import Audio, Synth

MakeSynth = Callable[[int], Synth]
"""Makes a fresh synth for a sample rate. Raises SynthError."""

Progress = Callable[[float], None]
"""Told the share done, 0 to 1. Whatever it raises cancels the export, and no file is left of it."""

DEFAULT_PEAK_DBFS = -1.0
_KEYS = range(128)
_FORBIDDEN = '<>:"/\\|?*'


@dataclass(frozen=True)
class ExportSettings:
    """How audio is exported. Raises AudioFileError for floats in a FLAC file, ValueError for a peak above full scale.

    Attributes: kind of file; bits of a frame; sample_rate; tail_seconds for the last drums to ring; peak_dbfs: what the
    loudest moment is brought to, None to leave it as it is heard.
    """

    kind: FileKind = "wav"
    bits: Bits = 24
    sample_rate: int = 48_000
    tail_seconds: float = 2.0
    peak_dbfs: float | None = None

    def __post_init__(self) -> None:
        if self.kind == "flac" and self.bits == "float":
            raise AudioFileError("FLAC holds 16 or 24 bits a frame; choose one of them, or a WAV file.")
        if self.peak_dbfs is not None and not -60.0 <= self.peak_dbfs <= 0.0:
            raise ValueError(f"peak_dbfs must be -60 to 0, not {self.peak_dbfs:g}")


@dataclass(frozen=True)
class Exported:
    """A file that was written. Attributes: path; seconds; peak of 1 at full scale; gain_db that was applied."""

    path: Path
    seconds: float
    peak: float
    gain_db: float


def export_mix(
    pattern: Pattern,
    path: Path,
    settings: ExportSettings,
    make_synth: MakeSynth,
    *,
    kit: DrumKit = GENERAL_MIDI_KIT,
    progress: Progress | None = None,
) -> Exported:
    """Write the whole mix as one file, which sounds as it does live unless its peak is to be another.

    Raises RenderError, SynthError, AudioFileError or WriteError; then the file that was there is as it was.
    """
    export = _Export(pattern, settings, make_synth, kit)
    # A limiter before the loudest moment is scaled would only take away from it.
    audio = export.render(mix_of(kit), limited=settings.peak_dbfs is None, progress=progress)
    peak = _peak(audio)
    gain = 1.0 if settings.peak_dbfs is None or not peak else gain_of(settings.peak_dbfs) / peak
    return export.write(path, audio, gain)


def export_stems(
    pattern: Pattern,
    folder: Path,
    name: str,
    settings: ExportSettings,
    make_synth: MakeSynth,
    *,
    kit: DrumKit = GENERAL_MIDI_KIT,
    progress: Progress | None = None,
) -> list[Exported]:
    """Write a file for each drum that is heard, and the mix, into a folder that exists. The mix comes first.

    All files are equally long and begin at the pattern's start, and the drums add up to the mix but for the rounding of
    frames (FluidSynth's as long as it has voices enough, as it has offline). So there is no limiter: what would leave
    full scale, the mix or any drum, makes all of them softer alike. Drums choke each other as they do in the mix.
    Raises as `export_mix`; then no file is left of it.
    """
    export = _Export(pattern, settings, make_synth, kit)
    whole, keys = mix_of(kit), _stem_keys(pattern, kit)
    mixes = [whole, *(_alone(whole, key) for key in keys)]
    paths = stem_paths(pattern, folder, name, settings.kind, kit=kit)
    needs_gain = settings.bits != "float" or settings.peak_dbfs is not None
    passes = len(mixes) * (2 if needs_gain else 1)
    tell = _steps(progress, passes)
    gain = 1.0
    if needs_gain:
        peaks = [_peak(export.render(mix, limited=False, progress=next(tell))) for mix in mixes]
        gain = _common_gain(peaks, settings.peak_dbfs)
    written: list[Exported] = []
    try:
        for path, mix in zip(paths, mixes, strict=True):
            written.append(export.write(path, export.render(mix, limited=False, progress=next(tell)), gain))
    except BaseException:
        for entry in written:
            entry.path.unlink(missing_ok=True)
        raise
    return written


def stem_paths(
    pattern: Pattern, folder: Path, name: str, kind: FileKind, *, kit: DrumKit = GENERAL_MIDI_KIT
) -> list[Path]:
    """The files that `export_stems` writes, in its order, whether they are there already or not."""
    lanes = (kit.lane_of(key) or general_midi_lane(key) for key in _stem_keys(pattern, kit))
    paths: list[Path] = []
    for stem in (f"{name} - mix", *(f"{name} - {lane.name}" for lane in lanes)):
        paths.append(_free_path(folder, stem, kind, paths))
    return paths


class _Export:
    """One pattern, rendered as often as there are files to be made of it, each time by a fresh synth."""

    def __init__(self, pattern: Pattern, settings: ExportSettings, make_synth: MakeSynth, kit: DrumKit) -> None:
        self._pattern = pattern
        self._settings = settings
        self._make_synth = make_synth
        self._kit = kit

    def render(self, mix: Mix, *, limited: bool, progress: Progress | None) -> Audio:
        synth = self._make_synth(self._settings.sample_rate)
        try:
            tail = self._settings.tail_seconds
            return render_pattern(self._pattern, synth, mix=mix, tail_seconds=tail, limited=limited, progress=progress)
        finally:
            synth.close()

    def write(self, path: Path, audio: Audio, gain: float) -> Exported:
        settings = self._settings
        if gain != 1.0:
            audio *= np.float32(gain)
        write_audio(path, audio, settings.sample_rate, settings.kind, settings.bits)
        gain_db = 20.0 * float(np.log10(gain))
        return Exported(path, len(audio) / settings.sample_rate, _peak(audio), gain_db)


def _stem_keys(pattern: Pattern, kit: DrumKit) -> list[int]:
    """The drums that are struck and heard."""
    struck = {note.pitch for note in pattern.notes}
    return sorted(struck & (kit.heard_keys | (struck - set(kit.row_of_key))))


def _alone(mix: Mix, key: int) -> Mix:
    """The mix with all other drums at no volume: still struck, so that they choke and take voices as in the mix."""
    keys = {other: mix.of(other) if other == key else mix.of(other)._replace(gain=0.0) for other in _KEYS}
    return Mix(keys, mix.unheard, mix.groups)


def _common_gain(peaks: list[float], peak_dbfs: float | None) -> float:
    """The gain that brings the mix, whose peak is the first, to its level, and keeps all within full scale."""
    mix, loudest = peaks[0], max(peaks)
    wanted = 1.0 if peak_dbfs is None or not mix else gain_of(peak_dbfs) / mix
    return min(wanted, 1.0 / loudest) if loudest else 1.0


def _steps(progress: Progress | None, count: int) -> Iterator[Progress | None]:
    """The progress of each of so many renderings, as a part of the whole."""
    for index in range(count):
        if progress is None:
            yield None
        else:
            yield lambda share, done=index: progress((done + share) / count)  # type: ignore[misc]


def _free_path(folder: Path, name: str, kind: FileKind, taken: list[Path]) -> Path:
    """A file in the folder by that name, as any system allows it; lanes of one name are told apart by a number."""
    plain = "".join("_" if character in _FORBIDDEN or not character.isprintable() else character for character in name)
    plain = plain.strip(" .") or "Beat"
    path, number = folder / f"{plain}.{kind}", 1
    files = {_same_name(other) for other in taken}
    while _same_name(path) in files:
        number += 1
        path = folder / f"{plain} {number}.{kind}"
    return path


def _same_name(path: Path) -> str:
    """What names of one file have in common on systems that take capitals and accents for the same."""
    return normalize("NFC", path.name).casefold()


def _peak(audio: Audio) -> float:
    return float(np.abs(audio).max(initial=0.0))
