"""The built-in drum kit as a musician's ear and a sampler's parser would judge it."""

from __future__ import annotations

import hashlib
import itertools
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kit_synthesis.mastering import loudness_db
from parsed_soundfont import RECORD_SIZES, RELEASE, ROOT_KEY, SAMPLE_MODES, ParsedSoundFont

from drumapp.core.kit import GENERAL_MIDI_LANES

KEYS = [lane.key for lane in GENERAL_MIDI_LANES]
LAYERED_KEYS = [35, 36, 37, 38, 39, 40, 42, 44, 46]
RATE = 44_100
CEILING = 10 ** (-3 / 20)


def power_spectrum(signal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.fft.rfftfreq(signal.size, 1 / RATE), np.abs(np.fft.rfft(signal)) ** 2


def centroid(signal: np.ndarray) -> float:
    """Middle of the power spectrum in Hz."""
    frequencies, power = power_spectrum(signal)
    return float(np.sum(frequencies * power) / np.sum(power))


def share_above(signal: np.ndarray, frequency: float) -> float:
    frequencies, power = power_spectrum(signal)
    return float(np.sum(power[frequencies > frequency]) / np.sum(power))


def fall_time(signal: np.ndarray, fall_db: float) -> float:
    """Seconds until the energy still to come has fallen by so much: a Schroeder integral."""
    to_come = np.cumsum(signal[::-1] ** 2)[::-1]
    return int(np.searchsorted(-to_come, -to_come[0] * 10 ** (-fall_db / 10))) / RATE


def fingerprint(signal: np.ndarray) -> np.ndarray:
    """Level in dB in third-octave bands of four moments, the whole at one loudness; 40 dB under the top is silence."""
    edges = 45 * 2 ** (np.arange(27) / 3)
    moments = []
    for start, end in ((0, 0.03), (0.03, 0.1), (0.1, 0.25), (0.25, 0.6)):
        part = np.zeros(1 << 15)
        cut = signal[round(start * RATE) : round(end * RATE)]
        part[: cut.size] = cut
        frequencies, power = power_spectrum(part)
        bins = np.searchsorted(frequencies, edges)
        moments.append([np.sum(power[a:b]) for a, b in itertools.pairwise(bins)])
    level = 10 * np.log10(np.asarray(moments) / np.max(moments) + 1e-12)
    return np.maximum(level, -40.0)


# --- the file --------------------------------------------------------------------------------------------------------


def test_script_reproduces_the_digest_of_the_file(soundfont_path: Path) -> None:
    folder = soundfont_path.parent
    stored = (folder / "drumapp.sf2.sha256").read_text(encoding="ascii").split()
    assert stored == [hashlib.sha256(soundfont_path.read_bytes()).hexdigest(), soundfont_path.name]
    script = [sys.executable, str(folder / "build_kit.py"), "--check"]
    result = subprocess.run(script, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_file_is_small_enough_to_ship(font: ParsedSoundFont) -> None:
    assert font.size <= 8_000_000


def test_chunks_come_in_the_order_of_the_specification(font: ParsedSoundFont) -> None:
    assert font.lists == ["INFO", "sdta", "pdta"]
    assert font.order["INFO"][:3] == ["ifil", "isng", "INAM"]
    assert font.order["sdta"] == ["smpl"]
    assert font.order["pdta"] == list(RECORD_SIZES)
    assert struct.unpack("<HH", font.body["ifil"]) == (2, 4)


def test_tables_end_in_their_terminal_records(font: ParsedSoundFont) -> None:
    for identifier, size in RECORD_SIZES.items():
        assert len(font.body[identifier]) % size == 0
    assert font.presets[-1][0].rstrip(b"\0") == b"EOP"
    assert font.instruments[-1][0].rstrip(b"\0") == b"EOI"
    assert font.samples[-1][0].rstrip(b"\0") == b"EOS"
    assert font.body["pgen"][-4:] == bytes(4)
    assert font.body["igen"][-4:] == bytes(4)
    assert font.body["imod"][-10:] == bytes(10)
    assert font.presets[-1][3] == len(font.preset_zones)
    assert font.instruments[-1][1] == len(font.instrument_zones)


def test_samples_stand_apart_and_inside_the_data(font: ParsedSoundFont) -> None:
    *samples, _ = font.samples
    ends = [0]
    for index, (name, start, end, loop_start, loop_end, rate, root, correction, link, kind) in enumerate(samples):
        assert name.rstrip(b"\0").decode("ascii")
        assert ends[-1] <= start < loop_start < loop_end < end
        assert end + 46 <= font.points.size
        assert not np.any(font.points[end : end + 46])
        assert (rate, correction) == (RATE, 0)
        assert root in KEYS
        if kind == 1:
            assert link == 0
        else:
            assert {kind, samples[link][9]} == {2, 4}
            assert samples[link][8] == index
            assert samples[link][2] - samples[link][1] == end - start
        ends.append(end + 46)
    assert ends[-1] == font.points.size
    assert len({sample[0] for sample in samples}) == len(samples)


def test_one_preset_in_the_percussion_bank(font: ParsedSoundFont) -> None:
    (name, program, bank, first_bag, *_), _ = font.presets
    assert (name.rstrip(b"\0"), program, bank, first_bag) == (b"Drumapp kit", 0, 128, 0)


def test_strokes_are_unlooped_at_their_own_pitch_and_ring_out(font: ParsedSoundFont) -> None:
    for key in KEYS:
        shared = font.instrument_of(key)[0].generators
        assert shared[SAMPLE_MODES] == 0
        assert shared[ROOT_KEY] == key
        assert shared[RELEASE] == 8000  # timecents: 101 s


# --- keys and layers -------------------------------------------------------------------------------------------------


def test_every_general_midi_key_sounds(font: ParsedSoundFont) -> None:
    for key in KEYS:
        for layer in font.layers(key):
            assert np.max(np.abs(layer.channels)) > 0.05


def test_velocities_1_to_127_are_covered_once(font: ParsedSoundFont) -> None:
    for key in KEYS:
        spans = [(layer.low, layer.high) for layer in font.layers(key)]
        assert spans[0][0] <= 1
        assert spans[-1][1] == 127
        assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(spans))


def test_kick_snare_and_hats_have_three_layers(font: ParsedSoundFont) -> None:
    for key in LAYERED_KEYS:
        assert len(font.layers(key)) >= 3, key


@pytest.mark.parametrize("key", KEYS)
def test_harder_strokes_are_brighter_not_only_louder(font: ParsedSoundFont, key: int) -> None:
    layers = [layer.mono for layer in font.layers(key)]
    centroids = [centroid(layer[: round(0.08 * RATE)]) for layer in layers]
    assert centroids == sorted(centroids)
    if key in LAYERED_KEYS:
        assert centroids[-1] > 1.2 * centroids[0]


def test_loudness_has_no_step_where_layers_meet(font: ParsedSoundFont) -> None:
    for key in KEYS:
        levels = [loudness_db(np.stack(layer.channels)) for layer in font.layers(key)]
        assert max(levels) - min(levels) < 0.5, key


def test_all_keys_sound_different(font: ParsedSoundFont) -> None:
    hardest = {key: font.layers(key)[-1].mono for key in KEYS}
    prints = {key: fingerprint(signal) for key, signal in hardest.items()}
    for one, other in itertools.combinations(KEYS, 2):
        distance = float(np.sqrt(np.mean((prints[one] - prints[other]) ** 2)))
        assert distance > 2.5, f"{one} and {other} differ by {distance:.1f} dB"


def test_no_two_sounds_are_copies_at_another_level(font: ParsedSoundFont) -> None:
    spectra = []
    for key in KEYS:
        signal = font.layers(key)[-1].mono[:16384]
        spectra.append(np.fft.rfft(signal / np.sqrt(np.sum(signal**2)), 32768))
    for (one, a), (other, b) in itertools.combinations(zip(KEYS, spectra, strict=True), 2):
        likeness = np.max(np.abs(np.fft.irfft(a * np.conj(b))))
        assert likeness < 0.85, f"{one} and {other} correlate by {likeness:.2f}"


def test_choke_groups_are_those_of_the_lanes(font: ParsedSoundFont) -> None:
    groups: dict[int, set[int]] = {}
    for lane in GENERAL_MIDI_LANES:
        groups.setdefault(lane.choke_group, set()).add(font.exclusive_class(lane.key))
    assert groups.pop(0) == {0}
    assert all(len(classes) == 1 for classes in groups.values())
    assert len(set.union(*groups.values())) == len(groups)


# --- the sounds ------------------------------------------------------------------------------------------------------


def test_peaks_stay_3_db_under_full_scale_even_between_samples(font: ParsedSoundFont) -> None:
    for key in KEYS:
        for channel in itertools.chain.from_iterable(layer.channels for layer in font.layers(key)):
            spectrum = np.fft.rfft(channel[:8192], 16384)
            between = np.fft.irfft(spectrum, 4 * 16384) * 4
            assert np.max(np.abs(channel)) < CEILING, key
            assert np.max(np.abs(between)) < CEILING, key


def test_no_direct_current(font: ParsedSoundFont) -> None:
    for key in KEYS:
        for channel in itertools.chain.from_iterable(layer.channels for layer in font.layers(key)):
            assert abs(np.mean(channel)) < 1e-5, key


def test_sounds_start_and_end_without_a_click(font: ParsedSoundFont) -> None:
    for key in KEYS:
        for channel in itertools.chain.from_iterable(layer.channels for layer in font.layers(key)):
            loudest = np.max(np.abs(channel))
            assert channel[0] == 0, key
            assert np.max(np.abs(channel[-16:])) <= 2 / 32768, key
            assert np.max(np.abs(channel[-200:])) < 0.002 * loudest, key


def test_kick_is_low_and_has_a_beater(font: ParsedSoundFont) -> None:
    for key, low, high in ((35, 40, 55), (36, 45, 65)):
        kick = font.layers(key)[-1].mono
        tail = np.zeros(1 << 16)
        tail[: kick.size - 6000] = kick[6000:]
        frequencies, power = power_spectrum(tail)
        assert low <= frequencies[np.argmax(power)] <= high
        assert share_above(kick[:1000], 1000) > 0.005


def test_snare_has_a_body_and_wires(font: ParsedSoundFont) -> None:
    for key, low, high in ((38, 175, 215), (40, 200, 250)):
        snare = font.layers(key)[-1].mono
        frequencies, power = power_spectrum(snare)
        below = frequencies < 280
        assert low <= frequencies[below][np.argmax(power[below])] <= high
        assert 0.15 < share_above(snare, 3000) < 0.8


def test_hats_are_high_and_decay_in_order(font: ParsedSoundFont) -> None:
    closed, pedal, open_ = (font.layers(key)[-1].mono for key in (42, 44, 46))
    for hat in (closed, pedal, open_):
        assert share_above(hat, 4000) > 0.5
    assert 0.02 < fall_time(closed, 30) < 0.12
    assert 0.25 < fall_time(open_, 30) < 0.8
    assert fall_time(pedal, 30) < fall_time(open_, 30) / 3


def test_cymbals_ring_long_and_in_stereo(font: ParsedSoundFont) -> None:
    for key in (49, 57):
        layer = font.layers(key)[-1]
        assert layer.pans == [-500, 500]
        assert fall_time(layer.mono, 30) > 1.0
        left, right = layer.channels
        assert np.sum(left * right) / np.sqrt(np.sum(left**2) * np.sum(right**2)) < 0.9
    assert fall_time(font.layers(55)[-1].mono, 30) < fall_time(font.layers(49)[-1].mono, 30) / 2
    assert fall_time(font.layers(51)[-1].mono, 30) > 1.2


def test_toms_descend(font: ParsedSoundFont) -> None:
    pitches = []
    for key in (50, 48, 47, 45, 43, 41):
        tom = np.zeros(1 << 16)
        signal = font.layers(key)[-1].mono[4000:]
        tom[: signal.size] = signal
        frequencies, power = power_spectrum(tom)
        pitches.append(frequencies[np.argmax(power)])
    assert all(high > 1.12 * low for high, low in itertools.pairwise(pitches))


def test_kick_and_snare_lead_the_mix(font: ParsedSoundFont) -> None:
    level = {key: loudness_db(np.stack(font.layers(key)[-1].channels)) for key in KEYS}
    for hat in (42, 44, 46):
        assert level[hat] < level[38] - 6
    for key in set(KEYS) - {36, 38, 40}:
        assert level[key] < min(level[38], level[40]), key
