"""A pad's text as it is meant to be read: its front matter as a small table, and its Markdown as HTML."""

from markupsafe import Markup

from hub.language import gettext
from hub.refs import Signs
from pad.front import Front, read_front
from web import markdown

_MOST_VALUES = 20


def preview(text: str, signs: Signs) -> Markup:
    """Return a text as HTML that is safe in any page."""
    front = read_front(text)
    return _table(front) + markdown.to_html(front.body, signs)


def _table(front: Front) -> Markup:
    """Return the front matter as a table that is folded away."""
    if not front.values:
        return Markup()
    rows = Markup().join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td></tr>").format(key, ", ".join(values))
        for key, values in front.values[:_MOST_VALUES]
    )
    frame = Markup("<details class='pad-front'><summary>{}</summary><table>{}</table></details>")
    return frame.format(gettext("About this pad"), rows)
