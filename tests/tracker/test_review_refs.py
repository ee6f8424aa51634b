"""Reviews are mentioned by their addresses: links with titles, and the story tells who speaks of them."""

import pytest

from hub import bootstrap
from hub.consumers import catch_up
from hub.refs import find_refs
from tests.databases import Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.comments import add_comment
from tracker.gerrit.announcing import Announcing
from tracker.gerrit.refs import review_refs
from tracker.gerrit.reviews import take_events

URL = "https://review.example.org/c/crock/firmware/+/77"
OPENDEV = "review:review.opendev.org/799121"
MENTIONS = [
    ("https://review.opendev.org/c/openstack/nova/+/799121", [OPENDEV]),
    ("see https://review.opendev.org/c/openstack/nova/+/799121/3/nova/x.py#12.", [OPENDEV]),
    ("https://review.opendev.org/799121, (http://Review.OpenDev.org/c/799121/)", [OPENDEV]),
    ("https://review.openstack.org/#/c/799121/2", ["review:review.openstack.org/799121"]),
    ("https://gerrit.wikimedia.org/r/c/mediawiki/core/+/12", ["review:gerrit.wikimedia.org/12"]),
    ("https://paste.example.org/799121 https://forum.example.org/c/9/topic", []),
    ("https://review.opendev.org/q/topic:799121 https://review.opendev.org/12x", []),
]


@pytest.mark.parametrize(("text", "refs"), MENTIONS)
def test_a_review_is_recognised_by_its_address(text: str, refs: list[str]) -> None:
    assert list(find_refs([review_refs()], text)) == refs


def proposed(community: Community, message: str) -> None:
    """Let Gerrit tell of a change."""
    change = {
        "number": 77, "project": "crock/firmware", "branch": "master", "url": URL,
        "subject": "Mend the <lid>", "commitMessage": f"Mend the lid\n\n{message}\n",
    }  # fmt: skip
    event = {"type": "patchset-created", "change": change}
    community.does(lambda s, now: take_events(s, [event], Announcing("net", []), now=now))


def test_who_speaks_of_a_review_speaks_of_its_story(community: Community) -> None:
    first, second = community.story("The lid leaks"), community.story("Salt is low")
    bob, yard = community.actor("bob"), Yard(community.app)
    community.does(lambda s, now: add_comment(s, bob, second, f"As in {URL}/3", now=now))
    yard.says("ann", f"please look at {URL}")
    proposed(community, f"Story: {first}")
    catch_up(community.app, bootstrap.consumers(community.app))
    guest = Reader(community)
    speaks = guest.get("/story/1").text.split("What links here")[1]
    assert "Salt is low" in speaks
    assert "/irclogs/" in speaks
    title = "Mend the &lt;lid&gt; (crock/firmware 77)"
    assert title in guest.get("/story/2").text
    page = f"/irclogs/%23yard/%23yard.{yard.now:%Y-%m-%d}.log.html"
    link = f'<a href="https://review.example.org/77" title="{title}" rel="nofollow noopener ugc">{URL}</a>'
    assert link in guest.get(page).text


def test_what_is_reviewed_for_a_private_story_is_told_to_its_readers(community: Community) -> None:
    story = community.story("A secret", by="cho", is_private=True)
    community.story("Salt is low", description=f"As in {URL}")
    proposed(community, f"Story: {story}")
    catch_up(community.app, bootstrap.consumers(community.app))
    assert "Mend the" not in Reader(community, "bob").get("/story/2").text
    assert "Mend the &lt;lid&gt;" in Reader(community, "cho").get("/story/2").text
