"""What of the document is exported: all, the loop, or the selected notes."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from drumapp.core import editing
from drumapp.core.editing import Selection
from drumapp.core.pattern import Pattern
from drumapp.gui.document import Document, complete_bars


class Extent(Enum):
    """How much of it; the value is how settings and dialogs call it."""

    ALL = "all"
    LOOP = "loop"
    SELECTION = "selection"


EXTENT_NAMES = {
    Extent.ALL: "The whole beat",
    Extent.LOOP: "The loop",
    Extent.SELECTION: "The selected notes",
}


def music_of(document: Document) -> Pattern:
    """The pattern in whole bars; while a drummer is still at it, those that are complete."""
    pattern = complete_bars(document.pattern) if document.in_take else document.pattern
    return replace(pattern, length=pattern.metre.bar_start(pattern.bars))


def extents_of(document: Document, selection: Selection) -> tuple[Extent, ...]:
    """What there is to export; nothing for an empty document."""
    if not document.pattern.length:
        return ()
    found = [Extent.ALL]
    if document.project.loop is not None and not document.in_take:
        found.append(Extent.LOOP)
    if editing.still_there(document.pattern, selection):
        found.append(Extent.SELECTION)
    return tuple(found)


def excerpt_of(document: Document, selection: Selection, extent: Extent) -> Pattern:
    """The pattern to export; what there is nothing of is all."""
    if extent not in extents_of(document, selection) or extent is Extent.ALL:
        return music_of(document)
    if extent is Extent.LOOP:
        return editing.excerpt(document.pattern, document.project.loop_span)
    return editing.excerpt_selection(document.pattern, selection)


def dragged_extent(document: Document, selection: Selection) -> Extent:
    """What a drag out of the window means: what is selected, where something is, else all."""
    return Extent.SELECTION if Extent.SELECTION in extents_of(document, selection) else Extent.ALL
