"""Somebody deletes most of a pad: what was there is kept, and comes back with one click."""

import httpx

from pad.kept import WIPED, kept_revisions
from pad.pads import find_pad
from tests.pad.peers import Peers
from tests.servers.deadline import wait_until
from tests.web.hub import Site

LONG = "What we decided, line by line.\n" * 60


def kept(site: Site) -> list[str]:
    """Return why each kept revision of the pad is kept."""
    pad = site.app.db.read(lambda s: find_pad(s, "plans"))
    assert pad is not None
    return [one.why for one in site.app.db.read(lambda s: kept_revisions(s, pad.id))]


def test_what_stood_before_most_was_deleted_is_kept_and_comes_back(
    site: Site, peers: Peers
) -> None:
    ann, bob = peers.opened("plans"), peers.opened("plans")
    ann.insert(0, LONG)
    assert bob.shows(LONG)
    ann.do("erase", at=0, length=300)  # less than half: nothing to keep
    assert bob.shows(LONG[300:])
    bob.do("erase", at=0, length=len(LONG) - 310)
    wait_until(lambda: kept(site) == [WIPED], "the revision before the deletion to be kept")
    assert "More than half of this pad was deleted" in site.ask("/p/plans").text
    answer = httpx.post(site.url + "/p/plans/back", data={"revision": "wiped"})
    assert answer.headers["location"] == "/p/plans"
    assert ann.shows(LONG[300:])
    assert bob.shows(LONG[300:])
