"""A person's page shows their stories; what is kept of them is exported and leaves with them."""

from hub.accounts.erasure import erase_person, export_person
from hub.people import operator
from tests.databases import Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.comments import add_comment
from tracker.refs import document
from tracker.subscriptions import follow


def test_a_persons_page_shows_their_stories_and_hides_private_ones(
    sqlite_community: Community,
) -> None:
    community = sqlite_community
    community.story("The lid leaks", by="bob")
    community.task(1, assignee_id=community.number("cho"))
    community.story("A secret", by="cho", is_private=True)
    guest, cho = Reader(community), Reader(community, "cho")
    assert "The lid leaks" in guest.get("/people/bob").text
    assert "The lid leaks" in guest.get("/people/cho").text
    assert "A secret" not in guest.get("/people/cho").text
    assert "A secret" in cho.get("/people/cho").text
    assert "The lid leaks" in guest.get("/").text
    assert "A secret" not in guest.get("/").text


def test_an_export_has_what_somebody_wrote_and_nothing_of_others(community: Community) -> None:
    community.story("The lid leaks", by="bob")
    community.story("Salt is low", by="cho")
    bob = community.actor("bob")
    community.does(lambda s, now: add_comment(s, bob, 2, "Mine too", now=now))
    told = community.sees(
        lambda s: export_person(s, "bob", modules=community.app.modules, now=community.now)
    )["tracker"]
    assert [story["title"] for story in told["stories"]] == ["The lid leaks"]
    assert [comment["content"] for comment in told["comments"]] == ["Mine too"]


def test_who_is_erased_leaves_no_name_in_stories(community: Community) -> None:
    story = community.story("The lid leaks", by="bob")
    other = community.story("Salt is low", by="cho")
    bob = community.actor("bob")
    community.does(lambda s, now: follow(s, bob, "story", other, now=now))
    heat = community.row(other).heat
    tombstone = community.does(lambda s, now: erase_person(s, operator("olga"), "bob", now))
    Yard(community.app).settles()
    text = Reader(community).get(f"/story/{story}").text
    assert "Bob" not in text
    assert tombstone in text
    found = community.sees(lambda s: document(s, f"story:{story}"))
    assert found is not None
    assert found.who == tombstone
    assert community.row(other).heat == heat - 2
    assert community.problems == []
