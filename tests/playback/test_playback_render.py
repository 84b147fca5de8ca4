import struct
import wave
from dataclasses import replace

import numpy as np
import pytest

from drumapp.atomic import WriteError
from drumapp.core.kit import HOUSE_KIT, DrumKit, general_midi_lane
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback.audio_file import write_wav
from drumapp.playback.engine_protocol import Play, SetMix, SetPattern, pack
from drumapp.playback.master import HEADROOM_DB
from drumapp.playback.mix import gain_of, mix_of
from drumapp.playback.player import Player
from drumapp.playback.render import RenderError, render_pattern
from drumapp.playback.sampler import Sampler
from tests.playback.font_building import RATE, Font, key_zone, plateau, pulse
from tests.playback.recording_synth import RecordingSynth


def onsets(audio: np.ndarray) -> list[int]:
    """Frames at which the test font's pulses begin: it jumps up there and nowhere else."""
    return (np.flatnonzero(np.diff(audio[:, 0], prepend=0) > 0.05)).tolist()


def test_onsets_are_exact_to_the_frame(font):
    notes = [Note(tick, 36, 127) for tick in range(0, 1920, 123)]
    audio = render_pattern(Pattern.of(notes, tempo=TempoMap.constant(97.3)), Sampler(font))
    exact = RATE * 60 / (97.3 * 480)
    assert onsets(audio) == [int(note.start * exact + 1e-6) for note in notes]


def test_it_lasts_as_long_as_the_pattern_and_its_tail(font):
    pattern = Pattern.of([Note(0, 36, 100)], length=960)
    assert render_pattern(pattern, Sampler(font), tail_seconds=0.5).shape == (72_000, 2)
    assert render_pattern(Pattern(), Sampler(font), tail_seconds=0.0).shape == (0, 2)


def test_the_last_drum_rings_on_in_the_tail_and_the_end_does_not_click(make_font):
    path = make_font(Font([key_zone(36, np.full(48_000, 16_000, np.int16))]))
    audio = render_pattern(Pattern.of([Note(0, 36, 127)], length=96), Sampler(path), tail_seconds=0.5)
    level = 16_000 / 32_768 * 2**-0.5 * gain_of(HEADROOM_DB)
    assert audio[20_000, 0] == pytest.approx(level, rel=0.1)
    assert audio[-1, 0] == 0.0


def test_the_same_pattern_gives_the_same_bytes(font):
    pattern = Pattern.of([Note(tick, 36 + tick % 2 * 2, 60 + tick % 60) for tick in range(0, 1920, 51)])
    assert render_pattern(pattern, Sampler(font)).tobytes() == render_pattern(pattern, Sampler(font)).tobytes()


class TestKit:
    @pytest.fixture
    def hats(self, make_font):
        """Hats that no exclusive class of the font holds together, and a kick."""
        return make_font(Font([key_zone(key, plateau(48_000, 8000)) for key in (36, 42, 46)]))

    def test_a_muted_lane_is_left_out_and_the_rest_is_the_same(self, hats):
        pattern = Pattern.of([Note(0, 36, 100), Note(0, 46, 90), Note(480, 36, 100), Note(480, 42, 90)])
        kit = HOUSE_KIT.with_lane(replace(general_midi_lane(36), muted=True))
        without = Pattern.of([note for note in pattern.notes if note.pitch != 36])
        expected = render_pattern(without, Sampler(hats))
        assert render_pattern(pattern, Sampler(hats), kit=kit).tobytes() == expected.tobytes()

    def test_general_midis_groups_choke_where_no_kit_is_given(self, hats):
        pattern = Pattern.of([Note(0, 46, 100), Note(240, 42, 1)], length=480)
        audio = render_pattern(pattern, Sampler(hats))
        assert np.abs(audio[11_000:12_000]).min() > 0.05
        assert np.abs(audio[12_300:]).max() < 0.001

    def test_a_drum_taken_out_of_its_group_rings_on(self, hats):
        pattern = Pattern.of([Note(0, 46, 100), Note(240, 42, 1)], length=480)
        kit = HOUSE_KIT.with_lane(replace(general_midi_lane(46), choke_group=0))
        audio = render_pattern(pattern, Sampler(hats), kit=kit)
        assert np.abs(audio[12_300:23_000]).min() > 0.05

    def test_volume_and_pan_are_in_it(self, hats):
        kit = HOUSE_KIT.with_lane(replace(general_midi_lane(36), volume_db=-12.0, pan=-1.0))
        pattern = Pattern.of([Note(0, 36, 127)])
        plain, mixed = (render_pattern(pattern, Sampler(hats), kit=kit)[1000] for kit in (HOUSE_KIT, kit))
        assert mixed[0] == pytest.approx(plain[0] * 2**0.5 * gain_of(-12.0), rel=1e-3)
        assert mixed[1] == pytest.approx(0.0, abs=1e-6)

    def test_it_is_what_is_heard_live(self, hats):
        lanes = replace(general_midi_lane(36), volume_db=5.0, pan=0.3), replace(general_midi_lane(46), choke_group=3)
        kit = DrumKit("Mixed", (*lanes, general_midi_lane(42)))
        pattern = Pattern.of([Note(tick, (36, 42, 46)[tick % 3], 40 + tick % 80, 20) for tick in range(0, 1920, 47)])
        offline = render_pattern(pattern, Sampler(hats), kit=kit, tail_seconds=0.0)
        player = Player(Sampler(hats))
        player.post(SetMix(mix_of(kit)))
        player.post(SetPattern(pack(pattern.notes), pattern.length, pattern.tempo))
        player.post(Play())
        live = np.concatenate([player.process(240) for _ in range(len(offline) // 240)])
        np.testing.assert_allclose(live[:90_000], offline[:90_000], atol=1e-6)


def test_many_drums_at_once_stay_within_full_scale(make_font):
    path = make_font(Font([key_zone(key, pulse(height=32_000)) for key in range(35, 82)]))
    pattern = Pattern.of([Note(0, key, 127) for key in range(35, 82)])
    assert 0.9 < np.abs(render_pattern(pattern, Sampler(path))).max() <= 1.0


def test_progress_runs_from_nothing_to_all(font):
    told: list[float] = []
    render_pattern(Pattern.of([Note(0, 36, 100)]), Sampler(font), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 10


def test_a_pattern_of_many_hours_is_refused():
    with pytest.raises(RenderError, match="hours"):
        render_pattern(Pattern(length=10**9), RecordingSynth())


def test_a_negative_tail_is_refused(font):
    with pytest.raises(ValueError, match="tail"):
        render_pattern(Pattern(), Sampler(font), tail_seconds=-1)


class TestWav:
    AUDIO = np.array([[0.0, 1.0], [0.5, -1.0], [2.0, -2.0]], np.float32)

    @pytest.mark.parametrize(("bits", "width"), [(16, 2), (24, 3)])
    def test_integers_are_read_back_by_another_reader(self, tmp_path, bits, width):
        path = tmp_path / "beat.wav"
        write_wav(path, self.AUDIO, 44_100, bits)
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, width, 44_100)
            raw = file.readframes(10)
        values = [int.from_bytes(raw[at : at + width], "little", signed=True) for at in range(0, len(raw), width)]
        full = 2 ** (bits - 1) - 1
        assert values == [0, full, round(full / 2 + 0.01), -full, full, -full]  # clipped, never wrapped

    def test_floats_are_kept_as_they_are(self, tmp_path):
        path = tmp_path / "beat.wav"
        write_wav(path, self.AUDIO, 48_000, "float")
        data = path.read_bytes()
        tag, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", data, 20)
        assert (tag, channels, rate, frame_bytes, bits) == (3, 2, 48_000, 8, 32)
        assert data.endswith(self.AUDIO.tobytes())

    @pytest.mark.parametrize("bits", [16, 24, "float"])
    def test_sizes_in_the_header_fit_the_file(self, tmp_path, bits):
        path = tmp_path / "beat.wav"
        write_wav(path, self.AUDIO[:1, :1], 48_000, bits)  # an odd number of bytes at 24 bits
        data = path.read_bytes()
        assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
        assert len(data) % 2 == 0

    def test_silence_of_no_length_is_a_file(self, tmp_path):
        path = tmp_path / "beat.wav"
        write_wav(path, np.zeros((0, 2), np.float32), 48_000)
        with wave.open(str(path)) as file:
            assert file.getnframes() == 0

    def test_a_path_that_cannot_be_written_is_named(self, tmp_path):
        with pytest.raises(WriteError, match="absent"):
            write_wav(tmp_path / "absent" / "beat.wav", self.AUDIO, 48_000)
