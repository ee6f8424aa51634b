"""The meetings' side of the search port: each meeting's minutes as a document, and how they are mentioned."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from sqlmodel import Session, col, select

from hub.clock import from_micros
from hub.config import Config
from hub.documents import Document, Documents
from hub.people import Actor
from hub.refs import RefKind
from meetbot.addresses import ROOT, MeetingKey, parse_ref, parse_url
from meetbot.minutes import Minutes
from meetbot.queries import brief
from meetbot.sight import sees
from meetbot.store import find_row
from meetbot.tables import MeetingRow, SeriesRow
from meetbot.versions import read_version

_STEP = 200


def document(session: Session, ref: str) -> Document | None:
    """Return what a meeting's minutes say now; None while there are none."""
    key = parse_ref(ref)
    row = find_row(session, key) if key else None
    series = session.get(SeriesRow, row.series_id) if row else None
    return _document(session, row, series.slug) if row and series else None


def all_documents(session: Session) -> Iterator[Document]:
    """Yield the minutes of every meeting that has ended."""
    after = 0
    while True:
        rows = session.exec(
            select(MeetingRow, SeriesRow.slug)
            .join(SeriesRow)
            .where(col(MeetingRow.id) > after)
            .order_by(col(MeetingRow.id))
            .limit(_STEP)
        ).all()
        for row, slug in rows:
            found = _document(session, row, slug)
            if found is not None:
                yield found
            after = row.id or 0
        if not rows:
            return


DOCUMENTS = Documents(document, all_documents)


def meeting_refs(config: Config) -> RefKind:
    """Say how meetings are mentioned: by the public address of their minutes or log."""
    pattern = re.compile(
        re.escape(config.public_url)
        + rf"(?P<path>{ROOT}[^\s#?<>\"/]{{1,400}}/\d{{4}}/[^\s#?<>\"/]{{1,500}})"
    )

    def found(match: re.Match[str]) -> Sequence[str]:
        key = parse_url(match["path"])
        return () if key is None else (key.ref,)

    return RefKind("meeting", pattern, found, _url, _label, _sees)


def _sees(session: Session, actor: Actor, ref: str) -> bool:
    key = parse_ref(ref)
    row = find_row(session, key) if key else None
    return row is not None and key is not None and sees(actor, brief(row, key.series))


def _document(session: Session, row: MeetingRow, slug: str) -> Document | None:
    written = read_version(session, row, slug, row.revision)
    if written is None:
        return None
    listed = brief(row, slug)
    return Document(
        listed.key.ref,
        "meeting",
        f"{listed.name}, {listed.started_at:%Y-%m-%d}",
        "\n".join(_texts(written)),
        from_micros(row.started_at),
        written.owner,
        row.channel,
        listed.visibility,
        (f"series:{slug}",),
    )


def _texts(written: Minutes) -> Iterator[str]:
    yield written.heading
    for item in written.items:
        yield item.text
    yield ", ".join(person.nick for person in written.people)


def _url(ref: str) -> str:
    key = parse_ref(ref)
    return ROOT if key is None else key.url()


def _label(session: Session, ref: str) -> str | None:
    key: MeetingKey | None = parse_ref(ref)
    row = find_row(session, key) if key else None
    if row is None or row.restricted:
        return None
    return f"{row.title or unquote(ref)} {from_micros(row.started_at):%Y-%m-%d}"
