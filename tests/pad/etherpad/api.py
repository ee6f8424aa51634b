"""Etherpad's API as a script asks it."""

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from hub.people import operator
from pad.etherpad.key import make_key
from tests.web.hub import NOW, Hub


@dataclass
class Api:
    """A hub with a key, and its API."""

    hub: Hub
    client: TestClient
    key: str

    def ask(self, function: str, version: str = "1.3.1", **given: str) -> tuple[int, Any, str]:
        """Call a function; return the envelope's code, data and message."""
        data = {"apikey": self.key} | given
        answer = self.client.post(f"/api/{version}/{function}", data=data)
        told = answer.json()
        assert told.keys() == {"code", "message", "data"}
        assert answer.status_code == {0: 200, 1: 200, 2: 500, 3: 404, 4: 401}[told["code"]]
        return told["code"], told["data"], told["message"]

    def data(self, function: str, **given: str) -> Any:
        """Call a function that has to work; return the data."""
        code, data, message = self.ask(function, **given)
        assert (code, message) == (0, "ok")
        return data

    def wrong(self, function: str, **given: str) -> str:
        """Call a function that has to be refused with code 1; return the message."""
        code, data, message = self.ask(function, **given)
        assert (code, data) == (1, None)
        return message

    def text(self, name: str, **given: str) -> str:
        """Return a pad's text."""
        text: str = self.data("getText", padID=name, **given)["text"]
        return text


def api_of(hub: Hub) -> Api:
    """Make a key for a hub."""
    key = hub.app.db.write(lambda s: make_key(s, operator("olga"), now=NOW))
    return Api(hub, hub.visitor(), key)
