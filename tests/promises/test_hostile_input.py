"""Whatever people and servers send, nothing runs in a browser and nothing leaves its place."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.promises.archives import Archive
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml

_EVIL_CHANNELS = (
    "#../../etc/passwd",
    "#<script>canary()</script>",
    "#a/b",
    "#\u202eevil",
    "#%2e%2e%2f",
    "#\"onload='canary()'",
    "##",
    "#a?b#c",
    "#한국어",
)
_XSS = (
    "<script>canary()</script>",
    "<img src=x onerror=canary()>",
    "<svg/onload=canary()>",
    '"><script>canary()</script>',
    "'\" autofocus onfocus=canary() x='",
    "javascript:canary()",
    'http://x/"onmouseover="canary()',
    "http://x/<script>canary()</script>",
    "https://x.example/?q=<img src=x onerror=canary()>#'><svg onload=canary()>",
    "</li></ol><script>canary()</script>",
    "<!--<script>canary()</script>-->",
    "&lt;script&gt;canary()&lt;/script&gt; &#60;script&#62;",
    "\x02<scr\x02ipt>canary()</script>",
    "\x0304,05<iframe srcdoc='<script>canary()</script>'>\x0f",
    "{{7*7}} ${canary()} {% raw %}",
    "data:text/html,<script>canary()</script>",
    "]]><script xmlns='http://www.w3.org/1999/xhtml'>canary()</script>",
    "\u202e>tpircs/<)(yranac>tpircs<",
    "x\u2028<script>canary()</script>\u2029y",
)
_CANARY = "window.sung = 0; window.canary = () => { window.sung += 1 }; window.alert = canary"


@pytest.fixture
def evil_hub(inspircd: Inspircd, tmp_path: Path) -> Iterator[Madang]:
    """A hub that logs channels with the worst names."""
    config = network_toml("net", inspircd.port, ["#yard", *_EVIL_CHANNELS])
    with Madang(tmp_path / "hub" / "madang", config) as hub:
        yield hub


@pytest.mark.timeout(120)
def test_channels_with_the_worst_names_have_pages_of_their_own_and_no_other_place(
    evil_hub: Madang, inspircd: Inspircd, tmp_path: Path
) -> None:
    with IrcUser("ann", inspircd.port) as ann:
        ann.join("#yard", *_EVIL_CHANNELS)
        for number, channel in enumerate(_EVIL_CHANNELS):
            archive = Archive(evil_hub, channel)
            archive.wait_for("madang has joined", 30)
            ann.say(channel, f"here is number {number}")
            archive.wait_for(f"<ann> here is number {number}")
            assert archive.said() == [f"here is number {number}"]
            assert evil_hub.status(archive.address) == 200
            assert f"here is number {number}" in evil_hub.get(archive.day_path())
            assert f"here is number {number}" in archive.feed()
    names = {path.relative_to(tmp_path).parts[:3] for path in (tmp_path / "hub").rglob("*")}
    files = {path.name for path in evil_hub.data.iterdir()}
    assert files <= {"madang.db", "madang.db-wal", "madang.db-shm", "search"}
    assert {parts[2] for parts in names if len(parts) > 2} <= {"madang.toml", "madang.log", "data"}
    assert evil_hub.status("/irclogs/../../etc/passwd") in {400, 404}
    assert evil_hub.status("/irclogs/%2e%2e/%2e%2e/etc/passwd") in {400, 404}


@pytest.mark.timeout(120)
def test_bytes_that_are_no_irc_and_no_text_leave_the_bot_standing(
    inspircd: Inspircd, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann", inspircd.port, caps=["message-tags"]))
        ann.join("#yard")
        config = network_toml("net", inspircd.port)
        madang = stack.enter_context(Madang(tmp_path / "madang", config))
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ", 30)
        pid = madang.running.pid
        ann.say("#yard", b"caf\xe9 \xff\xfe \xed\xa0\x80 end")
        ann.say("#yard", "가" * 150)
        ann.say("#yard", b"\xea\xb0")
        ann.say("#yard", "\x01ACTION\x01")
        ann.say("#yard", "\x01ACTION unterminated")
        ann.say("#yard", "\x01\x01")
        ann.say("#yard", "madang: help\r")
        ann.say("#yard", "madang: \x00QUIT")
        ann.send(b"@+evil=" + b"x" * 4000 + b" PRIVMSG #yard :a heavy tag")
        ann.send(b"@+evil=" + b"x" * 9990 + b" PRIVMSG #yard :too heavy a tag")
        ann.send("TOPIC #yard :")
        ann.send("PART #yard :\x03\x03\x03\x02\x1d")
        ann.join("#yard")
        ann.say("#yard", "still there?")
        archive.wait_for("still there?")
        said = archive.said()
        assert said[0].startswith("café ")
        assert "가" * 150 in said
        assert madang.running.pid == pid
        assert madang.running.is_running
        assert not ann.heard(r":madang!\S+ QUIT")
        assert madang.status(archive.day_path()) == 200
        assert "Traceback" not in madang.output
        assert "All invariants hold." in madang.run("check")


@pytest.mark.timeout(120)
@pytest.mark.needs("chromium")
def test_nothing_that_is_typed_on_irc_runs_in_a_browser(
    evil_hub: Madang, inspircd: Inspircd, page: Page
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.add_init_script(_CANARY)
    archive = Archive(evil_hub)
    with IrcUser("ann", inspircd.port) as ann:
        ann.join("#yard", *_EVIL_CHANNELS)
        archive.wait_for("madang has joined", 30)
        page.goto(evil_hub.url + archive.day_path())
        for text in _XSS:
            ann.say("#yard", text)
            ann.me("#yard", text)
            ann.set_topic("#yard", text)
            with IrcUser("b[]\\`^{}|", inspircd.port) as bob:
                bob.join("#yard")
                bob.part("#yard", text)
                bob.join("#yard")
                bob.quit(text)
        ann.say("#yard", "the end of the corpus")
        page.get_by_text("the end of the corpus").wait_for()
        assert _sung(page) == 0, "on the live page"
        for text in _XSS[:3]:
            assert text in archive.said()
        paths = ["/", "/irclogs/", archive.day_path(), archive.day_path() + "?show=all"]
        paths += [Archive(evil_hub, name).address for name in ("#yard", *_EVIL_CHANNELS)]
        paths += [archive.address + "since", archive.address + "feed.atom", archive.day_path("log")]
        for path in paths:
            page.goto(evil_hub.url + path)
            assert _sung(page) == 0, path
            _touch_everything(page)
            assert _sung(page) == 0, f"{path}, touched"
            assert not page.locator("script:not([src])", has_text="canary").count(), path
    assert errors == []


def _sung(page: Page) -> int:
    return int(page.evaluate("window.sung ?? 0"))


def _touch_everything(page: Page) -> None:
    """Do to every element what a reader's mouse and keyboard would do."""
    page.evaluate(
        "for (const e of document.querySelectorAll('*'))"
        " for (const n of ['mouseover', 'focus', 'load', 'error', 'toggle'])"
        " e.dispatchEvent(new Event(n))"
    )
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.protocol)")
    assert set(links) <= {"http:", "https:", "irc:", "ircs:"}, links
