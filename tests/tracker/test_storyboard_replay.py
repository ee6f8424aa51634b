"""A real StoryBoard's recorded answers are given here, too, but for what differs on purpose."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tracker.replay import differences, let_in, play, read
from tests.web.hub import Site

UNSERVED = re.compile(r"\w+ \w+ /openid")
"""What is not played: logins are tested by themselves."""

DELIBERATE = {
    1: "who follows something is told what happens: that was off there",
    2: "the same",
    211: "moments are kept to the microsecond: of what changed within a second, the last comes last",
    232: "numbers are not used up by what was refused: the real one lost a comment's and an event's",
    237: "the same; and the text of a comment that was taken back is told to nobody",
    242: "the same",
    245: "the same",
    246: "the same",
    249: "the same",
    260: "an e-mail address finds nobody for those who may not see it",
    270: "a token's secret is told once, and one that is over was made there for the recording",
    272: "the same",
    284: "a token makes another only where it may secure the account, and never one that was chosen",
    285: "the same",
    287: "follows: that token was not made",
    288: "the same",
    289: "the same",
    292: "teams are of one kind here",
    297: "teams have no projects here",
    298: "a team keeps the name by which it is known everywhere",
    301: "follows: names and kinds of teams",
    303: "teams have no projects here",
    309: "the same",
    310: "the same",
    314: "follows: the name and kind of a team",
    316: "the same",
    317: "the same",
    363: "follows: a filter was changed that the real one failed to change; and what fills a list is ordered",
    367: "the same",
    368: "the same",
    390: "as 232; permissions have no numbers, and a person's name was changed there",
    391: "the same; and what was taken out of a list can't be taken out again",
}
"""Which calls are answered otherwise, and why."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub over a real socket, empty."""
    hub = {"base_url": "https://hub.example.org", "data_dir": str(tmp_path / "data")}
    with Site(tmp_path / "data", hub=hub) as made:
        yield made


@pytest.mark.parametrize("prefix", ["/api/v1", "/v1"])
def test_the_recorded_answers_are_given(
    site: Site, shared: Path, tmp_path: Path, prefix: str
) -> None:
    tokens = let_in(site.app)
    told = play(shared, site.url + prefix, tokens, tmp_path)
    recorded = read(shared / "data" / "storyboard" / "recorded.jsonl")
    found = [each for each in differences(recorded, told) if not UNSERVED.match(each.call)]
    assert [each for each in found if each.number not in DELIBERATE] == []
    assert {each.number for each in found} == set(DELIBERATE)
