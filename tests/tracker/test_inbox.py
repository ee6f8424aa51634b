"""What happens to stories comes into the inboxes of those whom it concerns, exactly once."""

import re
from typing import Any

import pytest
from sqlmodel import Session

from hub.accounts.erasure import erase_person, export_person
from hub.accounts.people import require_row
from hub.accounts.teams import add_member, create_team
from hub.consumers import Consumer, advance, catch_up
from hub.notices.checks import check_notices
from hub.notices.choices import choose, mute
from hub.notices.inbox import mark, read_inbox, unread_of
from hub.notices.reasons import How, Reason
from tests.databases import OPERATOR, Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.comments import add_comment
from tracker.noticing import NAME, notice_consumers
from tracker.projects import create_group, set_grouped
from tracker.readers import add_reader, remove_reader
from tracker.states import Stage
from tracker.stories import StoryEdit, delete_story, edit_story
from tracker.subscriptions import follow
from tracker.tags import set_tags
from tracker.tasks import TaskEdit, edit_task, remove_task


class Inboxes:
    """A community whose inboxes are filled."""

    def __init__(self, community: Community) -> None:
        self.hub = community

    def settle(self) -> None:
        """Let what has happened arrive."""
        catch_up(self.hub.app, notice_consumers(self.hub.app))

    def of(self, slug: str, **asked: Any) -> list[tuple[str, int, tuple[str, ...]]]:
        """Return the unread of an inbox: refs with their counts and reasons, the newest first."""
        self.settle()
        hub = self.hub

        def look(session: Session) -> list[tuple[str, int, tuple[str, ...]]]:
            person = require_row(session, slug).id or 0
            page = read_inbox(session, hub.app.modules, hub.actor(slug), person, **asked)
            return [
                (each.ref, each.count, tuple(each.reasons))
                for each in page.notices
                if not each.is_read
            ]

        return hub.sees(look)

    def unread(self, slug: str) -> int:
        """Return what the header counts."""
        self.settle()
        actor = self.hub.actor(slug)
        return self.hub.sees(lambda s: unread_of(s, self.hub.app.modules, actor))

    def says(self, slug: str, story: int, text: str = "Hm") -> None:
        """Comment."""
        actor = self.hub.actor(slug)
        self.hub.does(lambda s, now: add_comment(s, actor, story, text, now=now))

    @property
    def problems(self) -> list[str]:
        """What a recount says."""
        return self.hub.sees(lambda s: list(check_notices(self.hub.app, s)))


@pytest.fixture
def inboxes(community: Community) -> Inboxes:
    """On each kind of database."""
    return Inboxes(community)


@pytest.fixture
def sqlite_inboxes(sqlite_community: Community) -> Inboxes:
    """For what is the same on both."""
    return Inboxes(sqlite_community)


def test_a_story_gathers_until_it_is_read(inboxes: Inboxes) -> None:
    hub = inboxes.hub
    story = hub.story(by="bob")
    assert inboxes.of("bob") == []
    for _ in range(3):
        inboxes.says("cho", story)
    assert inboxes.of("bob") == [("story:1", 3, ("author", "thing"))]
    assert inboxes.unread("bob") == 1
    assert inboxes.of("cho") == []
    bob = hub.number("bob")
    hub.does(lambda s, _now: mark(s, bob, 1, is_read=True, entry=1))
    assert inboxes.unread("bob") == 1  # more had happened than was shown
    hub.does(lambda s, _now: mark(s, bob, 1, is_read=True))
    assert (inboxes.of("bob"), inboxes.unread("bob")) == ([], 0)
    inboxes.says("cho", story)
    assert inboxes.of("bob") == [("story:1", 1, ("author", "thing"))]
    assert inboxes.problems == []


def test_everybody_hears_for_their_own_reasons(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    story = hub.story(by="bob")
    task = hub.task(story, by="bob", assignee_id=hub.number("cho"))
    assert inboxes.of("cho") == [("story:1", 2, ("assigned",))]
    inboxes.says("dan", story, "What do you think, @ada?")
    assert inboxes.of("ada") == [("story:1", 1, ("mentioned",))]
    bob = hub.actor("bob")
    hub.does(lambda s, now: set_tags(s, bob, story, ["lid"], now=now))
    assert inboxes.of("dan") == [("story:1", 1, ("commented",))]
    edit = TaskEdit(assignee_id=hub.number("ada"))
    hub.does(lambda s, now: edit_task(s, bob, task, edit, now=now))
    assert inboxes.of("ada") == [("story:1", 2, ("mentioned", "assigned"))]
    assert inboxes.of("cho")[0][1] == 5  # who has lost it hears of that, too


def test_followers_of_a_project_a_group_and_a_task_hear(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    ada = hub.actor("ada")
    group = hub.does(lambda s, now: create_group(s, ada, "crocks", "Crocks", now=now))
    hub.does(lambda s, now: set_grouped(s, ada, group, 1, grouped=True))
    cho, dan = hub.actor("cho"), hub.actor("dan")
    hub.does(lambda s, now: follow(s, cho, "project", 1, now=now))
    hub.does(lambda s, now: follow(s, dan, "project_group", group, now=now))
    story = hub.story(by="bob")
    task = hub.task(story, by="bob")
    assert inboxes.of("cho") == [("story:1", 2, ("project",))]
    assert inboxes.of("dan") == [("story:1", 2, ("group",))]
    hub.does(lambda s, now: follow(s, ada, "task", task, now=now))
    inboxes.says("bob", story)
    assert inboxes.of("ada") == []
    bob = hub.actor("bob")
    change = TaskEdit(stage=Stage.REVIEW)
    hub.does(lambda s, now: edit_task(s, bob, task, change, now=now))
    assert inboxes.of("ada") == [("story:1", 1, ("task",))]
    hub.does(lambda s, now: remove_task(s, bob, task, now=now))
    assert inboxes.of("ada") == [("story:1", 2, ("task",))]


def test_only_who_was_not_mentioned_before_is_mentioned(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    story = hub.story(by="bob", description="For @cho.")
    assert inboxes.of("cho") == [("story:1", 1, ("mentioned",))]
    bob, edit = hub.actor("bob"), StoryEdit(description="For @cho and @dan.")
    hub.does(lambda s, now: edit_story(s, bob, story, edit, now=now))
    assert inboxes.of("cho") == [("story:1", 1, ("mentioned",))]
    assert inboxes.of("dan") == [("story:1", 1, ("mentioned",))]


def test_what_is_private_is_for_those_who_may_see_it_when_they_read(inboxes: Inboxes) -> None:
    hub = inboxes.hub
    story = hub.story("A secret", by="bob", is_private=True)
    bob = hub.actor("bob")
    inboxes.says("bob", story, "@cho and @dan, look")
    assert inboxes.of("cho") == inboxes.of("dan") == []
    assert (inboxes.unread("cho"), inboxes.unread("dan")) == (0, 0)
    cho = hub.number("cho")
    hub.does(lambda s, now: add_reader(s, bob, story, person_id=cho, now=now))
    inboxes.says("bob", story, "@cho and @dan, look")
    assert inboxes.of("cho") == [("story:1", 1, ("mentioned",))]
    assert (inboxes.unread("cho"), inboxes.unread("dan")) == (1, 0)
    hub.does(lambda s, now: remove_reader(s, bob, story, person_id=cho, now=now))
    assert (inboxes.of("cho"), inboxes.unread("cho")) == ([], 0)
    assert "A secret" not in Reader(hub, "cho").get("/me/inbox").text
    assert inboxes.problems == []


def test_what_becomes_private_leaves_the_inboxes_of_others(inboxes: Inboxes) -> None:
    hub = inboxes.hub
    story = hub.story("A leak", by="bob")
    inboxes.says("cho", story)
    inboxes.says("bob", story)
    assert inboxes.unread("cho") == 1
    for is_private in (True, False):
        bob, edit = hub.actor("bob"), StoryEdit(is_private=is_private)
        hub.does(lambda s, now, bob=bob, edit=edit: edit_story(s, bob, story, edit, now=now))
        assert inboxes.unread("cho") == (0 if is_private else 1)
        assert inboxes.problems == []


def test_a_team_hears_of_what_was_given_to_it(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    story = hub.story("A secret", by="bob", is_private=True)
    inboxes.settle()
    hub.does(lambda s, now: create_team(s, OPERATOR, "lids", name="Lids", now=now))
    hub.does(lambda s, now: add_member(s, OPERATOR, "lids", "cho", now=now))
    bob = hub.actor("bob")
    hub.does(lambda s, now: add_reader(s, bob, story, team_id=1, now=now))
    inboxes.says("bob", story)
    assert ("story:1", 1, ("team",)) in inboxes.of("cho")


def test_a_story_that_is_deleted_leaves_all_inboxes(inboxes: Inboxes) -> None:
    hub = inboxes.hub
    story = hub.story(by="bob")
    inboxes.says("cho", story)
    assert inboxes.unread("bob") == 1
    ada = hub.actor("ada")
    hub.does(lambda s, now: delete_story(s, ada, story, now=now))
    assert (inboxes.of("bob"), inboxes.unread("bob"), inboxes.problems) == ([], 0, [])


def test_who_mutes_a_story_or_chose_not_to_hear_hears_nothing(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    story, bob = hub.story(by="bob"), hub.number("bob")
    hub.does(lambda s, now: mute(s, bob, "story:1", muted=True, now=now))
    inboxes.says("cho", story)
    assert inboxes.of("bob") == []
    hub.does(lambda s, now: mute(s, bob, "story:1", muted=False, now=now))
    hub.does(lambda s, _now: choose(s, bob, {Reason.AUTHOR: How.NOT}))
    inboxes.says("cho", story)
    assert inboxes.of("bob") == [("story:1", 1, ("thing",))]


def test_a_step_that_fails_is_taken_again_whole(inboxes: Inboxes) -> None:
    """A crash in the middle leaves neither notices nor the cursor."""
    hub = inboxes.hub
    story = hub.story(by="bob")
    inboxes.says("cho", story)
    (consumer,) = notice_consumers(hub.app)

    def breaks(session: Session, cursor: int) -> int:
        consumer.step(session, cursor)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        hub.app.db.write(lambda s: advance(s, Consumer(NAME, "", breaks)))
    assert hub.sees(lambda s: unread_of(s, hub.app.modules, hub.actor("bob"))) == 0
    assert inboxes.of("bob") == [("story:1", 1, ("author", "thing"))]
    inboxes.settle()
    assert inboxes.of("bob") == [("story:1", 1, ("author", "thing"))]


def test_pages_of_an_inbox_hold_everything_once(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    for number in range(1, 8):
        hub.story(f"Story number {number}", by="bob")
        inboxes.says("cho", number)
    inboxes.settle()
    bob = hub.number("bob")
    hub.does(lambda s, _now: mark(s, bob, 3, is_read=True))
    found: list[int] = []
    after = ""
    while True:
        page = hub.sees(
            lambda s: read_inbox(s, hub.app.modules, hub.actor("bob"), bob, after=after, limit=2)  # noqa: B023
        )
        found += [notice.id for notice in page.notices]
        after = page.after
        if not after:
            break
    assert found == [7, 6, 5, 4, 2, 1, 3]


def test_the_page_shows_marks_mutes_and_counts(sqlite_inboxes: Inboxes) -> None:
    inboxes, hub = sqlite_inboxes, sqlite_inboxes.hub
    hub.story("The lid leaks", by="bob")
    inboxes.says("cho", 1, "Mine *too*, <b>really</b>")
    inboxes.settle()
    bob = Reader(hub, "bob")
    text = bob.get("/me/inbox").text
    assert "The lid leaks" in text
    assert "Mine too" in text
    assert "<b>really" not in text
    assert re.search(r'class="unread">1<', bob.get("/stories").text)
    sent = {"notice": "1", "entry": "99", "do": "open"}
    answer = bob.send("/me/inbox", **sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/story/1")
    assert 'class="unread"' not in bob.get("/stories").text
    bob.send("/me/inbox", **(sent | {"do": "unread"}))
    assert inboxes.unread("bob") == 1
    until = re.search(r'name="until" value="(\d+)"', bob.get("/me/inbox").text)
    assert until is not None
    bob.send("/me/inbox", do="all", until=until[1])
    assert inboxes.unread("bob") == 0
    bob.send("/me/inbox", **(sent | {"do": "mute"}))
    assert "The lid leaks" in bob.get("/me/notices").text
    inboxes.says("cho", 1)
    assert inboxes.unread("bob") == 0
    bob.send("/me/notices", unmute="story:1")
    inboxes.says("cho", 1)
    assert inboxes.unread("bob") == 1
    assert Reader(hub, "cho").send("/me/inbox", **sent).status_code == 404
    assert Reader(hub).get("/me/inbox").status_code == 303
    assert "Nothing is here" in bob.get("/me/inbox?reason=team").text


def test_how_one_hears_is_kept(sqlite_inboxes: Inboxes) -> None:
    hub = sqlite_inboxes.hub
    bob = Reader(hub, "bob")
    given = {f"how-{reason}": "daily" for reason in Reason} | {"hour": "7", "zone": "Asia/Seoul"}
    assert bob.send("/me/notices", **given).status_code == 303
    text = bob.get("/me/notices").text
    assert text.count('value="daily" selected') == len(Reason)
    assert 'value="Asia/Seoul"' in text
    assert bob.send("/me/notices", **(given | {"zone": "Mars/Base"})).status_code == 400
    assert bob.send("/me/notices", **(given | {"hour": "24"})).status_code == 400
    assert bob.send("/me/notices", **(given | {"how-team": "loud"})).status_code == 400


def test_who_is_erased_leaves_no_inbox(inboxes: Inboxes) -> None:
    hub = inboxes.hub
    story = hub.story(by="bob")
    inboxes.says("cho", story)
    assert inboxes.unread("bob") == 1
    bob = hub.number("bob")
    hub.does(lambda s, now: mute(s, bob, "story:1", muted=True, now=now))
    told = hub.sees(lambda s: export_person(s, "bob", hub.app.modules, now=hub.now))
    assert told["notices"]["notice"][0]["ref"] == "story:1"
    assert told["notices"]["muted"][0]["ref"] == "story:1"
    hub.does(lambda s, now: erase_person(s, OPERATOR, "bob", now))
    yard = Yard(hub.app)
    yard.settles()
    for table in ("notice", "inbox", "muted", "notice_choice"):
        assert yard.rows(f"SELECT * FROM {table} WHERE person_id = {bob}") == []
    assert yard.rows(f"SELECT * FROM subscription_event WHERE subscriber_id = {bob}") == []
    assert yard.problems == []
