"""The real program: found within two seconds, whoever is killed, and one writer among several processes."""

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from hub import bootstrap
from hub.config import load
from search.module import engine_of
from tests.databases import NETWORK, Yard
from tests.search.shelf import Shelf
from tests.servers.deadline import wait_until
from tests.servers.madang import Madang

CONFIG = f"""
[[network]]
name = "{NETWORK}"
host = "127.0.0.1"
port = 9
tls = false
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that several processes share."""
    return tmp_path / "data"


@pytest.fixture
def yard(tmp_path: Path, data: Path) -> Iterator[Yard]:
    """A hub to write with, in this process."""
    file = tmp_path / "yard.toml"
    file.write_text(CONFIG, encoding="utf-8")
    app = bootstrap.build(load(file, {}, {"MADANG_HUB_DATA_DIR": str(data)}))
    yield Yard(app)
    app.db.close()


def program(folder: Path, data: Path, role: str) -> Madang:
    """Return a process of the hub, not started."""
    folder.mkdir()
    return Madang(folder, CONFIG, role=role, data=data)


def total(web: Madang, words: str) -> int:
    """Return how many hits a page would tell of."""
    answer = json.loads(web.get(f"/search.json?q={quote(words)}"))
    return int(answer["total"] or 0) if answer["all_words"] else 0


def test_a_line_is_found_within_two_seconds_by_another_process(
    yard: Yard, data: Path, tmp_path: Path
) -> None:
    with program(tmp_path / "w", data, "worker"), program(tmp_path / "p", data, "web") as web:
        yard.says("ann", "the first word")
        wait_until(lambda: total(web, "first") == 1, "the index")
        for number in range(5):
            yard.says("ann", f"news{number}")
            began = time.monotonic()
            wait_until(lambda n=number: total(web, f"news{n}") == 1, "the line", 2.0)  # type: ignore[misc]
            assert time.monotonic() - began < 2


def test_kills_at_any_moment_leave_an_index_that_equals_a_rebuilt_one(
    yard: Yard, data: Path, tmp_path: Path
) -> None:
    chance = random.Random(7)
    worker = program(tmp_path / "w", data, "worker")
    written = 0
    try:
        for _ in range(6):
            worker.start()
            ends = time.monotonic() + chance.uniform(0.6, 2.5)
            while time.monotonic() < ends:
                written += 1
                yard.says("ann", f"word{written} 회의록{written} common")
            worker.kill()
    finally:
        worker.close()
    shelf = Shelf(yard.app, engine_of("tantivy"))
    shelf.follows(100_000)
    found = shelf.finds("common")
    assert found.total == written
    assert shelf.contents == shelf.rebuilt
    shelf.close()


def test_when_the_writer_is_killed_another_process_goes_on(
    yard: Yard, data: Path, tmp_path: Path
) -> None:
    with program(tmp_path / "a", data, "worker") as first:
        yard.says("ann", "before")
        with program(tmp_path / "b", data, "web") as web:
            wait_until(lambda: total(web, "before") == 1, "the index")
            first.kill()
            yard.says("ann", "afterwards")
            wait_until(lambda: total(web, "afterwards") == 1, "the other writer", 20)
