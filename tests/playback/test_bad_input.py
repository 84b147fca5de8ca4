"""What nobody should ask for: the music goes on all the same, every note once, and every key is let go."""

from __future__ import annotations

from collections import Counter

import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.output_settings import MidiOutputSettings
from drumapp.playback.soundfont import fluidsynth_version
from drumapp.playback.synth import SynthError, make_synth
from tests.playback.font_building import RATE
from tests.playback.midi_fakes import still_sounding
from tests.playback.studio import MS, Studio, set_notes


@pytest.mark.parametrize("bpm", [20.0, 400.0])
def test_the_slowest_and_the_fastest_tempo_keep_time(bpm):
    notes = [Note(tick, 36, 100, 60) for tick in range(0, 1920, 120)]
    studio = Studio("One")
    studio.use(MidiOutputSettings("One"))
    studio.do(set_notes(*notes, bpm=bpm), protocol.Play())
    studio.run(4 * 60_000 / bpm + 500)
    (port,) = studio.system.opened
    times = [at for at, _, _ in port.strikes]
    even = [round(number * 60_000 * MS / bpm / 4) for number in range(len(notes))]
    assert [at - times[0] for at in times] == pytest.approx(even, abs=MS * 1000 // RATE + 1)
    assert still_sounding(port.messages) == set()


def test_five_thousand_notes_in_one_bar_are_struck_once_each():
    # Forty keys on every fifteenth tick: nobody can hear it, but it is a file that somebody may open.
    notes = [Note(tick, key, 100, 10) for tick in range(0, 1920, 15) for key in range(35, 75)]
    assert len(notes) > 5000
    studio = Studio("One")
    studio.use(MidiOutputSettings("One"))
    studio.do(set_notes(*notes), protocol.SetLoop(Range(0, 1920)), protocol.Play())
    studio.run(1_900)
    studio.do(protocol.SetLoop(None))
    studio.run(1_000)
    (port,) = studio.system.opened
    assert Counter(key for _, key, _ in port.strikes) == Counter(note.pitch for note in notes)
    assert len(studio.synth.strikes) == len(notes)
    assert still_sounding(port.messages) == set()


@pytest.mark.parametrize("kind", ["sampler", "fluidsynth"])
@pytest.mark.parametrize("start", [b"", b"RIFF\xff\xff\xff\x25sfbkLIST\xf0\xff\xff\x25sdta"])
def test_a_soundfont_of_600_megabytes_that_holds_nothing_is_refused_by_name(kind, start, tmp_path):
    if kind == "fluidsynth" and fluidsynth_version() is None:
        pytest.skip("FluidSynth's library is not installed")
    path = tmp_path / "huge.sf2"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(600_000_000)  # a hole, which takes no room on the disk
    with pytest.raises(SynthError, match=r"huge\.sf2"):
        make_synth(kind, path, RATE)
