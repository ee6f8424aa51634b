"""Stories are mentioned, linked and told on IRC."""

import pytest

from hub import bootstrap
from hub.consumers import catch_up
from hub.errors import HubError
from hub.links import all_links
from hub.module import Question
from hub.people import GUEST
from hub.refs import find_refs
from tests.databases import Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.answers import tell_stories, tell_story
from tracker.comments import add_comment
from tracker.refs import all_documents, document

MENTIONS = [
    ("see story 42.", ["story:42"]),
    ("Story: 42 and Task: #7", ["story:42", "task:7"]),
    ("Closes-Bug: #1234", ["story:1234"]),
    ("bug 12, LP: #13", ["story:12", "story:13"]),
    ("https://hub.example.org/story/9", ["story:9"]),
    ("story #42, STORY 42", ["story:42"]),
    ("history 42, story-telling 4, story 0, story 4x", []),
    ("story 12345678901", []),
    ("https://hub.example.org/story/9/edit", []),
]


def test_a_mention_is_recognised(sqlite_community: Community) -> None:
    kinds = [kind for module in sqlite_community.app.modules for kind in module.refs]
    for text, refs in MENTIONS:
        assert list(find_refs(kinds, text)) == refs, text


def test_who_mentions_a_story_stands_on_its_page(sqlite_community: Community) -> None:
    community = sqlite_community
    community.story("The lid leaks")
    community.story("Salt is low", description="Like story 1, but with salt")
    community.story("A secret", by="cho", is_private=True, description="See story 1")
    Yard(community.app).says("ann", "look at story 1 please")
    catch_up(community.app, bootstrap.consumers(community.app))
    text = Reader(community).get("/story/1").text
    assert "Salt is low" in text.split("What links here")[1]
    assert "#tYYYY" not in text
    assert "/irclogs/" in text.split("What links here")[1]
    assert "A secret" not in text
    assert "A secret" in Reader(community, "cho").get("/story/1").text
    assert '<a href="/story/1"' in Reader(community).get("/story/2").text


def test_what_a_line_mentions_is_a_link_with_its_title(sqlite_community: Community) -> None:
    community, yard = sqlite_community, Yard(sqlite_community.app)
    community.story('Lids "leak" & hiss')
    community.story("A secret", by="cho", is_private=True)
    for text in (
        "ann: story 1 and story 2, <b>",
        "see https://example.org/story 1, https://example.org/bug:1 too",
        "https://hub.example.org/story/1",
        "\x02story 1\x02",
        "story 99",
    ):
        yard.says("bob", text)
    page = f"/irclogs/%23yard/%23yard.{yard.now:%Y-%m-%d}.log.html"
    assert "Lids" not in Reader(community).get(page).text
    catch_up(community.app, bootstrap.consumers(community.app))
    guest, cho = Reader(community).get(page), Reader(community, "cho").get(page)
    link = '<a href="/story/1" title="Story 1: Lids &quot;leak&quot; &amp; hiss">'
    assert f"ann: {link}story 1</a> and story 2, &lt;b&gt;" in guest.text
    assert f"{link}https://hub.example.org/story/1</a></span>" in guest.text
    assert 'href="https://example.org/bug:1"' in guest.text
    assert f'<span class="bold">{link}story 1</a></span>' in guest.text
    assert guest.text.count(link) == 3
    assert "A secret" not in guest.text
    assert 'title="Story 2: A secret">story 2</a>' in cho.text
    assert guest.headers["etag"] != cho.headers["etag"]


def test_a_days_page_tells_who_may_see_it_what_speaks_of_its_lines(
    sqlite_community: Community,
) -> None:
    community, yard = sqlite_community, Yard(sqlite_community.app)
    yard.says("ann", "the lid leaks again")
    day = f"{yard.now:%Y-%m-%d}"
    page = f"/irclogs/%23yard/%23yard.{day}.log.html"
    line = f"https://hub.example.org{page}#t{yard.now:%Y-%m-%dT%H:%M:%S}"
    community.story("Leaking lids", description=f"See {line}")
    community.story("A secret", by="cho", is_private=True, description=f"See {line}")
    catch_up(community.app, bootstrap.consumers(community.app))
    guest, cho = Reader(community), Reader(community, "cho")
    assert "Story 1: Leaking lids" in guest.get(page).text
    assert "A secret" not in guest.get(page).text
    assert "A secret" not in Reader(community, "bob").get(page).text
    answer = cho.get(page)
    assert "Story 2: A secret" in answer.text
    assert "private" in answer.headers["cache-control"]
    tag = {"If-None-Match": answer.headers["etag"]}
    assert cho.client.get(page, headers=tag).status_code == 304
    assert guest.client.get(page, headers=tag).status_code == 200


def test_who_speaks_of_a_person_stands_on_their_page(sqlite_community: Community) -> None:
    community, bob = sqlite_community, sqlite_community.actor("bob")
    story = community.story("The lid leaks", description="Ask @cho, she knows lids")
    community.does(lambda s, now: add_comment(s, bob, story, "@cho님 봐 주세요", now=now))
    community.story("A secret", by="ada", is_private=True, description="Not for @cho")
    Yard(community.app).says("ann", "@cho may be anybody in talk")
    catch_up(community.app, bootstrap.consumers(community.app))
    told = Reader(community, "bob").get("/people/cho").text.split("What links here")[1]
    assert "The lid leaks" in told
    assert "A secret" not in told
    assert "anybody in talk" not in told
    assert "A secret" in Reader(community, "ada").get("/people/cho").text
    assert Reader(community).get("/people/cho").status_code == 404


def test_links_equal_a_rebuild_after_comments_and_deletions(community: Community) -> None:
    yard = Yard(community.app)
    first, second = community.story("The lid leaks"), community.story("Salt is low")
    bob = community.actor("bob")
    community.does(lambda s, now: add_comment(s, bob, second, f"See story {first}", now=now))
    yard.settles()
    assert ("story:2", "story:1") in yard.links
    assert yard.links == yard.rebuilt_links
    assert community.sees(lambda s: set(all_links(s, community.app.modules))) == yard.links


def test_search_is_told_all_that_a_story_says_and_for_whom(community: Community) -> None:
    story = community.story("The lid leaks", description="At night")
    community.task(story, "Seal it")
    hidden = community.story("A secret", by="cho", is_private=True)
    bob = community.actor("bob")
    community.does(lambda s, now: add_comment(s, bob, story, "Mine too", now=now))
    found = community.sees(lambda s: document(s, f"story:{story}"))
    assert found is not None
    assert [found.title, found.who, found.where] == ["The lid leaks", "Bob", "crock/firmware"]
    for said in ("At night", "Seal it", "Mine too"):
        assert said in found.text
    assert [d.visibility for d in community.sees(lambda s: list(all_documents(s)))] == [
        "public",
        "private",
    ]
    assert community.sees(lambda s: document(s, f"story:{hidden}")) is not None
    assert community.sees(lambda s: document(s, "story:99")) is None


def asks(community: Community, words: str, answer: object) -> str:
    """Ask the bot something."""
    question = Question("net", "#yard", GUEST, "ann", words)
    return community.sees(lambda s: answer(community.app, s, question))  # type: ignore[operator]


def test_the_bot_tells_a_storys_title_state_and_address(community: Community) -> None:
    story = community.story("The lid leaks")
    community.task(story)
    assert asks(community, "#1", tell_story) == (
        "Story 1: The lid leaks (active, 0 of 1 tasks done) https://hub.example.org/story/1"
    )
    assert asks(community, "", tell_stories) == "#1 The lid leaks"


def test_the_bot_tells_nobody_of_private_stories(community: Community) -> None:
    community.story("A secret", by="cho", is_private=True)
    for words in ("1", "99", "x", ""):
        with pytest.raises(HubError) as told:
            asks(community, words, tell_story)
        assert "secret" not in str(told.value)
    assert "secret" not in asks(community, "is:any", tell_stories)
