"""Scripts in every text that people write, in every form and every address: none of them ever runs.

What a page holds is read as a browser does: any element, attribute or address that would run, or that no page
of ours has, came with somebody's text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import parse_qsl, quote, urlencode, urljoin
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from tests.attacks.crawler import Crawler, shape_of
from tests.attacks.hostile_words import FILLED
from tests.attacks.markup import Form, read_markup
from tests.attacks.walked import roots, settle, site_in, visitor
from tests.meetbot.pages import MeetingSite
from tests.web.corpus import PAYLOADS, PWN

_KEPT = frozenset({"/logout", "/leave", "/me/sessions", "/me/password", "/me/data"})
"""Forms that would end the visit."""

_DEMOTING = frozenset({"promote", "demote", "suspend", "reset"})


@dataclass(frozen=True)
class Filled:
    """A site with a script in every text, walked by a guest and by an administrator."""

    site: MeetingSite
    guest: Crawler
    administrator: Crawler


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A site with a script in every text."""
    with site_in(tmp_path_factory.mktemp("site")) as site:
        for fill in FILLED:
            fill(site)
        settle(site)
        with visitor(site, "guest", 3) as guest, visitor(site, "moss", 3) as administrator:
            guest.walk(*roots(site))
            administrator.walk(*roots(site))
            yield Filled(site, guest, administrator)


def test_what_is_read_as_running_does_run() -> None:
    """All that would run in a browser is seen, and nothing that would not."""
    seen = [p for p in PAYLOADS if read_markup("text/html", f"<p>{p}</p>").scripted]
    assert len(seen) > 40
    assert read_markup("text/html", '<a href="/x" title="onclick">on</a>').scripted == []


def test_nothing_that_people_wrote_runs(filled: Filled) -> None:
    """And it is there, as what it is: text."""
    for crawler in (filled.guest, filled.administrator):
        told = [a for a in crawler.answers.values() if PWN in a.text]
        assert len({shape_of(a.address) for a in told}) > 10
        for address, answer in crawler.answers.items():
            assert answer.markup.scripted == [], address
            assert answer.status < 500, address
            _check_file(answer.kind, answer.text)


def test_no_form_answers_with_what_runs(filled: Filled) -> None:
    """Each form of each page, with scripts in every field; and the pages that show them then."""
    crawler, texts = filled.administrator, cycle(PAYLOADS)
    forms = {_known(form): (page, form) for page, form in _forms(crawler)}
    assert len(forms) > 10
    sent = 0
    for page, form in forms.values():
        for button in form.buttons or [("", "")]:
            for _ in range(3):
                data = form.fields | {name: next(texts) for name in form.typed} | dict([button])
                answer = crawler.look(urljoin(page, form.action), "POST", data=data)
                assert answer.markup.scripted == [], (page, form, data)
                assert answer.status < 500, (page, form, data)
                sent += 1
    assert sent > 50
    crawler.walk(*(page for page, _ in forms.values()))
    for address, answer in crawler.answers.items():
        assert answer.markup.scripted == [], address


def test_no_address_answers_with_what_runs(filled: Filled) -> None:
    """Each question that a link or form asks, and each name in a path."""
    crawler, texts = filled.administrator, cycle(PAYLOADS)
    asked = {shape_of(address): address for address in crawler.answers if "?" in address}
    assert len(asked) > 7
    for address in asked.values():
        path, _, query = address.partition("?")
        given = parse_qsl(query, keep_blank_values=True)
        for name, _ in given:
            for _ in range(3):
                other = urlencode(dict(given) | {name: next(texts)})
                _check(crawler, f"{path}?{other}")
    for path in ("/people/", "/irclogs/", "/irclogs/%23yard/", "/meetings/", "/meetings/people/",
                 "/meetings/swift/2021/", "/login/oidc/", "/pass/", "/static/", "/"):  # fmt: skip
        for text in PAYLOADS[::12]:
            _check(crawler, path + quote(text, safe=""))


def _check(crawler: Crawler, address: str) -> None:
    answer = crawler.look(address)
    assert answer.markup.scripted == [], address
    assert answer.status < 500, address
    _check_file(answer.kind, answer.text)


def _check_file(kind: str, text: str) -> None:
    """Make sure that programs can read a file, and that HTML in a feed does not run either."""
    if "xml" in kind and "svg" not in kind:
        for part in ET.fromstring(text.encode()).iter():
            if part.get("type") == "html":
                assert read_markup("text/html", part.text or "").scripted == []
    elif kind == "text/calendar":
        assert Calendar.from_ical(text).name == "VCALENDAR"


def _forms(crawler: Crawler) -> Iterator[tuple[str, Form]]:
    """Yield the forms of all pages in which something can be typed, but for those that end the visit."""
    for address, answer in [*crawler.answers.items()]:
        for form in answer.markup.forms:
            if form.typed and form.action not in _KEPT and address not in _KEPT:
                form.buttons = [b for b in form.buttons if b[1] not in _DEMOTING]
                yield address, form


def _known(form: Form) -> tuple[object, ...]:
    return shape_of(form.action), tuple(form.fields), tuple(form.buttons)
