"""OpenStack's projects.yaml moves in, as often as one likes."""

from pathlib import Path

import pytest

from hub import cli
from hub.errors import Invalid
from tests.tracker.community import Community
from tracker.importing.projects_yaml import read_projects
from tracker.projects import find_group, find_project
from tracker.tables import GroupedRow

FILE = """
- project: crock/firmware
  description: Mends lids
  use-storyboard: true
  groups: [crock]
  upstream: git://example.org/firmware
- project: crock/kiln
  use-storyboard: true
  groups: [crock, fire]
- project: "no such name!"
  use-storyboard: true
- project: crock/elsewhere
- nonsense
"""


def test_its_projects_and_groups_are_here_and_again_changes_nothing(
    sqlite_community: Community, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, app = tmp_path / "projects.yaml", sqlite_community.app
    file.write_text(FILE)
    told = ["import", "projects", str(file), "--data", str(app.config.data_dir)]
    assert cli.main(told) == 0
    printed = capsys.readouterr().out
    assert "3 projects, 1 of them new." in printed
    assert "not taken: no such name!: " in printed
    assert cli.main(told) == 0
    assert "3 projects, 0 of them new." in capsys.readouterr().out
    assert cli.main([*told, "--all"]) == 0
    assert "4 projects, 1 of them new." in capsys.readouterr().out

    def look(session: object) -> tuple[str | None, int]:
        known = find_project(session, "crock/firmware")  # type: ignore[arg-type]
        group = find_group(session, "crock")  # type: ignore[arg-type]
        assert known is not None
        assert group is not None
        assert session.get(GroupedRow, (group.id, known.id)) is not None  # type: ignore[attr-defined]
        return known.description, group.id or 0

    assert sqlite_community.sees(look)[0] == "Mends lids"
    assert sqlite_community.problems == []


@pytest.mark.parametrize("text", ["{", "a: b", "", "&a [*a"])
def test_what_is_no_such_file_is_told(text: str) -> None:
    with pytest.raises(Invalid):
        read_projects(text)
