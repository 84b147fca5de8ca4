"""Each way in which music ends: at the receivers, every note that was struck has been let go.

With ports that write down what they are sent. test_jack.py does the same with real ones and a process that is killed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from drumapp.core.kit import HOUSE_KIT, general_midi_lane
from drumapp.core.kit_map import ROLAND_TD
from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.mix import mix_of
from drumapp.playback.output_settings import VIRTUAL_PORT, MidiInputSettings, MidiOutputSettings
from tests.playback.midi_fakes import FakePort, still_sounding
from tests.playback.studio import Studio, set_notes

# Long notes, so that something sounds whenever it ends; 36 and 35 share a key of the second device.
LONG = [Note(tick, key, 100, 700) for tick in range(0, 1920, 240) for key in (35, 36, 46)]
OUTPUTS = (
    MidiOutputSettings("One", channel=1),
    MidiOutputSettings("Two", kit_map=ROLAND_TD, offset_ms=-25.0, click_keys=(76, 77)),
    MidiOutputSettings(VIRTUAL_PORT, offset_ms=120.0, choke="pressure", keys=frozenset({36, 42, 46})),
)
ENDINGS: dict[str, Callable[[Studio], None]] = {}


def ending(act: Callable[[Studio], None]) -> Callable[[Studio], None]:
    ENDINGS[act.__name__] = act
    return act


@ending
def stop(studio: Studio) -> None:
    studio.do(protocol.Stop())


@ending
def pause(studio: Studio) -> None:
    studio.do(protocol.Pause())


@ending
def panic_and_an_empty_pattern(studio: Studio) -> None:
    studio.do(protocol.Panic(), set_notes())


@ending
def the_end_of_the_pattern(studio: Studio) -> None:
    studio.do(protocol.SetLoop(None))
    studio.run(3_000)


@ending
def the_end_of_a_span(studio: Studio) -> None:
    studio.do(protocol.PlaySpan(Range(480, 700)))
    studio.run(2_000)


@ending
def a_seek_to_where_nothing_is(studio: Studio) -> None:
    studio.do(set_notes(*LONG, length=100_000), protocol.SetLoop(None), protocol.Seek(50_000))


@ending
def muting_every_lane(studio: Studio) -> None:
    kit = HOUSE_KIT.with_keys({note.pitch for note in LONG})
    for lane in kit.lanes:
        kit = kit.with_lane(replace(lane, muted=True))
    studio.do(protocol.SetMix(mix_of(kit)))


@ending
def soloing_a_lane_without_notes(studio: Studio) -> None:
    kit = HOUSE_KIT.with_keys({note.pitch for note in LONG} | {75})
    studio.do(protocol.SetMix(mix_of(kit.with_lane(replace(general_midi_lane(75), soloed=True)))))


@ending
def taking_every_note_away(studio: Studio) -> None:
    studio.do(set_notes())


@ending
def taking_the_outputs_away(studio: Studio) -> None:
    studio.use()


@ending
def other_ports(studio: Studio) -> None:
    studio.use(MidiOutputSettings("Three"))
    studio.do(protocol.Stop())


@ending
def other_channels_and_maps_of_the_same_ports(studio: Studio) -> None:
    studio.use(MidiOutputSettings("One", channel=7), MidiOutputSettings("Two"))
    studio.do(protocol.Stop())


@ending
def other_drums_routed_there(studio: Studio) -> None:
    studio.use(*(replace(output, keys=frozenset({81})) for output in OUTPUTS))


@ending
def a_device_that_stands_still(studio: Studio) -> None:
    studio.device_off = True
    studio.run(500)
    studio.do(protocol.Stop())


@ending
def the_process_ends(studio: Studio) -> None:
    studio.sender._end()
    studio.keeper.shut_down()


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("seed", range(4))
def test_it_ends_in_silence(name, seed):
    studio = Studio("One", "Two", "Three", inputs=["Pads"])
    studio.use(*OUTPUTS, inputs=[MidiInputSettings("Pads")])
    studio.run(100)
    studio.do(protocol.SetMetronome(MetronomeSettings(on=True)), set_notes(*LONG))
    studio.do(protocol.SetLoop(Range(0, 1920)), protocol.Play())
    studio.run(random.Random(seed).uniform(300, 4_000))
    struck = {port.name: len(port.strikes) for port in studio.system.opened}
    assert set(struck) == {"One", "Two", VIRTUAL_PORT}
    assert min(struck.values()) > 0
    ENDINGS[name](studio)
    # The metronome and the last long note's end may come a moment later; nothing may come after that.
    studio.run(1_500)
    quiet = [port for port in studio.system.opened if still_sounding(port.messages)]
    assert [port.name for port in quiet] == []


def test_a_port_that_is_lost_and_comes_back_is_left_silent():
    studio = Studio("One")
    studio.use(OUTPUTS[0])
    studio.do(set_notes(*LONG), protocol.SetLoop(Range(0, 1920)), protocol.Play())
    studio.run(900)
    studio.system.unplug("One")
    studio.run(1_500)
    studio.system.outputs.append("One")
    studio.run(2_000)
    studio.do(protocol.Stop())
    studio.run(200)
    first, second = studio.system.opened
    assert second.strikes
    assert still_sounding(second.messages) == set()
    assert first.closed


def a_pad_of_its_group(studio: Studio) -> None:
    studio.do(protocol.PressPad(42, 100))
    studio.run(20)
    studio.do(protocol.ReleasePad(42))


def its_own_pad(studio: Studio) -> None:
    studio.do(protocol.PressPad(46, 100))
    studio.run(20)
    studio.do(protocol.ReleasePad(46))


def mute_and_think_again(studio: Studio) -> None:
    kit = HOUSE_KIT
    studio.do(protocol.SetMix(mix_of(kit.with_lane(replace(kit.lane_of(46), muted=True)))))
    studio.run(20)
    studio.do(protocol.SetMix(mix_of(kit)))


@pytest.mark.parametrize("act", [a_pad_of_its_group, its_own_pad, mute_and_think_again])
def test_a_stroke_that_waits_for_its_time_is_let_go_although_something_has_overtaken_it(act):
    studio = Studio("Late")
    studio.use(MidiOutputSettings("Late", offset_ms=300.0))
    studio.do(protocol.SetMix(mix_of(HOUSE_KIT)), set_notes(Note(0, 46, 90, 240)), protocol.Play())
    studio.run(100)
    act(studio)
    studio.run(1_500)
    port = studio.system.port("Late")
    assert (46, 90) in [(key, velocity) for _, key, velocity in port.strikes]
    assert still_sounding(port.messages) == set()


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_done_in_whatever_order_it_ends_in_silence(seed):
    dice = random.Random(seed)
    studio = Studio("One", "Two", "Three", inputs=["Pads"])
    studio.use(*OUTPUTS, inputs=[MidiInputSettings("Pads")])
    studio.do(set_notes(*LONG), protocol.SetLoop(Range(0, 1920)))
    acts = [act for name, act in ENDINGS.items() if name != "the_process_ends"]
    for _ in range(40):
        studio.run(dice.uniform(0, 300))
        match dice.randrange(6):
            case 0:
                dice.choice(acts)(studio)
                studio.device_off = False
            case 1:
                studio.use(*dice.sample(OUTPUTS, dice.randint(0, 3)), inputs=[MidiInputSettings("Pads")])
            case 2:
                pads = [port for port in studio.system.listened if not port.closed]
                for port in pads:
                    status = dice.choice([0x99, 0x89])
                    port.receive([status, dice.choice([36, 42, 46]), 100], studio.clock.now_ns())
            case 3:
                studio.do(protocol.Audition(dice.choice([36, 49]), 90))
            case _:
                studio.do(set_notes(*LONG), protocol.SetLoop(Range(0, 1920)), protocol.Play())
                studio.do(protocol.SetMix(mix_of(HOUSE_KIT)))
    studio.use(*OUTPUTS)
    studio.do(protocol.Stop())
    studio.run(1_500)
    assert all(still_sounding(port.messages) == set() for port in studio.system.opened)
    assert len([port for port in studio.system.opened if not port.closed]) <= 3


def test_the_check_itself_finds_a_stuck_note():
    port = FakePort("Port")
    port.send((0x99, 36, 100))
    assert still_sounding(port.messages) == {(9, 36)}
