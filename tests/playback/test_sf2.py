import contextlib
import random
import struct

import numpy as np
import pytest

from drumapp.playback.sf2 import read_soundfont
from drumapp.playback.sf2_zones import DrumPreset, list_drum_presets, read_drum_kit
from drumapp.playback.synth import SynthError
from drumapp.resources import builtin_soundfont
from tests.playback.font_building import VELOCITY_CONCAVE, Font, FontZone, key_zone, pulse

KEY_RANGE, VELOCITY_RANGE, PAN, ATTENUATION, FINE_TUNE, ROOT = 43, 44, 17, 48, 52, 58


def test_a_whole_font_is_read(make_font):
    path = make_font(Font([key_zone(36, pulse(300)), key_zone(38, pulse(200))]))
    font = read_soundfont(path)
    assert [preset.name for preset in font.presets] == ["Test kit"]
    assert [sample.stop - sample.start for sample in font.samples] == [300, 200]
    np.testing.assert_array_equal(font.frames[:300], pulse(300))


def test_a_kit_has_its_zones_with_ranges_and_generators(make_font):
    path = make_font(Font([FontZone(pulse(), {KEY_RANGE: 40 | 45 << 8, VELOCITY_RANGE: 10 | 99 << 8, PAN: -250})]))
    kit = read_drum_kit(path)
    (zone,) = kit.zones
    assert (kit.name, kit.program) == ("Test kit", 0)
    assert (zone.keys, zone.velocities, zone.value(PAN)) == ((40, 45), (10, 99), -250)
    assert zone.answers(40, 10)
    assert zone.answers(45, 99)
    assert not zone.answers(46, 50)
    assert not zone.answers(42, 100)


def test_a_preset_narrows_ranges_and_adds_to_values(make_font):
    zone = FontZone(pulse(), {KEY_RANGE: 36 | 50 << 8, ATTENUATION: 100})
    path = make_font(Font([zone], preset_generators={KEY_RANGE: 40 | 60 << 8, ATTENUATION: 30, FINE_TUNE: -7}))
    (zone,) = read_drum_kit(path).zones
    assert zone.keys == (40, 50)
    assert zone.value(ATTENUATION) == 130
    assert zone.value(FINE_TUNE) == -7


def test_a_preset_cannot_change_what_belongs_to_instruments(make_font):
    path = make_font(Font([FontZone(pulse(), {ROOT: 40})], preset_generators={ROOT: 10}))
    assert read_drum_kit(path).zones[0].value(ROOT) == 40


def test_zones_that_never_sound_are_left_out(make_font):
    zones = [FontZone(pulse(), {KEY_RANGE: 10 | 20 << 8}), FontZone(pulse(), {KEY_RANGE: 40 | 50 << 8})]
    path = make_font(Font(zones, preset_generators={KEY_RANGE: 40 | 60 << 8}))
    assert len(read_drum_kit(path).zones) == 1


def test_the_velocity_curve_of_a_font_is_taken_over(make_font):
    flat = FontZone(pulse(), modulators=[(VELOCITY_CONCAVE, ATTENUATION, 480)])
    path = make_font(Font([flat, FontZone(pulse())]))
    assert [zone.velocity_amount for zone in read_drum_kit(path).zones] == [480, 960]


def test_the_first_zone_without_a_sample_is_the_others_default(make_font):
    font = Font([FontZone(pulse(), {KEY_RANGE: 36 | 36 << 8})])
    # Two zones: a global one that pans left, and the one with the sample.
    generators = struct.pack("<Hh", PAN, -300) + struct.pack("<HHHH", KEY_RANGE, 36 | 36 << 8, 53, 0) + bytes(4)
    font.tables = {
        b"igen": generators,
        b"ibag": struct.pack("<HHHHHH", 0, 0, 1, 0, 3, 0),
        b"inst": struct.pack("<20sH", b"Drums", 0) + struct.pack("<20sH", b"EOI", 2),
    }
    assert read_drum_kit(make_font(font)).zones[0].value(PAN) == -300


def test_the_built_in_kit_is_one():
    if not builtin_soundfont().is_file():
        pytest.skip("the built-in soundfont has not been built")
    keys = {key for zone in read_drum_kit(builtin_soundfont()).zones for key in range(zone.keys[0], zone.keys[1] + 1)}
    assert set(range(35, 82)) <= keys


OTHERS = [(b"Brushes", 40, 128), (b"Piano", 0, 0), (b"", 8, 128), (b"Again", 40, 128)]


def test_the_drum_kits_of_a_font_are_listed_by_program_and_nothing_else_is(make_font):
    path = make_font(Font([key_zone(36, pulse())], program=16, others=OTHERS))
    assert list_drum_presets(path) == [DrumPreset(8, "Kit 8"), DrumPreset(16, "Test kit"), DrumPreset(40, "Brushes")]
    assert list_drum_presets(make_font(Font([key_zone(36, pulse())], bank=0))) == []
    with pytest.raises(SynthError, match="no such file"):
        list_drum_presets(path.with_name("absent.sf2"))


@pytest.mark.parametrize(("program", "name"), [(None, ""), (16, "Test kit"), (40, "Brushes"), (99, "")])
def test_a_kit_is_read_by_its_program_or_else_the_first(make_font, program, name):
    path = make_font(Font([key_zone(36, pulse())], program=16, others=OTHERS))
    assert read_drum_kit(path, program).name == name


def test_a_chunk_of_odd_size_may_lack_the_byte_after_it(tmp_path):
    font = Font([key_zone(36, pulse())]).to_bytes()
    samples = font.index(b"smpl")
    (size,) = struct.unpack("<I", font[samples + 4 : samples + 8])
    odd = bytearray(font)
    del odd[samples + 8 + size - 1]  # as .sf3 files are, whose samples are of any size
    odd[samples + 4 : samples + 8] = struct.pack("<I", size - 1)
    lists = samples - 8
    odd[lists : lists + 4] = struct.pack("<I", struct.unpack("<I", font[lists : lists + 4])[0] - 1)
    odd[4:8] = struct.pack("<I", len(odd) - 8)
    path = tmp_path / "odd.sf2"
    path.write_bytes(odd)
    assert read_drum_kit(path).name == "Test kit"


class TestRefusals:
    def refused(self, path) -> str:
        with pytest.raises(SynthError) as caught:
            read_drum_kit(path)
        sentence = str(caught.value)
        assert str(path) in sentence
        assert "\n" not in sentence
        return sentence

    def test_a_missing_file(self, tmp_path):
        assert "no such file" in self.refused(tmp_path / "absent.sf2")

    def test_a_folder(self, tmp_path):
        assert "folder" in self.refused(tmp_path)

    @pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\xff\xff\xff\x7fsfbk"])
    def test_files_of_a_few_bytes(self, tmp_path, data):
        path = tmp_path / "short.sf2"
        path.write_bytes(data)
        self.refused(path)

    def test_another_kind_of_file(self, tmp_path):
        path = tmp_path / "song.sf2"
        path.write_bytes(b"MThd" + bytes(100))
        assert "header is missing" in self.refused(path)

    def test_a_font_without_drums(self, make_font):
        assert "no drum kit" in self.refused(make_font(Font([key_zone(60, pulse())], bank=0)))

    def test_a_kit_without_a_sound(self, make_font):
        zone = FontZone(pulse(), {KEY_RANGE: 90 | 10 << 8})
        assert "empty" in self.refused(make_font(Font([zone])))

    def test_a_compressed_font_names_the_synth_that_plays_it(self, make_font):
        zone = key_zone(36, pulse())
        zone.kind = 0x11
        assert "FluidSynth" in self.refused(make_font(Font([zone])))

    def test_an_absurd_sample_rate(self, make_font):
        zone = key_zone(36, pulse())
        zone.rate = 7
        assert "7 frames a second" in self.refused(make_font(Font([zone])))

    def test_a_sample_outside_the_file(self, make_font):
        header = struct.pack("<20sIIIIIBbHH", b"far", 0, 10**9, 0, 0, 48_000, 60, 0, 0, 1)
        closing = struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0)
        font = Font([key_zone(36, pulse())], tables={b"shdr": header + closing})
        assert "outside the file" in self.refused(make_font(font))

    def test_offsets_that_leave_the_file(self, make_font):
        assert "outside the file" in self.refused(make_font(Font([key_zone(36, pulse(), g12=30_000)])))

    @pytest.mark.parametrize("table", [b"phdr", b"pbag", b"pgen", b"pmod", b"inst", b"ibag", b"igen", b"imod", b"shdr"])
    @pytest.mark.parametrize("body", [b"", b"\x01\x02\x03", b"\xff" * 380])
    def test_broken_tables(self, make_font, table, body):
        path = make_font(Font([key_zone(36, pulse())], tables={table: body}))
        if table in (b"pmod", b"imod") and body == b"\xff" * 380:
            assert read_drum_kit(path).zones  # whole modulator records, if senseless ones: they are ignored
        else:
            self.refused(path)

    def test_a_table_of_absurd_length(self, make_font):
        assert "absurdly long" in self.refused(make_font(Font([], tables={b"igen": bytes(4 * 1_000_001)})))

    def test_zones_that_never_fit_are_counted_too(self, make_font):
        zones = 1000
        font = Font(
            [key_zone(36, pulse(4))],
            tables={
                b"phdr": struct.pack("<20sHHHIII", b"Test kit", 0, 128, 0, 0, 0, 0)
                + struct.pack("<20sHHHIII", b"EOP", 0, 0, zones, 0, 0, 0),
                b"pbag": b"".join(struct.pack("<HH", index, 0) for index in range(zones + 1)),
                b"pgen": struct.pack("<HH", 41, 0) * zones + bytes(4),
                b"inst": struct.pack("<20sH", b"Drums", 0) + struct.pack("<20sH", b"EOI", zones),
                b"ibag": b"".join(struct.pack("<HH", 2 * index, 0) for index in range(zones + 1)),
                b"igen": struct.pack("<HHHH", KEY_RANGE, 90 | 10 << 8, 53, 0) * zones + bytes(4),
            },
        )
        assert "absurdly large" in self.refused(make_font(font))

    def test_generators_the_format_does_not_have_are_dropped(self, make_font):
        unknown = b"".join(struct.pack("<HH", number, 1) for number in range(100, 1100))
        font = Font(
            [key_zone(36, pulse())],
            tables={
                b"inst": struct.pack("<20sH", b"Drums", 0) + struct.pack("<20sH", b"EOI", 2),
                b"ibag": struct.pack("<HHHHHH", 0, 0, 1000, 0, 1001, 0),
                b"igen": unknown + struct.pack("<HH", 53, 0) + bytes(4),
            },
        )
        (zone,) = read_drum_kit(make_font(font)).zones
        assert set(zone.generators) == {53}

    def test_a_file_cut_anywhere_is_refused_not_crashed_on(self, tmp_path):
        whole = Font([key_zone(36, pulse())]).to_bytes()
        path = tmp_path / "cut.sf2"
        for length in range(0, len(whole), 17):
            path.write_bytes(whole[:length])
            self.refused(path)

    def test_damaged_files_are_read_or_refused_and_nothing_else(self, tmp_path):
        dice = random.Random(5)
        whole = bytearray(Font([key_zone(36, pulse(20)), key_zone(38, pulse(20))]).to_bytes())
        path = tmp_path / "damaged.sf2"
        for _ in range(1500):
            data = bytearray(whole)
            for _ in range(dice.randint(1, 6)):
                data[dice.randrange(len(data))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
            path.write_bytes(data)
            with contextlib.suppress(SynthError):
                read_drum_kit(path)
