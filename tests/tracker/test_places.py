"""The pages of projects, groups and milestones; and what may be the same as a story that is being filed."""

import pytest

from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.projects import create_milestone
from tracker.similar import similar_stories
from tracker.states import Stage
from tracker.stories import set_duplicate

SETTINGS = "/project-settings/crock/firmware"


@pytest.fixture
def yard(sqlite_community: Community) -> Community:
    """Four stories: 2 is a duplicate of 1, 4 is private to cho."""
    community = sqlite_community
    community.story("The lid leaks at night")
    community.story("A leaking lid wets the shelf at night")
    community.story("Salt runs out on Sundays")
    community.story("The lid leaks the password at night", by="cho", is_private=True)
    return community


def _alike(yard: Community, title: str, by: str = "bob") -> list[int]:
    actor = yard.actor(by)
    return [each.id for each in yard.sees(lambda s: similar_stories(s, actor, title))]


def test_what_may_be_the_same_is_told_to_who_may_see_it(yard: Community) -> None:
    assert _alike(yard, "Lid leaks") == [1, 2]
    assert _alike(yard, "Lid leaks", by="cho") == [4, 1, 2]
    assert _alike(yard, "the SALT, runs") == [3]
    assert _alike(yard, "Something else entirely") == []
    assert _alike(yard, "") == []


def test_a_duplicate_is_not_offered(yard: Community) -> None:
    bob = yard.actor("bob")
    assert set(_alike(yard, "lid at night")) == {1, 2}
    yard.does(lambda s, now: set_duplicate(s, bob, 2, 1, now=now))
    assert _alike(yard, "lid at night") == [1]


def test_the_form_for_a_new_story_shows_what_is_alike(yard: Community) -> None:
    part = Reader(yard, "bob").get("/stories/similar?title=lid leaks").text
    assert "The lid leaks at night" in part
    assert "password" not in part
    assert "The lid leaks at night" in Reader(yard, "bob").get("/story/new?title=lid leaks").text


def test_a_maintainer_sets_a_project_up_and_its_stories_begin_with_its_template(
    yard: Community,
) -> None:
    ada = Reader(yard, "ada")
    told = {"name": "crock/firmware", "description": "For crocks", "active": "1"}
    sent = ada.send(SETTINGS, do="edit", template="What *happened*?", repo="", **told)
    assert (sent.status_code, sent.headers["location"]) == (303, SETTINGS)
    assert "What *happened*?" in ada.get("/story/new?project=crock/firmware").text
    assert ada.get("/stories/template?project=crock/firmware").text == "What *happened*?"
    assert ada.get("/stories/template?project=crock/web").text == ""
    mine = ada.get("/story/new?project=crock/firmware&description=My own").text
    assert "My own" in mine
    assert "What *happened*?" not in mine


def test_milestones_and_branches_are_made_and_ended_on_the_web(yard: Community) -> None:
    ada = Reader(yard, "ada")
    assert ada.send(SETTINGS, do="branch", name="stable/1").status_code == 303
    again = ada.send(SETTINGS, do="branch", name="stable/1")
    assert again.status_code == 400
    assert "There is a stable/1 already" in again.text
    assert ada.send(SETTINGS, do="milestone", name="1.0", branch="1").status_code == 303
    assert ada.send(SETTINGS, do="milestone", name="2.0", branch="77").status_code == 400
    page = ada.get("/milestone/1")
    assert "1.0" in page.text
    assert ada.send(SETTINGS, do="milestone-over", milestone="1", on="1").status_code == 303
    assert "It is over." in ada.get("/milestone/1").text
    assert ada.get("/milestone/9").status_code == 404


def test_a_milestones_page_lists_what_is_in_it(yard: Community) -> None:
    ada = yard.actor("ada")
    number = yard.does(lambda s, now: create_milestone(s, ada, 1, "1.0", now=now))
    yard.task(1, stage=Stage.MERGED, milestone_id=number)
    page = Reader(yard).get(f"/milestone/{number}").text
    assert "The lid leaks at night" in page
    assert "Salt runs out" not in page
    assert f"/milestone/{number}" in Reader(yard).get("/project/crock/firmware").text


def test_projects_and_groups_are_begun_by_administrators_only(yard: Community) -> None:
    ada, bob = Reader(yard, "ada"), Reader(yard, "bob")
    assert "Begin one" not in bob.get("/projects").text
    assert bob.send("/projects", do="project", name="crock/new").status_code == 403
    assert ada.send("/projects", do="project", name="crock/new", title="Newest").status_code == 303
    assert ada.send("/projects", do="group", name="crocks", title="항아리").status_code == 303
    wrong = ada.send("/projects", do="project", name="no good name", title="kept")
    assert wrong.status_code == 400
    assert 'value="no good name"' in wrong.text
    assert 'value="kept"' in wrong.text
    assert ada.send("/project-settings/crock/new", do="groups", group="crocks").status_code == 303
    assert "crock/new" in bob.get("/project-group/crocks").text
    assert bob.get(SETTINGS).status_code == 403
    assert bob.send(SETTINGS, do="branch", name="stable/1").status_code == 403
    assert ada.send(SETTINGS, do="nothing").status_code == 400


@pytest.mark.parametrize("address", ["/project/crock/firmware", "/project-group/crocks"])
def test_a_project_or_group_is_followed_and_left(yard: Community, address: str) -> None:
    Reader(yard, "ada").send("/projects", do="group", name="crocks", title="Crocks")
    bob = Reader(yard, "bob")
    assert 'aria-pressed="false"' in bob.get(address).text
    assert bob.send(address, do="follow", on="1").status_code == 303
    assert bob.send(address, do="follow", on="1").status_code == 303, "once is enough"
    assert 'aria-pressed="true"' in bob.get(address).text
    assert bob.send(address, do="follow", on="0").status_code == 303
    assert 'aria-pressed="false"' in bob.get(address).text
    assert Reader(yard).send(address, do="follow", on="1").status_code == 403
