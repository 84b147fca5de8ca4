from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import soundfile

from drumapp.core.kit import HOUSE_KIT, DrumKit, Lane, general_midi_lane
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback.audio_file import AudioFileError
from drumapp.playback.export import Exported, ExportSettings, export_mix, export_stems, stem_paths
from drumapp.playback.mix import gain_of
from drumapp.playback.render import render_pattern
from drumapp.playback.sampler import Sampler
from drumapp.playback.soundfont import fluidsynth_version
from drumapp.playback.synth import SynthError, make_synth
from drumapp.resources import builtin_soundfont
from tests.playback.font_building import Font, key_zone, plateau

RATE = 48_000
FLOAT = ExportSettings(bits="float", tail_seconds=0.5)
KEYS = (36, 38, 42, 46)
SYNTHS = [
    "sampler",
    pytest.param(
        "fluidsynth", marks=pytest.mark.skipif(fluidsynth_version() is None, reason="FluidSynth is not installed")
    ),
]


def busy(bars: int = 2) -> Pattern:
    dice = np.random.default_rng(7)
    notes = [
        Note(tick, int(key), int(dice.integers(20, 128)), int(dice.integers(10, 300)))
        for tick in range(0, bars * 1920, 60)
        for key in dice.choice(KEYS, 2, replace=False)
    ]
    return Pattern.of(notes, tempo=TempoMap.constant(137.0))


def read(exported: Exported) -> np.ndarray:
    return soundfile.read(exported.path, dtype="float64")[0]


def sampler(rate: int) -> Sampler:
    return Sampler(builtin_soundfont(), rate)


class TestMix:
    def test_it_is_what_is_heard(self, tmp_path):
        made = export_mix(busy(), tmp_path / "beat.wav", FLOAT, sampler, kit=HOUSE_KIT)
        heard = render_pattern(busy(), sampler(RATE), kit=HOUSE_KIT, tail_seconds=0.5)
        np.testing.assert_array_equal(read(made), heard)
        assert made.gain_db == 0.0
        assert made.seconds == pytest.approx(len(heard) / RATE)

    @pytest.mark.parametrize("peak_dbfs", [0.0, -1.0, -12.0])
    def test_the_loudest_moment_is_brought_to_its_level_and_not_bent_before(self, tmp_path, peak_dbfs):
        settings = replace(FLOAT, peak_dbfs=peak_dbfs)
        made = export_mix(busy(), tmp_path / "beat.wav", settings, sampler)
        audio = read(made)
        assert np.abs(audio).max() == pytest.approx(gain_of(peak_dbfs), rel=1e-5)
        straight = render_pattern(busy(), sampler(RATE), tail_seconds=0.5, limited=False)
        np.testing.assert_allclose(audio, straight * gain_of(made.gain_db), atol=1e-6)

    def test_silence_is_left_silent(self, tmp_path):
        made = export_mix(Pattern(length=480), tmp_path / "beat.wav", replace(FLOAT, peak_dbfs=-1.0), sampler)
        assert not read(made).any()

    @pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
    def test_drums_are_struck_in_their_frames_at_any_rate(self, tmp_path, make_font, rate):
        font = make_font(Font([key_zone(36, plateau(400))]))
        pattern = Pattern.of([Note(tick, 36, 127) for tick in range(0, 1920, 123)], tempo=TempoMap.constant(97.3))
        settings = ExportSettings("flac", 24, rate)
        made = export_mix(pattern, tmp_path / "beat.flac", settings, lambda rate: Sampler(font, rate))
        audio = read(made)[:, 0]
        onsets = np.flatnonzero((np.abs(audio) > 0.05) & (np.abs(np.concatenate(([0], audio[:-1]))) <= 0.05))
        due = [int(note.start * rate * 60 / (97.3 * 480) + 1e-6) for note in pattern.notes]
        assert np.abs(onsets - due).max() <= 8  # the resampler's ramp at other rates than the font's
        assert soundfile.info(made.path).samplerate == rate

    def test_what_the_progress_raises_cancels_it_and_the_old_file_stays(self, tmp_path):
        class CancelledError(Exception):
            pass

        def cancel(share: float) -> None:
            if share > 0.5:
                raise CancelledError

        path = tmp_path / "beat.wav"
        path.write_bytes(b"old")
        with pytest.raises(CancelledError):
            export_mix(busy(), path, FLOAT, sampler, progress=cancel)
        assert path.read_bytes() == b"old"


class TestStems:
    @pytest.mark.parametrize("synth", SYNTHS)
    def test_they_add_up_to_the_mix(self, tmp_path, synth):
        lanes = (
            replace(general_midi_lane(36), volume_db=4.0, pan=-0.3),
            replace(general_midi_lane(46), volume_db=-7.0),
        )
        kit = HOUSE_KIT
        for lane in lanes:
            kit = kit.with_lane(lane)
        made = export_stems(
            busy(),
            tmp_path,
            "Beat",
            FLOAT,
            lambda rate: make_synth(synth, builtin_soundfont(), rate, offline=True),
            kit=kit,
        )
        mix, *stems = (read(entry) for entry in made)
        assert len(stems) == len(KEYS)
        assert {len(stem) for stem in stems} == {len(mix)}
        np.testing.assert_allclose(sum(stems), mix, atol=2e-6)
        assert all(np.abs(stem).max() > 0.01 for stem in stems)

    @pytest.mark.parametrize(("kind", "bits"), [("wav", 16), ("wav", 24), ("flac", 16), ("flac", 24)])
    def test_they_add_up_to_the_mix_but_for_the_rounding_also_as_whole_numbers(self, tmp_path, kind, bits):
        made = export_stems(busy(), tmp_path, "Beat", ExportSettings(kind, bits, tail_seconds=0.2), sampler)
        mix, *stems = (soundfile.read(entry.path, dtype="int32")[0].astype(np.int64) >> (32 - bits) for entry in made)
        assert np.abs(sum(stems) - mix).max() <= (len(stems) + 1) / 2 + 1

    def test_each_holds_its_own_drum_alone_cut_off_as_in_the_mix(self, tmp_path, make_font):
        font = make_font(Font([key_zone(key, plateau(48_000, 8000)) for key in (36, 42, 46)]))
        pattern = Pattern.of([Note(0, 46, 100), Note(240, 42, 1), Note(480, 36, 100)], length=960)
        made = export_stems(pattern, tmp_path, "Beat", FLOAT, lambda rate: Sampler(font, rate), kit=HOUSE_KIT)
        names = [entry.path.name for entry in made]
        assert names == ["Beat - mix.wav", "Beat - Kick.wav", "Beat - Closed hat.wav", "Beat - Open hat.wav"]
        kick, _, open_hat = (read(entry)[:, 0] for entry in made[1:])
        assert not kick[:24_000].any()
        assert np.abs(kick[24_010:30_000]).min() > 0.01
        assert np.abs(open_hat[10:12_000]).min() > 0.01
        assert not open_hat[12_300:].any()  # choked by the closed hat, which is not in this file

    def test_too_loud_a_mix_makes_all_of_them_softer_alike(self, tmp_path, make_font):
        font = make_font(Font([key_zone(key, plateau(4_000, 32_000)) for key in KEYS]))
        pattern = Pattern.of([Note(0, key, 127) for key in KEYS], length=480)
        made = export_stems(pattern, tmp_path, "Beat", ExportSettings(), lambda rate: Sampler(font, rate))
        assert made[0].peak == pytest.approx(1.0, abs=1e-6)
        assert made[0].gain_db < -1.0
        assert {entry.gain_db for entry in made} == {made[0].gain_db}
        mix, *stems = (read(entry) for entry in made)
        np.testing.assert_allclose(sum(stems), mix, atol=1e-6)

    def test_the_mix_is_brought_to_its_level_and_the_drums_with_it(self, tmp_path):
        made = export_stems(busy(), tmp_path, "Beat", replace(FLOAT, peak_dbfs=-3.0), sampler)
        assert made[0].peak == pytest.approx(gain_of(-3.0), rel=1e-5)
        mix, *stems = (read(entry) for entry in made)
        np.testing.assert_allclose(sum(stems), mix, atol=2e-6)

    def test_muted_drums_have_none_and_drums_without_a_lane_do(self, tmp_path):
        kit = DrumKit("Few", (replace(general_midi_lane(36), muted=True), general_midi_lane(38)))
        pattern = Pattern.of([Note(0, 36, 100), Note(0, 38, 100), Note(0, 50, 100)])
        made = export_stems(pattern, tmp_path, "Beat", FLOAT, sampler, kit=kit)
        assert [entry.path.name for entry in made[1:]] == ["Beat - Snare.wav", "Beat - High tom.wav"]

    def test_names_that_no_file_could_have_are_made_so_and_told_apart(self, tmp_path):
        kit = DrumKit("Odd", (Lane("a/b:c*?", 36), Lane("a/b:c*?", 38), Lane("..", 42)))
        pattern = Pattern.of([Note(0, key, 100) for key in (36, 38, 42)])
        expected = stem_paths(pattern, tmp_path, "my\nbeat", "wav", kit=kit)
        made = export_stems(pattern, tmp_path, "my\nbeat", FLOAT, sampler, kit=kit)
        assert [entry.path for entry in made] == expected
        names = sorted(entry.path.name for entry in made)
        assert len(set(names)) == 4
        assert all(Path(tmp_path / name).is_file() for name in names)
        assert not any(character in name for name in names for character in "/:*?\n")

    @pytest.mark.parametrize("names", [("Kick", "kick"), ("T\u00e9", "Te\u0301")])
    def test_names_that_some_systems_take_for_one_are_told_apart(self, tmp_path, names):
        kit = DrumKit("Odd", tuple(Lane(name, key) for name, key in zip(names, (36, 38), strict=True)))
        pattern = Pattern.of([Note(0, key, 100) for key in (36, 38)])
        made = export_stems(pattern, tmp_path, "Beat", FLOAT, sampler, kit=kit)
        assert len({normalize("NFD", entry.path.name).casefold() for entry in made}) == 3

    def test_an_empty_pattern_is_a_silent_mix(self, tmp_path):
        (mix,) = export_stems(Pattern(length=480), tmp_path, "Beat", ExportSettings(), sampler)
        assert not read(mix).any()

    def test_progress_runs_once_from_nothing_to_all(self, tmp_path):
        told: list[float] = []
        export_stems(busy(), tmp_path, "Beat", ExportSettings(tail_seconds=0.0), sampler, progress=told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0

    def test_cancelled_it_leaves_no_file(self, tmp_path):
        class CancelledError(Exception):
            pass

        def cancel(share: float) -> None:
            if share > 0.9:
                raise CancelledError

        with pytest.raises(CancelledError):
            export_stems(busy(), tmp_path, "Beat", FLOAT, sampler, progress=cancel)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"peak_dbfs": 1.0}, {"peak_dbfs": -61.0}])
def test_levels_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="peak_dbfs"):
        ExportSettings(**wrong)


def test_floats_in_flac_are_refused_before_anything_is_rendered():
    with pytest.raises(AudioFileError, match="FLAC"):
        ExportSettings("flac", "float")


def test_a_synth_that_cannot_be_made_leaves_nothing(tmp_path):
    def fail(_rate: int) -> Sampler:
        raise SynthError("No such kit.")

    with pytest.raises(SynthError):
        export_mix(busy(), tmp_path / "beat.wav", FLOAT, fail)
    with pytest.raises(SynthError):
        export_stems(busy(), tmp_path, "Beat", FLOAT, fail)
    assert list(tmp_path.iterdir()) == []
