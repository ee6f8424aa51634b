"""Meetings in the database: found, kept in versions, corrected, forgotten, and done."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from archive.redaction import redact_line
from hub.errors import Invalid, NotFound, Refused
from hub.irc import REMOVED, Kind, Say
from hub.people import GUEST, Actor
from meetbot import queries
from meetbot.actions import close_action, reopen_action
from meetbot.addresses import MeetingKey
from meetbot.documents import document
from meetbot.minutes import Action, Minutes
from meetbot.series import (
    add_alias,
    aliases,
    find_series,
    make_series,
    merge_series,
    rename_series,
    require_series,
)
from meetbot.store import find_row, revise
from meetbot.tables import ActionRow
from meetbot.versions import read_log, read_version, same_actions, versions
from tests.databases import CHANNEL, NETWORK, OPERATOR, START, Yard
from tests.meetbot.held import hold
from tests.meetbot.test_live import Bot

ANN = Actor("irc:oftc/ann")


@pytest.fixture
def session(yard: Yard) -> Session:
    """One writing transaction that is never committed."""
    bound = Session(yard.app.db._writer)
    yield bound  # type: ignore[misc]
    bound.rollback()
    bound.close()


def read(session: Session, key: MeetingKey) -> Minutes:
    """Return the newest minutes of a meeting."""
    row = find_row(session, key)
    assert row is not None
    found = read_version(session, row, key.series, row.revision, read_log(session, row))
    assert found is not None
    return found


def test_minutes_are_read_as_they_were_written(session: Session) -> None:
    key = hold(session)
    assert key.url() == "/meetings/swift/2021/swift.2021-05-12-21.00.html"
    written = read(session, key)
    assert written.title == "Swift"
    assert [item.kind.value for item in written.items] == [
        "topic", "info", "action", "agreed", "vote", "action", "link",
    ]  # fmt: skip
    assert written.votes[0].ballots == (("yes", ("bob",)), ("not yet", ()))
    assert [action.assignees for action in written.actions] == [("bob",), ()]
    assert len(written.log) == 13
    assert document(session, key.ref).text.splitlines()[1] == "회의록"  # type: ignore[union-attr]
    assert document(session, "meeting:swift/2021-05-12-21.01") is None


@pytest.mark.parametrize("name", ["swift", "SWIFT", "Swift!", "#swift", "_swift_"])
def test_a_series_goes_by_its_name_however_it_is_written(session: Session, name: str) -> None:
    hold(session)
    assert require_series(session, name).slug == "swift"


def test_a_second_meeting_of_one_minute_has_a_name_of_its_own(session: Session) -> None:
    one = hold(session, "Swift")
    row = find_row(session, one)
    assert row is not None
    row.folded = "#other"
    session.flush()
    assert hold(session, "Swift!").url("txt").endswith("swift.2021-05-12-21.00-2.txt")


def test_renamed_and_merged_series_are_found_by_every_name(session: Session) -> None:
    key = hold(session, "Swift")
    hold(session, "Nova")
    swift = require_series(session, "swift")
    swift = rename_series(session, OPERATOR, swift, "Object Store", now=START)
    assert find_row(session, key) is not None
    assert require_series(session, "swift").slug == "object_store"
    nova = require_series(session, "nova")
    with pytest.raises(Invalid, match="Merge"):
        rename_series(session, OPERATOR, nova, "swift", now=START)
    merge_series(session, OPERATOR, nova, swift, now=START)
    assert aliases(session, swift) == ["nova", "swift"]
    assert find_series(session, "nova") == swift
    assert [b.key.stem for b in queries.newest(session, 9, swift)] == [
        "object_store.2021-05-12-21.00-2", "object_store.2021-05-12-21.00",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        merge_series(session, OPERATOR, swift, swift, now=START)
    add_alias(session, OPERATOR, swift, "objects", now=START)
    assert require_series(session, "OBJECTS") == swift
    with pytest.raises(NotFound):
        require_series(session, "glance")


def test_a_correction_is_a_version_and_does_not_overwrite_anothers(session: Session) -> None:
    key = hold(session)
    written = read(session, key)
    items = [replace(item, text=item.text.replace("docs", "handbook")) for item in written.items]
    actions = tuple(
        replace(action, text=action.text.replace("docs", "handbook")) for action in written.actions
    )
    better = replace(written.with_items(items), actions=actions)
    (first, _) = queries.open_actions(session)
    assert revise(session, ANN, key, better, "it has a name", over=1, now=START) == 2
    with pytest.raises(Refused, match="meanwhile"):
        revise(session, ANN, key, written, "", over=1, now=START)
    row = find_row(session, key)
    assert row is not None
    assert [(v.number, v.actor, v.reason) for v in versions(session, row)] == [
        (2, "irc:oftc/ann", "it has a name"), (1, "bot", ""),
    ]  # fmt: skip
    assert read(session, key).items[2].text == "bob to write the handbook"
    (again, _) = queries.open_actions(session)
    assert (again.id, again.text) == (first.id, "bob to write the handbook")
    unknown = MeetingKey("swift", 1)
    with pytest.raises(NotFound):
        revise(session, ANN, unknown, written, "", over=1, now=START)


def test_an_action_is_closed_once_and_opened_again(session: Session) -> None:
    hold(session)
    action = queries.open_actions(session, nick="BOB")[0]
    closed = close_action(session, ANN, action.id, " see the wiki ", now=START)
    assert (closed.closed_by, closed.outcome, closed.closed_at) == (
        "irc:oftc/ann", "see the wiki", START,
    )  # fmt: skip
    assert close_action(session, GUEST, action.id, "no", now=START) == closed
    assert queries.open_actions(session, nick="bob") == []
    series = require_series(session, "swift")
    assert queries.closed_actions(session, series) == [closed]
    assert reopen_action(session, ANN, action.id, now=START) == action
    with pytest.raises(NotFound):
        close_action(session, ANN, 999, "", now=START)
    with pytest.raises(Invalid):
        close_action(session, ANN, action.id, "x" * 501, now=START)


def test_who_was_there_is_counted(session: Session) -> None:
    hold(session, "Swift")
    swift = require_series(session, "swift")
    found = {(nick, count) for nick, count, _ in queries.attendance(session, swift)}
    assert found == {("ann", 1), ("bob", 1)}
    assert queries.years(session, swift) == [(2021, 1)]
    assert len(queries.of_year(session, swift, 2021)) == 1
    assert queries.of_year(session, swift, 9999) == []


@pytest.fixture
def bot(yard: Yard) -> Bot:
    return Bot(yard)


def test_a_running_meeting_is_listed_and_its_end_kept(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    (run,) = bot.yard.app.db.read(queries.running_now)
    assert (run.name, run.channel, run.revision) == ("Swift", CHANNEL, 0)
    bot.says("ann", "#meetingname Nova!")
    (run,) = bot.yard.app.db.read(queries.running_now)
    assert run.key.series == "nova"
    told = bot.says("ann", "#endmeeting")
    assert told[1].endswith("/meetings/nova/2021/nova.2021-05-12-21.00.html")
    assert bot.yard.app.db.read(queries.running_now) == []
    key = MeetingKey("nova", run.key.minute)
    log = bot.yard.app.db.read(lambda s: read_log(s, find_row(s, key)))  # type: ignore[arg-type]
    assert [each.line.text for each in log] == [
        "#startmeeting Swift", "#meetingname Nova!", "#endmeeting",
    ]  # fmt: skip
    assert all(each.ref.startswith(f"line:{NETWORK}/{CHANNEL}/") for each in log)


def test_an_aborted_meeting_leaves_nothing(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    bot.says("ann", "#abortmeeting")
    assert bot.yard.app.db.read(queries.running_now) == []
    assert bot.yard.app.db.read(lambda s: queries.newest(s, 9)) == []


def test_a_redacted_line_leaves_log_and_every_version(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    secret = bot.yard.line("ann", "#action bob to call 555-1234")
    bot.hears(secret)
    bot.says("ann", "#endmeeting")
    (meeting,) = bot.yard.app.db.read(lambda s: queries.newest(s, 9))
    row_log = bot.yard.app.db.read(
        lambda s: read_log(s, find_row(s, meeting.key))  # type: ignore[arg-type]
    )
    ref = next(each.ref for each in row_log if "555" in each.line.text)
    again = bot.yard.app.db.read(lambda s: read(s, meeting.key))
    bot.yard.app.db.write(
        lambda s: revise(s, ANN, meeting.key, again, "", over=1, now=bot.yard.now)
    )
    bot.yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=bot.yard.now))
    bot.yard.settles()
    kept = bot.yard.app.db.read(lambda s: _all_texts(s, meeting.key))
    assert not [text for text in kept if "555" in text]
    assert REMOVED in kept
    (action,) = bot.yard.app.db.read(queries.open_actions)
    assert action.text == REMOVED


def _all_texts(session: Session, key: MeetingKey) -> list[str]:
    row = find_row(session, key)
    assert row is not None
    found = [each.line.text for each in read_log(session, row)]
    for version in versions(session, row):
        written = read_version(session, row, key.series, version.number)
        assert written is not None
        found += [item.text for item in written.items]
        found += [action.text for action in written.actions]
    return found


def test_time_is_told_once_by_two_bots_and_after_a_restart(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    other = Bot(bot.yard)
    bot.yard.now += timedelta(minutes=31)
    assert ticks(bot) == [
        "Nobody has spoken for 30 minutes. In 15 minutes the meeting ends by itself, unless somebody speaks."
    ]
    assert ticks(other) == []
    other.restart()
    assert ticks(other) == []
    bot.says("ann", "still here")
    bot.yard.now += timedelta(minutes=30)
    told = ticks(other)
    assert [text[:30] for text in told] == [
        "The meeting's 60 minutes are u", "Nobody has spoken for 30 minut",
    ]  # fmt: skip
    assert ticks(bot) == []
    bot.yard.now += timedelta(minutes=15)
    ended = ticks(bot)
    assert ended[0].startswith("Nobody has spoken for 45 minutes, so the meeting ends.")
    assert ticks(other) == []
    (meeting,) = bot.yard.app.db.read(lambda s: queries.newest(s, 9))
    assert meeting.ended_at is not None
    assert meeting.lines == 2
    assert other.says("ann", "#info after") == []


def ticks(bot: Bot) -> list[str]:
    """Let a bot look at the clock; what it says."""
    effects = bot.yard.app.db.write(
        lambda s: bot.live.on_tick(bot.yard.app, s, NETWORK, bot.yard.now)
    )
    return [e.text for e in effects if hasattr(e, "text") and "/pass/" not in e.text]


def test_done_in_a_meeting_closes_what_an_earlier_one_left_open(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    bot.says("ann", "#action bob to write the docs")
    bot.says("bob", "#action somebody mends the roof")
    bot.says("ann", "#endmeeting")
    docs, roof = bot.yard.app.db.read(queries.open_actions)
    bot.yard.now += timedelta(days=7)
    bot.says("ann", "#startmeeting Swift")
    bot.says("ann", f"#done #{docs.id} at last")
    bot.says("ann", "#done Somebody mends the roof!")
    bot.says("ann", "#done something else")
    bot.says("ann", f"#done {roof.id + 99}")
    bot.says("ann", "#endmeeting")
    assert bot.yard.app.db.read(queries.open_actions) == []
    (meeting, _) = bot.yard.app.db.read(lambda s: queries.newest(s, 9))
    texts = [item.text for item in bot.yard.app.db.read(lambda s: read(s, meeting.key)).items]
    assert texts == [
        "bob to write the docs (action of 2021-05-12): at last", "Somebody mends the roof!",
        "something else", str(roof.id + 99),
    ]  # fmt: skip


def test_chairs_are_told_in_private_how_to_correct(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift", account="anna")
    bot.says("ann", "#chair bob")
    bot.yard.now += timedelta(seconds=5)
    effects = bot.hears(bot.yard.line("ann", "#endmeeting", account="anna"))
    links = [e for e in effects if hasattr(e, "text") and "/pass/" in e.text]
    assert [(e.target, e.notice) for e in links] == [("ann", True)]  # type: ignore[union-attr]
    text = links[0].text.rpartition("/pass/")[2]  # type: ignore[union-attr]
    holder = bot.yard.app.passes.read(text)
    assert holder is not None
    assert holder.name == f"irc:{NETWORK}/anna"
    assert ("edit", "series:swift") in holder.rights
    forged = (
        f"{text[:-2]}{'A' if text[-2] != 'A' else 'B'}{text[-1]}"  # two bits of the last are unused
    )
    assert bot.yard.app.passes.read(forged) is None


@pytest.mark.parametrize("kind", [Kind.NICK, Kind.JOIN])
def test_who_takes_a_chairs_nick_is_told_no_link(bot: Bot, kind: Kind) -> None:
    """Though the chair's account is not theirs, the link would give them the right."""
    bot.says("ann", "#startmeeting Swift", account="anna")
    bot.says("ann", "#chair bob", account="anna")
    bot.says("bob", "hello")
    bot.hears(bot.yard.line("ann", "", kind=Kind.QUIT))
    taken = ("eve", "ann") if kind is Kind.NICK else ("ann", "")
    bot.hears(bot.yard.line(*taken, kind=kind))
    bot.yard.now += timedelta(seconds=5)
    effects = bot.hears(bot.yard.line("bob", "#endmeeting"))
    assert [e.target for e in effects if isinstance(e, Say) and "/pass/" in e.text] == ["bob"]


def test_a_meeting_whose_beginning_is_redacted_goes_on_without_its_title(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift 555-1234")
    bot.says("ann", "#info one")
    (run,) = bot.yard.app.db.read(queries.running_now)
    ref = bot.yard.app.db.read(lambda s: find_row(s, run.key).first_ref)  # type: ignore[union-attr]
    bot.yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=bot.yard.now))
    bot.restart()
    assert bot.says("ann", "#chair bob") == ["Current chairs: ann bob"]
    bot.restart()
    assert bot.says("ann", "#endmeeting")[0].startswith("Meeting ended")
    (meeting,) = bot.yard.app.db.read(lambda s: queries.newest(s, 9))
    written = bot.yard.app.db.read(lambda s: read(s, meeting.key))
    assert [item.text for item in written.items] == ["one"]
    assert written.title == REMOVED
    assert [line.text for line in written.log][:2] == [REMOVED, "#info one"]


def test_actions_are_known_again_by_line_and_words_whatever_their_order() -> None:
    at = START

    def action(line: int, text: str) -> Action:
        return Action(text, "ann", at, line, ())

    rows = [
        ActionRow(id=n, meeting_id=1, position=n, line=line, text=text, nick="ann", at=0)
        for n, (line, text) in enumerate([(3, "a"), (5, "b"), (5, "c"), (9, "d")], 1)
    ]
    actions = [action(9, "e"), action(5, "c"), action(4, "a"), action(5, "x"), action(7, "new")]
    found = same_actions(rows, actions)
    assert {place: row.id for place, row in found.items()} == {0: 4, 1: 3, 2: 1, 3: 2}


def test_making_a_series_twice_makes_one(session: Session) -> None:
    one = make_series(session, "Spec Meeting")
    assert one.slug == "spec_meeting"
    assert make_series(session, "spec-meeting!") == one


@pytest.mark.parametrize("name", ["x" * 300, "!!!", "회" * 50, "İ" * 70])
def test_a_series_is_found_by_its_address_whatever_it_is_called(
    session: Session, name: str
) -> None:
    series = make_series(session, name)
    assert find_series(session, series.slug) == series == find_series(session, name)
    assert make_series(session, f"{name} 2") is not None
    renamed = rename_series(session, OPERATOR, series, f"a{name}", now=START)
    assert find_series(session, renamed.slug) == renamed
