"""The sample community: whole, in its days, and loaded once."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.addresses import slug
from archive.redaction import redact_nick
from archive.sample_community import CHANNELS, load_sample, sample_lines, sample_topics
from hub.irc import NOT_LOGGED, SPOKEN, Kind, Line, withhold
from hub.refs import find_refs
from tests.databases import NETWORK, OPERATOR, PUBLIC, Yard

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
_FROM, _TO = datetime(2020, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001 - what st takes
moments = st.datetimes(_FROM, _TO, timezones=st.just(UTC))


def talk(now: datetime = NOON) -> dict[str, list[Line]]:
    """The sample by channel."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in sample_lines(now, network=NETWORK, public_url=PUBLIC):
        found[line.channel].append(line)
    return found


# What it says


@settings(max_examples=25, deadline=None)
@given(moments)
def test_at_any_time_every_line_is_past_and_in_order(now: datetime) -> None:
    for lines in talk(now).values():
        times = [line.at for line in lines]
        assert times == sorted(times)
        assert now - timedelta(days=22) < times[0]
        assert now - timedelta(hours=2) < times[-1] < now - timedelta(minutes=5)


def test_at_noon_the_newest_talk_is_todays_and_there_are_days_before() -> None:
    for lines in talk().values():
        days = {line.at.date() for line in lines}
        assert NOON.date() in days
        assert len(days) >= 8


def test_there_is_enough_to_read_and_something_of_every_kind() -> None:
    lines = list(sample_lines(NOON))
    assert len(lines) > 1200
    assert {line.kind for line in lines} == set(Kind)
    assert sum(line.kind in SPOKEN for line in lines) > 0.9 * len(lines)
    assert len({line.nick for line in lines if line.kind in SPOKEN}) >= 15


def test_every_line_could_have_been_sent_on_irc() -> None:
    for line in sample_lines(NOON):
        prefix = len(f":{line.nick}!~{line.nick}@host.example PRIVMSG {line.channel} :")
        assert prefix + len(line.text.encode()) <= 510, line
        assert not set(line.text) & set("\r\n\0")
        assert not line.text.endswith(" ")
        assert line == withhold(line)


def test_nothing_in_braces_is_left_that_the_loader_knows() -> None:
    for line in sample_lines(NOON):
        for word in ("{line ", "{at ", "{log ", "{=", "{b}", "{i}", "{u}", "{o}", "{c"):
            assert word not in line.text, line


def test_it_shows_gaps_filled_and_not_filled_tombstones_and_formatting() -> None:
    lines = list(sample_lines(NOON))
    gaps = [line for line in lines if line.kind is Kind.GAP]
    assert {line.text.endswith(" filled") for line in gaps} == {True, False}
    for gap in gaps:
        until = datetime.fromisoformat(gap.text.removesuffix(" filled"))
        assert timedelta(minutes=1) < until - gap.at < timedelta(hours=3)
    assert any(line.text == NOT_LOGGED for line in lines)
    assert any("\x02" in line.text for line in lines)
    assert any("\x03" in line.text for line in lines)


def test_nobody_is_heard_in_a_gap_that_was_not_filled() -> None:
    for lines in talk().values():
        for gap in lines:
            if gap.kind is Kind.GAP and not gap.text.endswith(" filled"):
                until = datetime.fromisoformat(gap.text)
                assert not [line for line in lines if gap.at < line.at < until]


def test_nobody_speaks_after_leaving_before_coming_back() -> None:
    for lines in talk().values():
        away: set[str] = set()
        for line in lines:
            match line.kind:
                case Kind.JOIN:
                    away.discard(line.nick)
                case Kind.PART | Kind.QUIT:
                    away.add(line.nick)
                case Kind.NICK:
                    away.add(line.nick)
                    away.discard(line.text)
                case Kind.KICK:
                    away.add(line.text.partition(" ")[0])
                case _:
                    assert line.nick not in away or line.nick in _TWO_CONNECTIONS, line


_TWO_CONNECTIONS = {"ferdi", "wiktor", "haneul", "kite"}
"""The baker has two telephones; the others talk on the far side of a netsplit."""


def test_the_meeting_begins_and_ends_with_its_commands() -> None:
    said = [line.text for line in talk()["#madang-dev"]]
    begin = next(i for i, text in enumerate(said) if text.startswith("#startmeeting"))
    assert "#endmeeting" in said[begin:]
    assert any(text.startswith("#agreed") for text in said[begin:])


# How it is loaded


def test_every_link_of_the_sample_leads_to_a_line_of_it(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    kinds = [kind for module in yard.app.modules for kind in module.refs]
    mentioned = [
        ref for lines in talk().values() for line in lines for ref in find_refs(kinds, line.text)
    ]
    assert len(mentioned) > 25
    lines = [ref for ref in mentioned if not ref.startswith("pad:")]  # tests/pad/test_sample.py
    for ref in lines:
        label = yard.app.db.read(lambda s, ref=ref: kinds[0].label(s, ref))  # type: ignore[misc]
        assert label is not None, ref


def test_what_is_linked_was_said_before(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    yard.settles()
    for source, target in yard.links:
        if not target.startswith("line:"):
            continue
        assert target.rpartition("/")[2] < source.rpartition("/")[2]


def test_the_links_of_the_sample_become_backlinks(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    yard.settles()
    assert len(yard.links) > 25
    assert yard.links == yard.rebuilt_links


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=1), timedelta(days=3)])
def test_loading_again_changes_nothing(yard: Yard, later: timedelta) -> None:
    def load(now: datetime) -> int:
        return yard.app.db.write(lambda s: load_sample(s, now, network=NETWORK, public_url=PUBLIC))

    assert load(NOON) == sum(len(lines) for lines in talk().values())
    before = yard.rows("SELECT id, at, nth, nick, text FROM line ORDER BY id")
    assert load(NOON + later) == 0
    assert yard.rows("SELECT id, at, nth, nick, text FROM line ORDER BY id") == before
    assert list(yard.problems) == []


def test_a_redacted_sample_does_not_come_back(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    yard.app.db.write(
        lambda s: redact_nick(
            s, OPERATOR, NETWORK, "#madang", "cheapwatches", reason="spam", at=NOON
        )
    )
    assert yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK)) == 0


def test_what_the_bot_heard_before_does_not_keep_the_sample_out(yard: Yard) -> None:
    yard.joins("#madang")
    yard.hears(yard.line("ann", "first!", channel="#madang"))
    assert yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK)) > 1200
    assert list(yard.problems) == []


def test_the_topics_are_those_that_were_set_last() -> None:
    topics = sample_topics()
    assert set(topics) == set(CHANNELS) == set(talk())
    assert "Horst" in topics["#madang"]
    assert all(0 < len(topic.encode()) <= 390 for topic in topics.values())
    assert len({slug(name) for name in topics}) == len(topics)
