"""Where this installation's files are, on this computer: what an uninstaller leaves, and what may be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QUrl

from drumapp import resources
from drumapp.jobs.job import jobs_folder
from drumapp.logs import log_folder
from drumapp.settings import corpus_cache_folder, kit_maps_folder, settings_file
from drumapp.storage.dragged_files import dragged_folder
from drumapp.storage.journal import journal_folder


@dataclass(frozen=True)
class Place:
    """One kind of file: what it is, where it lies, and what is lost with it."""

    what: str
    path: Path
    when_deleted: str


def places() -> list[Place]:
    """Everything the program reads or writes without being told where."""
    return [
        Place("Settings", settings_file(), "It starts as at first."),
        Place("Your kit maps", kit_maps_folder(), "They are lost; keep a copy."),
        Place("Unsaved work", journal_folder(), "What is not saved is lost."),
        Place("What you dragged out", dragged_folder(), "A DAW may still read it from here."),
        Place("Training", jobs_folder(), "Finished drummers lie where you wanted them; those at work are lost."),
        Place("Logs", log_folder(), "Nothing is lost."),
        Place("What was read of MIDI folders", corpus_cache_folder(), "Nothing is lost; it is read again."),
        Place("The program's kit, drummer and documents", resources.assets_folder().parent, "Part of the program."),
    ]


def page() -> str:
    """The places as a page in Markdown, with links that open them."""
    lines = ["# Where files live", "", "Projects, beats and drummers lie where you saved them. Besides there are:", ""]
    lines += ["| What | Where | If you delete it |", "|---|---|---|"]
    for place in places():
        folder = place.path if place.path.is_dir() else place.path.parent
        shown = str(place.path).replace("|", "\\|")
        link = f"[{shown}](<{QUrl.fromLocalFile(str(folder)).toString()}>)" if folder.is_dir() else f"{shown} (not yet)"
        lines.append(f"| {place.what} | {link} | {place.when_deleted} |")
    lines += ["", "Nothing is sent anywhere: Drumapp does not use the network."]
    return "\n".join(lines)
