import ctypes
import logging

import numpy as np
import pytest

from drumapp.playback import soundfont
from drumapp.playback.sampler import Sampler
from drumapp.playback.scheduler import Event
from drumapp.playback.soundfont import FluidSynth, find_soundfonts, fluidsynth_version, how_to_install
from drumapp.playback.synth import SynthError, make_synth, render_events
from tests.playback.font_building import RATE, Font, key_zone, plateau, pulse

needs_fluidsynth = pytest.mark.skipif(fluidsynth_version() is None, reason="FluidSynth's library is not installed")


@pytest.fixture
def without_fluidsynth(monkeypatch):
    monkeypatch.setattr(soundfont, "_library", lambda: None)


@needs_fluidsynth
class TestFluidSynth:
    @pytest.fixture
    def synth_of(self, make_font):
        made = []

        def make(*zones) -> FluidSynth:
            made.append(FluidSynth(make_font(Font(zones)), RATE))
            return made[-1]

        yield make
        for synth in made:
            synth.close()

    def test_strokes_sound_within_a_block_of_their_frame(self, synth_of):
        synth = synth_of(key_zone(36, pulse(2000)))
        audio = render_events(synth, 4000, [Event(1000, 36, 127)])
        first = int(np.flatnonzero(np.abs(audio[:, 0]) > 0.01)[0])
        assert 1000 <= first <= 1000 + 2 * 64

    def test_a_stroke_is_about_as_loud_as_the_samplers(self, make_font):
        path = make_font(Font([key_zone(36, plateau(20_000))]))
        loudness = []
        for synth in (FluidSynth(path, RATE), Sampler(path, RATE)):
            synth.note_on(36, 100)
            audio = synth.render(9600)
            loudness.append(20 * np.log10(np.sqrt(np.mean(audio**2))))
            synth.close()
        assert loudness[0] == pytest.approx(loudness[1], abs=1.5)

    def test_another_kit_of_the_font_is_chosen_by_its_program(self, make_font):
        path = make_font(Font([key_zone(36, pulse())], others=[(b"Loud", 25, 128)]))
        for program in (None, 0, 25, 99):
            synth = FluidSynth(path, RATE, program)
            assert synth._program == (25 if program == 25 else 0)
            synth.note_on(36, 100)
            assert np.abs(synth.render(4800)).max() > 0.05
            synth.close()

    def test_as_much_reverb_and_chorus_as_is_asked_for_also_after_a_silence(self, synth_of):
        def struck(reverb: float, chorus: float) -> np.ndarray:
            synth = synth_of(key_zone(36, pulse(2000)))
            synth.set_effects(reverb, chorus)
            synth.all_off()
            synth.render(4800)
            synth.note_on(36, 127)
            return synth.render(9600)

        def loudness(audio: np.ndarray) -> float:
            return float(np.sqrt(np.mean(audio**2)))

        after = slice(3000, None)  # the drum itself has ended
        assert loudness(struck(0.0, 0.0)[after]) < 1e-6
        assert loudness(struck(0.9, 0.0)[after]) > 1.5 * loudness(struck(0.4, 0.0)[after]) > 1e-4
        assert (
            loudness(struck(0.0, 1.0) - struck(0.0, 0.0)) > 1.5 * loudness(struck(0.0, 0.5) - struck(0.0, 0.0)) > 1e-3
        )

    def test_effects_are_turned_while_a_drum_rings_without_a_click(self, synth_of):
        synth = synth_of(key_zone(36, plateau(50_000)))
        synth.note_on(36, 127)
        blocks = [synth.render(4800)]
        for amount in (0.0, 0.7, 0.2):
            synth.set_effects(amount, 0.0)
            blocks.append(synth.render(4800))
        assert np.abs(np.diff(np.concatenate(blocks)[2400:], axis=0)).max() < 0.02

    def test_all_off_is_quick_without_a_click_and_leaves_the_kit_playable(self, synth_of):
        synth = synth_of(key_zone(36, plateau(50_000)))
        synth.note_on(36, 127)
        before = synth.render(4800)
        synth.all_off()
        after = synth.render(4800)
        assert np.abs(after[300:]).max() < 1e-4
        joined = np.concatenate((before[-100:], after))
        assert np.abs(np.diff(joined, axis=0)).max() < 0.02
        synth.note_on(36, 127)
        assert np.abs(synth.render(4800)).max() > 0.5 * np.abs(before).max()

    @pytest.mark.skipif(
        tuple(map(int, (fluidsynth_version() or "0").split("."))) < (2, 2), reason="needs FluidSynth 2.2 or later"
    )
    def test_all_off_loads_nothing(self, make_font):
        """Who falls silent while music plays must not wait for samples: here those of a piano, or of the drums anew."""
        path = make_font(Font([key_zone(36, pulse())], others=[(b"Piano", 0, 0), (b"Loud", 25, 128)]))
        synth = FluidSynth(path, RATE, 25)
        path.unlink()
        synth.all_off()
        synth.note_on(36, 100)
        assert np.abs(synth.render(4800)).max() > 0.05
        preset = soundfont._library()._fl.fluid_synth_get_channel_preset
        preset.restype = ctypes.c_void_p
        assert [channel for channel in range(16) if preset(synth._handle, channel)] == [9]
        synth.close()

    def test_it_says_what_it_is(self, synth_of):
        assert synth_of(key_zone(36, pulse())).description.startswith(f"FluidSynth {fluidsynth_version()}: font")

    def test_it_may_be_closed_twice(self, synth_of):
        synth = synth_of(key_zone(36, pulse()))
        synth.close()
        synth.close()

    def test_a_font_without_drums_is_refused_by_name(self, make_font):
        path = make_font(Font([key_zone(60, pulse())], bank=0))
        with pytest.raises(SynthError, match=rf"{path.name} has no drum kit"):
            FluidSynth(path)

    def test_a_damaged_font_is_refused_by_name_and_without_chatter(self, make_font, capfd, caplog):
        path = make_font(Font([key_zone(36, pulse())]))
        # FluidSynth is stricter about sizes than the check before it.
        path.write_bytes(path.read_bytes() + bytes(64))
        with caplog.at_level(logging.DEBUG, "drumapp.fluidsynth"), pytest.raises(SynthError, match=path.name):
            FluidSynth(path)
        captured = capfd.readouterr()
        assert captured.out + captured.err == ""
        assert caplog.records  # what it had to say went there instead

    def test_other_files_are_refused_by_name(self, tmp_path):
        path = tmp_path / "song.sf2"
        path.write_bytes(b"MThd" + bytes(200))
        with pytest.raises(SynthError, match=r"song\.sf2"):
            FluidSynth(path)

    @pytest.mark.parametrize("name", ["absent.sf2", "."])
    def test_what_is_no_file_is_refused(self, tmp_path, name):
        with pytest.raises(SynthError, match=r"soundfont"):
            FluidSynth(tmp_path / name)

    def test_a_rate_it_cannot_play_at_is_refused_and_auto_takes_the_sampler(self, font):
        with pytest.raises(SynthError, match="192000 frames a second"):
            FluidSynth(font, 192_000)
        assert isinstance(make_synth("auto", font, 192_000), Sampler)

    def test_auto_is_fluidsynth(self, font):
        synth = make_synth("auto", font)
        assert isinstance(synth, FluidSynth)
        synth.close()


@pytest.mark.usefixtures("without_fluidsynth")
class TestWithoutTheLibrary:
    def test_it_says_what_to_install(self, font):
        with pytest.raises(SynthError, match="not installed") as caught:
            make_synth("fluidsynth", font)
        assert how_to_install() in str(caught.value)

    def test_auto_is_the_sampler(self, font):
        assert isinstance(make_synth("auto", font), Sampler)

    def test_there_is_no_version(self):
        assert fluidsynth_version() is None


@pytest.mark.parametrize(("system", "command"), [("linux", "apt"), ("darwin", "brew"), ("win32", "choco")])
def test_each_system_has_its_way_to_install(monkeypatch, system, command):
    monkeypatch.setattr("sys.platform", system)
    assert command in how_to_install()


class TestFinding:
    @pytest.fixture(autouse=True)
    def built_in(self, monkeypatch, tmp_path):
        path = tmp_path / "own" / "drumapp.sf2"
        path.parent.mkdir()
        path.touch()
        monkeypatch.setattr(soundfont, "builtin_soundfont", lambda: path)
        return path

    def test_the_built_in_one_is_first_then_by_name(self, tmp_path, built_in):
        folder = tmp_path / "fonts"
        folder.mkdir()
        for name in ("b.sf2", "A.SF3", "readme.txt", "c.sf3"):
            (folder / name).touch()
        (folder / "folder.sf2").mkdir()
        assert find_soundfonts([folder]) == [built_in, folder / "A.SF3", folder / "b.sf2", folder / "c.sf3"]

    def test_the_same_file_is_named_once(self, tmp_path, built_in):
        folder = tmp_path / "fonts"
        folder.mkdir()
        (folder / "font.sf2").touch()
        (folder / "default.sf2").symlink_to(folder / "font.sf2")
        (folder / "ours.sf2").symlink_to(built_in)
        assert find_soundfonts([folder, folder]) == [built_in, folder / "default.sf2"]

    def test_folders_that_are_not_there_offer_nothing(self, tmp_path, built_in):
        assert find_soundfonts([tmp_path / "absent", built_in]) == [built_in]

    def test_folders_can_be_named_in_the_environment(self, tmp_path, monkeypatch, built_in):
        folder = tmp_path / "fonts"
        folder.mkdir()
        (folder / "x.sf2").touch()
        monkeypatch.setenv(soundfont.SOUNDFONT_FOLDERS_VARIABLE, str(folder))
        assert find_soundfonts() == [built_in, folder / "x.sf2"]

    @pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
    def test_every_system_has_its_places(self, monkeypatch, system, built_in):
        monkeypatch.delenv(soundfont.SOUNDFONT_FOLDERS_VARIABLE, raising=False)
        monkeypatch.setattr("sys.platform", system)
        assert find_soundfonts()[0] == built_in

    def test_a_missing_built_in_kit_is_not_offered(self, tmp_path, built_in):
        built_in.unlink()
        assert find_soundfonts([tmp_path]) == []
