"""What people type is understood; what is not, is told, and the rest counts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analyzer import indexed, located, may_hold, sought
from search.asking import english_forms, wanted, widened, without_particle
from search.dates import read_date
from search.query import LONGEST, NAMES, Order, best_guess, narrowed, read_query, undated, without

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
LETTERS = st.text("abcXYZ 019-_./:+#\"'*(),;éß½한국어회의록ｶﾞ中文の ①👍\u0301\u200b\0\n")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2021", "2021-01-01", "2022-01-01"),
        ("2021-12", "2021-12-01", "2022-01-01"),
        ("2021-5", "2021-05-01", "2021-06-01"),
        ("2021-05-12", "2021-05-12", "2021-05-13"),
        ("2021/05/12", "2021-05-12", "2021-05-13"),
        ("today", "2026-03-15", "2026-03-16"),
        ("Yesterday", "2026-03-14", "2026-03-15"),
        ("어제", "2026-03-14", "2026-03-15"),
        ("7d", "2026-03-08", "2026-03-09"),
        ("2w", "2026-03-01", "2026-03-02"),
    ],
)
def test_dates_are_periods(text: str, start: str, end: str) -> None:
    period = read_date(text, NOW)
    assert period is not None
    assert (period.start, period.end) == (at(start), at(end))


@pytest.mark.parametrize(
    "text", ["", "x", "2021-13", "2021-02-30", "0000", "9999y", "21", "1" * 99]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, NOW) is None


def test_a_query_is_words_filters_and_dates() -> None:
    query = read_query(
        'kind:story from:Ann in:#swift before:2026-03 words "a phrase" -not pre* sort:new', NOW
    )
    assert [(c.typed, c.negated, c.row.prefix) for c in query.clauses] == [
        ("words", False, False),
        ("a phrase", False, False),
        ("not", True, False),
        ("pre", False, True),
    ]
    assert [(f.name, f.value) for f in query.filters] == [
        ("kind", "story"),
        ("from", "ann"),
        ("in", "#swift"),
    ]
    assert (query.after, query.before) == (None, at("2026-03-01"))
    assert query.first is Order.NEW
    assert query.problems == ()


def test_without_words_the_newest_come_first() -> None:
    assert read_query("in:#swift", NOW).first is Order.NEW
    assert read_query("swift", NOW).first is Order.BEST
    assert read_query("-swift", NOW).first is Order.NEW


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://a.example/b?c=d:e", ["https://a.example/b?c=d:e"]),
        ("at 12:30", ["at", "12:30"]),
        ("std::vector", ["std::vector"]),
        ("story:42", ["story:42"]),
        ("“curly quotes”", ["curly quotes"]),
        ("「회의록 정리」", ["회의록 정리"]),
    ],
)
def test_a_colon_is_no_filter_by_itself(text: str, words: list[str]) -> None:
    query = read_query(text, NOW)
    assert [clause.typed for clause in query.clauses] == words
    assert (query.filters, query.problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("knd:story bug", "kind:story bug"),
        ("kind: story", "kind:story"),
        ("bug kind:", "bug"),
        ("before:soon bug", "bug"),
        ("before:03/05/2021 bug", "before:2021-05-03 bug"),
        ("on:20210512", "on:2021-05-12"),
        ("bug sort:foo", "bug sort:new"),
        ('"two slots', '"two slots"'),
        ("bug after:2025 before:2024", "bug after:2024-01-01 before:2025-01-01"),
        ("-on:2021 bug", "bug"),
        ("chanel:swift kidn:x before:soon", "channel:swift kind:x"),
    ],
)
def test_a_faulty_query_is_told_with_the_best_guess(text: str, guess: str) -> None:
    query = read_query(text, NOW)
    assert query.problems
    assert all(problem.sentence for problem in query.problems)
    assert best_guess(query, NOW) == guess
    assert read_query(guess, NOW).problems == ()


def test_a_query_can_be_narrowed_and_widened_again() -> None:
    query = read_query("bug kind:story on:2021", NOW)
    assert without(query, query.filters[0]) == "bug on:2021"
    assert undated(query) == "bug kind:story"
    assert narrowed(query, "in", "#swift") == "bug kind:story on:2021 in:#swift"
    assert narrowed(query, "on", "2022") == "bug kind:story on:2022"
    assert read_query(narrowed(query, "in", "two words"), NOW).values("in") == ["two words"]


def test_what_is_too_long_is_cut_and_told() -> None:
    query = read_query("word " * 200, NOW)
    assert len(query.text) <= LONGEST
    assert query.problems
    assert len(query.clauses) <= 32


@given(st.one_of(LETTERS, st.text(), st.from_regex(r"(-?(kind|in|before|x):?\"?\w* ?){0,6}")))
def test_any_text_can_be_read_and_asked(text: str) -> None:
    query = read_query(text, NOW)
    assert wanted(query).must == tuple(wanted(query).must)
    widened(query)
    guess = best_guess(query, NOW)
    assert len(guess) <= len(query.text) + 60
    for unwanted in query.filters:
        assert len(read_query(without(query, unwanted), NOW).filters) < len(query.filters) + 1
    for name in NAMES:
        assert read_query(narrowed(query, name, "2021"), NOW).text


@given(LETTERS)
def test_tokens_are_located_where_they_stand(text: str) -> None:
    tokens = located(text)
    assert [token.text for token in tokens] == indexed(text).split()
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)


@given(LETTERS, LETTERS)
def test_a_chunk_of_a_text_is_found_in_it(before: str, chunk: str) -> None:
    row = sought(chunk)
    tokens = indexed(f"{before} {chunk}").split()
    if row.tokens:
        *first, last = row.tokens
        places = range(len(tokens) - len(row.tokens) + 1)
        assert any(
            tokens[i : i + len(first)] == first
            and (
                tokens[i + len(first)].startswith(last)
                if row.prefix
                else tokens[i + len(first)] == last
            )
            for i in places
        )
        assert may_hold(f"{before} {chunk}", [row])


@given(st.text("회의록오픈스택가나다", min_size=1), st.text("회의록오픈스택가나다", max_size=4))
def test_korean_is_found_with_anything_that_leans_on_it(word: str, particle: str) -> None:
    tokens = f" {indexed(word + particle)} "
    row = sought(word)
    assert f" {' '.join(row.tokens)}{'' if row.prefix else ' '}" in tokens


def test_words_have_forms() -> None:
    assert {"decide", "decided", "decides", "deciding"} <= set(english_forms("decided"))
    assert {"meeting", "meetings"} <= set(english_forms("meetings"))
    assert {"story", "stories"} <= set(english_forms("stories"))
    assert english_forms("799121") == ("799121",)
    assert without_particle("오픈스택을") == sought("오픈스택")
    assert without_particle("회의에서") == sought("회의")
    assert without_particle("회의") is None
