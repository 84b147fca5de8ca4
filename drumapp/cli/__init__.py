"""The command line: one module a subcommand, each with ``add_parser(subparsers)`` and ``run(args) -> int``.

The modules are imported to read the arguments, so they import what is heavy inside ``run``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from drumapp import __version__
from drumapp.core.errors import DrumappError
from drumapp.jobs.torch_package import missing_sentence

COMMANDS = (
    "generate",
    "play",
    "render",
    "analyze",
    "train",
    "jobs",
    "evaluate",
    "import-weights",
    "export",
    "doctor",
)
"""The subcommands, each a module of this package, in the order ``--help`` lists them."""

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141  # as shells report a program that a closed pipe has ended

_DESCRIPTION = "A drum machine that writes its own beats. Without a command it opens the window."
_EPILOG = """\
examples:
  drumapp                                            open the window
  drumapp generate --bars 8 --tempo 100 -o beat.mid  write a beat
  drumapp play beat.mid --loop                       hear it
  drumapp render beat.mid -o beat.wav                make it a file
  drumapp doctor                                     why is there no sound?

"drumapp COMMAND --help" explains a command.
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes end in one sentence and a pointer to the help, not in a wall of options."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"drumapp: {message} (see {self.prog} --help)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; ``args.run`` of what it parses is the command's function."""
    parser = _Parser(
        prog="drumapp",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"drumapp {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"drumapp.cli.{name.replace('-', '_')}")
        module.add_parser(subparsers)
        subparsers.choices[name].set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str]) -> int:
    """Run a command line, without the program's name, and return its exit status.

    0: done; 1: it could not be done, and one sentence on standard error says why; 2: the arguments make no sense;
    130: interrupted from the keyboard.
    """
    try:
        args = build_parser().parse_args(argv)
        status: int = args.run(args)
        sys.stdout.flush()
    except DrumappError as error:
        return _fail(str(error), EXIT_FAILED)
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        return _fail(missing_sentence(), EXIT_FAILED)
    except KeyboardInterrupt:
        return _fail("Interrupted.", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has had enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    return status


def _fail(sentence: str, status: int) -> int:
    print(f"drumapp: {sentence}", file=sys.stderr)
    return status
