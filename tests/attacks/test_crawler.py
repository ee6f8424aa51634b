"""The whole site, walked by its links: every link leads somewhere, nobody is told what is not for them."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.attacks.crawler import Answer, Crawler
from tests.attacks.private_words import UNTOLD
from tests.attacks.secret import Hidden, Secret
from tests.attacks.walked import VISITORS, Walked, walked

_RESTLESS = frozenset({"date", "x-request-id", "content-length", "transfer-encoding"})
_CHANGING = re.compile(
    r'name="csrf" value="[^"]*"|expires=[^;]*;|nonce-[\w-]+|data-nonce="[^"]*"|pad_guest=\w+'
)
"""What is another each time."""

pytestmark = pytest.mark.timeout(400)

_FIGURES = frozenset({"/metrics", "/healthz"})
_SAFE = ("content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """A site full of private words, which everybody has walked."""
    with _environment(UNTOLD), walked(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture(params=VISITORS)
def who(request: pytest.FixtureRequest) -> str:
    """Each kind of visitor."""
    name: str = request.param
    return name


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]


# Links.


def test_every_link_that_is_shown_leads_somewhere(site: Walked, who: str) -> None:
    """What is typed into a form may be no name of anything here; a page says so then."""
    answers = site.crawlers[who].answers
    broken = [
        f"{answer.source} -> {answer.address}: {answer.status}"
        for answer in answers.values()
        if answer.status >= 500
        or (answer.source and answer.status >= 400 and not answer.is_asking)
        or (answer.is_asking and answer.status not in (200, 301, 302, 303, 400))
    ]
    assert broken == []
    assert len(answers) > 150


def test_nobody_is_led_to_another_host(site: Walked, who: str) -> None:
    assert site.crawlers[who].strays == []


def test_every_place_in_a_page_that_is_linked_is_there(site: Walked, who: str) -> None:
    crawler = site.crawlers[who]
    missing = {
        f"{source} -> {address}"
        for source, address in crawler.fragments
        if not _has_place(crawler, *address.split("#", 1))
    }
    assert missing == set()
    assert len(crawler.fragments) > 100


def _has_place(crawler: Crawler, address: str, fragment: str) -> bool:
    """Tell whether a page has a place, or was not walked."""
    page = crawler.lands(address)
    is_shown = page is not None and page.status == 200 and page.kind == "text/html"
    return page is None or not is_shown or unquote(fragment) in page.markup.anchors


def test_every_answer_is_safe_and_kept_by_nobody_else(site: Walked, who: str) -> None:
    """Nothing that people wrote runs, and what is shown to somebody known is kept by no cache between."""
    for address, answer in site.crawlers[who].answers.items():
        assert answer.markup.scripted == [], address
        assert all(answer.header(name) for name in _SAFE), address
        kept = answer.header("cache-control")
        is_own = who != "guest" and answer.status == 200 and not _is_everybodys(address)
        assert not is_own or "private" in kept or "no-store" in kept, f"{address}: {kept}"


def _is_everybodys(address: str) -> bool:
    """Tell whether an address answers all visitors with the same."""
    return address.startswith("/static/") or address in _FIGURES or address == "/robots.txt"


# Words.


def test_private_words_are_told_to_nobody_else(site: Walked, who: str) -> None:
    """Neither in a page nor in a header, feed, file, list or error."""
    told = [
        f"{secret.word}: {address}"
        for secret in site.seeded.secrets
        if who not in secret.readers
        for address, answer in site.crawlers[who].answers.items()
        if secret.word in answer.told and secret.word not in unquote(address).casefold()
    ]
    assert told == []


def test_private_words_are_told_to_their_readers(site: Walked, who: str) -> None:
    """Otherwise nothing would be shown by what the others are not told."""
    for secret in site.seeded.secrets:
        if who in secret.readers:
            answers = [site.crawlers[who].answers[place] for place in secret.places]
            assert any(secret.word in answer.told for answer in answers), secret


def test_what_is_added_in_private_changes_nothing_for_others(site: Walked) -> None:
    """Every answer is the same to the letter, its tag too: no count, order or date tells of it."""
    before, after = site.before.answers, site.crawlers["guest"].answers
    shared = before.keys() & after.keys() - _FIGURES
    assert len(shared) > 150
    assert [a for a in sorted(shared) if _told(before[a], {}) != _told(after[a], {})] == []
    assert after.keys() - before.keys() <= {p for s in site.seeded.secrets for p in s.places}
    assert before.keys() <= after.keys()


# Addresses.


def test_what_is_private_is_answered_as_what_is_not_there(site: Walked, who: str) -> None:
    """In the same words, with the same headers, however it is asked for."""
    crawler = site.crawlers[who]
    hidden_here = [hidden for hidden in site.seeded.hidden if who not in hidden.readers]
    for number, hidden in enumerate(hidden_here):
        echo = _echo(hidden)
        ways = _ways_to_ask(crawler, is_fixed=hidden.is_fixed)
        for method, sent in ways if number % 3 == 0 else islice(ways, 2):
            found = crawler.look(hidden.address, method, **sent)
            nothing = crawler.look(hidden.absent, method, **sent)
            assert _told(found, {}) == _told(nothing, echo), f"{method} {hidden.address} {sent}"


def test_what_is_private_is_there_for_its_readers(site: Walked, who: str) -> None:
    for hidden in site.seeded.hidden:
        if who in hidden.readers:
            found = site.crawlers[who].look(hidden.address)
            nothing = site.crawlers[who].look(hidden.absent)
            assert (found.status, nothing.status) in {(200, 404), (302, 404)}, hidden


def _ways_to_ask(
    crawler: Crawler, *, is_fixed: bool = False
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "GET", {}
    yield "GET", {"headers": {"if-none-match": "*"}}
    yield "GET", {"headers": {"accept": "application/json"}}
    yield "HEAD", {}
    if not is_fixed:
        found = re.search(r'name="csrf" value="([^"]*)"', crawler.answers["/"].text)
        yield "POST", {"data": {"csrf": found[1]} if found else {}}
        yield "DELETE", {}


def _echo(hidden: Hidden) -> dict[str, str]:
    """Return the words in which the two addresses differ: a page may repeat what was asked for."""
    one, two = (re.findall(r"\w+", unquote(a)) for a in (hidden.absent, hidden.address))
    return {a: b for a, b in zip(one, two, strict=True) if a != b}


def _told(answer: Answer, echo: Mapping[str, str]) -> tuple[object, ...]:
    """Return all of an answer but for what is another each time, and for what it repeats."""
    has_tag = "etag" if echo else ""
    headers = [
        (name, "" if name == has_tag else value)
        for name, value in answer.headers
        if name not in _RESTLESS
    ]
    text = _CHANGING.sub("", repr((headers, answer.text)))
    text = text.replace(answer.header("x-request-id"), "")
    for absent, there in echo.items():
        text = re.sub(absent if absent.isalpha() else rf"\b{absent}\b", there, text)
    return answer.status, text


# Search.


def test_a_private_word_is_found_as_little_as_one_that_nobody_said(site: Walked, who: str) -> None:
    """Whole, misspelled, begun, or as a filter: the answer differs in the word that was asked for only."""
    crawler = site.crawlers[who]
    words = [s.word for s in site.seeded.secrets if who not in s.readers and s.word.isalpha()]
    assert len(words) > 5
    for number, word in enumerate(words[::3]):
        is_thorough = number % 7 == 0
        for page in _SEARCHES if is_thorough else _SEARCHES[:1]:
            for asked in _ASKED if is_thorough else _ASKED[:1]:
                found = crawler.look(f"{page}?q={quote(asked.format(word))}")
                nothing = crawler.look(f"{page}?q={quote(asked.format(_absent(word)))}")
                assert _told(found, {}) == _told(nothing, {_absent(word): word}), (page, asked)
        assert word not in crawler.look(f"/search/suggest?q={word[:-2]}").told, word
        assert word not in crawler.look(f"/search.json?q={word[:-1]}q").told, word


_SEARCHES = ("/search.json", "/search", "/search.atom", "/search/suggest")
_ASKED = ("{}", "in:{}", "from:{}", "kind:meeting {}", "{} ann")


def _absent(word: str) -> str:
    """Return a word much like it that nobody said."""
    return f"{word[:-2]}{word[-1]}{word[-1]}x"


def test_who_may_read_a_private_word_finds_it(site: Walked) -> None:
    """Otherwise nothing would be shown by what the others don't find."""
    asked: list[Secret] = [s for s in site.seeded.secrets if s.word.endswith("topic")]
    assert len(asked) > 2
    for secret in asked:
        for who in secret.readers:
            answer = site.crawlers[who].look(f"/search.json?q={secret.word}")
            assert '"total":1' in answer.text.replace(" ", ""), (who, secret)
