"""Topics: one timeline of what is tagged so, what is of that series, and what speaks of it."""

from datetime import timedelta

from starlette.testclient import TestClient

from hub.people import GUEST, Actor
from search.finding import Asker
from search.topics import Topic, topic
from tests.databases import START
from tests.search.office import Office
from web.app import make_app

KEEPER = Actor("keeper", rights=frozenset({("read", "pad:secret")}))


def on(office: Office, name: str, actor: Actor = GUEST, before: int | None = None) -> Topic:
    """Return a topic's timeline."""
    asker = Asker(actor, office.app.modules)
    return office.app.db.read(lambda s: topic(s, office.shelf.index, asker, name, before))


def urls(found: Topic) -> list[str]:
    """Return where its entries lead."""
    return [entry.url for _, entries in found.months for entry in entries]


def test_all_kinds_stand_on_one_timeline(office: Office) -> None:
    office.writes("meeting:one", "minutes", labels=("series:roof",), at=START + timedelta(days=40))
    office.writes("story:one", "tiles fall", labels=("tag:Roof",), at=START)
    office.writes("pad:one", "plans for the roof", at=START - timedelta(days=1))
    office.writes("pad:other", "plans for the soup")
    office.yard.says("ann", "the roof leaks")
    office.yard.says("bob", "Which roof?")
    office.shelf.follows()
    found = on(office, "roof")
    talk = next(e for _, entries in found.months for e in entries if e.kind == "line")
    assert (talk.lines, talk.text) == (2, "the roof leaks")
    assert [u for u in urls(found) if "irclogs" not in u] == [
        "/meeting:one", "/story:one", "/pad:one"
    ]  # fmt: skip
    assert [month.isoformat() for month, _ in found.months] == sorted(
        (month.isoformat() for month, _ in found.months), reverse=True
    )


def test_a_long_timeline_goes_on_and_skips_nothing(office: Office) -> None:
    for number in range(150):
        at = START + timedelta(minutes=number // 3)
        office.writes(f"pad:p{number}", "roof", at=at)
    seen: list[str] = []
    before, pages = None, 0
    while pages == 0 or before is not None:
        found = on(office, "roof", before=before)
        seen += urls(found)
        before, pages = found.earlier, pages + 1
    assert sorted(seen) == sorted(f"/{ref}" for ref in office.papers.things)
    assert pages == 3


def test_what_is_private_is_on_no_timeline_of_others(office: Office) -> None:
    office.writes("pad:secret", "the roof", "private", labels=("tag:roof",))
    assert on(office, "roof").months == []
    assert urls(on(office, "roof", KEEPER)) == ["/pad:secret"]
    assert TestClient(make_app(office.app)).get("/topics/roof").status_code == 404


def test_a_page_shows_it_and_a_topic_of_nothing_is_missing(office: Office) -> None:
    office.writes("pad:one", "기와 지붕 <b>")
    client = TestClient(make_app(office.app))
    page = client.get("/topics/지붕").text
    assert "/pad:one" in page
    assert "<b>" not in page.partition("<h1>")[2].replace("<b><bdi>", "")
    for nothing in ("nothing", "%00", "a" * 5000, "!!"):
        assert client.get(f"/topics/{nothing}").status_code == 404
