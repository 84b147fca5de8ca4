"""``drumapp`` and ``python -m drumapp``: without a command the window, with one the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from drumapp import frozen
from drumapp.core.document_files import is_document


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with the given arguments (those of the process when None) and return its exit status."""
    frozen.prepare()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if _are_for_the_window(arguments):
        return _open_window(arguments)
    from drumapp import cli

    return cli.main(arguments)


def _open_window(arguments: list[str]) -> int:
    """The window, until it is closed; 1 and a sentence on standard error where none can be opened."""
    from drumapp.core.errors import DrumappError
    from drumapp.gui import running

    try:
        return running.run(arguments)
    except DrumappError as error:
        print(f"drumapp: {error}", file=sys.stderr)
        return 1


def _are_for_the_window(arguments: list[str]) -> bool:
    """Whether no command is given: nothing, a document, or options that only the window knows, as ``-platform``."""
    if not arguments or is_document(arguments[0]):
        return True
    return arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")


if __name__ == "__main__":
    sys.exit(main())
