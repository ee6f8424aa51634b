"""What was deleted leaves nothing behind that another thing of its number would inherit."""

from sqlmodel import select

from hub.consumers import catch_up
from hub.people import Actor
from tests.tracker.community import Community
from tracker.noticing import notice_consumers
from tracker.planning.dates import NewDate, create_date, set_dated
from tracker.planning.items import add_item
from tracker.planning.tables import DatedRow, WorklistItemRow
from tracker.planning.worklists import NewWorklist, create_worklist
from tracker.readers import add_reader, readers_of, with_story
from tracker.stories import NewStory, create_story, delete_story
from tracker.subscriptions import find_subscription, follow
from tracker.tasks import remove_task


def files(community: Community, by: Actor, title: str) -> int:
    """Let somebody file a private story."""
    new = NewStory(title, is_private=True)
    return community.does(lambda s, now: create_story(s, by, new, now=now))


def test_a_story_of_the_same_number_inherits_nothing(community: Community) -> None:
    ada, bob = community.actor("ada"), community.actor("bob")
    first = files(community, bob, "Only bob and cho know")
    owner = with_story(bob, first)
    community.does(
        lambda s, now: add_reader(s, owner, first, person_id=community.number("cho"), now=now)
    )
    list_ = community.does(lambda s, now: create_worklist(s, bob, NewWorklist("Mine"), now=now))
    maker = community.actor("bob")  # with the rights that this gave
    community.does(lambda s, now: add_item(s, maker, list_, "story", first, now=now))
    date, _ = community.does(lambda s, now: create_date(s, bob, NewDate("Soon", now), now=now))
    maker = community.actor("bob")
    community.does(lambda s, now: set_dated(s, maker, date, "story", first, dated=True, now=now))
    community.does(lambda s, now: delete_story(s, ada, first, now=now))
    second = files(community, community.actor("dan"), "Only dan knows this")
    assert community.sees(lambda s: readers_of(s, second)).people == (community.number("dan"),)
    assert community.sees(lambda s: s.exec(select(WorklistItemRow.id)).all()) == []
    assert community.sees(lambda s: s.exec(select(DatedRow.target_id)).all()) == []
    followers = (community.number(name) for name in ("bob", "cho"))
    for person in followers:
        assert community.sees(lambda s, p=person: find_subscription(s, p, "story", second)) is None
    assert community.problems == []


def test_a_task_of_the_same_number_inherits_nothing(community: Community) -> None:
    bob = community.actor("bob")
    story = community.story()
    task = community.task(story, "The first")
    community.does(lambda s, now: follow(s, bob, "task", task, now=now))
    list_ = community.does(lambda s, now: create_worklist(s, bob, NewWorklist("Mine"), now=now))
    maker = community.actor("bob")
    community.does(lambda s, now: add_item(s, maker, list_, "task", task, now=now))
    community.does(lambda s, now: remove_task(s, bob, task, now=now))
    catch_up(community.app, notice_consumers(community.app))
    again = community.task(story, "The second")
    assert community.sees(lambda s: s.exec(select(WorklistItemRow.id)).all()) == []
    bob_id = community.number("bob")
    assert community.sees(lambda s: find_subscription(s, bob_id, "task", again)) is None
    assert community.problems == []
