"""A whole StoryBoard moves in by its API: resumed, repeated, and what it can't take is told."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from hub import bootstrap, cli
from hub.accounts.people import create_person
from hub.accounts.tables import GrantRow, MemberRow, TeamRow
from hub.accounts.tokens import create_token
from hub.app import App
from hub.clock import utc_now
from hub.people import Role, operator
from tests.databases import config_for
from tests.servers.madang import Madang
from tests.tracker.filled import fill_tracker
from tracker.checks import check_tracker
from tracker.importing.known import Import
from tracker.importing.moving import take_all
from tracker.importing.source import Folder, Remote, Shape
from tracker.planning.boards import edit_board
from tracker.planning.tables import (
    BoardRow,
    CriterionRow,
    DatedRow,
    DueDateRow,
    LaneRow,
    WorklistItemRow,
    WorklistRow,
)
from tracker.planning.worklists import PlanEdit
from tracker.stories import NewStory, StoryEdit, create_story, edit_story
from tracker.tables import StoryRow, SubscriptionRow, TimelineRow

OPERATOR = operator("olga")


@dataclass(frozen=True, slots=True)
class There:
    """A StoryBoard that runs: its address, a token that reads, and a way to change it."""

    url: str
    token: str
    server: Madang

    def answers(self, path: str, token: str = "") -> list[dict[str, Any]]:
        """Return a list as the API tells it."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        answer = httpx.get(f"{self.url}/api/v1/{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def writes(self, method: str, path: str, **body: Any) -> None:
        """Change something by the API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.request(method, f"{self.url}/api/v1/{path}", headers=headers, json=body)
        assert answer.status_code == 200, answer.text


@contextmanager
def filled(folder: Path, role: Role = Role.MEMBER) -> Iterator[There]:
    """Run a real process with a filled tracker that ann, in that role, reads."""
    data = folder / "data"
    app = bootstrap.build(config_for(f"sqlite:///{data}/madang.db", data))
    now = utc_now()

    def fill(session: Session) -> str:
        create_person(session, OPERATOR, "ann", name="Ann Ä", role=role, now=now)
        fill_tracker(session, "ann", now)
        scopes = ["read", "write", *(["admin"] if role is Role.ADMINISTRATOR else [])]
        return create_token(session, OPERATOR, "ann", "t", scopes, None, now)[1]

    token = app.db.write(fill)
    app.db.close()
    with Madang(folder, data=data) as server:
        yield There(server.url, token, server)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    """A StoryBoard that a member reads."""
    with filled(tmp_path_factory.mktemp("there")) as found:
        yield found


def moved(app: App, there: There) -> Import:
    """Import."""
    with Remote(there.url, there.token) as remote:
        return take_all(app, remote)


def rows(app: App, table: Any) -> list[dict[str, Any]]:
    """Return all of a table."""
    return app.db.read(lambda s: [row.model_dump() for row in s.exec(select(table))])


def problems(app: App) -> Sequence[str]:
    """Return what a recount says."""
    return app.db.read(lambda s: list(check_tracker(app, s)))


def test_all_of_it_is_here_under_its_numbers_and_again_changes_nothing(
    app: App, there: There
) -> None:
    run = moved(app, there)
    assert (run.new, run.changed, run.same, run.missed) == (2, 0, 0, [])
    stories = {row["id"]: row for row in rows(app, StoryRow)}
    for told in there.answers("stories"):
        row = stories[told["id"]]
        assert (row["title"], row["description"]) == (told["title"], told["description"] or "")
        assert [row["todo"], row["review"]] == [
            {each["key"]: each["count"] or 0 for each in told["task_statuses"]}[key]
            for key in ("todo", "review")
        ]
    kinds = [row["kind"] for row in rows(app, TimelineRow)]
    assert kinds.count("user_comment") == 1
    assert kinds.count("story_created") == 2
    assert problems(app) == []
    before = rows(app, TimelineRow), rows(app, StoryRow)
    again = moved(app, there)
    assert (again.new, again.changed, again.same, again.missed) == (0, 0, 2, [])
    assert (rows(app, TimelineRow), rows(app, StoryRow)) == before
    new = app.db.write(
        lambda s: create_story(s, OPERATOR, NewStory("A new one here"), now=app.clock())
    )
    assert new == 3, "numbers go on after those that moved in"


def _plans(app: App) -> list[list[dict[str, Any]]]:
    tables = (DueDateRow, DatedRow, WorklistRow, WorklistItemRow, BoardRow, LaneRow, CriterionRow)
    return [rows(app, table) for table in (*tables, GrantRow)]


def test_boards_worklists_and_due_dates_come_along_and_again_change_nothing(
    app: App, there: There
) -> None:
    moved(app, there)
    boards = there.answers("boards")
    assert [(row["id"], row["title"]) for row in rows(app, BoardRow)] == [
        (told["id"], told["title"]) for told in boards
    ]
    lanes = [lane["list_id"] for told in boards for lane in told["lanes"]]
    assert [row["list_id"] for row in rows(app, LaneRow)] == lanes
    lists = {told["id"]: told for told in there.answers("worklists")}
    lists |= {lane["list_id"]: lane["worklist"] for told in boards for lane in told["lanes"]}
    assert {row["id"]: row["title"] for row in rows(app, WorklistRow)} == {
        id_: told["title"] for id_, told in lists.items()
    }
    items = [
        item for id_ in lists for item in there.answers(f"worklists/{id_}/items") if "id" in item
    ]
    assert {(row["id"], row["list_id"], row["item_id"]) for row in rows(app, WorklistItemRow)} == {
        (item["id"], item["list_id"], item["item_id"]) for item in items
    }
    assert items
    dates = there.answers("due_dates")
    assert [row["name"] for row in rows(app, DueDateRow)] == [told["name"] for told in dates]
    assert len(rows(app, DatedRow)) == sum(told["count"] for told in dates)
    owned = {row["ref"] for row in rows(app, GrantRow) if row["verb"] == "maintain"}
    assert owned >= {f"board:{told['id']}" for told in boards}
    assert problems(app) == []
    before = _plans(app)
    assert moved(app, there).missed == []
    assert _plans(app) == before


def test_teams_what_is_put_away_and_what_people_follow_come_along(
    sqlite_app: App, tmp_path: Path
) -> None:
    app = sqlite_app
    kept = (TeamRow, MemberRow, SubscriptionRow, GrantRow, WorklistRow)
    with filled(tmp_path / "there", Role.ADMINISTRATOR) as there:
        me = there.answers("users")[0]["id"]
        there.writes("POST", "teams", name="lidders")
        team = next(each for each in there.answers("teams") if each["name"] == "lidders")
        there.writes("PUT", f"teams/{team['id']}/users/{me}")
        its = [{"id": team["id"]}]
        there.writes("POST", "stories", title="Seen by a team", private=True, teams=its)
        there.writes("POST", "worklists", title="Put away")
        list_ = next(each for each in there.answers("worklists") if each["title"] == "Put away")
        there.writes("PUT", f"worklists/{list_['id']}", archived=True)
        follows, teams = there.answers("subscriptions"), there.answers("teams")
        run = moved(app, there)
        assert run.missed == []
        before = [rows(app, table) for table in kept]
        assert moved(app, there).missed == []
    assert [rows(app, table) for table in kept] == before
    assert {row["slug"] for row in rows(app, TeamRow)} == {each["name"] for each in teams}
    lidders = next(row["id"] for row in rows(app, TeamRow) if row["slug"] == "lidders")
    assert [row["team_id"] for row in rows(app, MemberRow)].count(lidders) == 1
    assert "Put away" in [row["title"] for row in rows(app, WorklistRow) if row["archived"]]
    ours = {(row["target_type"], row["target_id"]) for row in rows(app, SubscriptionRow)}
    assert follows
    assert ours == {(each["target_type"], each["target_id"]) for each in follows}
    given = [row["ref"] for row in rows(app, GrantRow) if row["team_id"] == lidders]
    assert [ref.partition(":")[0] for ref in given] == ["story"]
    assert problems(app) == []


def test_a_board_that_was_changed_here_stays_as_it_is(sqlite_app: App, there: There) -> None:
    moved(sqlite_app, there)
    board = there.answers("boards")[0]["id"]
    edit = PlanEdit(title="Ours by now")
    sqlite_app.db.write(lambda s: edit_board(s, OPERATOR, board, edit, now=sqlite_app.clock()))
    there.writes("PUT", f"boards/{board}", title="Theirs by now")
    run = moved(sqlite_app, there)
    assert any("stays as it is" in missed for missed in run.missed)
    assert [row["title"] for row in rows(sqlite_app, BoardRow)] == ["Ours by now"]


def test_what_changes_there_comes_but_not_over_what_was_changed_here(
    sqlite_app: App, there: There
) -> None:
    app = sqlite_app
    moved(app, there)
    app.db.write(
        lambda s: edit_story(s, OPERATOR, 2, StoryEdit(title="Ours by now"), now=app.clock())
    )
    there.writes("PUT", "stories/1", title="The lid leaks no more")
    there.writes("POST", "stories/1/comments", content="Dry at last")
    there.writes("PUT", "stories/2", title="Theirs by now")
    run = moved(app, there)
    assert (run.new, run.changed) == (0, 1)
    assert run.missed == ["story 2: it was changed here since the last import, and stays as it is"]
    titles = {row["id"]: row["title"] for row in rows(app, StoryRow)}
    assert titles == {1: "The lid leaks no more", 2: "Ours by now"}
    comments = [row["info"] for row in rows(app, TimelineRow) if row["kind"] == "user_comment"]
    assert len(comments) == 2
    assert problems(app) == []


class Breaking(Folder):
    """A folder whose answers end after so many stories."""

    left = 1

    def within(self, path: str) -> Sequence[Shape]:
        """Return a list until it breaks."""
        if path.endswith("/events"):
            self.left -= 1
            if self.left < 0:
                raise ConnectionAbortedError(path)
        return super().within(path)


def saved(there: There, folder: Path) -> None:
    """Keep the answers of a StoryBoard in a folder."""
    paths = ["users", "projects", "branches", "milestones", "project_groups", "stories"]
    paths += [f"project_groups/{each['id']}/projects" for each in there.answers("project_groups")]
    for each in there.answers("stories"):
        paths += [f"stories/{each['id']}/{part}" for part in ("tasks", "events")]
    for path in paths:
        file = folder / f"{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(there.answers(path)))


def test_what_was_broken_off_goes_on_where_it_was(
    sqlite_app: App, there: There, tmp_path: Path
) -> None:
    saved(there, tmp_path / "kept")
    with pytest.raises(ConnectionAbortedError):
        take_all(sqlite_app, Breaking(tmp_path / "kept"))
    assert [row["id"] for row in rows(sqlite_app, StoryRow)] == [1]
    run = take_all(sqlite_app, Folder(tmp_path / "kept"))
    assert (run.new, run.same) == (1, 0)
    assert [row["id"] for row in rows(sqlite_app, StoryRow)] == [1, 2]
    assert problems(sqlite_app) == []


def test_what_can_t_be_taken_is_told_and_the_rest_goes_on(
    sqlite_app: App, there: There, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    saved(there, folder)
    (folder / "stories/1/tasks.json").write_text('[{"id": 1, "story_id": 1, "project_id": 99}]')
    (folder / "projects.json").write_text(
        json.dumps([*there.answers("projects"), {"id": 9, "name": "no such name!"}])
    )
    sqlite_app.db.close()
    data = str(sqlite_app.config.data_dir)
    assert cli.main(["import", "storyboard", str(folder), "--data", data]) == 0
    printed = capsys.readouterr().out
    assert "2 stories new, 0 changed, 0 as they were." in printed
    assert "not taken: task 1 of story 1: its project is not known" in printed
    assert "not taken: projects 9: " in printed
    assert cli.main(["import", "storyboard", str(tmp_path / "nowhere"), "--data", data]) == 1
    assert cli.main(["import", "storyboard", f"{there.url}/nowhere", "--data", data]) == 1
