"""What stands around a thing: what speaks of it and what is related, as somebody may see them."""

from dataclasses import replace

from hub.around import around
from hub.documents import Document
from hub.links import link_consumers
from hub.people import GUEST, Actor
from search.relating import telling_words
from tests.databases import START
from tests.search.office import Office

KEEPER = Actor("keeper", rights=frozenset({("read", "pad:secret")}))


def linked(office: Office) -> None:
    """Let all links be noted."""
    for consumer in link_consumers(office.app.modules):
        cursor = -1
        after = 0
        while after != cursor:
            cursor = after
            after = office.app.db.write(lambda s, c=consumer, at=cursor: c.step(s, at))  # type: ignore[misc]


def near(
    office: Office, ref: str, actor: Actor = GUEST, told: tuple[str, ...] = ()
) -> tuple[list[str], list[str]]:
    """Return the refs of what speaks of a thing, and of what is related to it."""
    found = office.app.db.read(lambda s: around(s, office.app.modules, actor, ref, told))
    return [n.ref for n in found.speaks], [n.ref for n in found.related]


def test_what_mentions_a_thing_stands_on_its_page(office: Office) -> None:
    office.writes("story:roof", "The roof leaks")
    office.writes("pad:plan", "We talk of story#roof on Monday")
    office.writes("comment:one", "nothing of it")
    linked(office)
    assert near(office, "story:roof")[0] == ["pad:plan"]
    office.writes("pad:plan", "We talk of nothing")
    linked(office)
    assert near(office, "story:roof")[0] == []


def test_what_is_private_speaks_only_to_who_may_read_it(office: Office) -> None:
    office.writes("story:roof", "The roof leaks over the xylophones")
    office.writes("pad:secret", "story#roof leaks over the xylophones", "private")
    office.writes("meeting:secret", "The roof leaks over the xylophones", "private")
    linked(office)
    assert near(office, "story:roof") == ([], [])
    assert near(office, "story:roof", KEEPER) == (["pad:secret"], [])


def test_what_shares_telling_words_is_related(office: Office) -> None:
    office.writes("story:roof", "Tiles of the roof break in the frost")
    office.writes("pad:tiles", "Which tiles for the roof")
    office.writes("story:other", "Tiles of the roof fall")
    office.writes("pad:else", "Who brings the soup")
    office.writes("meeting:korea", "기와 지붕 수리 회의")
    office.writes("pad:korea", "지붕 기와를 고치자")
    assert near(office, "story:roof") == ([], ["pad:tiles"])
    assert near(office, "meeting:korea")[1] == ["pad:korea"]


def test_what_is_linked_already_is_not_related_too(office: Office) -> None:
    office.writes("story:roof", "Tiles of the roof")
    office.writes("pad:tiles", "Tiles of the roof: story#roof")
    office.writes("meeting:tiles", "Tiles of the roof")
    linked(office)
    assert near(office, "story:roof") == (["pad:tiles"], ["meeting:tiles"])
    assert near(office, "pad:tiles") == ([], ["meeting:tiles"])


def test_what_the_page_names_anyway_is_not_related_too(office: Office) -> None:
    office.writes("story:roof", "Tiles of the roof")
    office.writes("meeting:tiles", "Tiles of the roof")
    assert near(office, "story:roof")[1] == ["meeting:tiles"]
    assert near(office, "story:roof", told=("meeting:tiles",))[1] == []


def test_what_is_gone_has_nothing_around_it(office: Office) -> None:
    office.writes("story:roof", "Tiles of the roof")
    assert near(office, "story:nosuch") == ([], [])


def test_words_that_every_agenda_has_tell_nothing() -> None:
    document = Document(
        "pad:one", "pad", "Agenda of the weekly meeting, 2026-05-12", "", START, "ann", ""
    )
    assert telling_words(document) == []
    told = replace(
        document, title="Nova scheduler", text="placement and placement", labels=("tag:v2",)
    )
    assert telling_words(told) == ["nova", "scheduler", "placement"]
