"""Live streams over real sockets: who is told what, how many may listen, and how it ends."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx

from archive.queries import last_id
from archive.redaction import redact_line
from archive.watch import LOST, claim_slot, note_absent, note_joined, process_token
from hub.irc import Kind
from hub.people import operator
from tests.servers.deadline import wait_until
from tests.web.hub import CHANNEL, NOW, Site

LIVE = f"{CHANNEL}live"


class Ear:
    """Reads a stream's events one by one."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self) -> dict[str, Any]:
        """Return the next event's fields, its data unpacked."""
        event: dict[str, Any] = {}
        for line in self._lines:
            if not line and "data" in event:
                return event
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value
        raise EOFError

    def ended(self) -> bool:
        """Read to the end of the stream."""
        return all(True for _ in self._lines)


@contextmanager
def listening(site: Site, query: str = "", **headers: str) -> Iterator[Ear]:
    """Listen to #yard; entered when the stream is open."""
    with httpx.stream("GET", site.url + LIVE + query, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        yield Ear(answer)


def said(ear: Ear) -> str:
    """Return what the next line says, roughly."""
    html: str = ear.next()["data"]["html"]
    return html.partition("<span>")[2].partition("<")[0]


def newest(site: Site) -> int:
    """Return the id of the newest line."""
    return site.app.db.read(last_id)


def test_a_reader_is_told_each_line_with_its_place(site: Site) -> None:
    """The id to come back with, the day, the anchor, and the line as the page has it."""
    with listening(site, f"?after={newest(site)}") as ear:
        site.hears(site.line("ann", "hello <b>", at=NOW))
        event = ear.next()
    assert event["id"] == str(newest(site))
    assert event["data"]["day"] == "2021-05-13"
    assert event["data"]["at"] == "2021-05-13T12:00:00"
    assert 'id="t2021-05-13T12:00:00"' in event["data"]["html"]
    assert "hello &lt;b&gt;" in event["data"]["html"]
    assert ear.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert ear.answer.headers["cache-control"] == "no-store"
    assert "content-encoding" not in ear.answer.headers


def test_each_reader_is_told_in_their_own_language(site: Site) -> None:
    """Though one task makes the lines for all of them, and one looks after the bots."""
    query = f"?after={newest(site)}&standing=1"
    with (
        listening(site, query, **{"Accept-Language": "ko"}) as korean,
        listening(site, query) as english,
    ):
        for ear in (korean, english):
            assert ear.next()["event"] == "standing"  # how the bots stand at first
        site.hears(site.line("zed", kind=Kind.JOIN, at=NOW))
        assert "<span>들어옴</span>" in korean.next()["data"]["html"]
        assert "<span>came</span>" in english.next()["data"]["html"]
        slot = site.app.db.write(lambda s: claim_slot(s, "net", process_token(), NOW))
        site.app.db.write(lambda s: note_joined(s, "net", "#yard", slot, NOW))
        assert "기록하고 있습니다" in korean.next()["data"]["states"][0]["words"]
        assert "Logged live since" in english.next()["data"]["states"][0]["words"]


def test_who_comes_back_is_told_what_was_missed_each_line_once(site: Site) -> None:
    """By the browser's own header, which counts more than the page's first cursor."""
    known = newest(site)
    site.hears(site.line("ann", "one", at=NOW))
    site.hears(site.line("ann", "two", at=NOW + timedelta(seconds=1)))
    with listening(site, "?after=0", **{"Last-Event-ID": str(known)}) as ear:
        assert [said(ear), said(ear)] == ["one", "two"]
        site.hears(site.line("ann", "three", at=NOW + timedelta(seconds=2)))
        assert said(ear) == "three"


def test_who_was_away_too_long_is_told_to_reload(site: Site) -> None:
    """Rather than be sent thousands of lines."""
    site.holds(*(site.line("ann", str(i), at=NOW + timedelta(seconds=i)) for i in range(1001)))
    with listening(site, "?after=3") as ear:
        assert ear.next()["event"] == "stale"


def test_an_open_page_forgets_what_is_redacted(site: Site) -> None:
    (heard,) = site.hears(site.line("ann", "my secret", at=NOW))
    with listening(site) as ear:
        site.app.db.write(
            lambda s: redact_line(s, operator("eve"), heard.ref, reason="asked", at=NOW)
        )
        event = ear.next()
    assert event["event"] == "redacted"
    assert "id" not in event  # no place to go on from
    assert event["data"]["at"] == "2021-05-13T12:00:00"
    assert "secret" not in event["data"]["html"]


def test_other_channels_stay_where_they_are(site: Site) -> None:
    """The same task reads all, each reader hears one."""
    with listening(site, f"?after={newest(site)}") as ear:
        site.hears(site.line("ann", "elsewhere", channel="#other", at=NOW))
        site.hears(site.line("ann", "here", at=NOW))
        assert said(ear) == "here"


def test_lines_in_a_burst_come_in_order_to_every_reader(site: Site) -> None:
    """Each once, however many read along."""
    with ExitStack() as stack:
        ears = [stack.enter_context(listening(site, f"?after={newest(site)}")) for _ in range(20)]
        for i in range(50):
            site.hears(site.line("ann", f"n{i}", at=NOW + timedelta(seconds=i)))
        for ear in ears:
            assert [said(ear) for _ in range(50)] == [f"n{i}" for i in range(50)]


def test_too_many_readers_are_asked_to_come_back_later(tmp_path: Path) -> None:
    """The others read on; a place that gets free is given."""
    with Site(tmp_path / "data", limits={"live_streams": 2}) as site:
        site.evening()
        with listening(site):
            with listening(site):
                refused = site.ask(LIVE)
                assert refused.status_code == 503
                assert refused.headers["retry-after"] == "30"
            wait_until(lambda: "madang_live_streams 1" in site.ask("/metrics").text, "a free place")
            with listening(site):
                pass
        wait_until(lambda: "madang_live_streams 0" in site.ask("/metrics").text, "silence")


def test_streams_end_when_the_hub_stops(tmp_path: Path) -> None:
    """So that they don't keep it from stopping."""
    with Site(tmp_path / "data") as site:
        site.evening()
        with listening(site) as ear:
            site.cut()
            assert ear.ended()


def test_who_asks_is_told_when_nobody_listens_any_more(site: Site) -> None:
    """At first, when the bot goes, and when it is back; others hear lines only."""
    write = site.app.db.write
    slot = write(lambda s: claim_slot(s, "net", process_token(), NOW))
    write(lambda s: note_joined(s, "net", "#yard", slot, NOW))
    with listening(site, "?standing=1") as ear, listening(site) as other:
        first = ear.next()
        assert first["event"] == "standing"
        assert "id" not in first
        listens = {"look": "on", "words": "Logged live since 2021-05-13 12:00 UTC"}
        assert first["data"] == {"states": [listens]}
        write(lambda s: note_absent(s, "net", "#yard", slot, LOST, "", at=NOW, retry_at=None))
        gone = {"look": "off", "words": "The bot has been away since 2021-05-13 12:00 UTC"}
        assert ear.next()["data"] == {"states": [gone]}
        write(lambda s: note_joined(s, "net", "#yard", slot, NOW))
        assert ear.next()["data"] == {"states": [listens]}
        site.hears(site.line("ann", "hello", at=NOW))
        assert said(other) == "hello"


def test_an_answered_stream_misses_nothing(site: Site) -> None:
    """However soon after its answer something is said, and though it asked for nothing from before."""
    for n in range(30):
        with listening(site) as ear:
            site.hears(site.line("ann", f"at once {n}", at=NOW + timedelta(seconds=n)))
            assert said(ear) == f"at once {n}"


def test_the_yard_is_told_anew_when_it_is_another_one(site: Site) -> None:
    """As it is, at first; then what is said, and what may not be read any more goes."""
    with httpx.stream("GET", site.url + "/live", timeout=10) as answer:
        ear = Ear(answer)
        first = ear.next()
        assert first["event"] == "now"
        assert "tea at four?" in first["data"]["html"]
        (heard,) = site.hears(site.line("ann", "the kettle is <b>on</b>", at=NOW))
        assert "the kettle is &lt;b&gt;on&lt;/b&gt;" in ear.next()["data"]["html"]
        site.hears(site.line("eve", "not for everybody", channel="#hidden", at=NOW))
        redact = lambda s: redact_line(s, operator("olga"), heard.ref, reason="x", at=NOW)  # noqa: E731
        site.app.db.write(redact)
        html = ear.next()["data"]["html"]
        assert "the kettle" not in html
        assert "not for everybody" not in html
