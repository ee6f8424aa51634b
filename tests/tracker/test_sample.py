"""The sample community's stories."""

from datetime import UTC, datetime

import pytest

from hub.app import App
from tests.databases import PUBLIC, Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.sample_stories import load_sample_stories
from tracker.sample_texts import TALES

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
