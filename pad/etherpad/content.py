"""What stands in a pad: read, written, appended to, as text or as HTML."""

from html import escape

from sqlmodel import Session

from pad import pads
from pad.etherpad.authors import id_for, writer
from pad.etherpad.call import Answer, Call
from pad.exports import with_end
from pad.importing.html_text import text_of_html
from pad.kept import compared
from pad.log import authors_of, updates_after
from pad.pads import Pad
from web import markdown


def get_text(call: Call) -> Answer:
    """Return a pad's text, as it is or as it was: getText(padID, rev)."""
    return {"text": with_end(text_then(call, call.pad()))}


def set_text(call: Call) -> Answer:
    """Let a pad say a text: setText(padID, text, authorId)."""
    pad, text = call.pad(), call.given.text("text")
    call.write(pad, with_end(text), writer(call))
    return None


def append_text(call: Call) -> Answer:
    """Write at the end of a pad: appendText(padID, text, authorId)."""
    pad, text = call.pad(), call.given.text("text")
    before = with_end(pads.text_of(call.session, pad))[:-1]
    call.write(pad, f"{before}{text}\n", writer(call))
    return None


def get_html(call: Call) -> Answer:
    """Return what a pad says as HTML, as it is or as it was: getHTML(padID, rev)."""
    html = markdown.to_html(text_then(call, call.pad()))
    return {"html": f"<!DOCTYPE HTML><html><body>{html}</body></html>"}


def set_html(call: Call) -> Answer:
    """Let a pad say what HTML says, as Markdown: setHTML(padID, html, authorId)."""
    pad, html = call.pad(), call.given.text("html")
    call.write(pad, with_end(text_of_html(html)), writer(call))
    return None


def text_then(call: Call, pad: Pad, name: str = "rev") -> str:
    """Return what stood in a pad at the revision that a parameter names.

    Raises: Wrong.
    """
    seq = call.revision(pad, name)
    return _text_at(call.session, pad, seq)


def _text_at(session: Session, pad: Pad, seq: int) -> str:
    return pads.text_of(session, pad) if seq == pad.head else pads.text_at(session, pad, seq)


def create_diff_html(call: Call) -> Answer:
    """Tell what changed between two revisions, and by whom: createDiffHTML(padID, startRev, endRev)."""
    pad = call.pad()
    start, end = sorted((call.revision(pad, "startRev"), call.revision(pad, "endRev")))
    rows = compared(_text_at(call.session, pad, start), _text_at(call.session, pad, end))
    authors = authors_of(call.session, pad.id)
    keys = {authors[one.author_id].key for one in updates_after(call.session, pad.id, start, end)}
    return {
        "html": "".join(f"{_row(row.sign, row.text)}<br>" for row in rows),
        "authors": [id_for(call, key) for key in sorted(keys)],
    }


def _row(sign: str, text: str) -> str:
    told = escape(text)
    if sign == "+":
        return f'<ins class="added">{told}</ins>'
    if sign == "-":
        return f'<del class="removed">{told}</del>'
    return told
