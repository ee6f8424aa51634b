"""A pad's lines as they are read without a script: what they mention is a link, and says how far it is."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from hub.refs import Sign, Signs


def told_line(line: str, signs: Signs) -> Markup:
    """Return a line as HTML that is safe in any page."""
    return Markup().join(_parts(line, signs))


def _parts(line: str, signs: Signs) -> Iterator[Markup]:
    end = 0
    for sign in signs(line):
        yield escape(line[end : sign.start])
        yield _link(sign, line[sign.start : sign.end])
        end = sign.end
    yield escape(line[end:])


def _link(sign: Sign, words: str) -> Markup:
    link = Markup('<a href="{}" title="{}">{}</a>').format(sign.url, sign.title, words)
    if sign.standing is None:
        return link
    told = Markup("<s>{}</s>").format(link) if sign.standing.is_done else link
    return told + Markup(' <em class="standing">{}</em>').format(sign.standing.words)
