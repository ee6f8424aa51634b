"""The query box's grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.query import KEYS, Query, Sort, Sought, Term, parse_query
from tracker.states import OPEN, State

EXAMPLE = 'is:open assignee:me project:x tag:y -tag:z importance:high sort:heat "a phrase" word'

VALUES = ["open", "me", "crock/web", "high", "new", "bug", "heat", '"two words"', "", "x:y"]
TOKENS = st.one_of(
    st.builds(
        lambda minus, key, value: f"{minus}{key}:{value}",
        st.sampled_from(["", "-"]),
        st.sampled_from(sorted(KEYS)),
        st.sampled_from(VALUES),
    ),
    st.text(max_size=12),
)
TEXTS = st.lists(TOKENS, max_size=8).map(" ".join)


def test_each_part_of_a_query_is_understood() -> None:
    assert parse_query(EXAMPLE) == Query(
        "open",
        (
            Term("assignee", "me"),
            Term("project", "x"),
            Term("tag", "y"),
            Term("tag", "z", forbidden=True),
            Term("importance", "high"),
        ),
        (Sought("a phrase", is_phrase=True), Sought("word")),
        Sort.HEAT,
    )


@pytest.mark.parametrize("text", ["", "  ", "is:nothing-like-it" * 0, '""', "-", ":"])
def test_nothing_said_means_what_is_open(text: str) -> None:
    assert parse_query(text) == Query()
    assert parse_query(text).states == OPEN


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("http://example.org/x", "http://example.org/x"),
        ("importance:huge", "importance:huge"),
        ("colour:red", "colour:red"),
        ("-is:open", "is:open"),
    ],
)
def test_what_is_no_term_is_looked_for_as_words(text: str, sought: str) -> None:
    query = parse_query(text)
    assert query.terms == ()
    assert [each.text for each in query.sought] == [sought]
    assert query.state == ""


def test_the_last_word_on_state_and_order_counts() -> None:
    query = parse_query("is:open is:merged sort:heat sort:created")
    assert (query.states, query.sort) == ((State.MERGED,), Sort.CREATED)


def test_a_query_is_changed_by_one_click() -> None:
    query = (
        parse_query("tag:a importance:low").with_term("importance", "high").with_term("tag", "b")
    )
    assert str(query.with_state("any").with_sort(Sort.HEAT)) == (
        "is:any tag:a importance:high tag:b sort:heat"
    )


@given(TEXTS)
def test_a_query_written_out_is_the_same_query(text: str) -> None:
    query = parse_query(text)
    assert parse_query(str(query)) == query or len(str(query)) > 400


@given(st.text())
def test_any_text_is_a_query(text: str) -> None:
    assert parse_query(text).states
