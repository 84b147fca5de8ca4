"""``drumapp doctor``: what the program finds on this machine, and what to do about what it does not find."""

from __future__ import annotations

import argparse
import json

_DESCRIPTION = """\
Look at everything that a beat needs on its way to your ears, and say what to do where something is missing. The exit
status is 1 if Generate could not make a sound: no drummer's model, no synth or no sound device."""

_MARKS = {True: "ok", False: "missing"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("doctor", help="find out why there is no sound", description=_DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="tell the findings as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 if one that Generate needs is missing."""
    from drumapp.cli.examination import can_make_sound, examine

    findings = examine()
    audible = can_make_sound(findings)
    if args.json:
        report = {
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
        print(json.dumps(report, indent=2))
        return 0 if audible else 1
    for finding in findings:
        print(f"{_MARKS[finding.ok]:8} {finding.title:14} {finding.found}")
        if finding.remedy and not finding.ok:
            print(f"{'':8} {'':14} -> {finding.remedy}")
    print()
    if audible:
        print("Generate can make a sound.")
    else:
        missing = [finding.title for finding in findings if finding.needed and not finding.ok]
        print(f"Generate cannot make a sound here; missing: {', '.join(missing)}.")
    return 0 if audible else 1
