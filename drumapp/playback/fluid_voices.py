"""FluidSynth's voices, each by itself: how loud and where a key sounds, and what cuts it off.

FluidSynth mixes by MIDI channel. A channel a key would tear apart the exclusive classes, which hold within one, could
not pan a stereo sound all the way, and would have 128 kits chosen anew at each stop. So all drums stay on one channel,
and what rings is changed voice by voice, through the library's interface for that (fluidsynth/voice.h): a change takes
effect with the next block of 64 frames, and FluidSynth goes there on a straight line through that block.

Exclusive classes are kept here too: FluidSynth takes half a second to fade out by 60 dB what a class cuts off, and lets
no key be taken out of its class.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from math import log10
from typing import Any

from drumapp.core.kit import MAX_LANE_VOLUME_DB
from drumapp.playback import sf2_zones as sf2
from drumapp.playback.mix import PLAIN, KeyMix, panned

HEADROOM_CENTIBELS = 10.0 * MAX_LANE_VOLUME_DB
"""By so much the drums' channel is to be attenuated and the synth's gain raised, which comes to the same sound. A voice
cannot be amplified, but this can be taken away from it."""

_BLOCK_FRAMES = 64
_GLIDE_BLOCKS = 4
_UNCHANGED_FRAMES = 2**30
_SILENT_CENTIBELS = 1440.0  # where FluidSynth's table of levels ends
_PAN_UNITS = 500.0
_SHORTEST_TIMECENTS = -12_000.0


@dataclass(slots=True)
class _Voice:
    """One voice that sounds.

    Attributes: address of the library's voice; stroke, the library's number of it; key; attenuation in centibels, place
    from -1 to 1 and exclusive class, as the font has them; start, the frame at which it was struck; gain and pan at
    present, and those it goes to in steps_left blocks; ending, whether it goes for good.
    """

    address: int
    stroke: int
    key: int
    attenuation: float
    place: float
    exclusive: int
    start: int
    gain: float = PLAIN.gain
    pan: float = PLAIN.pan
    target_gain: float = PLAIN.gain
    target_pan: float = PLAIN.pan
    steps_left: int = 0
    ending: bool = False

    def step(self) -> None:
        """Come nearer to the target; there with the last step."""
        self.gain += (self.target_gain - self.gain) / self.steps_left
        self.pan += (self.target_pan - self.pan) / self.steps_left
        self.steps_left -= 1


class FluidVoices:
    """The voices of one FluidSynth, for the thread that renders; it is to be told what is done to the synth.

    Args: library, FluidSynth's; synth, its handle; most, the synth's polyphony.
    """

    def __init__(self, library: ctypes.CDLL, synth: ctypes.c_void_p, most: int) -> None:
        self._library = _Functions(library, synth, most)
        self._voices: dict[int, _Voice] = {}  # by address; some may have rung out since
        self._moving: list[_Voice] = []  # those that glide or end
        self._mixes: dict[int, KeyMix] = {}
        self._next_stroke = 0
        self._frame = 0

    def struck(self, key: int) -> None:
        """Take up the voices of a key that was struck just now."""
        mix = self._mixes.get(key, PLAIN)
        new = [self._taken_up(address, key) for address in self._new_addresses()]
        for voice in new:
            self._next_stroke = voice.stroke + 1
            self._library.set(voice.address, sf2.EXCLUSIVE_CLASS, 0.0)
            if (mix.gain, mix.pan) != (PLAIN.gain, PLAIN.pan):
                voice.gain, voice.pan = mix.gain, mix.pan
                self._apply(voice)
        classes = {voice.exclusive for voice in new if mix.exclusive} - {0}
        if classes:
            for voice in self._sounding():
                rivals = voice.exclusive in classes and self._mixes.get(voice.key, PLAIN).exclusive
                if rivals and voice.start < self._frame:
                    self._end(voice)
        self._voices |= {voice.address: voice for voice in new}
        self._library.flush()

    def set_mix(self, key: int, mix: KeyMix) -> None:
        """Play a key so from now on, what sounds of it too."""
        self._mixes[key] = mix
        for voice in self._sounding():
            if voice.key == key and not voice.ending:
                self._move(voice, mix.gain, mix.pan)

    def choke(self, key: int) -> None:
        """Fade out what sounds of a key."""
        for voice in self._sounding():
            if voice.key == key:
                self._end(voice)

    def forget(self) -> None:
        """Nothing sounds any more."""
        self._voices.clear()
        self._moving.clear()

    def prepare(self) -> int:
        """Move on what glides, if a block begins; how many frames may be rendered before this must be called again."""
        if not self._moving:
            return _UNCHANGED_FRAMES
        into = self._frame % _BLOCK_FRAMES
        if not into:
            self._sounding()
            self._moving = [voice for voice in self._moving if self._moved(voice)]
            self._library.flush()
        return _BLOCK_FRAMES - into

    def rendered(self, frames: int) -> None:
        """So many frames have been rendered since `prepare`."""
        self._frame += frames

    def _sounding(self) -> list[_Voice]:
        """The voices that have not rung out; the others are forgotten."""
        stroke = self._library.stroke
        known = ((address, self._voices.get(address)) for address in self._library.playing())
        self._voices = {at: voice for at, voice in known if voice is not None and voice.stroke == stroke(at)}
        return list(self._voices.values())

    def _new_addresses(self) -> list[int]:
        """The voices of the stroke just made."""
        # The library numbers strokes one by one; only after some that sounded nothing is the number not the next.
        new = self._library.playing(self._next_stroke)
        if new:
            return new
        stroke = self._library.stroke
        return [at for at in self._library.playing() if stroke(at) >= self._next_stroke]

    def _taken_up(self, address: int, key: int) -> _Voice:
        library = self._library
        attenuation = library.get(address, sf2.ATTENUATION)
        if attenuation < 0.0:  # the format knows no such thing, and it would eat up the headroom
            attenuation = 0.0
            library.change(address, sf2.ATTENUATION, attenuation)
        return _Voice(
            address,
            library.stroke(address),
            key,
            attenuation,
            place=min(max(library.get(address, sf2.PAN) / _PAN_UNITS, -1.0), 1.0),
            exclusive=int(library.get(address, sf2.EXCLUSIVE_CLASS)),
            start=self._frame,
        )

    def _end(self, voice: _Voice) -> None:
        if not voice.ending:
            self._move(voice, 0.0, voice.target_pan)
            voice.ending = True

    def _move(self, voice: _Voice, gain: float, pan: float) -> None:
        if not voice.steps_left:
            self._moving.append(voice)
        voice.target_gain, voice.target_pan, voice.steps_left = gain, pan, _GLIDE_BLOCKS

    def _moved(self, voice: _Voice) -> bool:
        """Move a voice on by a block; whether it has further to go."""
        if self._voices.get(voice.address) is not voice:
            return False  # it has rung out
        if not voice.steps_left:
            # Silent by now, and of no use to anybody.
            self._library.change(voice.address, sf2.RELEASE, _SHORTEST_TIMECENTS)
            self._library.stop(voice.stroke)
            return False
        voice.step()
        self._apply(voice)
        return voice.ending or voice.steps_left > 0

    def _apply(self, voice: _Voice) -> None:
        lost = min(-200.0 * log10(voice.gain), _SILENT_CENTIBELS) if voice.gain > 0.0 else _SILENT_CENTIBELS
        self._library.change(voice.address, sf2.ATTENUATION, voice.attenuation + lost)
        self._library.change(voice.address, sf2.PAN, _PAN_UNITS * panned(voice.place, voice.pan))


class _Functions:
    """The library's functions for voices, quick to call: the interpreter's lock is not given up for so little."""

    def __init__(self, library: ctypes.CDLL, synth: ctypes.c_void_p, most: int) -> None:
        address, number, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
        self._synth = synth
        self._room = (address * (most + 1))()

        def function(name: str, result: type | None, *arguments: type) -> Callable[..., Any]:
            made: Callable[..., Any] = ctypes.PYFUNCTYPE(result, *arguments)((name, library))
            return made

        self.stroke = function("fluid_voice_get_id", ctypes.c_uint, address)
        self.get = function("fluid_voice_gen_get", real, address, number)
        self.set = function("fluid_voice_gen_set", None, address, number, real)
        self._update = function("fluid_voice_update_param", None, address, number)
        self._list = function("fluid_synth_get_voicelist", None, address, ctypes.POINTER(address), number, number)
        self._stop = function("fluid_synth_stop", number, address, ctypes.c_uint)
        self._count = function("fluid_synth_get_active_voice_count", number, address)

    def playing(self, stroke: int = -1) -> list[int]:
        """The addresses of the voices that sound: those of a stroke, or all."""
        self._list(self._synth, self._room, len(self._room), stroke)
        return list(takewhile(bool, self._room))

    def change(self, address: int, generator: int, value: float) -> None:
        """Change a generator of a voice that sounds; obeyed after `flush`."""
        self.set(address, generator, value)
        self._update(address, generator)

    def stop(self, stroke: int) -> None:
        """Let go of all voices of a stroke."""
        self._stop(self._synth, stroke)

    def flush(self) -> None:
        """Have changes obeyed with the next block."""
        self._count(self._synth)  # whoever goes through the synth's door takes along what waits there
