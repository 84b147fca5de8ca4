"""The timing self-test as ``drumapp doctor --timing`` prints it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from drumapp.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drumapp.playback.self_test import SelfTest
    from drumapp.settings import Settings


def print_timing(settings: Settings, ports: Sequence[str], seconds: float, *, as_json: bool) -> int:
    """Play, measure and print; 1 where nothing could be measured."""
    from drumapp.playback.output_settings import MidiOutputSettings
    from drumapp.playback.self_test import run_self_test

    sound = settings.sound.settings(settings.soundfont, settings.synth, settings.volume_db)
    outputs = [MidiOutputSettings(port) for port in ports]
    with progress("Testing the timing") as report:
        result = run_self_test(sound, outputs, seconds=seconds, progress=report)
    if as_json:
        print(json.dumps(asdict(result), indent=2))
    else:
        print("\n".join(_described(result)))
    return 0 if result.sound is not None or result.ports else 1


def _described(result: SelfTest) -> list[str]:
    from drumapp.playback.timing_report import SOUND_ADVICE, describe

    lines: list[str] = []
    for report in result.ports:
        lines += [*describe(report), f"  -> offset for this port: {report.offset_ms:+.1f} ms", ""]
    if result.sound is not None:
        lines += describe(result.sound, "blocks")
        lines.append(f"  -> {SOUND_ADVICE.format(latency_ms=result.latency_ms)}")
    return lines + [f"not tested: {problem}" for problem in result.problems]
