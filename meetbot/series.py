"""Series: a meeting over the years, under whatever name people start it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from hub.accounts.audit import record
from hub.errors import Invalid, NotFound
from hub.events import emit, take_turn
from hub.language import gettext
from hub.people import Actor
from meetbot.addresses import ROOT
from meetbot.merging import has_schedule, move_agendas, move_schedule
from meetbot.naming import series_key, series_name, series_slug
from meetbot.tables import MeetingAccountRow, MeetingRow, SeriesAliasRow, SeriesRow


@dataclass(frozen=True, slots=True)
class Series:
    """A series. `slug` is its name in addresses; agenda_url may be empty."""

    id: int
    slug: str
    title: str
    about: str
    agenda_url: str

    @property
    def ref(self) -> str:
        """Its ref."""
        return f"series:{self.slug}"

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.slug


def find_series(session: Session, name: str) -> Series | None:
    """Return the series that goes by a name, its own or another, in any case; None when there is none."""
    alias = session.get(SeriesAliasRow, series_key(name))
    row = session.get(SeriesRow, alias.series_id) if alias else None
    return _series(row) if row else None


def series_by_id(session: Session, id_: int) -> Series | None:
    """Return the series of a number."""
    row = session.get(SeriesRow, id_)
    return _series(row) if row else None


def require_series(session: Session, name: str) -> Series:
    """Return the series of that name. Raises: NotFound."""
    found = find_series(session, name)
    if found is None:
        raise no_series(name)
    return found


def no_series(name: str) -> NotFound:
    """Return the error that says that there is no series of that name."""
    return NotFound(
        gettext(
            "There is no series of meetings called %(name)s. Start from %(url)s.",
            name=name,
            url=ROOT,
        )
    )


def all_series(session: Session) -> list[Series]:
    """Return all series by name."""
    return [_series(row) for row in session.exec(select(SeriesRow).order_by(SeriesRow.slug))]


def aliases(session: Session, series: Series) -> list[str]:
    """Return the other names of a series."""
    found = session.exec(select(SeriesAliasRow).where(SeriesAliasRow.series_id == series.id))
    own = series_key(series.slug)
    return sorted(row.name for row in found if row.key != own)


def make_series(session: Session, name: str, title: str = "") -> Series:
    """Return the series that goes by a name; begin it when there is none."""
    found = find_series(session, name)
    if found is not None:
        return found
    take_turn(session, "series")  # two bots may begin one at once
    if (found := find_series(session, name)) is not None:
        return found
    # a name that is cut short, or has no letters, is written otherwise in addresses: both lead there
    slug = series_slug(series_name(name))
    if (found := find_series(session, slug)) is None:
        row = SeriesRow(slug=slug, title=title)
        session.add(row)
        session.flush()
        found = _series(row)
    for key, called in {series_key(slug): slug, series_key(name): name}.items():
        if session.get(SeriesAliasRow, key) is None:
            session.add(SeriesAliasRow(key=key, name=called, series_id=found.id))
    session.flush()
    return found


def drop_unused(session: Session, series_id: int) -> None:
    """Forget a series that has no meeting left, unless somebody has described, named or planned it."""
    row = session.get(SeriesRow, series_id, with_for_update=True)  # no meeting begins meanwhile
    has_met = session.exec(select(MeetingRow.id).where(MeetingRow.series_id == series_id).limit(1))
    names = session.exec(select(SeriesAliasRow).where(SeriesAliasRow.series_id == series_id)).all()
    is_used = row is None or row.about or row.agenda_url or has_schedule(session, series_id)
    if row is None or is_used or len(names) > 1 or has_met.first() is not None:
        return
    for name in names:
        session.delete(name)
    session.flush()
    session.delete(row)
    session.flush()


def describe_series(
    session: Session, actor: Actor, series: Series, *, title: str, about: str, agenda_url: str,
    now: datetime,
) -> Series:  # fmt: skip
    """Say what a series is. Raises: Invalid for an agenda that is no web address."""
    if agenda_url and not agenda_url.startswith(("https://", "http://")):
        raise Invalid("agenda_url", f"{agenda_url} is no web address. Begin it with https://.")
    row = _row(session, series)
    row.title, row.about, row.agenda_url = title.strip(), about.strip(), agenda_url.strip()
    session.add(row)
    record(session, actor, "describe", series.ref, now=now)
    emit(session, actor, "series.described", series.ref, at=now)
    return _series(row)


def add_alias(session: Session, actor: Actor, series: Series, name: str, *, now: datetime) -> None:
    """Let meetings that are started under another name belong to the series, too.

    Raises: Invalid when the name is another series'.
    """
    other = find_series(session, name)
    if other is not None and other.id != series.id:
        raise Invalid(
            "alias", f"{name} is the series {other.slug}. Merge {other.slug} into {series.slug}."
        )
    if other is None:
        row = SeriesAliasRow(key=series_key(name), name=name, series_id=series.id)
        session.add(row)
        record(session, actor, "alias", series.ref, name, now=now)
        emit(session, actor, "series.described", series.ref, at=now)


def rename_series(
    session: Session, actor: Actor, series: Series, name: str, *, now: datetime
) -> Series:
    """Give a series another name; the old one leads to it from now on.

    Raises: Invalid when the name is empty or another series'.
    """
    if not series_key(name).strip("_ "):
        raise Invalid("name", f"A series can't be called {name!r}. Use letters and digits.")
    slug = series_slug(series_name(name))
    for called in (name, slug):
        add_alias(session, actor, series, called, now=now)
    row = _row(session, series)
    row.slug = slug
    session.add(row)
    record(session, actor, "rename", f"series:{row.slug}", f"from {series.slug}", now=now)
    emit(session, actor, "series.renamed", f"series:{row.slug}", at=now)
    return _series(row)


def merge_series(
    session: Session, actor: Actor, gone: Series, into: Series, *, now: datetime
) -> Series:
    """Make all meetings and names of one series another's, whose addresses the old ones lead to.

    Raises: Invalid when both are the same.
    """
    if gone.id == into.id:
        raise Invalid("into", f"{gone.slug} and {into.slug} are one series already.")
    for row in session.exec(select(MeetingRow).where(MeetingRow.series_id == gone.id)):
        row.copy_ = free_copy(session, into.id, row.minute)
        row.series_id = into.id
        session.add(row)
        session.flush()
        _begins_no_more(session, row)
    moved = update(SeriesAliasRow).where(col(SeriesAliasRow.series_id) == gone.id)
    session.connection().execute(moved.values(series_id=into.id))
    move_schedule(session, gone.id, into.id)
    move_agendas(session, gone.id, into.id)
    session.delete(_row(session, gone))
    record(session, actor, "merge", into.ref, f"with {gone.slug}", now=now)
    emit(session, actor, "series.merged", into.ref, at=now)
    return into


def _begins_no_more(session: Session, row: MeetingRow) -> None:
    """Take from a meeting's chairs the right to the series that began with it: it is a part of another."""
    table = update(MeetingAccountRow).where(col(MeetingAccountRow.meeting_id) == row.id)
    session.connection().execute(table.values(begins=False))


def free_copy(session: Session, series_id: int, minute: int) -> int:
    """Return the number for one more meeting of a series in a minute."""
    highest = session.exec(
        select(func.max(MeetingRow.copy_)).where(
            MeetingRow.series_id == series_id, MeetingRow.minute == minute
        )
    ).one()
    return (highest or 0) + 1


def _row(session: Session, series: Series) -> SeriesRow:
    row = session.get(SeriesRow, series.id)
    if row is None:
        raise NotFound(f"The series {series.slug} is gone. Start from /meetings/.")
    return row


def _id(row: SeriesRow) -> int:
    assert row.id is not None  # flushed
    return row.id


def _series(row: SeriesRow) -> Series:
    return Series(_id(row), row.slug, row.title, row.about, row.agenda_url)
