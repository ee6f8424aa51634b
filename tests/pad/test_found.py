"""What is written in a pad is found by search, a moment later."""

import asyncio
import time
from contextlib import suppress

from search.module import indexer
from tests.pad.peers import Peers
from tests.servers.deadline import wait_until
from tests.web.hub import Site

_LOOKS = "/search?q=persimmon"


def test_what_is_written_is_found_and_what_is_deleted_is_not(site: Site, peers: Peers) -> None:
    role = indexer(site.app, "serve")
    running = asyncio.run_coroutine_threadsafe(role.run(), site.loop)
    try:
        ann = peers.opened("orchard")
        ann.insert(0, "# The orchard\nwho eats the last persimmon?")
        began = time.monotonic()
        wait_until(lambda: "/p/orchard" in site.ask(_LOOKS).text, "the pad in the search")
        assert time.monotonic() - began < 10  # two seconds where nothing else runs
        assert "The orchard" in site.ask(_LOOKS).text
        ann.do("erase", at=0, length=len(ann.text))
        ann.insert(0, "all eaten")
        wait_until(lambda: "/p/orchard" not in site.ask(_LOOKS).text, "the pad to leave the search")
    finally:
        running.cancel()
        with suppress(BaseException):
            running.result(5)
