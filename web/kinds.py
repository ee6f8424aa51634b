"""What readers call the kinds of things that there are on a hub."""

from hub.language import gettext, mark

_KINDS = {
    "line": mark("Talk"),
    "meeting": mark("Minutes"),
    "story": mark("Stories"),
    "task": mark("Tasks"),
    "comment": mark("Comments"),
    "pad": mark("Pads"),
    "project": mark("Projects"),
    "person": mark("People"),
}


def kind_label(kind: str) -> str:
    """Return what readers call a kind of things."""
    return gettext(_KINDS[kind]) if kind in _KINDS else kind.capitalize()
