"""Nothing that somebody may not read is in hits, counts, facets, excerpts, suggestions or feeds."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from hub.documents import Document
from hub.people import GUEST, Actor, Role, operator, person_ref
from search.finding import Asker
from search.suggesting import suggestions
from tests.databases import START
from tests.search.office import KINDS, Office
from web.app import make_app

READERS = (
    operator("olga"),
    Actor("person:adam", Role.ADMINISTRATOR, person="adam"),
    Actor("someone", rights=frozenset({("read", "pad:one")})),
    Actor("editor", rights=frozenset({("edit", "pad:one")})),
    Actor("keeper", rights=frozenset({("maintain", "pad:one")})),
    Actor("of the series", rights=frozenset({("read", "series:tc")})),
)
OTHERS = (
    GUEST,
    Actor("irc:net/ann", Role.SPEAKER),
    Actor("person:ann", Role.MEMBER, person="ann"),
    Actor("someone", rights=frozenset({("read", "pad:other")})),
    Actor("token", Role.ADMINISTRATOR, verbs=frozenset({"write"})),
)


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: f"{actor.name} {actor.role}")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_private_is_nowhere_for_others(office: Office, actor: Actor, kind: str) -> None:
    words = "the payroll of xylophones 급여명세"
    office.writes(f"{kind}:secret", words, "private", labels=("series:tc",))
    office.writes("pad:open", "the xylophones of the yard")
    if actor.verbs is not None:
        office.papers.things.pop("pad:open")
        office.changed("pad:open")
    found = office.shelf.finds("xylophones", actor)
    assert f"{kind}:secret" not in [hit.ref for hit in found.hits]
    assert found.total == (0 if actor.verbs is not None else 1)
    assert sum(count for _, count in found.facets.get("kind", ())) == found.total
    assert office.shelf.finds("payroll", actor).hits == []
    assert office.shelf.finds("payrol", actor).better == ""
    for typed in ("payr", "title", "the pay", "급여"):
        told = office.app.db.read(
            lambda s, t=typed: suggestions(  # type: ignore[misc]
                s, office.shelf.index, Asker(actor, office.app.modules), t, START
            )
        )
        assert "payroll" not in repr(told)
        assert "급여명세" not in repr(told)


@pytest.mark.parametrize("actor", READERS, ids=lambda actor: actor.name)
def test_who_may_read_a_private_thing_finds_it(office: Office, actor: Actor) -> None:
    office.writes("pad:one", "the payroll of xylophones", "private", labels=("series:tc",))
    office.writes("pad:open", "the xylophones of the yard")
    found = office.shelf.finds("xylophones", actor)
    assert {hit.ref for hit in found.hits} == {"pad:one", "pad:open"}
    assert found.total == 2
    assert dict(found.facets["kind"]) == {"pad": 2}


def test_a_person_finds_what_only_they_may_read(office: Office) -> None:
    ann = Actor("person:ann", Role.MEMBER, person="ann")
    office.papers.things[person_ref("ann")] = Document(
        person_ref("ann"), "person", "Ann", "ann likes xylophones", START, "ann", "", "private"
    )
    office.changed(person_ref("ann"))
    assert office.shelf.refs("xylophones", ann) == [person_ref("ann")]
    assert office.shelf.refs("xylophones") == []


def test_what_becomes_private_is_gone_at_once(office: Office) -> None:
    office.writes("pad:one", "the xylophones")
    assert office.shelf.refs("xylophones") == ["pad:one"]
    thing = office.papers.things["pad:one"]
    office.papers.things["pad:one"] = replace(thing, visibility="private")
    assert office.shelf.refs("xylophones") == []  # before the index has heard of it
    office.changed("pad:one")
    assert office.shelf.finds("xylophones").total == 0


def test_what_is_gone_is_gone(office: Office) -> None:
    office.writes("pad:one", "the xylophones")
    del office.papers.things["pad:one"]
    assert office.shelf.refs("xylophones") == []
    office.changed("pad:one")
    assert office.shelf.finds("xylophones").total == 0
    assert office.shelf.contents == office.shelf.rebuilt


def test_pages_feeds_and_json_tell_guests_nothing_private(office: Office) -> None:
    office.writes("pad:one", "the payroll of xylophones", "private")
    office.writes("pad:open", "the xylophones of the yard")
    client = TestClient(make_app(office.app))
    for page in ("/search", "/search.json", "/search.atom", "/search/suggest"):
        for asked in ("xylophones", "payr", "kind:pad", "in:office", "payroll -nothing"):
            answer = client.get(page, params={"q": asked})
            assert answer.status_code == 200
            told = answer.text.replace(asked, "").replace("payroll -nothing", "")
            assert "the payroll" not in told
            assert asked != "xylophones" or page == "/search/suggest" or "/pad:open" in told
            assert "pad:one" not in told
