"""What StoryBoard's clients rely on beside the recorded answers."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.accounts.tokens import create_token
from tests.databases import OPERATOR
from tests.tracker.community import Community
from tracker.states import Stage


class Client:
    """A program with a token, or without one."""

    def __init__(self, community: Community, slug: str = "", *scopes: str) -> None:
        self._client = TestClient(community.shell, follow_redirects=False)
        self.headers: dict[str, str] = {}
        if slug:
            given = scopes or ("read", "write")
            secret = community.does(
                lambda s, now: create_token(s, OPERATOR, slug, "t", given, None, now)
            )[1]
            self.headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Ask for something below /api/v1."""
        headers = self.headers | options.pop("headers", {})
        return self._client.request(method, f"/api/v1{path}", headers=headers, **options)

    def get(self, path: str) -> Any:
        """Return what an address answers, as JSON."""
        return self.ask("GET", path).json()


@pytest.fixture
def board(community: Community) -> Community:
    """A story with two tasks, and one that only cho may read."""
    community.story("The lid leaks", description="At night " * 400)
    community.task(1, stage=Stage.CONFIRMED)
    community.task(1, "Say so", stage=Stage.MERGED)
    community.story("The password is salt", by="cho", is_private=True)
    community.task(2, "Change the password", by="cho")
    return community


PRIVATE = (
    "/stories", "/stories/2", "/stories/search?q=password", "/stories?title=password", "/tasks",
    "/tasks/3", "/tasks/search?q=password", "/stories/2/tasks", "/stories/2/tasks/3",
    "/stories/2/comments", "/stories/2/events", "/events", "/stories/2/tags", "/stories/2/users",
    "/stories?creator_id=3", "/stories?project_id=1", "/stories?status=active",
)  # fmt: skip


def test_nothing_of_a_private_story_is_told_to_others(board: Community) -> None:
    readers = [Client(board), Client(board, "bob"), Client(board, "ada", "read", "write", "admin")]
    for path in PRIVATE:
        for reader in readers:
            answer = reader.ask("GET", path)
            assert "password" not in answer.text.lower().replace("q=password", ""), path
        cho = Client(board, "cho").ask("GET", path)
        assert cho.status_code == 200, path
    totals = [reader.ask("GET", "/stories").headers["x-total"] for reader in readers]
    assert totals == ["1", "1", "1"]
    assert Client(board, "cho").ask("GET", "/stories").headers["x-total"] == "2"


def test_a_tag_that_only_private_stories_have_is_told_to_nobody_else(board: Community) -> None:
    cho, bob, guest = Client(board, "cho"), Client(board, "bob"), Client(board)
    cho.ask("PUT", "/stories/2/tags", json=["payroll", "salt"])
    tagged = bob.ask("PUT", "/stories/1/tags", json=["salt"])
    assert tagged.status_code == 200, tagged.text
    bob.ask("POST", "/tags/unused")
    for reader in (guest, bob):
        assert [tag["name"] for tag in reader.get("/tags")] == ["salt", "unused"]
        assert reader.get("/tags?name=payroll") == []
        assert reader.ask("GET", "/tags/1").status_code == 404
    assert [tag["name"] for tag in cho.get("/tags")] == ["payroll", "salt", "unused"]
    cho.ask("DELETE", "/stories/2/tags", json=["payroll"])
    assert [tag["name"] for tag in guest.get("/tags")] == ["salt", "unused"]
    cho.ask("PUT", "/stories/2/tags", json=["payroll"])
    admin = Client(board, "ada", "read", "write", "admin")
    assert admin.ask("DELETE", "/stories/2").status_code in (200, 204)
    assert [tag["name"] for tag in guest.get("/tags")] == ["salt", "unused"]


def test_a_stage_is_one_of_five_statuses_and_stays_where_it_fits(board: Community) -> None:
    bob = Client(board, "bob")
    assert bob.get("/tasks/1")["status"] == "todo"
    bob.ask("PUT", "/tasks/1", json={"status": "todo", "title": "Mend it well"})
    assert board.row(1).todo == 1
    assert "Confirmed" in TestClient(board.shell).get("/story/1").text
    bob.ask("PUT", "/tasks/1", json={"status": "review"})
    assert "In review" in TestClient(board.shell).get("/story/1").text
    assert bob.get("/stories/1")["status"] == "active"
    bob.ask("PUT", "/tasks/1", json={"status": "invalid"})
    assert bob.get("/stories/1")["status"] == "merged"
    assert board.problems == []


def test_gerrits_plugin_is_understood(board: Community) -> None:
    """It asks without a token, counts bytes by the header, and sends attributes of its own."""
    gerrit = Client(board, "dan")
    answer = Client(board).ask("GET", "/stories/1", headers={"Accept-Encoding": "gzip"})
    assert int(answer.headers["content-length"]) == len(answer.content) > 3_000
    assert answer.headers["content-encoding"] == "identity"
    assert answer.content.isascii()
    said = {"story_id": "1", "content": "Change 7 proposed"}
    assert gerrit.ask("POST", "/stories/1/comments", json=said).status_code == 200
    moved = gerrit.ask("PUT", "/tasks/1", json={"task_id": "1", "status": "merged"})
    assert (moved.status_code, moved.json()["status"]) == (200, "merged")
    broken = gerrit.ask("POST", "/stories/1/comments", content=b'{"content": "say "hi""}')
    assert broken.status_code == 400


def test_a_token_gives_no_more_than_its_scopes(board: Community) -> None:
    reading = Client(board, "bob", "read")
    assert reading.ask("GET", "/stories/1").status_code == 200
    assert reading.ask("PUT", "/stories/1", json={"title": "Not mine"}).status_code == 403
    assert reading.ask("POST", "/stories", json={"title": "Not mine"}).status_code == 403
    modest = Client(board, "ada", "read", "write")
    assert modest.ask("DELETE", "/stories/1").status_code == 403


def test_e_mail_addresses_are_for_oneself_and_administrators(board: Community) -> None:
    from hub.accounts.people import set_email

    board.does(lambda s, now: set_email(s, OPERATOR, "bob", "bob@example.org", now=now))
    number = board.number("bob")
    seen = {
        name: Client(board, name, *scopes).get(f"/users/{number}")["email"]
        for name, scopes in (
            ("", ()),
            ("cho", ()),
            ("bob", ()),
            ("ada", ("read", "write", "admin")),
        )
    }
    assert seen == {"": None, "cho": None, "bob": "bob@example.org", "ada": "bob@example.org"}
    assert Client(board, "cho").get("/users?email=bob@example.org") == []


def test_whatever_is_sent_is_answered_clearly(board: Community) -> None:
    bob = Client(board, "bob")
    bodies = [b"", b"[]", b"1", b'"x"', b"null", b"{", b"\xff", b'{"title": null}', b"[" * 5_000]
    for path in ("/stories", "/tasks", "/stories/1/comments", "/subscriptions", "/stories/1"):
        for body in bodies:
            for method in ("POST", "PUT", "DELETE"):
                answer = bob.ask(method, path, content=body)
                assert answer.status_code < 500, (method, path, body)
    for query in ("limit=%00", "marker=99999999999999999999", "offset=-1", "q=%22", "sort_field="):
        for path in ("/stories", "/tasks", "/events", "/users", "/stories/search", "/tags"):
            assert bob.ask("GET", f"{path}?{query}").status_code in (200, 400), (path, query)


def test_pages_follow_a_marker_in_any_order(board: Community) -> None:
    for number in range(7):
        board.story(f"Story number {number % 3}")
    bob = Client(board, "bob")
    for field in ("id", "title", "updated_at", "status"):
        for direction in ("asc", "desc"):
            order = f"sort_field={field}&sort_dir={direction}"
            whole = [each["id"] for each in bob.get(f"/stories?{order}")]
            found: list[int] = []
            while page := bob.get(
                f"/stories?{order}&limit=3" + (f"&marker={found[-1]}" if found else "")
            ):
                found += [each["id"] for each in page]
            assert found == whole, order


@pytest.mark.parametrize("kind", ["", "event_type=task_created", "event_type=user_comment"])
def test_events_are_counted_without_those_of_private_stories(board: Community, kind: str) -> None:
    for story, who in ((1, "bob"), (2, "cho"), (2, "cho")):
        said = Client(board, who).ask("POST", f"/stories/{story}/comments", json={"content": "So"})
        assert (said.json()["story_id"], said.json()["comment"]["content"]) == (story, "So")
    totals = {}
    for who in ("", "cho"):
        answer = Client(board, who).ask("GET", f"/events?{kind}")
        totals[who] = int(answer.headers["x-total"])
        assert totals[who] == len(answer.json())
    assert 0 < totals[""] < totals["cho"]
