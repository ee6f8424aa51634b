"""Bugs of Launchpad move in from what its API tells, under their numbers."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from hub import cli
from tests.tracker.community import Community
from tracker.comments import add_comment
from tracker.tables import CommentRow, ProjectRow, StoryRow, TaskRow

API = "https://api.launchpad.net/1.0"
BUG: dict[str, Any] = {
    "id": 1823104, "title": "The lid leaks", "description": "At night",
    "information_type": "Public Security", "tags": ["docs", "lid"],
    "owner_link": f"{API}/~ann", "date_created": "2019-04-03T10:00:00.123456+00:00",
    "date_last_updated": "2019-05-01T10:00:00+00:00",
    "bug_tasks": {"entries": [
        {"bug_target_name": "firmware", "status": "Fix Released", "importance": "High",
         "assignee_link": f"{API}/~bo", "owner_link": f"{API}/~ann"},
        {"bug_target_name": "firmware/train", "status": "Won't Fix", "importance": "Low"},
        {"bug_target_name": "firmware (Ubuntu)", "status": "Confirmed", "importance": "Undecided"},
    ]},
    "messages": [
        {"content": "At night", "owner_link": f"{API}/~ann", "date_created": "2019-04-03T10:00:00+00:00"},
        {"content": "밤에도 새요", "owner_link": f"{API}/~bo", "date_created": "2019-04-04T10:00:00+00:00"},
    ],
}  # fmt: skip
PRIVATE = {"id": 7, "title": "The password is salt", "information_type": "Private Security"}


def rows(community: Community, table: Any) -> list[Any]:
    """Return all of a table, in the order of numbers."""

    def look(session: Session) -> list[Any]:
        return [row.model_dump() for row in session.exec(select(table).order_by(table.id))]

    return community.sees(look)


def test_bugs_keep_their_numbers_words_and_people(
    sqlite_community: Community, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    community, file = sqlite_community, tmp_path / "bugs.json"
    file.write_text(json.dumps({"entries": [BUG, PRIVATE]}))
    told = ["import", "launchpad", str(file), "--data", str(community.app.config.data_dir)]
    assert cli.main(told) == 0
    assert capsys.readouterr().out == "2 stories new, 0 changed, 0 as they were.\n"
    private, bug = rows(community, StoryRow)
    assert (private["id"], private["is_private"], private["is_security"]) == (7, True, True)
    assert (bug["id"], bug["importance"], bug["is_private"]) == (1823104, "high", False)
    projects = {row["id"]: row["name"] for row in rows(community, ProjectRow)}
    tasks = [(projects[row["project_id"]], row["stage"]) for row in rows(community, TaskRow)]
    expected = [("firmware", "released"), ("firmware", "wontfix"), ("ubuntu/firmware", "confirmed")]
    assert tasks == expected
    assert [row["content"] for row in rows(community, CommentRow)] == ["밤에도 새요"]
    assert max(projects) < 100, "numbers made of names stay out of the tables"
    assert community.problems == []
    kept = rows(community, TaskRow), rows(community, CommentRow), rows(community, StoryRow)
    assert cli.main(told) == 0
    assert capsys.readouterr().out == "0 stories new, 0 changed, 2 as they were.\n"
    assert (
        rows(community, TaskRow),
        rows(community, CommentRow),
        rows(community, StoryRow),
    ) == kept


def test_what_was_said_here_since_stays(
    sqlite_community: Community, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    community, file = sqlite_community, tmp_path / "bugs.jsonl"
    file.write_text(json.dumps(BUG) + "\n" + json.dumps(PRIVATE) + "\n")
    told = ["import", "launchpad", str(file), "--data", str(community.app.config.data_dir)]
    assert cli.main(told) == 0
    bob = community.actor("bob")
    community.does(lambda s, now: add_comment(s, bob, 1823104, "Mine, too", now=now))
    file.write_text(json.dumps(BUG | {"title": "The lid leaks a lot"}))
    assert cli.main(told) == 0
    assert "not taken: story 1823104: it was changed here" in capsys.readouterr().out
    assert community.row(1823104).title == "The lid leaks"


@pytest.mark.parametrize("text", ["", "{", "[]", "[1]", '{"entries": 3}', '[{"id": "x"}]'])
def test_what_has_no_bugs_is_told(
    sqlite_community: Community, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bugs.json"
    file.write_text(text)
    data = str(sqlite_community.app.config.data_dir)
    assert cli.main(["import", "launchpad", str(file), "--data", data]) == 1
    assert str(file) in capsys.readouterr().err
