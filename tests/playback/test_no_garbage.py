"""While music plays the collector of garbage rests: what is made for a block must be freed without it."""

import gc

import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.output_settings import MidiInputSettings, MidiOutputSettings
from drumapp.playback.soundfont import fluidsynth_version
from drumapp.playback.synth import make_synth
from tests.playback.font_building import RATE
from tests.playback.studio import Studio, set_notes

NOTES = [Note(tick, key, 100, 90) for tick in range(0, 1920, 120) for key in (36, 38, 42)]


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("kind", ["sampler", "fluidsynth"])
def test_playing_makes_no_garbage(kind, font, no_collector):  # noqa: ARG001
    if kind == "fluidsynth" and fluidsynth_version() is None:
        pytest.skip("FluidSynth's library is not installed")
    synth = make_synth(kind, font, RATE)
    studio = Studio("One", inputs=["Pads"], synth=synth)
    one, other = MidiOutputSettings("One", send_clock=True), MidiOutputSettings("One", channel=2)
    studio.use(one, inputs=[MidiInputSettings("Pads")])
    studio.do(set_notes(*NOTES), protocol.SetLoop(Range(0, 1920)), protocol.Play())
    studio.run(500)
    gc.collect()
    for turn in range(4):
        studio.run(300)
        studio.do(set_notes(*NOTES[turn:]), protocol.Audition(38, 90))
        studio.do(protocol.SetMetronome(MetronomeSettings(on=bool(turn % 2))), protocol.AppendNotes(b"", 1920))
        studio.use(one if turn % 2 else other, inputs=[MidiInputSettings("Pads")])
    studio.run(300)
    found = gc.collect()
    synth.close()
    assert found == 0
