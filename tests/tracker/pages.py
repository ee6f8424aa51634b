"""A community with pages, and browsers in which its people are logged in."""

import re
from typing import Any

from starlette.testclient import TestClient

from hub.accounts.people import require_person
from hub.accounts.sessions import open_session
from tests.tracker.community import Community


class Reader:
    """A browser that sends forms as their pages make them; without a name it is a guest's."""

    def __init__(self, community: Community, slug: str = "") -> None:
        self.client = TestClient(community.shell, follow_redirects=False)
        if slug:
            secret = community.does(
                lambda s, now: open_session(s, require_person(s, slug), now=community.app.clock())
            )
            self.client.cookies.set("session", secret)

    def get(self, path: str) -> Any:
        """Open a page."""
        return self.client.get(path)

    def send(self, path: str, **fields: Any) -> Any:
        """Open a page and send one of its forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        return self.client.post(path, data=({"csrf": found[1]} if found else {}) | fields)
