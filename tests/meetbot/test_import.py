"""`madang import meetings`: trees of files as other bots left them, small ones made here and real ones."""

import gzip
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from archive.redaction import redact_nick
from hub import bootstrap
from hub.app import App
from hub.cli import main
from hub.irc import REMOVED
from meetbot import queries
from meetbot.minutes import Minutes
from meetbot.render import render
from meetbot.render_json import as_object
from meetbot.store import find_row
from meetbot.versions import LoggedLine, read_log, read_version
from tests.databases import OPERATOR, config_for
from tests.meetbot.data import meetings
from tests.meetbot.published import Noted
from tests.meetbot.test_real_meetings import NAMES, TOWN_HALLS, flat, folder_of, published
from web.app import make_app

LOG = """\
21:00:05 <ann> #startmeeting Swift
21:00:05 <bot> Meeting started Wed May 12 21:00:05 2021 UTC.  The chair is ann.
21:00:10 <ann> #topic One & <two>
21:00:20 <bob> #info first
21:00:30 * bob waves
21:01:00 <ann> #action bob to write
21:02:00 <ann> #endmeeting
"""
PAGE = """\
<html><head><title>#swift</title></head><body><h1>#swift: Swift</h1>
<span class="details">Meeting started by ann at 21:00:05 UTC (<a href="x">full logs</a>).</span>
<h3>Meeting summary</h3>
<ol><li><b class="TOPIC">One &amp; &lt;two&gt;</b>
<span class="details">(<a href='s.log.html#l-3'>ann</a>, 21:00:10)</span>
<ol type="a"><li><span class="INFO">first</span>
<span class="details">(<a href='s.log.html#l-4'>bob</a>, 21:00:20)</span></li>
<li><i class="itemtype">ACTION</i>: <span class="ACTION">bob to write</span>
<span class="details">(<a href='s.log.html#l-6'>ann</a>, 21:01:00)</span></li>{more}</ol></li></ol>
<span class="details">Meeting ended at 21:02:00 UTC (<a href="x">full logs</a>).</span>
<h3>Action items</h3><ol><li>bob to write</li></ol>
<h3>People present (lines said)</h3><ol><li>ann (4)</li><li>bob (2)</li><li>bot (1)</li></ol>
</body></html>
"""
ITEMS = [("topic", "One & <two>", 3), ("info", "first", 4), ("action", "bob to write", 6)]
STEM = "swift.2021-05-12-21.00"


class Hub:
    """A hub's folder, and the command line at it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self.tree, self._capsys = folder / "data", folder / "tree", capsys
        self.out = self.err = ""

    def file(self, path: str, text: str | bytes) -> Path:
        place = self.tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def imports(self, *paths: Path, channel: str = "") -> int:
        where = [str(path) for path in paths or (self.tree,)]
        given = ["--channel", channel] if channel else []
        return self.runs("import", "meetings", *where, "--network", "oftc", *given)

    def runs(self, *words: str) -> int:
        status = main([*words, "--data", str(self.data)])
        self.out, self.err = self._capsys.readouterr()
        return status

    def opened(self) -> App:
        url = f"sqlite:///{self.data}/madang.db"
        return bootstrap.build(config_for(url, self.data))

    def kept(self) -> dict[str, Minutes]:
        """Return all minutes by the names of their files."""
        app = self.opened()
        try:
            return app.db.read(_kept)
        finally:
            app.db.close()

    def log(self, stem: str) -> list[LoggedLine]:
        app = self.opened()
        try:
            found = {b.key.stem: b.key for b in app.db.read(lambda s: queries.newest(s, 99))}
            return list(app.db.read(lambda s: read_log(s, find_row(s, found[stem]))))  # type: ignore[arg-type]
        finally:
            app.db.close()


def _kept(session):  # type: ignore[no-untyped-def]
    found = {}
    for brief in queries.newest(session, 99):
        row = find_row(session, brief.key)
        log = read_log(session, row)
        found[brief.key.stem] = read_version(session, row, brief.key.series, row.revision, log)
    return found


@pytest.fixture
def hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Hub:
    return Hub(tmp_path, capsys)


def items(written: Minutes) -> list[tuple[str, str, int]]:
    return [(item.kind.value, item.text, item.line) for item in written.items]


LAYOUTS = {
    "OpenDev": (f"swift/2021/{STEM}", "#swift"),
    "Fedora": (f"swift-room/2021-05-12/{STEM}", "#swift-room"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_log_becomes_minutes_with_its_address(hub: Hub, layout: str, packed: bool) -> None:
    stem, channel = LAYOUTS[layout]
    text = gzip.compress(LOG.encode()) if packed else LOG
    hub.file(f"{stem}.log.txt" + ".gz" * packed, text)
    assert hub.imports(channel="#swift") == 0
    assert "1 meetings: 1 new in 1 series, 0 already there, 0 not taken in." in hub.out
    written = hub.kept()[STEM]
    assert (written.channel, written.network, written.owner) == (channel, "oftc", "ann")
    assert (items(written), len(written.log)) == (ITEMS, 7)
    assert [action.assignees for action in written.actions] == [("bob",)]


def test_the_log_page_stands_in_for_the_log(hub: Hub) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    assert hub.imports(channel="#swift") == 0
    written = hub.kept()[STEM]
    page = render(written, "log.html")
    hub.file(f"swift/2021/{STEM}.log.html", page)
    (hub.tree / "swift/2021" / f"{STEM}.log.txt").unlink()
    other = Hub(hub.data.parent / "other", hub._capsys)
    assert other.imports(hub.tree) == 0
    assert other.kept()[STEM] == written


def test_hcoops_names_tell_no_series(hub: Hub) -> None:
    rows = [line.split(" ", 1) for line in LOG.splitlines()]
    shown = "\n".join(
        f'<a name="x{n}"></a><span class="tm">{at}</span> <span class="nk">'
        + re.sub("<", "&lt;", said).replace(">", "&gt;</span>", 1)
        for n, (at, said) in enumerate(rows)
        if not said.startswith("*")
    )
    hub.file("20210512-2100.log.html", f"<title>#swift Log</title>\n<pre>\n{shown}\n</pre>\n")
    assert hub.imports() == 0
    written = hub.kept()[STEM]
    assert written.channel == "#swift"
    assert [item.text for item in written.items] == ["One & <two>", "first", "bob to write"]


@pytest.mark.parametrize("ending", ["html", "txt"])
def test_minutes_without_a_log_are_read_as_they_were_published(hub: Hub, ending: str) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    assert hub.imports(channel="#swift") == 0
    made = hub.kept()[STEM]
    text = PAGE.format(more="") if ending == "html" else render(made, "txt")
    other = Hub(hub.data.parent / "other", hub._capsys)
    other.file(f"swift/2021/{STEM}.{ending}", text)
    assert other.imports() == 0
    assert "1 meetings come from their minutes" in other.out
    written = other.kept()[STEM]
    lines = [line if ending == "html" else 0 for _, _, line in ITEMS]
    assert items(written) == [(*item[:2], n) for item, n in zip(ITEMS, lines, strict=True)]
    assert (written.title, written.channel, written.owner) == ("Swift", "#swift", "ann")
    assert (written.started_at, written.ended_at) == (made.started_at, made.ended_at)
    assert (written.people, written.log) == (made.people, ())
    assert [(a.text, a.assignees) for a in written.actions] == [("bob to write", ("bob",))]


def test_items_of_an_unknown_sort_and_votes_are_kept_as_words(hub: Hub) -> None:
    odd = "".join(
        f'<li><i class="itemtype">{word}</i>: <span class="{word}">{text}</span>'
        f"<span class=\"details\">(<a href='#l-6'>ann</a>, 21:01:30)</span></li>"
        for word, text in (("VOTE", "Voted on x, Yes: 2"), ("MOTION", "to eat"))
    )
    hub.file(f"swift/2021/{STEM}.html", PAGE.format(more=odd))
    assert hub.imports() == 0
    assert items(hub.kept()[STEM])[3:] == [
        ("info", "Voted on x, Yes: 2", 6), ("info", "MOTION: to eat", 6),
    ]  # fmt: skip


def test_importing_again_adds_nothing_and_says_so(hub: Hub) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    hub.file(f"swift/2021/{STEM}-2.log.txt", LOG.replace("21:00:05", "21:00:25"))
    hub.imports(channel="#swift")
    assert "2 new in 1 series, 0 already there" in hub.out
    before = hub.kept()
    assert before.keys() == {STEM, f"{STEM}-2"}
    assert hub.imports(channel="#swift") == 0
    assert "0 new in 0 series, 2 already there" in hub.out
    assert hub.kept() == before


def test_the_minute_and_day_in_the_name_count_more_than_the_log(hub: Hub) -> None:
    late = LOG.replace("21:0", "00:0")
    hub.file("swift/2021/swift.2021-05-12-23.59.log.txt", late)
    assert hub.imports(channel="#swift") == 0
    written = hub.kept()["swift.2021-05-12-23.59"]
    assert written.log[0].at.isoformat() == "2021-05-13T00:00:05+00:00"
    assert written.started_at.isoformat() == "2021-05-12T23:59:00+00:00"


def test_what_was_published_and_the_log_does_not_give_is_told(hub: Hub) -> None:
    more = (
        '<li><i class="itemtype">AGREED</i>: <span class="AGREED">to eat</span>'
        "<span class=\"details\">(<a href='#l-6'>ann</a>, 21:01:30)</span></li>"
    )
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    path = hub.file(f"swift/2021/{STEM}.html", PAGE.format(more=more))
    assert hub.imports() == 0
    (told,) = [line for line in hub.out.splitlines() if "published" in line]
    assert told == (
        f"{path.with_suffix('.log.txt')}: published, but not in what its log gives:"
        " AGREED to eat (ann, 21:01:30)"
    )


def test_what_is_not_understood_is_named_and_stops_nothing(hub: Hub) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", f"{LOG}what is this\n")
    hub.file("matrix/2024/qa.2024-01-08-16.01.log.txt", "16:01:00 <ann> !startmeeting qa\n")
    hub.file("torn/2021/torn.2021-05-12-21.00.log.txt.gz", gzip.compress(LOG.encode())[:20])
    hub.file("test/meetbot-test.log.txt", LOG)
    hub.file("swift/2021/latest.html", "nothing")
    assert hub.imports(channel="#swift") == 1
    assert f"{STEM}.log.txt: not understood: what is this" in hub.out
    assert "1 other files passed over." in hub.out
    assert "3 meetings: 1 new in 1 series, 0 already there, 3 not taken in." in hub.out
    told = {Path(line.partition(": ")[0]).name: line for line in hub.err.splitlines()}
    assert "no meeting begins" in told["qa.2024-01-08-16.01.log.txt"]
    assert "Its name tells no time." in told["meetbot-test.log.txt"]
    assert "torn.2021-05-12-21.00.log.txt.gz" in told
    assert list(hub.kept()) == [STEM]


def test_a_meeting_of_no_channel_is_not_taken_in(hub: Hub) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    assert hub.imports() == 1
    assert "Give it with --channel" in hub.err
    assert hub.imports(hub.tree / "swift", channel="#swift") == 0


def test_an_aborted_meeting_and_one_without_an_end(hub: Hub) -> None:
    hub.file("a/2021/a.2021-05-12-21.00.log.txt", LOG.replace("#endmeeting", "#abortmeeting"))
    hub.file(f"swift/2021/{STEM}.log.txt", LOG.rpartition("21:02")[0])
    assert hub.imports(channel="#swift") == 0
    assert "1 meetings were called off" in hub.out
    assert "the meeting swift has no #endmeeting in its log" in hub.out
    (written,) = hub.kept().values()
    assert written.ended_at is not None
    assert written.ended_at.isoformat() == "2021-05-12T21:01:00+00:00"


def test_a_folder_without_meetings_or_none_at_all_is_told(hub: Hub) -> None:
    hub.file("readme.txt", "hi")
    assert hub.imports() == 1
    assert "no meeting's file" in hub.err
    assert hub.imports(hub.tree / "none") == 1
    assert "There is no file or folder" in hub.err


def archived(hub: Hub, *more: str) -> None:
    """Import the channel's log of that day, in which others speak too."""
    lines = [f"2021-05-12T{line[:8]}  {line[9:]}" for line in LOG.splitlines()]
    around = ["2021-05-12T20:59:00  <eve> before", *lines, *more]
    day = hub.data.parent / "#swift.2021-05-12.log"
    day.write_text("\n".join(around) + "\n", encoding="utf-8")
    words = ("import", "irclogs", str(day), "--network", "oftc")
    assert hub.runs(*words) == 0


@pytest.mark.parametrize("archive_first", [True, False])
def test_the_logs_lines_lead_to_the_archives(hub: Hub, archive_first: bool) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    if archive_first:
        archived(hub)
    assert hub.imports(channel="#swift") == 0
    if not archive_first:
        assert [line.ref for line in hub.log(STEM)] == [""] * 7
        archived(hub)
        assert hub.imports(channel="#swift") == 0
    else:
        assert "1 meetings have all their lines in the archive" in hub.out
    assert [line.ref for line in hub.log(STEM)] == [
        "line:oftc/#swift/2021-05-12T21:00:05", "line:oftc/#swift/2021-05-12T21:00:05-2",
        *(f"line:oftc/#swift/2021-05-12T21:0{at}" for at in ("0:10", "0:20", "0:30", "1:00", "2:00")),
    ]  # fmt: skip


def test_what_was_redacted_does_not_come_back(hub: Hub) -> None:
    hub.file(f"swift/2021/{STEM}.log.txt", LOG)
    archived(hub)
    app = hub.opened()
    at = app.clock()
    app.db.write(lambda s: redact_nick(s, OPERATOR, "oftc", "#swift", "bob", reason="asked", at=at))
    app.db.close()
    assert hub.imports(channel="#swift") == 0
    assert [kind for kind, _, _ in items(hub.kept()[STEM])] == ["topic", "action"]
    log = hub.log(STEM)
    assert [line.line.text for line in log if line.line.nick == "bob"] == [REMOVED, REMOVED]
    assert all(line.ref for line in log)


def test_what_was_redacted_does_not_come_back_from_a_page(hub: Hub) -> None:
    """It has no lines to compare, but the time and nick of each item."""
    hub.file(f"swift/2021/{STEM}.html", PAGE.replace("{more}", ""))
    archived(hub)
    app = hub.opened()
    at = app.clock()
    app.db.write(lambda s: redact_nick(s, OPERATOR, "oftc", "#swift", "bob", reason="asked", at=at))
    app.db.close()
    assert hub.imports(channel="#swift") == 0
    told = [(kind, text) for kind, text, _ in items(hub.kept()[STEM])]
    assert ("info", "first") not in told
    assert ("info", REMOVED) in told
    assert ("topic", "One & <two>") in told


def real(name: str, tree: Path, *endings: str) -> None:
    """Lay the named files of a real meeting out."""
    place = tree / name.rsplit(".", 2)[0] / name[-16:-12]
    place.mkdir(parents=True, exist_ok=True)
    for ending in endings:
        shutil.copy(folder_of(name) / f"{name}.{ending}", place)


@pytest.mark.parametrize("endings", [("log.txt", "html"), ("log.html",), ("html",), ("txt",)])
def test_real_meetings_come_out_as_they_were_published(hub: Hub, endings: tuple[str, ...]) -> None:
    for name in NAMES:
        real(name, hub.tree, *endings)
    assert hub.imports() == 0
    assert "published, but" not in hub.out
    found = hub.kept()
    told = {f"{m.title} {m.started_at:%H:%M:%S}": as_object(m) for m in found.values()}
    assert len(told) == 15
    for name in NAMES:
        theirs = published(name)
        made = told[f"{theirs.heading.partition(': ')[2]} {theirs.started}"]
        noted = [
            Noted(i["type"], flat(i["text"]), i["nick"], i["at"][11:19], i["line"])
            for i in made["items"]
        ]
        if endings == ("txt",):  # it tells no lines
            noted = [
                Noted(n.kind, n.text, n.nick, n.clock, t.line)
                for n, t in zip(noted, theirs.items, strict=True)
            ]
        assert noted == theirs.items
        assert (made["owner"], made["ended_at"][11:19]) == (theirs.owner, theirs.ended)
        assert made["started_at"][:10] == name[-16:-6]
        assert {p["nick"]: p["lines"] for p in made["people"]} == theirs.people
        assert ([flat(a["text"]) for a in made["actions"]] or ["(none)"]) == theirs.actions
    assert hub.imports() == 0
    assert "0 new in 0 series, 15 already there" in hub.out
    assert hub.runs("check") == 0, hub.out


def test_the_real_tree_is_taken_in_place_with_hcoops_meetings(hub: Hub) -> None:
    assert hub.imports(meetings() / "lightningd") == 0
    assert "21 meetings: 18 new in 14 series, 3 already there, 0 not taken in." in hub.out
    long = hub.kept()["ln_spec_meeting.2022-01-03-19.05"]
    assert [item.kind.value for item in long.items] == ["topic", "link", "topic", "link", "action"]


@pytest.mark.parametrize("file", TOWN_HALLS)
def test_town_halls_come_in_by_fedoras_layout(file: str, hub: Hub) -> None:
    text = (meetings() / "fedora-townhall" / file).read_text(encoding="utf-8")
    said = re.findall(r"^    (\d\d:\d\d:\d\d .*)$", text, re.MULTILINE)
    series, owner, lines, kinds = TOWN_HALLS[file]
    day, clock = date(2013, 6, 13), said[0][:5].replace(":", ".")
    hub.file(f"fedora-townhall/{day}/{series}.{day}-{clock}.log.txt", "\n".join(said) + "\n")
    assert hub.imports() == 0
    (written,) = hub.kept().values()
    assert (written.channel, written.owner, len(written.log)) == ("#fedora-townhall", owner, lines)
    assert [item.kind.value for item in written.items] == kinds


def test_meetbots_first_script_comes_in(hub: Hub) -> None:
    text = (meetings() / "meetbot-scripts/tests/test-script-1.log.txt").read_bytes()
    hub.file("meetbot/2009/meetbot.2009-07-04-20.13.log.txt", text)
    assert hub.imports(channel="#meetbot") == 0
    texts = [item.text for written in hub.kept().values() for item in written.items]
    assert "under_-score" in texts
    assert "üáç€" in texts


def test_the_pages_json_at_the_old_addresses_says_what_meetbot_published(hub: Hub) -> None:
    for name in NAMES:
        real(name, hub.tree, "log.txt", "html")
    assert hub.imports() == 0
    app = hub.opened()
    try:
        client = TestClient(make_app(app), follow_redirects=True)
        for name in NAMES:
            series, year = name.rsplit(".", 2)[0], name[-16:-12]
            answer = client.get(f"/meetings/{series}/{year}/{name}.json")
            assert answer.status_code == 200, name
            made, theirs = answer.json(), published(name)
            assert [
                Noted(i["type"], flat(i["text"]), i["nick"], i["at"][11:19], i["line"])
                for i in made["items"]
            ] == theirs.items
            assert (made["owner"], made["started_at"][11:19]) == (theirs.owner, theirs.started)
            assert {p["nick"]: p["lines"] for p in made["people"]} == theirs.people
            page = client.get(f"/meetings/{series}/{year}/{name}.log.html")
            assert page.status_code == 200
            assert f'id="l-{theirs.items[-1].line}"' in page.text
    finally:
        app.db.close()
