"""A take in words. No Qt."""

from __future__ import annotations

from datetime import datetime

from drumapp.core.project import Take
from drumapp.gui.style_names import style_name


def take_title(take: Take) -> str:
    """What a take is called: by the user, else by its number."""
    return take.name or f"Take {take.id}"


def foreign_words(take: Take) -> str:
    """Who played a take, where that is not the drummer at the drums."""
    return f"{take_title(take)} was played by {take.drummer or 'another drummer'}"


def take_details(take: Take, now: datetime | None = None) -> str:
    """Length, style, tempo and time of a take, as far as they are known."""
    words = []
    if take.result is not None:
        bars = take.result.bars
        words.append("1 bar" if bars == 1 else f"{bars} bars")
        style = take.settings.get("style")
        words += [style_name(style)] if isinstance(style, str) else []
        words.append(f"{take.result.bpm:.4g} bpm")
    if take.made:
        made, today = datetime.fromtimestamp(take.made), (now or datetime.now()).date()
        words.append(f"{made:%H:%M}" if made.date() == today else f"{made:%d %b %H:%M}")
    return " · ".join(words)
