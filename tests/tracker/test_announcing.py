"""Channels hear of stories that are new in their projects, and of those that were closed."""

from collections.abc import Sequence

import pytest

from hub.config import Channel, Config
from hub.consumers import catch_up
from hub.irc import Say
from tests.tracker.community import Community
from tracker.announcing import announcers
from tracker.gerrit.announcing import due
from tracker.importing.tables import ImportedRow
from tracker.states import Stage
from tracker.stories import NewStory, StoryEdit, create_story, delete_story, edit_story
from tracker.tasks import TaskEdit, edit_task, remove_task


class Channels:
    """A hub whose bot is in #web, which hears of crock/web, and in #all."""

    def __init__(self, community: Community) -> None:
        self.community = community
        (network,) = community.app.config.network
        listening = (
            Channel(name="#web", stories=("crock/w*",)),
            Channel(name="#all", stories=("*",)),
            Channel(name="#quiet"),
        )
        changed = {"network": (network.model_copy(update={"channel": listening}),)}
        self.config: Config = community.app.config.model_copy(update=changed)
        self.said()

    def said(self) -> Sequence[str]:
        """Return what the bot says now, in which channel."""
        app, found = self.community.app, []
        catch_up(app, announcers(self.config))
        name = self.config.network[0].name
        while effects := self.community.does(lambda s, now: due(self.config, s, name, now)):
            found += [f"{each.target} {each.text}" for each in effects if isinstance(each, Say)]
        return sorted(found)

    def files(self, title: str, *, is_private: bool = False) -> int:
        """Let bob file a story."""
        new, bob = NewStory(title, is_private=is_private), self.community.actor("bob")
        return self.community.does(lambda s, now: create_story(s, bob, new, now=now))

    def moves(self, task: int, stage: Stage) -> None:
        """Let bob move a task."""
        bob = self.community.actor("bob")
        self.community.does(lambda s, now: edit_task(s, bob, task, TaskEdit(stage=stage), now=now))


@pytest.fixture
def channels(community: Community) -> Channels:
    """On both kinds of databases."""
    return Channels(community)


def test_a_story_is_announced_once_where_its_projects_are_heard(channels: Channels) -> None:
    url = channels.config.public_url
    id_ = channels.files("뚜껑이 새요 \x02bold")
    assert channels.said() == [f"#all New story {id_}: 뚜껑이 새요 bold {url}/story/{id_}"]
    channels.community.task(id_, project_id=1)
    assert channels.said() == []
    channels.community.task(id_, "Say so", project_id=2)
    channels.community.task(id_, "Say so again", project_id=2)
    (said,) = channels.said()
    assert said.startswith(f"#web New story {id_}: 뚜껑이 새요 bold (crock/firmware, crock/web) ")
    other = channels.files("It squeaks as well")
    channels.community.task(other, project_id=2)
    assert [line.split(":")[0] for line in channels.said()] == [
        f"#all New story {other}", f"#web New story {other}",
    ]  # fmt: skip


def test_what_ends_is_announced_when_its_last_task_does(channels: Channels) -> None:
    id_ = channels.files("Two things to do")
    tasks = [channels.community.task(id_, f"Thing {n}", project_id=2) for n in (1, 2)]
    assert len(channels.said()) == 2
    channels.moves(tasks[0], Stage.MERGED)
    assert channels.said() == []
    channels.moves(tasks[1], Stage.MERGED)
    told = [line.split(" http")[0] for line in channels.said()]
    assert told == [
        f"#all Closed story {id_}: Two things to do (crock/web, merged)",
        f"#web Closed story {id_}: Two things to do (crock/web, merged)",
    ]
    channels.moves(tasks[1], Stage.IN_PROGRESS)
    assert channels.said() == []
    bob = channels.community.actor("bob")
    channels.community.does(lambda s, now: remove_task(s, bob, tasks[1], now=now))
    assert [line.partition(" ")[2].split(" story")[0] for line in channels.said()] == ["Closed"] * 2


def test_both_tasks_closed_at_once_are_one_end(channels: Channels) -> None:
    id_ = channels.files("Both at once")
    tasks = [channels.community.task(id_, f"Thing {n}", project_id=1) for n in (1, 2)]
    channels.said()
    for task in tasks:
        channels.moves(task, Stage.WONT_FIX if task == tasks[0] else Stage.INVALID)
    assert len(channels.said()) == 1


def test_nothing_is_said_of_what_is_private_gone_imported_or_old(channels: Channels) -> None:
    community, bob = channels.community, channels.community.actor("bob")
    hidden = channels.files("Nobody may know", is_private=True)
    assert channels.said() == []
    later = channels.files("Private soon")
    edit = StoryEdit(is_private=True)
    community.does(lambda s, now: edit_story(s, bob, later, edit, now=now))
    assert channels.said() == []
    gone = channels.files("Gone again")
    ada = community.actor("ada")
    community.does(lambda s, now: delete_story(s, ada, gone, now=now))
    assert channels.said() == []
    moved = channels.files("It was so elsewhere")

    def take(session, now) -> None:  # type: ignore[no-untyped-def]
        at = int(now.timestamp() * 1_000_000)
        session.add(ImportedRow(realm="there", kind="story", number=moved, id=moved, changed_at=at))

    community.does(take)
    assert channels.said() == []
    channels.files("Of long ago")
    catch_up(community.app, announcers(channels.config))
    for _ in range(700):
        community.does(lambda _s, _now: None)
    assert channels.said() == []
    assert hidden


def test_a_hub_without_such_channels_goes_by(channels: Channels) -> None:
    channels.files("Nobody listens")
    (consumer,) = announcers(channels.community.app.config)
    catch_up(channels.community.app, [consumer])
    assert channels.said() == [], "what went by is not said later"
