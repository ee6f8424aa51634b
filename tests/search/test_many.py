"""Very many hits: the newest are exact, the best are those of the newest months and all writings."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import tantivy

from search.engine import Mark
from search.gathering import record
from search.tantivy_engine import TantivyEngine
from tests.search.library import START, Library

FEW, LINES = 10, 400


@pytest.fixture
def libraries(tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    """The same talk for an engine that counts all, and for one that takes ten for many."""
    made = Library(TantivyEngine(), tmp_path / "all"), Library(TantivyEngine(FEW), tmp_path / "few")
    for library in made:
        documents = []
        for number in range(LINES):
            library.now = START + timedelta(days=number)
            where = f"#yard{number % 3}"
            words = f"kimchi {'brine crock' if number % 7 == 0 else 'salt'} number{number}"
            documents.append(record(library._document(words, "line", where=where), said=True))
        library.now = START
        page = library._document("the crocks", "pad", title="kimchi brine crock", where="pads")
        library.writer.put([*documents, record(page)], fresh=True)
        library.writer.commit(Mark())
        library.now = START + timedelta(days=LINES)
    yield made
    for library in made:
        library.close()


@pytest.mark.parametrize(
    "query",
    [
        "kimchi",
        '"brine crock"',
        "kimchi in:#yard1",
        "kimchi after:2021-07-13 before:2022-02-03",
        "kimchi before:2021-05-14",
        "kimchi -salt on:2021",
        "cro*",
        "kimchi in:#yard2 after:30d",
    ],
)
def test_the_newest_are_the_same_however_many_there_are(
    libraries: tuple[Library, Library], query: str
) -> None:
    exact, bounded = libraries
    for offset in (0, 3, 40):
        expected = exact.matches(query, newest=True, limit=5, offset=offset).matches
        assert bounded.matches(query, newest=True, limit=5, offset=offset).matches == expected


def test_very_many_are_not_counted_and_few_are(libraries: tuple[Library, Library]) -> None:
    exact, bounded = libraries
    assert exact.matches("kimchi").total == LINES + 1
    assert bounded.matches("kimchi").total is None
    assert bounded.matches("number7").total == 1
    assert bounded.matches("kimchi in:#yard1 on:2021-05-13").total == 1


def test_the_best_of_very_many_are_of_the_newest_and_of_what_is_written(
    libraries: tuple[Library, Library],
) -> None:
    _, bounded = libraries
    found = bounded.matches("kimchi", limit=20).matches
    assert [match.kind for match in found[:2]] == ["pad", "line"]
    assert len({match.ref for match in found}) == 20
    newest = (START + timedelta(days=LINES - 62)).timestamp()
    assert all(match.at >= newest for match in found[1:])


def test_what_needs_to_go_far_back_goes_there(libraries: tuple[Library, Library]) -> None:
    exact, bounded = libraries
    wished = LINES + 1
    assert {match.ref for match in bounded.matches("kimchi", limit=wished).matches} == {
        match.ref for match in exact.matches("kimchi", limit=wished).matches
    }


def test_an_index_of_the_first_schema_can_be_read(tmp_path: Path) -> None:
    _old_index(tmp_path / "old", "오픈스택을 깔아요", START.timestamp())
    library = Library.__new__(Library)
    library.now = START
    reader = TantivyEngine(0).reader(tmp_path / "old")
    for query in ("오픈스택", "오픈스택 on:2021-05", "오픈스택 sort:new after:2021 before:2022"):
        found = reader.search(library.asked(query), newest="new" in query, limit=5)
        assert [match.ref for match in found.matches] == ["line:1"], query
    assert not reader.search(library.asked("오픈스택 on:2020"), newest=True, limit=5).matches
    assert reader.words("오픈", library.asked(""), 5) == ()
    reader.close()


def _old_index(folder: Path, text: str, at: float) -> None:
    """Make an index as it was before months, days and Korean words stood in it."""
    folder.mkdir()
    made = tantivy.SchemaBuilder()
    for name in ("ref", "note", "kind", "where", "year", "who", "label", "visibility"):
        fast = name in {"kind", "where", "year"}
        made.add_text_field(
            name, stored=True, fast=fast, tokenizer_name="raw", index_option="basic"
        )
    made.add_integer_field("at", indexed=True, fast=True)
    made.add_integer_field("weight", fast=True)
    for name in ("title", "text"):
        made.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    index = tantivy.Index(made.build(), path=str(folder), reuse=False)
    writer = index.writer(15_000_000, 1)
    library = Library.__new__(Library)
    library.now = START
    known = record(library._document(text, "line"), said=True)
    document = tantivy.Document()
    for name in ("kind", "visibility", "text", "where", "who"):
        document.add_text(name, getattr(known, name))
    document.add_text("ref", "line:1")
    document.add_text("year", "2021")
    document.add_integer("at", int(at))
    document.add_integer("weight", 100)
    writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
