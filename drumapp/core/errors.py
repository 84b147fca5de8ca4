"""The error every room raises when something the user did or gave cannot be carried out."""


class DrumappError(Exception):
    """One plain sentence for the user: what happened, to which file, and what to do.

    The command line prints it and exits with 1; the window shows it. Programming mistakes are never wrapped in it.
    """
