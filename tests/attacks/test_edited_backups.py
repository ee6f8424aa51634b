"""Backups that somebody edited, with a digest that is right again: refused, and nothing half restored."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from hub.app import App
from hub.backup import back_up, restore
from hub.errors import Invalid
from tests.databases import START, Yard

EDITS: dict[str, tuple[str, str, Any]] = {
    "a text for a time": ("line", "at", "noon"),
    "a time out of the calendar": ("line", "at", 1 << 60),
    "a time before any": ("channel", "last_at", -(1 << 60)),
    "a number that no database takes": ("line", "id", 1 << 80),
    "a number with a fraction": ("line", "nth", 1.5),
    "a truth for a number": ("line", "nth", True),
    "a place before the first": ("line", "nth", 0),
    "a day out of the calendar": ("day", "day", 9_999_999),
    "an unknown kind": ("line", "kind", "shout"),
    "an unknown state": ("watch", "state", "lurking"),
    "a number for a text": ("line", "text", 5),
    "a list for a text": ("line", "nick", ["ann"]),
    "half a character": ("line", "text", "\ud800"),
    "a NUL": ("channel", "topic", "a\0b"),
    "nothing where something must be": ("line", "text", None),
    "a number for a truth": ("watch", "invited", 2),
    "a channel that is not there": ("line", "channel_id", 77),
}


def edited(data: bytes, table: str, column: str, value: object) -> bytes:
    """Return a backup with one value of a table's last row changed, and its digest made right."""
    told = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    at = next(i for i, v in enumerate(told) if isinstance(v, dict) and v.get("table") == table)
    columns = told[at]["columns"]
    last = at + 1
    while isinstance(told[last + 1], list):
        last += 1
    told[last][columns.index(column)] = value
    lines = [json.dumps(v, separators=(",", ":")) + "\n" for v in told[:-1]]
    end = told[-1] | {"sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}
    return gzip.compress("".join([*lines, json.dumps(end) + "\n"]).encode())


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_backup_is_refused_whole(yard: Yard, tmp_path: Path, edit: str) -> None:
    """With the row and the column in the message; what was there stays."""
    yard.joins()
    yard.says("ann", "one")
    file = tmp_path / "a.backup"
    back_up(yard.app, file, START)
    table, column, value = EDITS[edit]
    file.write_bytes(edited(file.read_bytes(), table, column, value))
    yard.says("ann", "two")
    wanted = column if column != "channel_id" else "go together"
    with pytest.raises(Invalid, match=rf"a\.backup.+{wanted}.+Use another backup\."):
        restore(yard.app, file, replace=True)
    assert yard.texts() == ["one", "two"]
    assert yard.problems == []


def test_the_edit_itself_is_what_is_refused(yard: Yard, tmp_path: Path) -> None:
    """The same way of editing with a sound value is taken."""
    yard.says("ann", "one")
    file = tmp_path / "a.backup"
    back_up(yard.app, file, START)
    file.write_bytes(edited(file.read_bytes(), "line", "text", "uno"))
    restore(yard.app, file, replace=True)
    assert yard.texts() == ["uno"]


def test_a_backup_nested_without_end_is_refused(sqlite_app: App, tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    file.write_bytes(gzip.compress(b"[" * 200_000))
    with pytest.raises(Invalid, match="can't be read as a backup"):
        restore(sqlite_app, file)


STRAYS = {
    "line, id 1: at holds": "UPDATE line SET at = 'noon' WHERE id = 1",
    "line, id 1: kind holds": "UPDATE line SET kind = 'shout' WHERE id = 1",
    "line, id 1: nth holds": "UPDATE line SET nth = 0 WHERE id = 1",
    "channel, id 1: last_at holds": f"UPDATE channel SET last_at = {1 << 60}",
    "day, channel_id 1, day 'x': day holds": "UPDATE day SET day = 'x'",
    "watch, channel_id 1, slot 0: state holds": "UPDATE watch SET state = 'lurking'",
    "line, id 1: text holds": "UPDATE line SET text = x'ff' WHERE id = 1",
}


@pytest.mark.parametrize("told", STRAYS)
def test_a_check_names_bad_rows_and_goes_on(sqlite_app: App, told: str) -> None:
    """To the end: damage elsewhere is found too."""
    yard = Yard(sqlite_app)
    yard.joins()
    yard.says("ann", "one")
    yard.settles()
    yard.sql(STRAYS[told])
    yard.sql("UPDATE channel SET lines = 77")
    problems = yard.problems
    assert any(problem.startswith(told) for problem in problems), problems
    assert any("its total says 77 lines" in problem for problem in problems), problems
