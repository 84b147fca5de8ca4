"""What the styles of the shipped drummer are called. No Qt."""

from __future__ import annotations

_NAMES = {
    "afrocuban": "Afro-Cuban",
    "hiphop": "Hip-hop",
    "middleeastern": "Middle Eastern",
    "neworleans": "New Orleans",
}


def style_name(style: str) -> str:
    """A style, by its name in a model, for people."""
    return _NAMES.get(style, style.replace("_", " ").capitalize())
