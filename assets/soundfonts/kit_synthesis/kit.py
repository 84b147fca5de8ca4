"""The built-in kit: which sound lies on which General MIDI key, how loud, where in the stereo picture, how layered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kit_synthesis import metals, skins, small_percussion
from kit_synthesis.mastering import Pcm, master
from kit_synthesis.signals import Noise, Signal
from kit_synthesis.skins import Strike

TWO = (0.45, 1.0)
THREE = (0.25, 0.62, 1.0)
FOUR = (0.12, 0.42, 0.72, 1.0)

HAT, WHISTLE, GUIRO, CUICA, TRIANGLE = 1, 2, 3, 4, 5
"""Choke groups: a note cuts what sounds of its own group (SoundFont generator exclusiveClass)."""

# Highest velocity of each layer, by number of layers. Soft layers are narrow where playing is dense.
_LAYER_TOPS = {1: (127,), 2: (84, 127), 3: (52, 98, 127), 4: (38, 72, 104, 127)}


@dataclass(frozen=True)
class Drum:
    """One key: `hardnesses` has one value (0..1) for each velocity layer, softest first.

    `loudness_db` is what every layer is levelled to, so that no step in loudness is heard where layers meet.
    `pan` runs from -50 (left) to 50 (right). Mono sounds carry it as a generator, stereo sounds in their samples.
    """

    key: int
    name: str
    strike: Strike
    loudness_db: float
    hardnesses: tuple[float, ...] = TWO
    pan: float = 0.0
    choke: int = 0

    @property
    def velocity_ranges(self) -> list[tuple[int, int]]:
        """Lowest and highest velocity of each layer."""
        tops = _LAYER_TOPS[len(self.hardnesses)]
        return [(low + 1 if index else 0, top) for index, (low, top) in enumerate(zip((0, *tops), tops, strict=False))]


def placed(stroke: Signal, pan: float) -> Signal:
    """A stereo stroke moved towards a side at constant power; a mono one unchanged."""
    if stroke.ndim == 1:
        return stroke
    angle = np.pi / 4 * (1 + pan / 50)
    return stroke * np.array([[np.cos(angle)], [np.sin(angle)]])


def render_layers(drum: Drum) -> list[list[Pcm]]:
    """Samples of each layer of a drum, softest first, each a list of one (mono) or two (left, right) channels."""
    strokes = (drum.strike(hardness, Noise(drum.key)) for hardness in drum.hardnesses)
    return [master(placed(stroke, drum.pan), drum.loudness_db) for stroke in strokes]


_s, _m, _p = skins, metals, small_percussion

KIT: tuple[Drum, ...] = (
    Drum(35, "Acoustic bass drum", _s.acoustic_bass_drum, -12.0, FOUR),
    Drum(36, "Kick", _s.kick, -11.5, FOUR),
    Drum(37, "Side stick", _s.side_stick, -17.0, THREE, -4),
    Drum(38, "Snare", _s.snare, -10.5, FOUR),
    Drum(39, "Hand clap", _s.hand_clap, -13.5, THREE),
    Drum(40, "Snare rim", _s.snare_rim_shot, -10.0, FOUR),
    Drum(41, "Low floor tom", _s.tom(66, 1.05), -13.0, THREE, 24),
    Drum(42, "Closed hat", _m.closed_hat, -21.5, FOUR, -15, HAT),
    Drum(43, "Floor tom", _s.tom(82, 0.95), -13.0, THREE, 18),
    Drum(44, "Pedal hat", _m.pedal_hat, -24.0, THREE, -15, HAT),
    Drum(45, "Low tom", _s.tom(104, 0.8), -13.0, THREE, 8),
    Drum(46, "Open hat", _m.open_hat, -19.0, FOUR, -15, HAT),
    Drum(47, "Mid tom", _s.tom(128, 0.7), -13.0, THREE, -2),
    Drum(48, "High mid tom", _s.tom(156, 0.6), -13.0, THREE, -10),
    Drum(49, "Crash", _m.cymbal(_m.CRASH, 2.45, 0.45), -15.5, TWO, -14),
    Drum(50, "High tom", _s.tom(192, 0.52), -13.0, THREE, -18),
    Drum(51, "Ride", _m.ride, -21.0, THREE[1:], 18),
    Drum(52, "China", _m.cymbal(_m.CHINA, 1.6, 0.3, trash=0.6), -15.5, TWO, 16),
    Drum(53, "Ride bell", _m.ride_bell, -20.0, TWO, 18),
    Drum(54, "Tambourine", _m.tambourine, -21.0, TWO, 14),
    Drum(55, "Splash", _m.cymbal(_m.SPLASH, 1.1, 0.2), -17.0, TWO, -6),
    Drum(
        56,
        "Cowbell",
        _m.bell((562, 845, 1472, 2126, 3135, 4420), (1, 0.95, 0.6, 0.6, 0.5, 0.35), 0.34, 0.5),
        -18.0,
        TWO,
        8,
    ),
    Drum(57, "Crash 2", _m.cymbal(_m.CRASH_2, 2.45, 0.4), -15.5, TWO, 12),
    Drum(58, "Vibraslap", _p.vibraslap, -20.0, TWO, -16),
    Drum(59, "Ride 2", _m.ride_2, -20.5, TWO, 22),
    Drum(60, "High bongo", _s.hand_drum(392, 0.22, 0.6), -16.0, TWO, -12),
    Drum(61, "Low bongo", _s.hand_drum(278, 0.26, 0.55), -16.0, TWO, -6),
    Drum(62, "Mute high conga", _s.hand_drum(246, 0.09, 1.0), -16.0, TWO, 10),
    Drum(63, "Open high conga", _s.hand_drum(222, 0.48, 0.35), -15.0, TWO, 10),
    Drum(64, "Low conga", _s.hand_drum(164, 0.56, 0.3), -15.0, TWO, 16),
    Drum(65, "High timbale", _s.hand_drum(452, 0.5, 0.85, 1480), -15.0, TWO, -14),
    Drum(66, "Low timbale", _s.hand_drum(318, 0.6, 0.8, 1130), -15.0, TWO, -20),
    Drum(67, "High agogo", _m.bell((1480, 3560, 4310, 6120), (1, 0.5, 0.35, 0.2), 0.42, 0.3), -20.0, TWO, -20),
    Drum(68, "Low agogo", _m.bell((1015, 2570, 3180, 4480), (1, 0.5, 0.35, 0.2), 0.46, 0.3), -20.0, TWO, -20),
    Drum(69, "Cabasa", _p.shaken(3200, 6200, 0.022, 0.085, 60), -22.0, TWO, 20),
    Drum(70, "Maracas", _p.shaken(5000, 8800, 0.010, 0.055, 44), -24.0, TWO, -20),
    Drum(71, "Short whistle", _p.whistle(0.16), -21.0, (1.0,), 12, WHISTLE),
    Drum(72, "Long whistle", _p.whistle(0.62), -21.0, (1.0,), 12, WHISTLE),
    Drum(73, "Short guiro", _p.guiro(8, 0.075, 1.0), -20.0, TWO, -14, GUIRO),
    Drum(74, "Long guiro", _p.guiro(34, 0.42, 0.85), -20.0, TWO, -14, GUIRO),
    Drum(75, "Claves", _p.wood((2490, 5030, 6890), (1, 0.25, 0.12), 0.13, 0.35), -19.0, TWO, 10),
    Drum(76, "High wood block", _p.wood((918, 1690, 2740, 3980), (1, 0.55, 0.35, 0.2), 0.10, 0.5), -18.0, TWO, 16),
    Drum(77, "Low wood block", _p.wood((642, 1240, 2010, 2930), (1, 0.55, 0.35, 0.2), 0.12, 0.5), -18.0, TWO, 20),
    Drum(78, "Mute cuica", _s.cuica(520, 690, 0.11), -18.0, TWO, -8, CUICA),
    Drum(79, "Open cuica", _s.cuica(395, 250, 0.30), -18.0, TWO, -8, CUICA),
    Drum(80, "Mute triangle", _m.triangle(0.16, 0.22), -23.0, TWO, 22, TRIANGLE),
    Drum(81, "Open triangle", _m.triangle(2.3, 1.9), -23.0, TWO, 22, TRIANGLE),
)
