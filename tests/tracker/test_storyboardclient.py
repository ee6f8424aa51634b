"""StoryBoard's own Python client, as it is published, talks to a hub over HTTP."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.deadline import wait_until
from tests.servers.madang import Madang

os.environ.setdefault("PBR_VERSION", "0.2.0")  # it asks for its version in a way that is gone
from storyboardclient._apiclient import exceptions
from storyboardclient.v1.client import Client


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Madang]:
    """A hub with an administrator."""
    with Madang(tmp_path_factory.mktemp("hub")) as madang:
        madang.run("user", "add", "ada", "--admin")
        madang.run("user", "add", "bob")
        yield madang


def client_of(hub: Madang, who: str, scope: str) -> Any:
    """Return the client of somebody."""
    told = hub.run("token", who, "--scope", scope)
    found = re.search(r"madang_\S+", told)
    assert found is not None, told
    return Client(f"{hub.url}/api/v1", found[0])


@pytest.fixture(scope="module")
def ada(hub: Madang) -> Any:
    """The client of an administrator."""
    return client_of(hub, "ada", "admin")


@pytest.fixture(scope="module")
def project(ada: Any) -> Any:
    """A project that the client made."""
    return ada.projects.create(name="crock/lid", description="A lid")


def test_places_are_made_read_and_changed(ada: Any, project: Any) -> None:
    assert ada.projects.get(project.id).name == "crock/lid"
    assert ada.projects.update(id=project.id, description="뚜껑").description == "뚜껑"
    assert "crock/lid" in [each.name for each in ada.projects.get_all()]
    group = ada.project_groups.create(name="crock", title="All of it")
    group.projects.update(id=project.id)
    assert [each.name for each in group.projects.get_all()] == ["crock/lid"]
    group.projects.delete(id=project.id)
    assert group.projects.get_all() == []
    branch = ada.branches.create(name="stable/1", project_id=project.id)
    assert {each.name for each in ada.branches.get_all(project_id=project.id)} == {
        "master", "stable/1",
    }  # fmt: skip
    milestone = ada.milestones.create(name="1.0.0", branch_id=branch.id)
    assert [each.id for each in ada.milestones.get_all(branch_id=branch.id)] == [milestone.id]


def test_a_story_goes_its_way(ada: Any, project: Any) -> None:
    story = ada.stories.create(title="The lid is stuck", description="다시")
    assert [each.id for each in ada.stories.get_all(title="lid is stuck")] == [story.id]
    task = ada.tasks.create(title="Grease it", story_id=story.id, project_id=project.id)
    assert [each.title for each in story.tasks.get_all()] == ["Grease it"]
    assert ada.stories.get(story.id).status == "active"
    assert ada.tasks.update(id=task.id, status="merged").status == "merged"
    assert ada.stories.get(story.id).status == "merged"
    assert ada.stories.update(id=story.id, title="The lid was stuck").title == "The lid was stuck"
    story.comments.create(content="Mine, too")
    assert [each.content for each in story.comments.get_all()] == ["Mine, too"]
    story.tags_manager.update(["grease"])
    assert ada.stories.get(story.id).tags == ["grease"]
    assert "grease" in [each.name for each in ada.tags.get_all()]
    kinds = [each.event_type for each in story.events.get_all()]
    assert {"story_created", "task_created", "task_status_changed", "user_comment"} <= set(kinds)
    story.tags_manager.delete(["grease"])
    ada.tasks.delete(id=task.id)
    told = ada.stories.get(story.id)
    assert (told.tags, told.status) == ([], "invalid")


def test_it_is_told_which_storyboard_it_talks_to(ada: Any) -> None:
    assert ada.system_info.get(None).version.startswith("1.1.0")


def test_people_teams_and_what_they_follow(ada: Any, hub: Madang) -> None:
    me = ada.users.get("self")
    assert me.full_name == "ada"
    assert {each.full_name for each in ada.users.get_all()} >= {"ada", "bob"}
    me.user_preferences.set({"page_size": "50"})
    assert me.user_preferences.get("page_size") == "50"
    assert len(me.user_tokens.get_all()) >= 1
    team = ada.teams.create(name="lidders")
    team.users.update(id=me.id)
    assert [each.id for each in team.users.get_all()] == [me.id]
    story = client_of(hub, "bob", "write").stories.create(title="Followed from afar")
    followed = ada.subscriptions.create(target_type="story", target_id=story.id)
    assert followed.id in [each.id for each in ada.subscriptions.get_all()]
    story.comments.create(content="For those who follow")
    (event,) = wait_until(ada.subscription_events.get_all, "what bob said")
    assert (event.event_type, event.author_id) == ("user_comment", story.creator_id)


def test_lists_boards_and_dates(ada: Any) -> None:
    story = ada.stories.create(title="A card of the board")
    list_ = ada.worklists.create(title="What comes next")
    told = {"item_id": story.id, "item_type": "story", "list_position": 0}
    ada.worklists.client.post(f"/worklists/{list_.id}/items", json=told)  # it has no verb for it
    assert [each["item_id"] for each in ada.worklists.get(list_.id).items] == [story.id]
    assert list_.id in [each.id for each in ada.worklists.get_all()]
    assert list_.list_filters.get_all() == []
    board = ada.boards.create(title="The release", description="")
    assert ada.boards.get(board.id).title == "The release"
    date = ada.due_dates.create(name="Freeze", date="2030-01-01T00:00:00+00:00")
    assert date.id in [each.id for each in ada.due_dates.get_all(user=ada.users.get("self").id)]


def test_errors_are_the_clients_own(ada: Any, hub: Madang) -> None:
    with pytest.raises(exceptions.NotFound):
        ada.stories.get(999_999)
    with pytest.raises(exceptions.BadRequest):
        ada.stories.create(title="x")
    with pytest.raises(exceptions.Forbidden):
        client_of(hub, "bob", "write").projects.create(name="crock/none")
    with pytest.raises(exceptions.Unauthorized):
        Client(f"{hub.url}/api/v1", "madang_no-such-token").users.get("self")
    private = ada.stories.create(title="Not for all to see", private=True)
    with pytest.raises(exceptions.NotFound):
        client_of(hub, "bob", "write").stories.get(private.id)
