"""``drumapp doctor``: what the program finds on this machine, and what to do about what it does not find."""

from __future__ import annotations

import argparse
import json

from drumapp.cli.arguments import number

_DESCRIPTION = """\
Look at everything that a beat needs on its way to your ears, and say what to do where something is missing. The exit
status is 1 if Generate could not make a sound: no drummer's model, no synth or no sound device."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("doctor", help="find out why there is no sound", description=_DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="tell the findings as one JSON object")
    parser.add_argument(
        "--timing",
        action="store_true",
        help="instead, play for some seconds, as softly as can be, and tell how each output keeps time",
    )
    parser.add_argument(
        "--port", action="append", default=[], metavar="NAME", help="with --timing: a MIDI port to test too; repeatable"
    )
    parser.add_argument("--virtual", action="store_true", help="with --timing: test the virtual MIDI port too")
    parser.add_argument(
        "--seconds",
        type=number("a time", 1, 3600, "seconds"),
        default=10.0,
        metavar="S",
        help="with --timing: how long to play (default: 10)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 if one that Generate needs is missing."""
    if args.timing:
        from drumapp.cli.timing_test import print_timing
        from drumapp.playback.output_settings import VIRTUAL_PORT
        from drumapp.settings import load_settings

        ports = [*args.port, *([VIRTUAL_PORT] if args.virtual else [])]
        return print_timing(load_settings(), ports, args.seconds, as_json=args.json)
    from drumapp.examination import can_make_sound, examine, report

    findings = examine()
    audible = can_make_sound(findings)
    if args.json:
        told = {
            "can_make_sound": audible,
            "findings": {
                finding.name: {
                    "ok": finding.ok,
                    "needed": finding.needed,
                    "found": finding.found,
                    "remedy": finding.remedy,
                    **finding.details,
                }
                for finding in findings
            },
        }
        print(json.dumps(told, indent=2))
        return 0 if audible else 1
    print(report(findings))
    return 0 if audible else 1
