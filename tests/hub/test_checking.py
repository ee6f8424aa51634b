"""`madang check`: finds each kind of damage, and nothing where there is none."""

import re
import sqlite3

import pytest

from archive.redaction import redact_line
from hub.app import App
from tests.databases import OPERATOR, PUBLIC, START, Yard

LINK = f"{PUBLIC}/irclogs/%23yard/%23yard.2021-05-12.log.html#t2021-05-12T21:00:31"


@pytest.fixture
def lived(yard: Yard) -> Yard:
    """A hub in which something of everything has happened."""
    yard.joins()
    for i in range(4):
        yard.says("ann", f"{i} {LINK}")
    ref = yard.says("bob", "secret")
    yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=START))
    yard.settles()
    return yard


def test_a_sound_hub_has_no_problems(lived: Yard) -> None:
    assert lived.problems == []


def test_an_empty_hub_has_no_problems(yard: Yard) -> None:
    assert yard.problems == []


DAMAGES = {
    "a line is gone": (
        "DELETE FROM line WHERE id = 2",
        r"#yard, day 18759: its totals are 1 lines \(1 spoken\)",
    ),
    "a day's lines": ("UPDATE day SET lines = lines + 2", "its totals are 2 lines"),
    "a day's talk": ("UPDATE day SET spoken = spoken - 1", r"its totals are 0 lines \(-1 spoken\)"),
    "a day is gone": ("DELETE FROM day", "its totals are -5 lines"),
    "a channel's lines": (
        "UPDATE channel SET lines = 77",
        "#yard: its total says 77 lines, its days 5",
    ),
    "an anchor twice": (
        "UPDATE line SET at = (SELECT at FROM line WHERE id = 1) WHERE id = 2",
        "#yard: 2 lines share the anchor 1 of second 1620853231",
    ),
    "a redacted text": (
        "UPDATE line SET text = 'secret' WHERE id = 5",
        "Line 5 was redacted, but its text is",
    ),
    "a link too many": (
        "INSERT INTO link (source, target, at) VALUES ('line:x', 'line:y', 0)",
        "A link from line:x to line:y is stored, but nothing says so",
    ),
    "a link too few": (
        "DELETE FROM link WHERE source LIKE '%32'",
        r"The link from line:.+:32 to line:.+ is missing",
    ),
    "a stopped consumer": (
        "UPDATE consumer SET error = 'boom' WHERE name = 'links'",
        "Consumer links is stopped by an error: boom",
    ),
    "another schema": (
        "UPDATE alembic_version SET version_num = '0000'",
        r"The schema is 0000 and should be \d+",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(lived: Yard, damage: str) -> None:
    sql, told = DAMAGES[damage]
    lived.sql(sql)
    problems = "\n".join(lived.problems)
    assert problems
    assert re.search(told, problems), problems


def test_a_row_that_points_nowhere_is_found_on_sqlite(sqlite_app: App) -> None:
    yard = Yard(sqlite_app)
    yard.says("ann", "hi")
    yard.app.db.close()
    raw = sqlite3.connect(yard.app.config.database_url.removeprefix("sqlite:///"))
    raw.execute("UPDATE line SET channel_id = 99")
    raw.commit()
    raw.close()
    assert any("points to no row of channel" in problem for problem in yard.problems)
