"""The archive's pages: addresses, what stands on them, and what a browser may keep."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.addresses import Addresses, Place
from archive.desk import Desk
from archive.formats import by_name
from archive.redaction import redact_line
from archive.watch import claim_slot, note_absent, note_joined, process_token
from hub.irc import Kind
from hub.people import operator
from hub.refs import set_links
from tests.web.hub import CHANNEL, DAY, EVENING, NOW, Hub, hub_in

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def each_hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub on each kind of database, with a short talk."""
    hub = hub_in(tmp_path / "data", database_url)
    hub.evening()
    yield hub
    hub.app.db.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a short talk."""
    made = hub_in(tmp_path / "data")
    made.evening()
    yield made
    made.app.db.close()


def test_every_page_answers_on_each_database(each_hub: Hub) -> None:
    """The whole walk, from the yard to the text."""
    client = each_hub.client()
    for path in ("/", "/irclogs/", CHANNEL, DAY, f"{DAY}?show=all", f"{CHANNEL}since"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count("<h1>") == 1, path
    assert client.get(f"{CHANNEL}feed.atom").status_code == 200
    assert client.get("/irclogs/other/%23yard/").status_code == 200
    assert "tea at four?" in client.get(DAY).text
    assert "tea at four?" in client.get("/").text


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/irclogs", "/irclogs/"),
        ("/irclogs/net/", "/irclogs/"),
        ("/irclogs/other", "/irclogs/other/"),
        ("/irclogs/%23yard", CHANNEL),
        ("/irclogs/%23YARD/", CHANNEL),
        ("/irclogs/%23yard/index.html", CHANNEL),
        ("/irclogs/net/%23yard/", CHANNEL),
        ("/irclogs/%23Yard/%23YARD.2021-05-12.log.html", DAY),
        ("/irclogs/%23yard/?year=2021", ""),
        ("/irclogs/%23Yard/?year=2021", f"{CHANNEL}?year=2021"),
    ],
)
def test_each_place_has_one_address_and_the_others_lead_there(
    hub: Hub, asked: str, canonical: str
) -> None:
    """For good, with the question after it."""
    answer = hub.client().get(asked)
    assert answer.status_code == (301 if canonical else 200)
    assert answer.headers.get("location", "") == canonical


@pytest.mark.parametrize(
    "path",
    [
        "/irclogs/%23nowhere/",
        "/irclogs/%23nowhere/latest.log.html",
        "/irclogs/nonet/",
        f"{CHANNEL}%23other.2021-05-12.log.html",
        f"{CHANNEL}%23yard.2021-13-40.log.html",
        f"{CHANNEL}%23yard.2020-01-01.log.html",
        f"{CHANNEL}..%2f..%2fetc%2fpasswd",
        f"{CHANNEL}a/b/c",
        "/irclogs/%23new/feed.atom",
        "/irclogs/%00/",
        "/irclogs/%ff%fe/",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(hub: Hub, path: str) -> None:
    """Never a fault of ours."""
    assert hub.client(raise_server_exceptions=True).get(path).status_code in (404, 301)
    assert hub.client().get(path, follow_redirects=True).status_code == 404


STRANGE = [
    "#a/b",
    "#../../etc",
    "#<script>",
    "#\u202eevil",
    "#a?b#c",
    "#%2e",
    "#마당",
    "#a'b\"c",
    "&l",
]


@pytest.mark.parametrize("name", STRANGE)
def test_any_name_of_a_channel_is_one_segment_of_its_address(hub: Hub, name: str) -> None:
    """Its pages are there, and the name does nothing else."""
    hub.holds(hub.line("ann", "found it", channel=name))
    client = hub.client()
    quoted = quote(name, safe="")
    for path in ("", f"{quoted}.2021-05-12.log.html", f"{quoted}.2021-05-12.log", "feed.atom"):
        answer = client.get(f"/irclogs/{quoted}/{path}")
        assert answer.status_code == 200, path
        assert "<script>" not in answer.text
        assert "\u202e" not in answer.text or path.endswith(".log")
    assert f"/irclogs/{quoted}/" in client.get("/irclogs/").text


def test_a_day_without_lines_names_its_neighbours(hub: Hub) -> None:
    """So that one is not lost."""
    answer = hub.client().get(DAY.replace("05-12", "05-11"))
    assert answer.status_code == 404
    assert "The nearest day is 2021-05-12." in answer.text


def test_today_is_there_before_anybody_spoke_and_goes_live(hub: Hub) -> None:
    """With the cursor from which the stream goes on."""
    page = hub.client().get(DAY.replace("05-12", "05-13")).text
    assert "Nothing has been said here today" in page
    assert f'data-live="{CHANNEL}live" data-cursor="3"' in page
    assert "data-live" not in hub.client().get(DAY).text


def test_latest_leads_to_the_newest_day(hub: Hub) -> None:
    """Which has its own address, so that what is copied there stays true."""
    answer = hub.client().get(f"{CHANNEL}latest.log.html")
    assert (answer.status_code, answer.headers["location"]) == (302, DAY)


def test_a_day_knows_its_neighbours(hub: Hub) -> None:
    """Over empty days, above and below the lines."""
    hub.holds(hub.line("ann", "earlier", at=EVENING - timedelta(days=9)))
    page = hub.client().get(DAY).text
    assert (
        page.count('href="%23yard.2021-05-03.log.html"') == 3
    )  # twice to click, once for browsers
    assert "newest day" in page


def test_head_answers_as_get_without_the_page(hub: Hub) -> None:
    """The live stream included, which would have no end."""
    client = hub.client()
    for path in (DAY, CHANNEL, f"{CHANNEL}live", f"{CHANNEL}feed.atom"):
        answer = client.head(path)
        assert answer.status_code == 200, path
        assert answer.content == b""


@pytest.mark.parametrize("path", [DAY, DAY.removesuffix(".html"), CHANNEL, f"{CHANNEL}feed.atom"])
def test_what_did_not_change_costs_nothing(hub: Hub, path: str) -> None:
    """Until it changes."""
    client = hub.client()
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    hub.holds(hub.line("carl", "late", at=EVENING + timedelta(minutes=5)))
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_new_neighbour_and_a_new_mention_make_a_page_new(hub: Hub) -> None:
    """They stand on it; lines of other days elsewhere do not."""
    client = hub.client()
    tags = [client.get(DAY).headers["etag"]]
    hub.holds(hub.line("ann", "next day", at=EVENING + timedelta(hours=12)))
    tags.append(client.get(DAY).headers["etag"])
    hub.holds(hub.line("ann", "more", at=EVENING + timedelta(hours=13)))
    assert client.get(DAY).headers["etag"] == tags[-1]
    source, target = "line:net/#yard/2021-05-13T09:00:30", "line:net/#yard/2021-05-12T21:00:31"
    hub.app.db.write(lambda s: set_links(s, source, [target], at=NOW))
    page = client.get(DAY)
    assert page.headers["etag"] not in tags
    assert 'href="#t2021-05-12T21:00:31">21:00:31</a>' in page.text
    assert "2021-05-13.log.html#t2021-05-13T09:00:30" in page.text


def test_past_days_may_be_kept_and_today_is_asked_for_again(hub: Hub) -> None:
    """Past days change by redaction only, but they do: a minute and no more."""
    hub.holds(hub.line("ann", "old", at=EVENING - timedelta(days=30)))
    hub.holds(hub.line("ann", "new", at=NOW))
    client = hub.client()
    past = client.get(DAY.replace("05-12", "04-12")).headers["cache-control"]
    assert past == "public, max-age=60, must-revalidate"
    assert client.get(DAY.replace("05-12", "05-13")).headers["cache-control"] == "no-cache"


def test_the_text_reads_back_to_the_same_lines(hub: Hub) -> None:
    """ChannelLogger's format, in UTF-8."""
    hub.holds(
        hub.line("mina", "안녕 \x02굵게\x02", at=EVENING + timedelta(seconds=9)),
        hub.line("bob", "bye", kind=Kind.QUIT, at=EVENING + timedelta(seconds=10)),
    )
    answer = hub.client().get(DAY.removesuffix(".html"))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "2021-05-12T21:00:30  <ann> hello all"
    assert lines[3] == "2021-05-12T21:00:39  <mina> 안녕 \x02굵게\x02"
    assert lines[4] == "2021-05-12T21:00:40  *** bob has quit IRC (bye)"
    assert by_name("channellogger")


def test_a_redacted_text_is_gone_from_every_page(each_hub: Hub) -> None:
    """At once, with its anchor in place."""
    client, ref = each_hub.client(), "line:net/#yard/2021-05-12T21:00:32"
    tag = client.get(DAY).headers["etag"]
    each_hub.app.db.write(
        lambda s: redact_line(s, operator("olga"), ref, reason="asked for", at=NOW)
    )
    for path in (
        "/",
        DAY,
        DAY.removesuffix(".html"),
        f"{CHANNEL}feed.atom",
        f"{CHANNEL}since?at=2021",
    ):
        assert "tea at four" not in client.get(path, headers={"If-None-Match": tag}).text, path
    page = client.get(DAY).text
    assert 'id="t2021-05-12T21:00:32"' in page
    assert "removed by an operator" in page


def test_a_channel_may_keep_out_of_search_engines(hub: Hub) -> None:
    """On every address, in the page and in robots.txt; the others stay findable."""
    hub.holds(hub.line("ann", "shh", channel="#hidden"))
    client = hub.client()
    for path in ("", "%23hidden.2021-05-12.log.html", "%23hidden.2021-05-12.log", "feed.atom"):
        answer = client.get(f"/irclogs/%23hidden/{path}")
        assert answer.headers["x-robots-tag"] == "noindex", path
    assert '<meta name="robots" content="noindex">' in client.get("/irclogs/%23hidden/").text
    assert "Disallow: /irclogs/%23hidden/" in client.get("/robots.txt").text
    assert "x-robots-tag" not in client.get(DAY).headers
    assert "%23yard/\n" not in client.get("/robots.txt").text


def test_everything_can_be_shown_without_a_script(hub: Hub) -> None:
    """The same lines, unfolded by the style sheet."""
    hub.holds(hub.line("zed", kind=Kind.JOIN, at=EVENING + timedelta(seconds=50)))
    client = hub.client()
    assert '<ol class="log"' in client.get(DAY).text
    assert '<ol class="log all"' in client.get(f"{DAY}?show=all").text


def test_a_channel_shows_a_year_of_months(hub: Hub) -> None:
    """The newest first; other years by their links, so that no page grows with history."""
    hub.holds(hub.line("ann", "long ago", at=datetime(2009, 2, 3, tzinfo=UTC)))
    client = hub.client()
    page = client.get(CHANNEL).text
    assert 'title="2021-05-12: 3 messages"' in page
    assert "2009-02-03.log.html" not in page
    assert 'href="/irclogs/%23yard/?year=2009"' in page
    assert 'title="2009-02-03: 1 message"' in client.get(f"{CHANNEL}?year=2009").text
    assert "Nothing was logged in 2015." in client.get(f"{CHANNEL}?year=2015").text
    assert client.get(f"{CHANNEL}?year=0000").status_code == 200


def test_a_configured_channel_is_there_before_its_first_line(hub: Hub) -> None:
    """With how to join it."""
    page = hub.client().get("/irclogs/%23new/").text
    assert "Nothing has been logged in this channel yet" in page
    assert "irc.example.org" in page


def test_todays_page_says_when_nobody_listens(hub: Hub) -> None:
    """So that silence is not taken for quiet; also to a browser that kept the page from before."""
    today = f"{CHANNEL}%23yard.{NOW:%Y-%m-%d}.log.html"
    app, client = hub.app, hub.client()

    token = process_token()
    slot = app.db.write(lambda session: claim_slot(session, "net", token, NOW))
    app.db.write(lambda session: note_joined(session, "net", "#yard", slot, NOW))
    before = client.get(today)
    assert "The bot has left" not in before.text
    app.db.write(
        lambda session: note_absent(
            session, "net", "#yard", slot, "left", "", at=NOW, retry_at=None
        )
    )
    after = client.get(today, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "The bot has left" in after.text
    assert "The bot has left" not in client.get(DAY).text


def test_what_i_missed_since_i_spoke(each_hub: Hub) -> None:
    """By nick in any case; by time; and a problem is said in words."""
    client = each_hub.client()
    page = client.get(f"{CHANNEL}since?nick=BOB").text
    assert "hello all" not in page
    assert "tea at four?" in page
    assert "hello all" in client.get(f"{CHANNEL}since?at=2021-05-12").text
    assert "Nothing has happened since then" in client.get(f"{CHANNEL}since?at=2021-05-13").text
    for query in ("nick=zed", "at=yesterday", "at=%3Cscript%3E", "at=9999-99-99"):
        answer = client.get(f"{CHANNEL}since?{query}")
        assert answer.status_code == 400, query
        assert 'role="alert"' in answer.text
        assert "<script>" not in answer.text


def test_hello_and_the_question_itself_do_not_end_what_i_missed(each_hub: Hub) -> None:
    """Who comes back and speaks still sees what was said while they were away."""
    each_hub.holds(
        each_hub.line("ann", "while bob was away", at=NOW - timedelta(hours=1)),
        each_hub.line("bob", "hi again", at=NOW - timedelta(seconds=30)),
        each_hub.line("bob", "madang: missed", at=NOW - timedelta(seconds=10)),
        each_hub.line("eve", "I am new", at=NOW - timedelta(seconds=5)),
    )
    page = each_hub.client().get(f"{CHANNEL}since?nick=bob").text
    assert "tea at four?" in page
    assert "while bob was away" in page
    newcomer = each_hub.client().get(f"{CHANNEL}since?nick=eve").text
    assert "I am new" in newcomer
    assert "madang: missed" not in newcomer


def test_what_i_missed_comes_in_pages_that_join_without_a_hole(hub: Hub) -> None:
    """Over several days; each line once."""
    lines = [
        hub.line("ann", f"number {i}.", at=EVENING + timedelta(minutes=i // 2)) for i in range(1200)
    ]
    hub.holds(*lines)
    client, query, seen = hub.client(), "at=2021-05-12T21:00:30", []
    for _ in range(4):
        page = client.get(f"{CHANNEL}since?{query}").text
        seen += [part.partition(".")[0] for part in page.split("number ")[1:]]
        if "Go on reading" not in page:
            break
        query = page.partition('href="since?')[2].partition('"')[0]
    assert seen == [str(i) for i in range(1200)]


def test_the_feed_tells_conversations(hub: Hub) -> None:
    """One entry each, known by the permanent address of its first line."""
    hub.holds(
        hub.line("mina", "늦은 인사 <b>", at=EVENING + timedelta(hours=1)),
        hub.line("ann", "hi \x02mina\x02", at=EVENING + timedelta(hours=1, minutes=2)),
    )
    answer = hub.client().get(f"{CHANNEL}feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.text)
    entries = feed.findall("a:entry", ATOM)
    assert [e.findtext("a:id", "", ATOM) for e in entries] == [
        f"http://testserver{DAY}#t2021-05-12T22:00:30",
        f"http://testserver{DAY}#t2021-05-12T21:00:30",
    ]
    newest = entries[0]
    assert newest.findtext("a:title", "", ATOM) == "mina, ann: 늦은 인사 <b>"
    assert newest.findtext("a:updated", "", ATOM) == "2021-05-12T22:02:30Z"
    assert feed.findtext("a:updated", "", ATOM) == "2021-05-12T22:02:30Z"
    assert "늦은 인사 &lt;b&gt;" in newest.findtext("a:content", "", ATOM)
    assert [a.text for a in newest.findall("a:author/a:name", ATOM)] == ["mina", "ann"]


def test_a_feed_survives_any_text(hub: Hub) -> None:
    """XML can't hold control characters."""
    hub.holds(
        hub.line("a\x01b", "x\x00\x02\x1b\x0b\uffff]]> y", at=EVENING + timedelta(seconds=40))
    )
    feed = ET.fromstring(hub.client().get(f"{CHANNEL}feed.atom").text)
    assert "y" in (feed.findtext("a:entry/a:content", "", ATOM))


NAMES = st.text(
    st.characters(exclude_characters="\x00\r\n ,\x07", codec="utf-8"), min_size=1, max_size=20
)


@given(NAMES, st.dates())
def test_every_canonical_address_is_its_own(name: str, day: object) -> None:
    """No address redirects for ever, whatever the channel is called."""
    addresses = Addresses("net")
    desk = Desk(None, addresses, None)  # type: ignore[arg-type]  # addresses need neither
    for network in ("net", "other"):
        for page in ("channel", "latest", "live", "feed", "since", "day", "text"):
            on = day if page in ("day", "text") else None
            address = desk.address(Place(page, network, "#" + name.lower(), on))  # type: ignore[arg-type]
            found = addresses.parse(address)
            assert found is not None
            assert desk.address(found) == address
