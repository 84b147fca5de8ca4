"""How volume, pan and chokes sound: the same through either synth."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from drumapp.core.kit import HOUSE_KIT, DrumKit, general_midi_lane
from drumapp.core.pattern import Note, Pattern
from drumapp.playback import soundfont
from drumapp.playback.mix import PLAIN, KeyMix, gain_of
from drumapp.playback.render import render_pattern
from drumapp.playback.sampler import Sampler
from drumapp.playback.soundfont import FluidSynth, fluidsynth_version
from drumapp.playback.synth import Audio, Synth
from drumapp.resources import builtin_soundfont
from tests.playback.font_building import RATE, Font, FontZone, key_zone, plateau, pulse

DRY = {"g16": -1000}  # no reverb in FluidSynth, as the sampler has none either
RINGS_LONG = 96_000
SETTLED = RATE // 100
STRUCK = 4813  # frames after which strokes have begun, no multiple of any block

needs_fluidsynth = pytest.mark.skipif(fluidsynth_version() is None, reason="FluidSynth's library is not installed")
KINDS = [Sampler, pytest.param(FluidSynth, marks=needs_fluidsynth)]
SynthOf = Callable[..., Synth]


@pytest.fixture(params=KINDS)
def synth_of(request, make_font) -> Iterator[SynthOf]:
    made: list[Synth] = []

    def make(*zones: FontZone) -> Synth:
        made.append(request.param(make_font(Font(zones)), RATE))
        return made[-1]

    yield make
    for synth in made:
        synth.close()


def sine(hertz: float, frames: int = RINGS_LONG, height: int = 16_000) -> np.ndarray:
    return (height * np.sin(2 * np.pi * hertz * np.arange(frames) / RATE)).astype(np.int16)


def steps(audio: Audio) -> float:
    """The largest step from one frame to the next."""
    return float(np.abs(np.diff(audio, axis=0)).max())


def level_db(audio: Audio) -> float:
    return 20 * float(np.log10(np.abs(audio).max() + 1e-12))


def strike(synth: Synth, key: int, velocity: int = 100, frames: int = STRUCK) -> Audio:
    synth.note_on(key, velocity)
    return synth.render(frames)


@pytest.mark.parametrize("volume_db", [-59.0, -40.0, -12.5, -6.0, -0.5, 0.0, 3.0, 12.0])
@pytest.mark.parametrize("velocity", [127, 40])
def test_a_key_is_as_many_decibels_louder_or_softer_as_asked(synth_of, volume_db, velocity):
    synth = synth_of(key_zone(36, plateau(RINGS_LONG, 4000), **DRY), key_zone(38, plateau(RINGS_LONG, 4000), **DRY))
    synth.set_key_mix(36, KeyMix(gain_of(volume_db)))
    mixed = level_db(strike(synth, 36, velocity)[SETTLED:])
    synth.all_off()
    synth.render(SETTLED)
    assert mixed - level_db(strike(synth, 38, velocity)[SETTLED:]) == pytest.approx(volume_db, abs=0.3)


def test_no_gain_is_silence(synth_of):
    synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY))
    synth.set_key_mix(36, KeyMix(gain=0.0))
    assert level_db(strike(synth, 36, 127)) < -90


def test_a_plain_mix_changes_not_one_bit(synth_of):
    def sound(mix: KeyMix | None) -> bytes:
        synth = synth_of(key_zone(36, pulse(4000), g17=-150), key_zone(36, pulse(3000), g17=333, g48=70))
        if mix is not None:
            synth.set_key_mix(36, mix)
        return strike(synth, 36).tobytes()

    assert sound(None) == sound(PLAIN)


@pytest.mark.parametrize("mix", [PLAIN, KeyMix(0.5)])
def test_a_font_cannot_make_itself_louder_than_full(synth_of, mix):
    synth = synth_of(
        key_zone(36, plateau(RINGS_LONG, 4000), g48=-300, **DRY), key_zone(38, plateau(RINGS_LONG, 4000), **DRY)
    )
    levels = []
    for key in (36, 38):
        synth.set_key_mix(key, mix)
        levels.append(level_db(strike(synth, key, 127)[SETTLED:]))
        synth.all_off()
        synth.render(SETTLED)
    assert levels[0] == pytest.approx(levels[1], abs=0.1)


class TestPan:
    @pytest.mark.parametrize("pan", [-1.0, -0.7, -0.25, 0.0, 0.4, 1.0])
    def test_a_sound_in_the_middle_goes_aside_as_loud_as_before(self, synth_of, pan):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY))
        middle = strike(synth, 36)[-1]
        synth.all_off()
        synth.render(SETTLED)
        synth.set_key_mix(36, KeyMix(pan=pan))
        aside = strike(synth, 36)[-1]
        assert np.linalg.norm(aside) == pytest.approx(np.linalg.norm(middle), rel=0.005)
        angle = np.pi / 4 * (1 + pan)
        np.testing.assert_allclose(aside / np.linalg.norm(aside), [np.cos(angle), np.sin(angle)], atol=0.005)

    @pytest.mark.parametrize(("pan", "quiet"), [(-1.0, 1), (1.0, 0)])
    def test_all_the_way_nothing_is_left_on_the_other_side_even_of_a_stereo_sound(self, synth_of, pan, quiet):
        left, right = (key_zone(36, plateau(RINGS_LONG), g17=place, **DRY) for place in (-500, 500))
        synth = synth_of(left, right)
        synth.set_key_mix(36, KeyMix(pan=pan))
        audio = strike(synth, 36)
        assert level_db(audio[:, 1 - quiet]) > -10
        assert level_db(audio[:, quiet]) < -90

    def test_a_sound_that_lies_at_one_side_moves_on_from_there(self, synth_of):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), g17=-250, **DRY))
        synth.set_key_mix(36, KeyMix(pan=0.5))  # half of the way from -0.5 to 1
        side = strike(synth, 36)[-1]
        angle = np.pi / 4 * 1.25
        assert side[1] / side[0] == pytest.approx(np.tan(angle), rel=0.01)


class TestChangesWhileItRings:
    @pytest.mark.parametrize("mix", [KeyMix(0.1), KeyMix(0.0), KeyMix(1.5), KeyMix(pan=1.0), KeyMix(0.5, -0.5)])
    @pytest.mark.parametrize("released", [False, True])
    def test_it_follows_soon_and_without_a_click(self, synth_of, mix, released):
        synth = synth_of(key_zone(36, sine(100), **DRY), key_zone(38, sine(100), **DRY))
        before = strike(synth, 36)
        if released:
            synth.note_off(36)
            before = synth.render(STRUCK)
        synth.set_key_mix(36, mix)
        after = synth.render(RATE // 10)
        audio = np.concatenate((before[-1:], after))
        own = steps(before[-1000:]) * max(mix.gain, 1.0) * 2**0.5
        assert steps(audio) < own * 1.2
        synth.all_off()
        synth.render(SETTLED)
        expected = strike(synth, 36)  # the mix outlives all_off
        peaks = np.abs(after[SETTLED:]).max(axis=0), np.abs(expected[SETTLED:]).max(axis=0)
        np.testing.assert_allclose(*peaks, rtol=0.03, atol=1e-4)

    def test_other_keys_stay_as_they_are(self, synth_of):
        synth = synth_of(key_zone(36, pulse(20_000), **DRY), key_zone(38, plateau(RINGS_LONG), **DRY))
        level = strike(synth, 38)[-1]
        synth.note_on(36, 100)
        synth.set_key_mix(36, KeyMix(0.0, 1.0))
        np.testing.assert_allclose(synth.render(STRUCK)[SETTLED:], np.tile(level, (STRUCK - SETTLED, 1)), atol=1e-4)

    def test_many_changes_in_a_row_do_not_click(self, synth_of):
        synth = synth_of(key_zone(36, sine(100), **DRY))
        before = strike(synth, 36)
        dice = random.Random(1)
        parts = [before[-1:]]
        for _ in range(60):
            synth.set_key_mix(36, KeyMix(dice.random(), dice.uniform(-1, 1)))
            parts.append(synth.render(dice.randint(1, 200)))
        assert steps(np.concatenate(parts)) < 2 * steps(before[-1000:])


class TestChoke:
    @pytest.mark.parametrize("released", [False, True])
    @pytest.mark.parametrize("phase", [0, 1, 37, 63])
    def test_it_is_quick_and_without_a_click(self, synth_of, released, phase):
        synth = synth_of(key_zone(36, sine(100), **DRY))
        before = strike(synth, 36, 127, STRUCK + phase)
        if released:
            synth.note_off(36)
            before = synth.render(2 * STRUCK)  # long enough to have outlasted a short release
        synth.choke(36)
        after = synth.render(RATE // 5)
        assert level_db(after[RATE // 50 :]) < level_db(before[-1000:]) - 60
        assert steps(np.concatenate((before[-1:], after))) <= steps(before[-1000:]) * 1.05

    def test_other_keys_ring_on(self, synth_of):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY), key_zone(38, plateau(RINGS_LONG), **DRY))
        level = strike(synth, 38)[-1]
        synth.note_on(36, 100)
        synth.render(STRUCK)
        synth.choke(36)
        np.testing.assert_allclose(synth.render(STRUCK)[-1], level, atol=1e-4)

    def test_a_stroke_right_after_it_sounds_in_full(self, synth_of):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY))
        level = strike(synth, 36)[-1]
        synth.choke(36)
        np.testing.assert_allclose(strike(synth, 36)[-1], level, atol=1e-4)

    @pytest.mark.parametrize("block", [1, 5, 64, 100])
    def test_it_is_as_smooth_in_small_blocks(self, synth_of, block):
        synth = synth_of(key_zone(36, sine(100), **DRY))
        before = strike(synth, 36, 127, STRUCK)
        synth.choke(36)
        after = np.concatenate([synth.render(block) for _ in range(1000 // block)])
        assert steps(np.concatenate((before[-1:], after))) <= steps(before[-1000:]) * 1.05
        assert level_db(after[-10:]) < -90

    def test_choked_again_and_again_it_goes_no_slower(self, synth_of):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY))
        strike(synth, 36)
        for _ in range(10):
            synth.choke(36)
            synth.render(50)
        assert level_db(synth.render(100)) < -90

    def test_what_ends_is_not_called_back(self, synth_of):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY))
        before = strike(synth, 36)
        synth.choke(36)
        fading = synth.render(200)
        synth.set_key_mix(36, KeyMix(3.0))
        after = np.abs(synth.render(STRUCK))
        assert after.max() < np.abs(before).max()
        assert after.max() <= np.abs(fading[-1]).max() + 0.01
        assert level_db(after[RATE // 50 :]) < -90

    def test_silent_and_unknown_keys_may_be_choked(self, synth_of):
        synth = synth_of(key_zone(36, plateau(RINGS_LONG), **DRY))
        for key in (36, 99):
            synth.choke(key)
        assert level_db(strike(synth, 36)) > -20

    def test_nothing_is_left_after_hundreds_of_strokes_that_had_to_make_room(self, synth_of):
        synth = synth_of(*(key_zone(key, plateau(RINGS_LONG, 200), **DRY) for key in range(35, 60)))
        dice = random.Random(2)
        for stroke in range(600):
            key = dice.randint(30, 60)  # of which some have no sound
            match dice.randint(0, 9):
                case 0:
                    synth.choke(key)
                case 1:
                    synth.set_key_mix(key, KeyMix(dice.uniform(0, 2), dice.uniform(-1, 1)))
                case 2:
                    synth.note_off(key)
                case _:
                    synth.note_on(key, dice.randint(1, 127))
            if stroke in (100, 150):
                synth.all_off()
            audio = synth.render(dice.randint(1, 150))
        assert level_db(audio) > -40
        for key in range(30, 61):
            synth.choke(key)
        synth.render(RATE // 50)
        assert level_db(synth.render(STRUCK)) < -90


class TestExclusiveClasses:
    @pytest.fixture
    def hats(self, synth_of) -> Synth:
        silent = plateau(10, 0)
        return synth_of(
            key_zone(46, plateau(RINGS_LONG), g57=1, **DRY),
            key_zone(42, silent, g57=1, **DRY),
            key_zone(44, silent, g57=2, **DRY),
        )

    def still_rings(self, synth: Synth) -> bool:
        """Whether the open hat is as loud as it begins, half a second on."""
        first = synth.render(RATE // 2)
        return level_db(synth.render(1000)) > level_db(first) - 1

    def test_the_fonts_class_chokes_as_quickly_as_a_group(self, hats):
        before = strike(hats, 46)
        hats.note_on(42, 1)
        after = hats.render(STRUCK)
        assert level_db(after[RATE // 50 :]) < -60
        assert steps(np.concatenate((before[-1:], after))) < 0.01

    def test_another_class_and_the_same_frame_choke_nothing(self, hats):
        hats.note_on(46, 127)
        hats.note_on(42, 1)
        hats.note_on(44, 1)
        assert self.still_rings(hats)

    @pytest.mark.parametrize("key", [42, 46])
    def test_a_key_may_be_taken_out_of_its_class(self, hats, key):
        hats.set_key_mix(key, KeyMix(exclusive=False))
        strike(hats, 46)
        hats.note_on(42, 1)
        assert self.still_rings(hats)

    def test_and_be_given_back_to_it_while_it_rings(self, hats):
        hats.set_key_mix(46, KeyMix(exclusive=False))
        strike(hats, 46)
        hats.set_key_mix(46, PLAIN)
        hats.note_on(42, 1)
        assert not self.still_rings(hats)


@pytest.mark.parametrize("kind", KINDS)
def test_the_built_in_open_hat_rings_on_once_it_is_taken_out_of_the_hats(kind):
    if not builtin_soundfont().is_file():
        pytest.skip("the built-in soundfont has not been built")

    def tail_db(kit: DrumKit, *notes: Note) -> float:
        synth = kind(builtin_soundfont(), RATE)
        try:
            audio = render_pattern(Pattern.of(notes, length=480), synth, kit=kit)
        finally:
            synth.close()
        return 10 * float(np.log10(np.mean(audio[RATE // 3 : RATE // 2] ** 2) + 1e-12))

    opened, closed = Note(0, 46, 110), Note(120, 42, 1)
    apart = HOUSE_KIT.with_lane(replace(general_midi_lane(46), choke_group=0))
    alone = tail_db(HOUSE_KIT, opened)
    assert tail_db(HOUSE_KIT, opened, closed) < alone - 12
    assert tail_db(apart, opened, closed) == pytest.approx(alone, abs=1)


@needs_fluidsynth
def test_fluidsynth_with_room_to_turn_up_sounds_as_it_did_without(make_font):
    path = make_font(Font([key_zone(36, pulse(9000), g17=-150, g38=-2000), key_zone(38, sine(300), g48=100)]))
    ours = FluidSynth(path, RATE)
    library = soundfont._library()
    write = library._fl.fluid_synth_write_float
    plain = library.Synth(gain=0.9, samplerate=RATE, channels=16, **soundfont._SETTINGS)
    try:
        plain.program_select(9, plain.sfload(str(path)), 128, 0)
        plain.cc(9, 7, 127)
        dice = random.Random(3)
        for _ in range(60):
            key, velocity, frames = dice.choice((36, 38)), dice.randint(1, 127), dice.randint(1, 3000)
            ours.note_on(key, velocity)
            plain.noteon(9, key, velocity)
            if dice.random() < 0.5:
                ours.note_off(key)
                plain.noteoff(9, key)
            expected = np.zeros((frames, 2), np.float32)
            place = expected.ctypes.data_as(ctypes.c_void_p)
            write(ctypes.c_void_p(plain.synth), frames, place, 0, 2, place, 1, 2)
            np.testing.assert_allclose(ours.render(frames), expected, atol=1e-6)
    finally:
        plain.delete()
        ours.close()


@needs_fluidsynth
def test_voices_that_were_choked_cost_fluidsynth_nothing_any_more(make_font):
    synth = FluidSynth(make_font(Font([key_zone(36, plateau(RINGS_LONG))])), RATE)
    count = soundfont._library()._fl.fluid_synth_get_active_voice_count
    try:
        strike(synth, 36)
        synth.note_off(36)
        strike(synth, 36)
        assert count(synth._handle) == 2
        synth.choke(36)
        synth.render(RATE // 20)
        assert count(synth._handle) == 0
    finally:
        synth.close()


def test_the_sampler_glides_and_chokes_alike_in_blocks_of_any_size(make_font):
    path = make_font(Font([key_zone(36, plateau(9000), g38=-2000)]))
    sounds = []
    for block in (1, 33, 700, 4000):
        synth = Sampler(path, RATE)
        parts = []
        for act in (
            lambda synth: synth.note_on(36, 100),
            lambda synth: synth.set_key_mix(36, KeyMix(0.3, 0.8)),
            lambda synth: synth.choke(36),
        ):
            act(synth)
            parts += [synth.render(min(block, 700 - start)) for start in range(0, 700, block)]
        sounds.append(np.concatenate(parts))
    for sound in sounds[1:]:
        np.testing.assert_allclose(sound, sounds[0], atol=1e-6)
