"""How often Python looks for garbage: seldom, since to look at a hundred thousand notes takes longer than a frame."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 100_000
_YOUNG_PER_MIDDLE = 20
_MIDDLE_PER_OLD = 100


def collect_seldom() -> None:
    """Look through new objects after a hundred thousand of them, through all there are hardly ever.

    Only objects that refer to each other in a circle wait for it. Notes never do, but Python looks at each of them
    again and again, and would hold up the window for a third of a second while it edits many.
    """
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_PER_MIDDLE, _MIDDLE_PER_OLD)
