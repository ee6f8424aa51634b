"""Webhooks are told what happens in public, at least once, signed, and nowhere that they should not lead."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.erasure import erase_person
from hub.accounts.teams import give
from hub.config_stories import WebhooksSection
from hub.consumers import catch_up
from hub.errors import Invalid, Refused
from hub.webhooks.deliverer import Deliverer
from hub.webhooks.hooks import add_hook, list_deliveries, right_url
from hub.webhooks.queue import OFF_AFTER, known_kinds, take, webhook_consumer
from hub.webhooks.sending import is_public, signature
from tests.databases import OPERATOR, Yard
from tests.servers.deadline import wait_until
from tests.servers.ports import Ports
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tests.tracker.test_inbox import Inboxes
from tracker.comments import add_comment
from tracker.stories import StoryEdit, delete_story, edit_story

DOCS = Path(__file__).parents[2] / "docs" / "webhooks.md"


class Receiver:
    """A real HTTP server on loopback. answers: statuses of the next answers, 200 when there are none."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: deque[int] = deque()
        self.holds = threading.Event()
        self.holds.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((dict(self.headers.items()), body))
                outer.holds.wait(30)
                status = outer.answers.popleft() if outer.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/elsewhere")
                self.end_headers()
                self.wfile.write(b"Thanks\x00, <b>hub</b>" + b"!" * 5000)

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?x=1"

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.holds.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies that came."""
        return [json.loads(body) for _, body in self.taken]

    @property
    def events(self) -> list[str]:
        """What came."""
        return [each["event"] for each in self.told]


class Hooked:
    """A community with webhooks."""

    def __init__(self, community: Community, *, allow_private: bool = True) -> None:
        app = community.app
        section = WebhooksSection(allow_private=allow_private)
        config = app.config.model_copy(update={"webhooks": section})
        hub = Community(replace(app, config=config, clock=lambda: hub.now), community.now)
        self.hub = hub
        catch_up(hub.app, [webhook_consumer(hub.app)])

    def hook(self, url: str, *kinds: str, by: str = "ada", scope: str = "") -> tuple[int, str]:
        """Add a webhook."""
        actor, known = self.hub.actor(by), known_kinds(self.hub.app.modules)
        wanted = kinds or tuple(known)
        return self.hub.does(
            lambda s, now: add_hook(s, actor, url, scope, wanted, known=known, now=now)
        )

    def settle(self) -> None:
        """Let what has happened come into the queue."""
        catch_up(self.hub.app, [webhook_consumer(self.hub.app)])

    def deliver(self, patience_s: float = 5.0) -> None:
        """Send all that is due."""
        self.settle()
        anyio.run(Deliverer(self.hub.app, patience_s=patience_s).deliver)

    def log(self, hook: int = 1) -> list[tuple[str, str, int | None, int]]:
        """Return the log, the oldest first: kind, state, status, tries."""
        ada = self.hub.actor("ada")
        rows = self.hub.sees(lambda s: list_deliveries(s, ada, hook))
        return [(row.kind, row.state, row.status, row.tries) for row in reversed(rows)]

    def waits(self, seconds: float) -> None:
        """Let time go on."""
        self.hub.now += timedelta(seconds=seconds)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver."""
    with Receiver() as running:
        yield running


@pytest.fixture
def hooked(community: Community) -> Hooked:
    """On each kind of database."""
    return Hooked(community)


@pytest.fixture
def sqlite_hooked(sqlite_community: Community) -> Hooked:
    """For what is the same on both."""
    return Hooked(sqlite_community)


def test_what_happens_is_told_signed_and_in_order(hooked: Hooked, receiver: Receiver) -> None:
    hub = hooked.hub
    hub.story("Before the webhook", by="bob")
    hooked.settle()
    hook, secret = hooked.hook(receiver.url)
    story = hub.story("The lid leaks", by="bob")
    hub.task(story, "Mend it", by="cho", assignee_id=hub.number("cho"))
    Inboxes(hub).says("dan", story, "Mine too")
    hooked.deliver()
    assert receiver.events == ["story.created", "story.changed", "task.created", "story.commented"]
    headers, body = receiver.taken[-1]
    told = json.loads(body)
    assert headers["X-Hub-Signature-256"] == signature(secret, body)
    assert headers["X-Madang-Event"] == "story.commented"
    assert headers["X-Madang-Delivery"] == told["delivery"]
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert told["by"] == "dan"
    assert told["story"]["title"] == "The lid leaks"
    assert told["story"]["tasks"][0]["project"] == "crock/firmware"
    assert told["comment"]["text"] == "Mine too"
    assert receiver.told[2]["task"]["assignee"] == "cho"
    assert {state for _, state, _, _ in hooked.log(hook)} == {"done"}
    hooked.deliver()
    assert len(receiver.taken) == 4


def test_nothing_of_a_private_story_goes_out(hooked: Hooked, receiver: Receiver) -> None:
    hub = hooked.hub
    hooked.hook(receiver.url)
    hub.story("A secret", by="bob", is_private=True)
    hub.task(1, by="bob")
    Inboxes(hub).says("bob", 1, "Hush")
    hub.story("An open one", by="bob")
    hub.story("Soon a secret", by="bob")
    hooked.settle()
    bob, ada = hub.actor("bob"), hub.actor("ada")
    hub.does(lambda s, now: edit_story(s, bob, 3, StoryEdit(is_private=True), now=now))
    hub.does(lambda s, now: delete_story(s, ada, 1, now=now))
    hooked.deliver()
    assert [each["story"]["id"] for each in receiver.told] == [2]
    assert hooked.log() == [
        ("story.created", "done", 200, 1),
        ("story.created", "dropped", None, 0),
    ]
    assert b"secret" not in b"".join(body for _, body in receiver.taken)
    assert Yard(hub.app).rows("SELECT ref FROM webhook_delivery WHERE state = 'dropped'") == [("",)]


def test_a_projects_webhook_hears_of_its_stories_only(
    sqlite_hooked: Hooked, receiver: Receiver
) -> None:
    hooked, hub = sqlite_hooked, sqlite_hooked.hub
    hub.does(
        lambda s, now: give(s, OPERATOR, "maintain", "project:crock/web", "person:cho", now=now)
    )
    with pytest.raises(Refused):
        hooked.hook(receiver.url, by="cho")
    with pytest.raises(Refused):
        hooked.hook(receiver.url, by="cho", scope="project:crock/firmware")
    hooked.hook(receiver.url, "task.created", by="cho", scope="project:crock/web")
    for project in (1, 2):
        hub.task(hub.story(f"Story number {project}"), project_id=project)
    hooked.deliver()
    assert [each["story"]["id"] for each in receiver.told] == [2]


def test_what_fails_is_tried_again_ever_later_and_given_up_after_a_day(
    hooked: Hooked, receiver: Receiver
) -> None:
    hooked.hook(receiver.url)
    hooked.hub.story(by="bob")
    receiver.answers.extend([500] * 1000)
    tries: list[int] = []
    for _ in range(26 * 60):
        before = len(receiver.taken)
        if before >= 3 and hooked.log()[0][1] == "failed":
            break
        due = Yard(hooked.hub.app).rows("SELECT min(due_at) FROM webhook_delivery")[0][0]
        hooked.deliver()
        tries.append(len(receiver.taken) - before)
        now = int(hooked.hub.now.timestamp() * 1_000_000)
        due = Yard(hooked.hub.app).rows("SELECT min(due_at) FROM webhook_delivery")[0][0]
        hooked.waits(max(due - now, 0) / 1_000_000 + 1)
    ((kind, state, status, count),) = hooked.log()
    assert (kind, state, status) == ("story.created", "failed", 500)
    assert count == len(receiver.taken) == sum(tries)
    assert 10 <= count <= 25
    assert len({each["delivery"] for each in receiver.told}) == 1


def test_one_that_comes_back_is_told_what_it_missed(
    sqlite_hooked: Hooked, receiver: Receiver
) -> None:
    hooked = sqlite_hooked
    hooked.hook(receiver.url)
    hooked.hub.story(by="bob")
    receiver.answers.extend([503])
    hooked.deliver()
    assert hooked.log() == [("story.created", "waiting", 503, 1)]
    hooked.deliver()
    assert len(receiver.taken) == 1  # not before its time
    hooked.waits(60)
    hooked.deliver()
    assert hooked.log() == [("story.created", "done", 200, 2)]


def test_one_that_was_killed_while_it_sent_sends_again(hooked: Hooked, receiver: Receiver) -> None:
    hooked.hook(receiver.url)
    hooked.hub.story(by="bob")
    hooked.settle()
    app, now = hooked.hub.app, hooked.hub.now
    killed = app.db.write(lambda s: take(s, app, (), now=now))
    assert killed is not None
    hooked.deliver()
    assert receiver.taken == []  # it is somebody's just now
    hooked.waits(61)
    hooked.deliver()
    assert receiver.told[0]["delivery"] == killed.name
    assert hooked.log() == [("story.created", "done", 200, 2)]


def test_one_that_always_fails_is_switched_off_and_its_owner_hears_of_it(
    hooked: Hooked, receiver: Receiver
) -> None:
    hub = hooked.hub
    hooked.hook(receiver.url)
    receiver.answers.extend([500] * (OFF_AFTER + 50))
    for number in range(OFF_AFTER):
        hub.story(f"Story number {number}", by="bob")
    hooked.deliver()
    assert len(receiver.taken) == OFF_AFTER
    hooked.waits(3600)
    hooked.deliver()
    assert len(receiver.taken) == OFF_AFTER  # it is off
    ada = Reader(hub, "ada")
    text = ada.get("/me/inbox").text
    assert f"Webhook {receiver.url}" in text
    assert "was switched off" in text
    assert hub.problems == []
    receiver.answers.clear()
    assert ada.send("/admin/webhooks/1", do="on").status_code == 303
    hooked.deliver()
    assert {state for _, state, _, _ in hooked.log()} == {"done"}


def test_a_slow_one_holds_nobody_up(sqlite_hooked: Hooked, receiver: Receiver) -> None:
    hooked = sqlite_hooked
    with Receiver() as slow:
        slow.holds.clear()
        hooked.hook(slow.url)
        hooked.hook(receiver.url)
        for number in range(3):
            hooked.hub.story(f"Story number {number}", by="bob")
        hooked.settle()

        async def deliver() -> None:
            app = hooked.hub.app
            async with app.pulse.running(), anyio.create_task_group() as group:
                group.start_soon(Deliverer(app, patience_s=30).run)
                while len(receiver.taken) < 3:
                    await anyio.sleep(0.02)
                assert len(slow.taken) == 1  # and it is told one thing after another
                slow.holds.set()
                while len(slow.taken) < 3:
                    await anyio.sleep(0.02)
                group.cancel_scope.cancel()

        asyncio.run(asyncio.wait_for(deliver(), 40))


@pytest.mark.parametrize("drips", [False, True])
def test_all_is_over_within_a_bounded_time(sqlite_hooked: Hooked, drips: bool) -> None:
    """Of a receiver that says nothing, or one byte after another for ever."""
    hooked, over = sqlite_hooked, threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while not over.wait(0.05):
                    try:
                        if drips:
                            connection.send(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        hooked.hook(f"http://127.0.0.1:{server.getsockname()[1]}/")
        hooked.hub.story(by="bob")
        began = time.monotonic()
        hooked.deliver(patience_s=1.0)
        assert time.monotonic() - began < 8
        over.set()
        thread.join(10)
    assert hooked.log() == [("story.created", "waiting", None, 1)]


def test_redirects_are_not_followed_and_answers_are_cut(
    sqlite_hooked: Hooked, receiver: Receiver
) -> None:
    hooked = sqlite_hooked
    hooked.hook(receiver.url)
    hooked.hub.story(by="bob")
    receiver.answers.append(302)
    hooked.deliver()
    assert len(receiver.taken) == 1
    text = Reader(hooked.hub, "ada").get("/admin/webhooks/1").text
    assert "Redirects are not followed." in text
    assert "Thanks, &lt;b&gt;hub" in text
    ((response,),) = Yard(hooked.hub.app).rows("SELECT response FROM webhook_delivery")
    assert len(response) <= 1000


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"])
def test_no_webhook_leads_into_a_private_network(
    sqlite_community: Community, receiver: Receiver, host: str
) -> None:
    hooked = Hooked(sqlite_community, allow_private=False)
    hooked.hook(f"http://{host}:{receiver.port}/")
    hooked.hub.story(by="bob")
    hooked.deliver()
    assert receiver.taken == []
    ((kind, state, status, _),) = hooked.log()
    assert (kind, state, status) == ("story.created", "failed", None)
    text = Reader(hooked.hub, "ada").get("/admin/webhooks/1").text
    assert "leads into a private network" in text or "gaierror" in text


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.0.0.1", False),
        ("172.16.5.4", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("127.9.9.9", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("ff02::1", False), ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_what_is_public_is_known(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/", "file:///etc/passwd", "https://", "https://ann:pw@x.example/",
        "https://ann@x.example/", "https://x.example/#a", "https://x.example:99999/",
        "https://x.example:0/", "https://x.example/a b", "https://x.example/\r\nHost: y", "x",
        "https://x.example/" + "a" * 500, "gopher://x", "https://[::1/", "https://마당.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_for_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        right_url(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        kept = right_url(text)
    except Invalid:
        return
    assert (
        kept.startswith(("http://", "https://", "HTTP://", "HTTPS://"))
        or kept[:4].lower() == "http"
    )
    assert "\n" not in kept


def test_pages_show_test_send_again_and_delete(sqlite_hooked: Hooked, receiver: Receiver) -> None:
    hooked, hub = sqlite_hooked, sqlite_hooked.hub
    ada = Reader(hub, "ada")
    answer = ada.send("/admin/webhooks", url=receiver.url, scope="", kinds="story.created")
    secret = re.search(r'class="secret" translate="no">([^<]+)<', answer.text)
    assert secret is not None
    assert secret[1] not in ada.get("/admin/webhooks").text + ada.get("/admin/webhooks/1").text
    ada.send("/admin/webhooks/1", do="test")
    hooked.deliver()
    assert receiver.events == ["ping"]
    assert receiver.taken[0][0]["X-Hub-Signature-256"] == signature(secret[1], receiver.taken[0][1])
    hub.story(by="bob")
    hooked.deliver()
    ada.send("/admin/webhooks/1", do="again", delivery="2")
    hooked.deliver()
    assert receiver.events == ["ping", "story.created", "story.created"]
    assert receiver.told[1]["delivery"] != receiver.told[2]["delivery"]
    assert "taken" in ada.get("/admin/webhooks/1").text
    wrong = ada.send("/admin/webhooks", url="ftp://x", scope="", kinds="story.created")
    assert wrong.status_code == 400
    for other in (Reader(hub, "bob"), Reader(hub)):
        assert other.get("/admin/webhooks").status_code == 404
        assert other.get("/admin/webhooks/1").status_code == 404
    hub.does(
        lambda s, now: give(s, OPERATOR, "maintain", "project:crock/web", "person:cho", now=now)
    )
    cho = Reader(hub, "cho")
    assert receiver.url not in cho.get("/admin/webhooks").text
    assert cho.get("/admin/webhooks/1").status_code == 404
    assert (
        cho.send("/admin/webhooks", url=receiver.url, scope="", kinds="story.created").status_code
        == 403
    )
    assert ada.send("/admin/webhooks/1", do="delete").status_code == 303
    assert ada.get("/admin/webhooks/1").status_code == 404
    assert Yard(hub.app).rows("SELECT * FROM webhook_delivery") == []


def test_an_erasure_takes_the_names_out_of_webhooks(hooked: Hooked, receiver: Receiver) -> None:
    hub = hooked.hub
    hooked.hook(receiver.url)
    story = hub.story(by="bob")
    bob = hub.actor("bob")
    hub.does(lambda s, now: add_comment(s, bob, story, "Mine", now=now))
    hooked.settle()
    tombstone = hub.does(lambda s, now: erase_person(s, OPERATOR, "bob", now))
    yard = Yard(hub.app)
    yard.settles()
    hooked.deliver()
    assert "bob" not in json.dumps(receiver.told).replace(tombstone, "")
    assert yard.problems == []


def test_the_receiver_of_the_documentation_works(sqlite_hooked: Hooked, ports: Ports) -> None:
    hooked, port = sqlite_hooked, ports.claim()
    ports.close()
    _, secret = hooked.hook(f"http://127.0.0.1:{port}/")
    hooked.hub.story("The lid leaks", by="bob")
    code = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    environ = os.environ | {"HOOK_SECRET": secret, "HOOK_PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-c", code[1]],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: _listens(port), "the receiver", 30)
            hooked.deliver()
            assert process.stdout is not None
            assert process.stdout.readline() == b"story.created The lid leaks\n"
        finally:
            process.kill()
    assert hooked.log() == [("story.created", "done", 204, 1)]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
