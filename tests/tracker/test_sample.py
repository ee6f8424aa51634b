"""The sample community's stories."""

from datetime import UTC, datetime

import pytest

from hub.accounts.people import create_person
from hub.accounts.sample_people import load_sample_people
from hub.app import App
from hub.consumers import catch_up
from hub.people import Role
from tests.databases import OPERATOR, PUBLIC, Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.sample_stories import load_sample_stories
from tracker.sample_texts import TALES
from tracker.sample_welcome import welcome_consumer

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def test_the_sample_is_filed_once_and_whole(app: App) -> None:
    load = lambda s: load_sample_stories(s, NOON, public_url=PUBLIC)  # noqa: E731
    assert app.db.write(load) == len(TALES)
    assert app.db.write(load) == 0
    community = Community(app, NOON)
    assert community.problems == []
    Yard(app).settles()
    guest = Reader(community)
    for number in range(1, len(TALES) + 1):
        text = guest.get(f"/story/{number}").text
        assert TALES[number - 1].title in text.replace("&#39;", "'")
        assert "{line" not in text
        assert "{minutes" not in text


def test_who_administers_the_demo_is_welcomed_once(app: App) -> None:
    app.db.write(lambda s: load_sample_people(s, NOON, network="demo"))
    app.db.write(lambda s: load_sample_stories(s, NOON, public_url=PUBLIC))
    Yard(app).settles()
    app.db.write(
        lambda s: create_person(s, OPERATOR, "ada", role=Role.ADMINISTRATOR, now=app.clock())
    )
    for _ in range(2):
        catch_up(app, [welcome_consumer(app)])
        Yard(app).settles()
    community = Community(app, NOON)
    assert Yard(app).rows(
        "SELECT unread FROM inbox JOIN person ON id = person_id AND slug = 'ada'"
    ) == [(3,)]
    assert "Show @ada around the crocks" in Reader(community, "ada").get("/me/inbox").text
    assert community.problems == []


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.title)
def test_everything_in_the_sample_happens_in_order(tale: object) -> None:
    began = (tale.day, tale.clock)  # type: ignore[attr-defined]
    for said in tale.said:  # type: ignore[attr-defined]
        assert (said.day, said.clock) > began
    for work in tale.tasks:  # type: ignore[attr-defined]
        went = [(day, clock) for day, clock, _ in work.went]
        assert went == sorted(went)
        assert all(step > began for step in went)
        assert all(day < 0 for day, _ in went)
