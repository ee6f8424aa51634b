"""Each query goes by an index: what it costs is what it returns, not what there is."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from archive import queries
from archive.addresses import line_ref
from archive.entries import Channel
from archive.store import known_msgids, merge
from hub.app import App
from hub.consumers import catch_up
from hub.irc import Kind, Line
from hub.links import link_consumers
from hub.recorder import Presence, Standing
from tests.databases import CHANNEL, NETWORK, START, Yard

DAY = START.date()
REF = line_ref(NETWORK, CHANNEL, 1620853231 * 10**6, 1)

NAMED = Line(NETWORK, CHANNEL, START, Kind.SAY, "ann", "hi", msgid="m1")

READS: dict[str, Callable[[Session, Channel], Any]] = {
    "find_channel": lambda s, c: queries.find_channel(s, NETWORK, CHANNEL),
    "days": lambda s, c: queries.days(s, c),
    "around": lambda s, c: queries.around(s, c, DAY),
    "day_rows": lambda s, c: queries.day_rows(s, c, DAY),
    "day_entries": lambda s, c: queries.day_entries(s, c, DAY),
    "entries_between": lambda s, c: queries.entries_between(s, c, 0, 2**60, 9),
    "newest_entries": lambda s, c: queries.newest_entries(s, c, 9),
    "newest spoken": lambda s, c: queries.newest_entries(s, c, 9, spoken=True),
    "entries_after": lambda s, c: queries.entries_after(s, c, 5, 9),
    "last_id": lambda s, c: queries.last_id(s),
    "find_line": lambda s, c: queries.find_line(s, REF),
    "last_seen": lambda s, c: queries.last_seen(s, NETWORK, CHANNEL),
    "stream": lambda s, c: list(queries.stream(s, 5, 9)),
    "known_msgids": lambda s, c: known_msgids(s, c.id, [NAMED]),
}  # fmt: skip


@pytest.fixture
def full(yard: Yard) -> Yard:
    """A yard with lines in two channels over some days, of which the database keeps statistics."""
    for channel in (CHANNEL, "#other"):
        lines = [
            Line(NETWORK, channel, START + timedelta(hours=i), Kind.SAY, "ann", f"line {i}")
            for i in range(200)
        ]
        yard.app.db.write(lambda s, ls=lines: merge(s, NETWORK, ls[0].channel, ls))  # type: ignore[misc]
    return yard


def plans(app: App, run: Callable[[], object]) -> list[tuple[str, str]]:
    """Return each statement on lines that `run` executed, with the database's plan for it."""
    told: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        if " line" in statement and statement.startswith(("SELECT", "UPDATE", "DELETE")):
            told.append((statement, parameters))

    engines = (app.db._reader, app.db._writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    return [(statement, plan(app, statement, parameters)) for statement, parameters in told]


def plan(app: App, statement: str, parameters: Any) -> str:
    """Return how the database would execute a statement."""

    def read(session: Session) -> str:
        connection = session.connection()
        if app.db.is_sqlite:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row[3] for row in rows)
        # The tables are small; without this PostgreSQL would rightly read them whole.
        connection.execute(sa.text("SET enable_seqscan = off"))
        connection.execute(sa.text("SET enable_sort = off"))
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)

    return app.db.write(read)


def walks(found: str) -> bool:
    """Whether a plan reads all lines, or sorts more than it returns."""
    return any(
        bad in found
        for bad in ("SCAN line", "Seq Scan on line", "TEMP B-TREE FOR ORDER BY", "Sort ")
    )


@pytest.mark.parametrize("name", READS)
def test_reading_goes_by_an_index(full: Yard, name: str) -> None:
    channel = full.app.db.read(lambda s: queries.find_channel(s, NETWORK, CHANNEL))
    assert channel is not None
    found = plans(full.app, lambda: full.app.db.read(lambda s: READS[name](s, channel)))
    assert not "\n\n".join(f"{sql}\n{how}" for sql, how in found if walks(how))
    assert found or name in {"find_channel", "days", "around"}


def test_hearing_and_consuming_go_by_an_index(full: Yard) -> None:
    now = START + timedelta(days=30)

    def live() -> None:
        full.now = now
        bot = full.bot()
        for presence in (Presence.JOINED, Presence.LOST, Presence.JOINED):
            full.now += timedelta(seconds=40)
            standing = Standing(CHANNEL, presence, "", full.now)
            full.app.db.write(lambda s, x=standing: bot.stand(s, x))  # type: ignore[misc]
        full.says("ann", "hi", msgid="m1")
        full.says("ann", "hi")
        full.app.db.write(lambda s: bot.replay(s, [full.line("ann", "hi")]))
        full.app.db.write(lambda s: bot.heartbeat(s, full.now, full.now))
        full.app.db.write(lambda s: bot.replayed(s, CHANNEL, now))
        catch_up(full.app, link_consumers(full.app.modules))

    found = plans(full.app, live)
    assert len(found) > 8
    assert not "\n\n".join(f"{sql}\n{how}" for sql, how in found if walks(how))


def test_neighbours_are_the_nearest_days_with_lines(yard: Yard) -> None:
    for days in (0, 3, 10):
        yard.hears(yard.line("ann", "hi", at=START + timedelta(days=days)))
    channel = yard.app.db.read(lambda s: queries.find_channel(s, NETWORK, CHANNEL))
    assert channel is not None

    def around(day: date) -> tuple[date | None, bool, date | None]:
        before, found, after = yard.app.db.read(lambda s: queries.around(s, channel, day))
        assert found is None or (found.day, found.lines) == (day, 1)
        return before, found is not None, after

    first, second, third = (DAY + timedelta(days=n) for n in (0, 3, 10))
    assert around(first) == (None, True, second)
    assert around(second) == (first, True, third)
    assert around(third) == (second, True, None)
    assert around(DAY + timedelta(days=5)) == (second, False, third)
    assert around(DAY - timedelta(days=5)) == (None, False, first)


def test_a_day_s_rows_are_its_entries_as_a_page_needs_them(yard: Yard) -> None:
    """In the same order, with the second of the day in the place of the time."""
    start = START.replace(hour=0, minute=0, second=0, microsecond=0)
    for at in (start, start + timedelta(hours=23, minutes=59, seconds=59.9), START, START):
        yard.hears(yard.line("ann", str(at), at=at))
    yard.hears(yard.line("ann", "tomorrow", at=start + timedelta(days=1)))
    channel = yard.app.db.read(lambda s: queries.find_channel(s, NETWORK, CHANNEL))
    assert channel is not None
    rows = yard.app.db.read(lambda s: queries.day_rows(s, channel, DAY))
    entries = yard.app.db.read(lambda s: queries.day_entries(s, channel, DAY))
    assert [tuple(row) for row in rows] == [entry.row for entry in entries]
    assert [row[0] for row in rows][::3] == [0, 86_399]


def texts(entries: Sequence[Any]) -> list[str]:
    """Return what entries say."""
    return [entry.text for entry in entries]


def test_entries_come_in_the_order_of_time_and_those_after_a_cursor_in_that_of_arrival(
    yard: Yard,
) -> None:
    for seconds in (5, 1, 3, 1):
        yard.hears(yard.line("ann", str(seconds), at=START + timedelta(seconds=seconds)))
    channel = yard.app.db.read(lambda s: queries.find_channel(s, NETWORK, CHANNEL))
    assert channel is not None
    read = yard.app.db.read
    assert texts(read(lambda s: queries.day_entries(s, channel, DAY))) == ["1", "1", "3", "5"]
    assert texts(read(lambda s: queries.newest_entries(s, channel, 2))) == ["3", "5"]
    assert texts(read(lambda s: queries.entries_after(s, channel, 1, 2))) == ["1", "3"]
    assert read(queries.last_id) == 4


def test_only_the_channels_own_lines_are_returned(full: Yard) -> None:
    channel = full.app.db.read(lambda s: queries.find_channel(s, NETWORK, "#other"))
    assert channel is not None
    found = full.app.db.read(lambda s: queries.entries_after(s, channel, 0, 9))
    assert [entry.id for entry in found] == list(range(201, 210))


@pytest.mark.parametrize("name", ["#a\0b", "#none", "", "#\udcff", "#" + "x" * 5000])
def test_a_channel_that_cannot_be_is_not_found(yard: Yard, name: str) -> None:
    assert yard.app.db.read(lambda s: queries.find_channel(s, NETWORK, name)) is None
    assert yard.app.db.read(lambda s: queries.find_channel(s, name, CHANNEL)) is None
    ref = f"line:net/{name}/2021-05-12T21:00:31"
    assert yard.app.db.read(lambda s: queries.find_line(s, ref)) is None
