"""People across meetings: rights of chairs, actions and pages follow the account, whatever the nick."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.commands import answer
from hub.accounts.erasure import erase_person, export_person
from hub.accounts.handles import bind_handle, speaker, unbind_handle
from hub.accounts.identity import identity_of
from hub.accounts.people import create_person, require_person, suspend
from hub.accounts.sessions import open_session
from hub.accounts.visits import actor_of
from hub.irc import Kind, casefold
from hub.module import Question
from hub.people import GUEST, Actor, person_ref
from hub.personal import Identity
from meetbot.erased import rename_by, renamed_minutes
from meetbot.minutes import minutes
from meetbot.personal import personal_panels
from meetbot.persons import actions_of, meetings_of, nicks_at, nicks_of, people_called
from meetbot.queries import attended, newest, open_actions
from meetbot.series import merge_series, rename_series, require_series
from meetbot.shown import find
from meetbot.sight import corrects, sees
from meetbot.store import find_row
from meetbot.versions import read_log
from tests.databases import CHANNEL, NETWORK, OPERATOR, START, Yard
from tests.meetbot.channel import Channel
from tests.meetbot.living import Bot
from web.app import make_app


@pytest.fixture
def bot(yard: Yard) -> Bot:
    """A hub where Ann has an account, whose services account is `ann_acc`."""
    yard.app.db.write(lambda s: create_person(s, OPERATOR, "ann", now=START))
    bind(yard)
    return Bot(yard)


def bind(yard: Yard, slug: str = "ann", account: str = "ann_acc") -> None:
    yard.app.db.write(lambda s: bind_handle(s, OPERATOR, slug, "irc", NETWORK, account, now=START))


def meets(
    bot: Bot, chair: str = "ann", account: str | None = "ann_acc", name: str = "Swift"
) -> None:
    """Hold a meeting with Bob, who has something to do, and the chair, too."""
    bot.says(chair, f"#startmeeting {name}", account=account)
    bot.says("bob", "#here", account="bob_acc")
    bot.says(chair, f"#action {chair} to write the docs", account=account)
    bot.says(chair, "#action bob mends the roof", account=account)
    bot.says(chair, "#startvote Tea? yes, no", account=account)
    bot.says(chair, "#vote yes", account=account)
    bot.says(chair, "#endvote", account=account)
    bot.says(chair, "#endmeeting", account=account)
    bot.yard.now += timedelta(minutes=5)


def ann(yard: Yard, slug: str = "ann") -> Actor:
    """The actor that the person is."""

    def read(session: object) -> Actor:
        person = require_person(session, slug)  # type: ignore[arg-type]
        return actor_of(session, person, modules=yard.app.modules)  # type: ignore[arg-type]

    return yard.app.db.read(read)


def who(yard: Yard, slug: str = "ann") -> Identity:
    return yard.app.db.read(lambda s: identity_of(s, slug))


def test_a_chair_with_an_account_corrects_the_minutes_of_all_their_meetings(
    bot: Bot, yard: Yard
) -> None:
    meets(bot, "bob", "bob_acc")
    meets(bot)
    meets(bot, "ann_laptop")
    mine, yours = ann(yard), GUEST
    found = yard.app.db.read(lambda s: newest(s, 9))
    assert [corrects(mine, meeting) for meeting in found] == [True, True, False]
    assert not any(corrects(yours, meeting) for meeting in found)


def test_a_nick_alone_gives_no_right(bot: Bot, yard: Yard) -> None:
    meets(bot, "ann", None)
    meets(bot, "ann", "mallory")
    assert ann(yard).rights == frozenset()


def test_who_chaired_without_a_word_has_no_right(bot: Bot, yard: Yard) -> None:
    bot.hears(yard.line("ann", "", kind=Kind.JOIN, account="ann_acc"))
    bot.says("bob", "#startmeeting Swift", account="bob_acc")
    bot.says("bob", "#chair ann", account="bob_acc")
    bot.says("bob", "#endmeeting", account="bob_acc")
    assert ann(yard).rights == frozenset()


def test_a_series_belongs_to_whose_meeting_began_it(bot: Bot, yard: Yard) -> None:
    meets(bot, "bob", "bob_acc", "Nova")
    meets(bot, name="Nova")
    meets(bot)
    rights = ann(yard).rights
    assert ("edit", "series:swift") in rights
    assert ("edit", "series:nova") not in rights


def test_rights_follow_a_renamed_series_and_end_with_a_merge(bot: Bot, yard: Yard) -> None:
    meets(bot, "bob", "bob_acc", "Nova")
    meets(bot)
    yard.app.db.write(
        lambda s: rename_series(s, OPERATOR, require_series(s, "swift"), "Quick", now=yard.now)
    )
    (meeting, _) = yard.app.db.read(lambda s: newest(s, 2))
    assert ann(yard).rights == {("edit", meeting.key.ref), ("edit", "series:quick")}
    yard.app.db.write(
        lambda s: merge_series(
            s, OPERATOR, require_series(s, "quick"), require_series(s, "nova"), now=yard.now
        )
    )
    (meeting, _) = yard.app.db.read(lambda s: newest(s, 2))
    assert ann(yard).rights == {("edit", meeting.key.ref)}


def test_the_right_ends_when_the_account_is_unbound(bot: Bot, yard: Yard) -> None:
    meets(bot)
    yard.app.db.write(
        lambda s: unbind_handle(s, OPERATOR, "ann", "irc", NETWORK, "ann_acc", now=yard.now)
    )
    assert ann(yard).rights == frozenset()


def test_a_chair_sees_their_private_meeting_and_others_do_not(bot: Bot, yard: Yard) -> None:
    meets(bot)
    yard.sql("UPDATE meeting SET restricted = TRUE")
    (meeting,) = yard.app.db.read(lambda s: newest(s, 1))
    assert sees(ann(yard), meeting)
    assert not sees(GUEST, meeting)
    assert yard.app.db.read(lambda s: find(s, ann(yard), meeting.key)).brief == meeting


def test_meetings_are_found_under_every_nick(bot: Bot, yard: Yard) -> None:
    meets(bot)
    meets(bot, "ann_laptop")
    meets(bot, "ann", "mallory")
    found = yard.app.db.read(lambda s: meetings_of(s, who(yard), 9))
    assert len(found) == 2
    assert found[0].started_at > found[1].started_at
    nicks = yard.app.db.read(lambda s: nicks_of(s, who(yard)))
    assert nicks == {(NETWORK, "ann"), (NETWORK, "ann_laptop"), (NETWORK, "ann_acc")}


def test_a_bound_nick_finds_the_meetings_before_there_were_accounts(bot: Bot, yard: Yard) -> None:
    meets(bot, "Annie", None)
    assert yard.app.db.read(lambda s: meetings_of(s, who(yard), 9)) == []
    yard.app.db.write(
        lambda s: bind_handle(s, OPERATOR, "ann", "nick", NETWORK, "annie", now=yard.now)
    )
    assert len(yard.app.db.read(lambda s: meetings_of(s, who(yard), 9))) == 1
    assert ann(yard).rights == frozenset()


def test_actions_follow_the_person_through_nick_changes(bot: Bot, yard: Yard) -> None:
    meets(bot)
    meets(bot, "ann_laptop")
    bot.says("bob", "#startmeeting Swift", account="bob_acc")
    bot.says("bob", "#chair ann_laptop", account="bob_acc")
    bot.says("bob", "#action ann_laptop brings cake", account="bob_acc")
    bot.says("bob", "#endmeeting", account="bob_acc")
    found = yard.app.db.read(lambda s: actions_of(s, who(yard)))
    assert [action.text for action in found] == [
        "ann_laptop brings cake",
        "ann_laptop to write the docs",
        "ann to write the docs",
    ]


def test_what_another_account_under_that_nick_has_to_do_is_theirs(bot: Bot, yard: Yard) -> None:
    meets(bot)
    meets(bot, "ann", "mallory")
    assert len(yard.app.db.read(lambda s: actions_of(s, who(yard)))) == 1


def test_the_bot_tells_a_person_all_that_they_have_to_do(bot: Bot, yard: Yard) -> None:
    meets(bot)
    meets(bot, "ann_laptop")

    def ask(account: str | None) -> str:
        def read(session: object) -> str:
            asker = speaker(session, NETWORK, account, "nobody")  # type: ignore[arg-type]
            question = Question(NETWORK, CHANNEL, asker, "nobody", "actions", account)
            return answer(yard.app, session, question)  # type: ignore[arg-type]

        return yard.app.db.read(read)

    assert "ann_laptop to write the docs; #1 ann to write the docs" in ask("ANN_ACC")
    assert ask(None).startswith("Nothing is open for nobody.")
    yard.sql("UPDATE meeting SET restricted = TRUE")
    assert ask("ann_acc").startswith("Nothing is open")


def test_a_persons_page_shows_what_its_reader_may_see(bot: Bot, yard: Yard) -> None:
    meets(bot)
    meets(bot, name="Nova")
    yard.sql("UPDATE meeting SET restricted = TRUE WHERE title = 'Nova'")

    def shown(reader: Actor) -> dict[str, list[str]]:
        panels = yard.app.db.read(
            lambda s: personal_panels(yard.app, s, reader, who(yard), yard.now)
        )
        return {panel.key: [item.title for item in panel.items] for panel in panels}

    assert shown(GUEST) == {
        "actions": ["ann to write the docs"],
        "meetings": ["Swift"],
        "channels": [CHANNEL],
        "nicks": ["ann"],
    }
    assert shown(ann(yard))["meetings"] == ["Nova", "Swift"]
    assert shown(OPERATOR)["meetings"] == ["Nova", "Swift"]


def test_a_persons_page_shows_under_which_nicks_they_met(bot: Bot, yard: Yard) -> None:
    """The one they had most often first, and none that was somebody else's."""
    meets(bot, "ann_laptop")
    meets(bot)
    meets(bot)
    meets(bot, "ann_home", "mallory")
    meetings = yard.app.db.read(lambda s: meetings_of(s, who(yard), 9))
    found = yard.app.db.read(lambda s: nicks_at(s, meetings, who(yard)))
    assert found == [("ann", 2), ("ann_laptop", 1)]
    assert yard.app.db.read(lambda s: nicks_at(s, meetings[:1], who(yard))) == [("ann", 1)]
    assert yard.app.db.read(lambda s: nicks_at(s, (), who(yard))) == ()


def test_a_bound_nick_is_theirs_where_no_account_had_it(bot: Bot, yard: Yard) -> None:
    yard.app.db.write(
        lambda s: bind_handle(s, OPERATOR, "ann", "nick", NETWORK, "Ann_Home", now=START)
    )
    meets(bot, "ann_home", "mallory")
    meets(bot, "ann_home", None)
    meetings = yard.app.db.read(lambda s: meetings_of(s, who(yard), 9))
    assert yard.app.db.read(lambda s: nicks_at(s, meetings, who(yard))) == [("ann_home", 1)]


def test_a_nicks_page_says_whose_it_is(bot: Bot, yard: Yard) -> None:
    """As far as its reader may know of the meetings, and while they are here."""
    meets(bot, "ann_laptop")

    def called(nick: str, *, private: bool = False) -> list[str]:
        return [
            found.slug
            for found in yard.app.db.read(lambda s: people_called(s, nick, private=private))
        ]

    assert called("ANN_LAPTOP") == ["ann"]
    assert called("bob") == []
    page = TestClient(make_app(yard.app)).get("/meetings/people/ann_laptop").text
    assert 'href="/people/ann"' in page
    yard.sql("UPDATE meeting SET restricted = TRUE")
    assert called("ann_laptop") == []
    assert called("ann_laptop", private=True) == ["ann"]
    yard.app.db.write(lambda s: suspend(s, OPERATOR, "ann", now=START))
    assert called("ann_laptop", private=True) == []


def test_an_export_tells_meetings_and_actions(bot: Bot, yard: Yard) -> None:
    meets(bot)
    told = yard.app.db.read(lambda s: export_person(s, "ann", yard.app.modules, now=yard.now))[
        "meetbot"
    ]
    (meeting,) = told["meetings"]
    assert meeting["nicks"] == ["ann"]
    assert meeting["votes"] == [{"question": "Tea?", "option": "yes"}]
    assert [action["text"] for action in told["actions"]] == ["ann to write the docs"]
    assert told["chaired"] == [meeting["ref"], "series:swift"]


def erase(yard: Yard) -> str:
    now = yard.now + timedelta(seconds=1)
    gone = yard.app.db.write(lambda s: erase_person(s, OPERATOR, "ann", now))
    yard.settles()
    return gone


def test_the_name_leaves_minutes_log_and_lists(bot: Bot, yard: Yard) -> None:
    meets(bot, "ann_laptop")
    yard.app.db.write(lambda s: open_actions(s))
    gone = erase(yard)
    documents = str(yard.rows("SELECT document FROM minutes"))
    assert "ann_laptop" not in documents
    assert f"{gone} to write the docs" in documents
    (meeting,) = yard.app.db.read(lambda s: newest(s, 1))
    assert meeting.owner == gone
    found = yard.app.db.read(lambda s: attended(s, gone, 9))
    assert [(called, lines) for _, called, lines in found] == [(gone, 7)]
    (mine,) = [a for a in yard.app.db.read(open_actions) if a.assignees == (gone,)]
    assert (mine.id, mine.text) == (1, f"{gone} to write the docs")
    log = yard.app.db.read(lambda s: read_log(s, find_row(s, meeting.key)))  # type: ignore[arg-type]
    assert {line.line.nick for line in log} == {gone, "bob"}
    assert yard.rows("SELECT account FROM meeting_account") == [("bob_acc",)]
    assert yard.problems == []


def test_a_name_leaves_a_meeting_that_runs_when_it_ends(bot: Bot, yard: Yard) -> None:
    bot.says("ann", "#startmeeting Swift", account="ann_acc")
    bot.says("bob", "#here", account="bob_acc")
    bot.says("ann", "#action Ann to write the docs", account="ann_acc")
    bot.says("ann", "#chair bob", account="ann_acc")
    yard.now += timedelta(minutes=5)
    gone = erase(yard)
    bot.says("bob", "#info ann said so", account="bob_acc")
    bot.says("bob", "#endmeeting", account="bob_acc")
    yard.settles()
    (meeting,) = yard.app.db.read(lambda s: newest(s, 1))
    assert meeting.owner == gone
    log = yard.app.db.read(lambda s: read_log(s, find_row(s, meeting.key)))  # type: ignore[arg-type]
    assert {line.line.nick for line in log} == {gone, "bob"}
    assert all(line.ref for line in log)
    assert yard.rows("SELECT account FROM meeting_account") == [("bob_acc",)]
    (mine,) = yard.app.db.read(open_actions)
    assert (mine.text, mine.assignees) == (f"{gone} to write the docs", (gone,))
    assert yard.problems == []


def test_an_erased_chair_has_no_right_and_others_keep_theirs(bot: Bot, yard: Yard) -> None:
    yard.app.db.write(lambda s: create_person(s, OPERATOR, "bob", now=START))
    bind(yard, "bob", "bob_acc")
    meets(bot)
    meets(bot, "bob", "bob_acc")
    before = ann(yard, "bob").rights
    gone = erase(yard)
    assert ann(yard, gone).rights == frozenset()
    assert ann(yard, "bob").rights == before != frozenset()


def test_meetings_of_others_under_that_nick_are_left_alone(bot: Bot, yard: Yard) -> None:
    meets(bot, "ann", "mallory")
    before = yard.rows("SELECT document FROM minutes")
    erase(yard)
    assert yard.rows("SELECT document FROM minutes") == before


def test_each_meeting_that_changed_is_told_of(bot: Bot, yard: Yard) -> None:
    meets(bot)
    meets(bot, "bob", "bob_acc", "Nova")
    (_, mine) = yard.app.db.read(lambda s: newest(s, 2))
    erase(yard)
    assert yard.rows("SELECT ref FROM event WHERE name = 'meeting.rewritten'") == [(mine.key.ref,)]


NICKS = ("ann", "Ann_", "bob", "cy", "x[y]", "X{Y}")
TALK = st.lists(
    st.tuples(
        st.sampled_from(NICKS),
        st.sampled_from(
            [
                "hello",
                "#action ann and bob to do it",
                "#action x[y]: more",
                "#chair bob x[y]",
                "#startvote Go? yes, no",
                "#vote yes",
                "#endvote",
                "#done ann to do it",
                "#info ann said so",
            ]
        ),
    ),
    max_size=25,
)


@given(TALK, st.sets(st.sampled_from(NICKS), min_size=1, max_size=3))
def test_no_erased_nick_stands_in_minutes_where_names_stand(
    talk: list[tuple[str, str]], erased: set[str]
) -> None:
    channel = Channel().starts("cy")
    for nick, text in talk:
        channel.says(nick, text)
    before = minutes(channel.running)
    gone = frozenset(map(casefold, erased))
    rename = rename_by(dict.fromkeys(gone, "erased-1"))
    after = renamed_minutes(before, rename)
    names = {
        after.owner,
        *after.chairs,
        *(person.nick for person in after.people),
        *(item.nick for item in after.items),
        *(name for action in after.actions for name in (action.nick, *action.assignees)),
        *(who for vote in after.votes for _, group in vote.ballots for who in group),
    }
    assert not gone & set(map(casefold, names))
    assert sum(p.lines for p in after.people) == sum(p.lines for p in before.people)
    assert len(after.items) == len(before.items)
    assert [a.line for a in after.actions] == [a.line for a in before.actions]
    assert renamed_minutes(after, rename) == after
    assert after.log == before.log


def test_a_person_is_an_actor_by_their_ref(yard: Yard, bot: Bot) -> None:
    assert ann(yard).name == person_ref("ann")


def test_a_chair_who_is_logged_in_opens_the_form_of_their_minutes(bot: Bot, yard: Yard) -> None:
    meets(bot, "bob", "bob_acc")
    meets(bot)
    (mine, yours) = yard.app.db.read(lambda s: newest(s, 2))
    now = yard.app.clock()
    secret = yard.app.db.write(
        lambda s: open_session(s, require_person(s, "ann"), address="", agent="", now=now)
    )
    with TestClient(make_app(yard.app), follow_redirects=False) as client:
        assert client.get(mine.key.url("edit")).status_code == 403
        client.cookies.set("session", secret)
        assert client.get(mine.key.url("edit")).status_code == 200
        assert client.get(yours.key.url("edit")).status_code == 403
