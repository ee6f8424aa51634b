"""Gerrit and Zuul tell of a change, and its story follows; told again, nothing changes."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub import cli
from hub.config import Channel
from hub.config_stories import HooksSection
from hub.irc import Say
from tests.tracker.community import Community
from tracker.gerrit.announcing import due, read_listeners
from tracker.gerrit.stream import read_event

SECRET = "밤에도 새지 않는 뚜껑"
URL = "https://review.example.org/c/crock/firmware/+/77"
CHANNELS = """
yard:
  events: [patchset-created, change-merged, comment-added, x-vrif-minus-2, ref-updated]
  projects: ["^crock/.*"]
  branches: [master]
elsewhere:
  events: [change-merged]
  projects: [crock/web]
  branches: [master]
"""


class Gerrit:
    """A Gerrit, and its Zuul, that tell a hub what happens."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.client = TestClient(community.shell, follow_redirects=False)
        self.at = 1_620_000_000

    def event(self, kind: str, message: str, patchset: int = 1, **other: Any) -> dict[str, Any]:
        """Return an event, a second after the last one."""
        self.at += 1
        change = {
            "project": "crock/firmware", "branch": "master", "number": 77, "url": URL,
            "subject": "Mend the lid", "owner": {"name": "Ann"},
            "commitMessage": f"Mend the lid\n\n{message}\n",
        }  # fmt: skip
        change |= other.pop("change", {})
        patch = {"number": patchset, "kind": "REWORK"}
        told = {"type": kind, "change": change, "patchSet": patch, "eventCreatedOn": self.at}
        return told | other

    def sends(self, told: Any, path: str = "/hooks/gerrit", secret: str = SECRET) -> Any:
        """Send something, with the secret as a token."""
        bearer = {"Authorization": f"Bearer {secret}".encode()}
        return self.client.post(path, json=told, headers=bearer)

    def tells(self, kind: str, message: str, patchset: int = 1, **other: Any) -> int:
        """Tell of an event; return how much of it was new."""
        answer = self.sends(self.event(kind, message, patchset, **other))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["taken"])

    def page(self, story: int = 1) -> str:
        """Return a story's page."""
        return self.client.get(f"/story/{story}").text

    def status(self, task: int = 1) -> str:
        """Return a task's status, by the API."""
        return str(self.client.get(f"/api/v1/tasks/{task}").json()["status"])


@pytest.fixture
def gerrit(community: Community, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gerrit:
    """A Gerrit that knows the secret of a hub with a story of two tasks, and a channel that listens."""
    monkeypatch.setenv("GERRIT_SECRET", SECRET)
    (tmp_path / "channels.yaml").write_text(CHANNELS, encoding="utf-8")
    hooks = HooksSection(
        gerrit_secret_env="GERRIT_SECRET",
        zuul_secret_env="GERRIT_SECRET",
        gerritbot=str(tmp_path / "channels.yaml"),
    )
    config = community.app.config
    (network,) = config.network
    network = network.model_copy(update={"channel": (Channel(name="#Yard"),)})
    config = config.model_copy(update={"hooks": hooks, "network": (network,)})
    object.__setattr__(community.app, "config", config)
    community.story()
    community.task(1)
    community.task(1, "Say so", project_id=2)
    return Gerrit(community)


def said(gerrit: Gerrit) -> list[str]:
    """Return what the bot has to say now."""
    effects: list[str] = []
    while found := gerrit.community.does(
        lambda s, now: due(gerrit.community.app.config, s, "net", gerrit.community.app.clock())
    ):
        effects += [f"{e.target} {e.text}" for e in found if isinstance(e, Say)]
    return effects


def test_a_task_follows_the_change_that_names_it(gerrit: Gerrit) -> None:
    gerrit.tells("patchset-created", "Story: 1\nTask: 1", uploader={"name": "Ann"})
    assert (gerrit.status(1), gerrit.status(2)) == ("review", "todo")
    assert URL in gerrit.page()
    assert "Ann proposed the change “Mend the lid”" in gerrit.page()
    gerrit.tells("change-abandoned", "Story: 1\nTask: 1", abandoner={"name": "Ann"})
    assert (gerrit.status(), "Given up" in gerrit.page()) == ("todo", True)
    gerrit.tells("change-restored", "Story: 1\nTask: 1")
    assert gerrit.status() == "review"
    gerrit.tells("change-merged", "Story: 1\nTask: 1")
    assert gerrit.status() == "merged"
    gerrit.tells("change-abandoned", "Story: 1\nTask: 1")
    assert gerrit.status() == "merged"
    assert gerrit.community.problems == []


def test_what_is_told_again_or_late_changes_nothing(gerrit: Gerrit) -> None:
    first = gerrit.event("patchset-created", "Task: 1")
    merged = gerrit.event("change-merged", "Task: 1")
    assert gerrit.sends(merged).json() == {"taken": 1}
    page, row = gerrit.page(), gerrit.community.row(1)
    assert gerrit.sends(merged).json() == {"taken": 0}
    assert gerrit.sends([merged, merged]).json() == {"taken": 0}
    assert (gerrit.page(), gerrit.community.row(1)) == (page, row)
    gerrit.sends(first)
    assert gerrit.status() == "merged"


def test_a_bug_moves_its_tasks_of_that_project_and_branch(gerrit: Gerrit) -> None:
    gerrit.tells("patchset-created", "Partial-Bug: #1")
    assert (gerrit.status(1), gerrit.status(2)) == ("inprogress", "todo")
    gerrit.tells("patchset-created", "Closes-Bug: #1", 2)
    assert (gerrit.status(1), gerrit.status(2)) == ("review", "todo")
    gerrit.tells("change-merged", "Closes-Bug: #1", 2, change={"branch": "stable/1", "number": 78})
    assert gerrit.status(1) == "review"
    gerrit.tells("change-merged", "Closes-Bug: #1", 2)
    assert (gerrit.status(1), gerrit.status(2)) == ("merged", "todo")
    gerrit.tells(
        "patchset-created", "Related-Bug: #1", change={"project": "crock/web", "number": 79}
    )
    assert gerrit.status(2) == "todo"


def test_what_somebody_called_invalid_stays_so(gerrit: Gerrit) -> None:
    from tracker.states import Stage
    from tracker.tasks import TaskEdit, edit_task

    bob = gerrit.community.actor("bob")
    gerrit.community.does(
        lambda s, now: edit_task(s, bob, 1, TaskEdit(stage=Stage.WONT_FIX), now=now)
    )
    gerrit.tells("change-merged", "Task: 1")
    assert gerrit.status() == "invalid"


def test_a_task_stays_in_review_while_another_change_is_open(gerrit: Gerrit) -> None:
    gerrit.tells("patchset-created", "Task: 1")
    gerrit.tells("patchset-created", "Task: 1", change={"number": 78})
    gerrit.tells("change-abandoned", "Task: 1")
    assert gerrit.status() == "review"
    gerrit.tells("change-abandoned", "Task: 1", change={"number": 78})
    assert gerrit.status() == "todo"


def test_votes_and_results_stand_at_the_review(gerrit: Gerrit) -> None:
    gerrit.tells("patchset-created", "Story: 1", 2)
    votes = [{"type": "Code-Review", "value": "-1"}, {"type": "Verified", "value": "1"}]
    gerrit.tells("comment-added", "Story: 1", 2, approvals=votes, author={"name": "Bo"})
    build = {
        "job_name": "lid-tight",
        "result": "FAILURE",
        "web_url": "https://zuul.example.org/b/1",
    }
    told = {
        "action": "failure", "pipeline": "check", "project": "crock/firmware", "change": 77,
        "patchset": "2", "change_url": URL, "buildset": {"result": "FAILURE", "builds": [build]},
    }  # fmt: skip
    assert gerrit.sends(told, "/hooks/zuul").json() == {"taken": 1}
    assert gerrit.sends(told, "/hooks/zuul").json() == {"taken": 0}
    assert gerrit.sends(told | {"patchset": "1"}, "/hooks/zuul").json() == {"taken": 0}
    assert gerrit.sends(told | {"change": 99}, "/hooks/zuul").json() == {"taken": 0}
    page = gerrit.page()
    assert all(word in page for word in ("Code-Review -1", "Verified +1", "check: FAILURE"))
    assert 'href="https://zuul.example.org/b/1"' in page
    gerrit.tells("patchset-created", "Story: 1", 3)
    assert not [word for word in ("Code-Review", "check: FAILURE") if word in gerrit.page()]


def test_only_who_knows_the_secret_is_heard(gerrit: Gerrit) -> None:
    told = gerrit.event("change-merged", "Task: 1")
    body = json.dumps(told).encode()
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    def post(path: str, **headers: str) -> int:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return gerrit.client.post(path, content=body, headers=given).status_code

    for path in ("/hooks/gerrit", "/hooks/zuul"):
        assert post(path) == 403
        assert post(path, authorization="Bearer wrong") == 403
        assert post(path, authorization="Bearer ") == 403
        assert post(path, x_hub_signature_256="sha256=" + "0" * 64) == 403
        assert post(path, x_hub_signature_256=good) == 403
    assert gerrit.status() == "todo"
    assert post("/hooks/gerrit", x_hub_signature_256=f"sha256={good}") == 200
    assert gerrit.status() == "merged"
    object.__setattr__(
        gerrit.community.app,
        "config",
        gerrit.community.app.config.model_copy(update={"hooks": HooksSection()}),
    )
    assert post("/hooks/gerrit", authorization="Bearer ") == 403


def test_a_private_story_shows_its_reviews_to_its_readers_only(gerrit: Gerrit) -> None:
    gerrit.community.story("The password is salt", by="cho", is_private=True)
    gerrit.tells("patchset-created", "Story: 2", change={"subject": "Sugar for salt"})
    assert gerrit.client.get("/story/2").status_code == 404
    assert "Sugar" not in gerrit.page(1)


def test_channels_hear_what_they_asked_for_once(gerrit: Gerrit) -> None:
    gerrit.tells("patchset-created", "Task: 1", uploader={"name": "Ann"})
    gerrit.tells("change-merged", "Task: 1")
    gerrit.tells("change-merged", "Task: 1", change={"branch": "stable/1", "number": 78})
    gerrit.tells("comment-added", "", approvals=[{"type": "Verified", "value": "-2"}])
    tag = {"refName": "refs/tags/1.0", "oldRev": "0" * 40, "newRev": "1", "project": "crock/web"}
    gerrit.sends({"type": "ref-updated", "refUpdate": tag, "submitter": {"name": "Bo"}})
    assert said(gerrit) == [
        f"#Yard Ann proposed crock/firmware master: Mend the lid  {URL}",
        f"#Yard Merged crock/firmware master: Mend the lid  {URL}",
        f"#Yard Verification of a change to crock/firmware failed: Mend the lid  {URL}",
        f"#Yard A comment has been added to a proposed change to crock/firmware: Mend the lid  {URL}",
        "#Yard Bo tagged project crock/web with 1.0",
    ]
    assert said(gerrit) == []


def test_opendevs_own_file_of_channels_is_understood(shared: Path) -> None:
    text = (shared / "data/opendev-config/gerritbot/channels.yaml").read_text(encoding="utf-8")
    listeners = {each.channel: each for each in read_listeners(text)}
    assert len(listeners) > 50
    heard = listeners["#cloudkitty"]
    assert heard.hears(["change-merged"], "openstack/cloudkitty", "master")
    assert not heard.hears(["change-merged"], "openstack/cloudkitty", "stable/x")


def test_a_hub_follows_a_gerrit_and_takes_files(
    tmp_path: Path, gerrit: Gerrit, capsys: pytest.CaptureFixture[str]
) -> None:
    """By any program that speaks as `ssh` does; what is no event is left out."""
    events = [gerrit.event("patchset-created", "Task: 1"), gerrit.event("change-merged", "Task: 1")]
    file, config = tmp_path / "events.jsonl", tmp_path / "hub.toml"
    file.write_text("".join(f"{json.dumps(each)}\nnonsense\n" for each in events))
    speaks = tmp_path / "speaks"
    speaks.write_text(f'#!/bin/sh\n[ "$9" = "gerrit stream-events" ] && head -n 1 {file}\n')
    speaks.chmod(0o755)
    url = gerrit.community.app.db.url.render_as_string(hide_password=False)
    config.write_text(
        f'[hub]\ndata_dir = "{tmp_path}/data"\n[database]\nurl = "{url}"\n[[network]]\n'
        'name = "net"\nhost = "irc.example.org"\n'
    )
    where = ["--config", str(config)]
    follow = ["gerrit", "follow", "ann@review.example.org", "--once", "--ssh", str(speaks)]
    assert cli.main([*follow, *where]) == 0
    assert gerrit.status() == "review"
    assert cli.main(["gerrit", "take", str(file), *where]) == 0
    assert gerrit.status() == "merged"
    assert "2 events, 1 of them new." in capsys.readouterr().out


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["type", "change", "number", "project", "url", "patchSet", "approvals"]),
            inner,
        ),
    )
)  # fmt: skip
def test_no_event_is_too_strange(told: Any) -> None:
    event = read_event(told if isinstance(told, dict) else {"change": told})
    assert event is None or event.change.number > 0  # type: ignore[union-attr]
