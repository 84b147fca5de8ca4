import tracemalloc

import numpy as np
import pytest

from drumapp.playback.sampler import Sampler
from drumapp.playback.scheduler import Event
from drumapp.playback.synth import SynthError, make_synth, render_events
from drumapp.resources import builtin_soundfont
from tests.playback.font_building import RATE, VELOCITY_CONCAVE, Font, FontZone, key_zone, plateau, pulse

KEY_RANGE, VELOCITY_RANGE = 43, 44
HALF = 2**0.5 / 2  # the gain of either side for a sound in the middle


@pytest.fixture
def sampler_of(make_font):
    def make(*zones: FontZone, rate: int = RATE) -> Sampler:
        return Sampler(make_font(Font(zones)), rate)

    return make


def test_a_stroke_starts_in_the_frame_it_is_given_in(sampler_of):
    audio = render_events(sampler_of(key_zone(36, pulse())), 1000, [Event(123, 36, 127)])
    assert not audio[:123].any()
    assert audio[123] == pytest.approx([16_000 / 32_768 * HALF] * 2, rel=1e-4)


def test_blocks_of_any_size_sound_the_same(sampler_of):
    sounds = []
    for block in (1, 33, 700, 4000):
        sampler = sampler_of(key_zone(36, plateau(3000), g38=-2000))
        sampler.note_on(36, 100)
        parts = [sampler.render(min(block, 1400 - start)) for start in range(0, 1400, block)]
        sampler.note_off(36)
        parts += [sampler.render(min(block, 2600 - start)) for start in range(0, 2600, block)]
        sounds.append(np.concatenate(parts))
    for sound in sounds[1:]:
        np.testing.assert_allclose(sound, sounds[0], atol=1e-6)


def test_the_same_strokes_give_the_same_bytes(sampler_of):
    def render() -> bytes:
        sampler = sampler_of(key_zone(36, pulse(3000)), key_zone(38, pulse(2000)))
        events = [Event(n * 100, 36 + n % 2 * 2, 40 + n) for n in range(40)]
        return render_events(sampler, 6000, events).tobytes()

    assert render() == render()


def test_unknown_keys_are_silent(sampler_of):
    sampler = sampler_of(key_zone(36, pulse()))
    sampler.note_on(99, 127)
    sampler.note_off(99)
    assert not sampler.render(500).any()


def test_loudness_follows_velocity_as_the_format_says(sampler_of):
    sampler = sampler_of(key_zone(36, pulse()))
    sampler.note_on(36, 64)
    assert sampler.render(1)[0, 0] == pytest.approx(16_000 / 32_768 * HALF * (64 / 127) ** 2, rel=1e-4)


def test_a_font_may_have_its_own_velocity_curve(sampler_of):
    zone = key_zone(36, pulse())
    zone.modulators = [(VELOCITY_CONCAVE, 48, 480)]
    sampler = sampler_of(zone)
    sampler.note_on(36, 64)
    assert sampler.render(1)[0, 0] == pytest.approx(16_000 / 32_768 * HALF * 64 / 127, rel=1e-4)


def test_a_velocity_curve_the_wrong_way_round_is_not_played_louder_than_full(sampler_of):
    zone = key_zone(36, pulse())
    zone.modulators = [(VELOCITY_CONCAVE, 48, -32_768)]
    sampler = sampler_of(zone)
    sampler.note_on(36, 1)
    assert sampler.render(1)[0, 0] == pytest.approx(16_000 / 32_768 * HALF, rel=1e-4)


def test_a_loop_eight_octaves_up_asks_for_no_gigabytes(sampler_of):
    zone = key_zone(36, pulse(), g51=120, g54=1)
    zone.rate, zone.loop = 192_000, (10, 50)
    sampler = sampler_of(zone)
    tracemalloc.start()
    try:
        sampler.note_on(36, 127)
        assert np.isfinite(sampler.render(100)).all()
        assert tracemalloc.get_traced_memory()[1] < 256 * 2**20
    finally:
        tracemalloc.stop()


def test_velocity_layers(sampler_of):
    soft = key_zone(36, plateau(100, 1000), g44=0 | 63 << 8)
    hard = key_zone(36, plateau(100, 20_000), g44=64 | 127 << 8)
    sampler = sampler_of(soft, hard)
    sampler.note_on(36, 63)
    assert sampler.render(200).max() == pytest.approx(1000 / 32_768 * HALF * (63 / 127) ** 2, rel=1e-3)
    sampler.note_on(36, 64)
    assert sampler.render(200).max() == pytest.approx(20_000 / 32_768 * HALF * (64 / 127) ** 2, rel=1e-3)


@pytest.mark.parametrize(
    ("pan", "left", "right"), [(-500, 1.0, 0.0), (0, HALF, HALF), (500, 0.0, 1.0), (9999, 0.0, 1.0)]
)
def test_pan(sampler_of, pan, left, right):
    sampler = sampler_of(key_zone(36, plateau(100), g17=pan))
    sampler.note_on(36, 127)
    np.testing.assert_allclose(sampler.render(1)[0] * 32_768 / 16_000, [left, right], atol=1e-4)


def test_a_stereo_pair_sounds_on_both_sides(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(100, 8000), g17=-500), key_zone(36, plateau(100, 4000), g17=500))
    sampler.note_on(36, 127)
    np.testing.assert_allclose(sampler.render(1)[0] * 32_768, [8000, 4000], rtol=1e-4)


def test_attenuation(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(100), g48=500))  # 50 dB on the format's scale: 20 dB in effect
    sampler.note_on(36, 127)
    assert sampler.render(1)[0, 0] == pytest.approx(16_000 / 32_768 * HALF / 10, rel=1e-3)


def test_an_exclusive_class_chokes_within_five_milliseconds_and_without_a_click(sampler_of):
    sampler = sampler_of(key_zone(46, plateau(20_000), g57=1), key_zone(42, plateau(10, 0), g57=1))
    sampler.note_on(46, 127)
    sampler.render(1000)
    sampler.note_on(42, 127)
    after = sampler.render(1000)[:, 0]
    assert after[0] > 0.3
    assert not after[RATE * 5 // 1000 :].any()
    assert np.abs(np.diff(after)).max() < 0.01


def test_other_classes_ring_on(sampler_of):
    sampler = sampler_of(key_zone(46, plateau(20_000), g57=1), key_zone(36, plateau(10, 0)))
    sampler.note_on(46, 127)
    sampler.note_on(36, 127)
    assert sampler.render(5000)[-1, 0] > 0.3


def test_all_off_is_quick_and_without_a_click(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(50_000)))
    sampler.note_on(36, 127)
    sampler.render(1000)
    sampler.all_off()
    after = sampler.render(1000)[:, 0]
    assert not after[RATE * 5 // 1000 :].any()
    assert np.abs(np.diff(after)).max() < 0.01


def test_strokes_after_all_off_sound_at_once(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(50_000)))
    sampler.note_on(36, 127)
    sampler.render(100)
    sampler.all_off()
    sampler.note_on(36, 127)
    assert sampler.render(1000)[-1, 0] == pytest.approx(16_000 / 32_768 * HALF, rel=1e-3)


def test_release_falls_a_hundred_decibels_in_its_time(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(50_000), g38=0))  # one second
    sampler.note_on(36, 127)
    sampler.render(100)
    sampler.note_off(36)
    after = sampler.render(24_000)[:, 0]
    assert 20 * np.log10(after[-1] / (16_000 / 32_768 * HALF)) == pytest.approx(-50, abs=0.1)


def test_even_the_shortest_release_does_not_click(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(50_000), g38=-12_000))
    sampler.note_on(36, 127)
    sampler.render(100)
    sampler.note_off(36)
    assert np.abs(np.diff(sampler.render(1000)[:, 0])).max() < 0.02


def test_a_sample_that_ends_high_does_not_click(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(1000)))
    sampler.note_on(36, 127)
    assert np.abs(np.diff(sampler.render(2000)[10:, 0])).max() < 0.01


@pytest.mark.parametrize(("rate", "root", "length"), [(24_000, 36, 2000), (48_000, 48, 2000), (48_000, 24, 500)])
def test_rate_and_root_key_change_how_long_a_sample_lasts(sampler_of, rate, root, length):
    zone = key_zone(36, plateau(1000), g58=root)
    zone.rate = rate
    sampler = sampler_of(zone)
    sampler.note_on(36, 127)
    audio = sampler.render(3000)[:, 0]
    assert np.flatnonzero(np.abs(audio) > 0.01)[-1] == pytest.approx(length, abs=60)


def test_tuning_is_in_cents(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(1000), g51=11, g52=100))  # an octave up
    sampler.note_on(36, 127)
    assert np.flatnonzero(np.abs(sampler.render(2000)[:, 0]) > 0.01)[-1] == pytest.approx(500, abs=60)


def test_a_looped_sample_outlasts_its_length_until_it_is_let_go(sampler_of):
    zone = key_zone(36, plateau(500), g54=1, g38=-7973)
    zone.loop = (100, 400)
    sampler = sampler_of(zone)
    sampler.note_on(36, 127)
    assert sampler.render(20_000)[-1, 0] > 0.3
    sampler.note_off(36)
    assert not sampler.render(2000)[-1].any()


@pytest.mark.parametrize("loop", [(400, 100), (0, 10**6), (-50, 10), (100, 101)])
def test_a_senseless_loop_is_not_played(sampler_of, loop):
    zone = key_zone(36, plateau(500), g54=1, g2=loop[0], g3=loop[1] & 0x7FFF)
    sampler = sampler_of(zone)
    sampler.note_on(36, 127)
    assert not sampler.render(500_000)[-1].any()


def test_the_envelope_attacks_holds_and_decays(sampler_of):
    # attack 0.125 s, hold 0.125 s, decay 100 dB in 1 s down to -40 dB
    sampler = sampler_of(key_zone(36, plateau(60_000), g34=-3600, g35=-3600, g36=0, g37=400))
    sampler.note_on(36, 127)
    level = sampler.render(50_000)[:, 0] / (16_000 / 32_768 * HALF)
    assert level[3000] == pytest.approx(0.5, abs=0.01)
    assert level[9000] == pytest.approx(1.0, abs=0.01)
    assert 20 * np.log10(level[12_000 + 9600]) == pytest.approx(-20, abs=0.2)
    assert 20 * np.log10(level[-1]) == pytest.approx(-40, abs=0.2)


def test_polyphony_is_bounded_and_stealing_does_not_click(sampler_of):
    sampler = sampler_of(key_zone(36, plateau(50_000, 200)))
    heard = []
    for _ in range(300):
        sampler.note_on(36, 127)
        heard.append(sampler.render(20)[:, 0])
    audio = np.concatenate(heard)
    one = 200 / 32_768 * HALF
    assert audio.max() < 130 * one
    # Each frame brings one stroke's onset at most, and the fades of those that made room.
    assert np.abs(np.diff(audio)).max() < 1.5 * one


def test_warming_up_changes_no_sound(sampler_of):
    def sound(warm: bool) -> bytes:
        sampler = sampler_of(key_zone(36, pulse()))
        if warm:
            sampler.warm_up()
        sampler.note_on(36, 100)
        return sampler.render(1000).tobytes()

    assert sound(True) == sound(False)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_any_output_rate(sampler_of, rate):
    sampler = sampler_of(key_zone(36, plateau(4800)), rate=rate)
    sampler.note_on(36, 127)
    audio = sampler.render(rate)[:, 0]
    assert np.flatnonzero(np.abs(audio) > 0.1)[-1] == pytest.approx(rate / 10, rel=0.02)


def test_hostile_fonts_cannot_ask_for_endless_sound(sampler_of):
    # Eight octaves down, delayed, held and looped for as long as the format can say.
    zone = key_zone(36, plateau(5000), g51=-120, g33=8000, g35=8000, g36=8000, g37=10, g54=1, g39=-1200)
    zone.loop = (0, 5000)
    sampler = sampler_of(zone)
    sampler.note_on(36, 127)
    assert np.isfinite(sampler.render(1000)).all()


def test_make_synth_names_a_file_that_is_no_soundfont(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a soundfont, however long this sentence may be")
    with pytest.raises(SynthError, match=r"notes\.txt"):
        make_synth("sampler", path)


def test_make_synth_knows_three_kinds(font):
    with pytest.raises(ValueError, match="auto, fluidsynth or sampler"):
        make_synth("theremin", font)


def test_the_built_in_kit_sounds_on_every_key_and_within_full_scale():
    if not builtin_soundfont().is_file():
        pytest.skip("the built-in soundfont has not been built")
    sampler = Sampler(builtin_soundfont(), 44_100)
    for key in range(35, 82):
        sampler.note_on(key, 127)
        peak = np.abs(sampler.render(22_050)).max()
        sampler.all_off()
        sampler.render(441)
        assert 0.02 < peak <= 1.0, key
