"""Issues of GitHub move in from what `gh` and the REST API tell."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub import cli
from tests.tracker.community import Community
from tests.tracker.test_import_launchpad import rows
from tracker.tables import CommentRow, ProjectRow, StoryRow, TaskRow

WEB = "https://github.com/crock/kiln/issues"
BY_GH: list[dict[str, Any]] = [
    {
        "number": 3, "title": "It gets too hot", "body": "In summer", "url": f"{WEB}/3",
        "author": {"login": "ann"}, "labels": [{"name": "good first issue"}, {"name": "버그"}],
        "state": "CLOSED", "stateReason": "NOT_PLANNED", "assignees": [{"login": "bo"}],
        "createdAt": "2024-02-01T10:00:00Z", "updatedAt": "2024-02-03T10:00:00Z",
        "comments": [{"author": {"login": "bo"}, "body": "여름에도", "createdAt": "2024-02-02T10:00:00Z",
                      "url": f"{WEB}/3#issuecomment-9"}],
    },
    {"number": 4, "title": "It gets too cold", "url": f"{WEB}/4", "state": "OPEN"},
]  # fmt: skip
BY_REST: list[dict[str, Any]] = [
    {
        "number": 5, "title": "It is all right", "html_url": f"{WEB}/5", "state": "closed",
        "url": "https://api.github.com/repos/crock/kiln/issues/5", "comments": 0,
        "user": {"login": "ann"}, "created_at": "2024-02-01T10:00:00Z", "assignee": None,
    },
    {"number": 6, "title": "A request", "html_url": f"{WEB}/6", "pull_request": {}},
]  # fmt: skip


@pytest.mark.parametrize("first", [0, 1000])
def test_issues_are_stories_with_a_task_in_their_project(
    sqlite_community: Community, tmp_path: Path, capsys: pytest.CaptureFixture[str], first: int
) -> None:
    community, file = sqlite_community, tmp_path / "issues.json"
    file.write_text(json.dumps(BY_GH + BY_REST))
    told = ["import", "github", str(file), "--first", str(first)]
    told += ["--data", str(community.app.config.data_dir)]
    assert cli.main(told) == 0
    assert capsys.readouterr().out == "3 stories new, 0 changed, 0 as they were.\n"
    assert [row["id"] - first for row in rows(community, StoryRow)] == [3, 4, 5]
    assert [row["stage"] for row in rows(community, TaskRow)] == ["wontfix", "new", "merged"]
    assert "crock/kiln" in [row["name"] for row in rows(community, ProjectRow)]
    assert [row["content"] for row in rows(community, CommentRow)] == ["여름에도"]
    page = community.sees(lambda s: community.row(3 + first).title)
    assert page == "It gets too hot"
    assert community.problems == []
    assert cli.main(told) == 0
    assert capsys.readouterr().out == "0 stories new, 0 changed, 3 as they were.\n"
    file.write_text(
        json.dumps([BY_GH[1] | {"state": "CLOSED", "updatedAt": "2024-03-01T10:00:00Z"}])
    )
    assert cli.main(told) == 0
    assert capsys.readouterr().out == "0 stories new, 1 changed, 0 as they were.\n"
    assert [row["stage"] for row in rows(community, TaskRow)] == ["wontfix", "merged", "merged"]


def test_a_number_that_is_taken_is_told(
    sqlite_community: Community, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        sqlite_community.story()
    file = tmp_path / "issues.json"
    file.write_text(json.dumps(BY_GH))
    data = str(sqlite_community.app.config.data_dir)
    assert cli.main(["import", "github", str(file), "--data", data]) == 0
    printed = capsys.readouterr().out
    assert "1 stories new" in printed
    assert "not taken: story 3: there is another story of that number here already" in printed


@pytest.mark.parametrize(
    "text", ["", "[]", "[1]", '[{"number": 1}]', '[{"number": 1, "url": "x"}]']
)
def test_what_has_no_issues_is_told(
    sqlite_community: Community, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "issues.json"
    file.write_text(text)
    data = str(sqlite_community.app.config.data_dir)
    assert cli.main(["import", "github", str(file), "--data", data]) == 1
    assert str(file) in capsys.readouterr().err
