"""What isn't meant for the archive leaves no byte: not in the data, the logs, or on any page."""

import re
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin

import pytest

from tests.promises.archives import Archive
from tests.promises.following import LiveReader
from tests.servers.atheme import Atheme
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml

_SENTINEL = "kimchi-8f3e"
_HOST = re.compile(r"[^\s!@]+![^\s!@]*@[^\s!@]+")
_LINK = re.compile(r'(?:href|src)="([^"]+)"')


@pytest.mark.timeout(120)
def test_not_a_byte_of_what_is_private_is_kept_or_shown(
    inspircd: Inspircd, atheme: Atheme, tmp_path: Path
) -> None:
    config = network_toml("net", inspircd.port, ["#yard", "#silent"])
    config += "log = false\n"  # of the last channel
    madang = Madang(tmp_path / "madang", config)
    ann = IrcUser("ann", inspircd.port, username=f"{_SENTINEL[:8]}")
    ann.connect()
    ann.join("#yard", "#silent")  # before the bot, to see it come
    with ann, madang, LiveReader(Archive(madang)) as live:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        _speak_privately(ann)
        _speak_off_the_record(ann)
        with IrcUser("bob", inspircd.port, username="bobsmask") as bob:
            bob.join("#yard")
            ann.mode("#yard", "+b", "*!*@192.0.2.77")
            ann.mode("#yard", "+b", "mallory!*@evil.example.net")
            ann.kick("#yard", "bob", "sorry")
        ann.say("#yard", "the last word")
        archive.wait_for("the last word")
        live_reader_got_all = "the last word"
        madang.running.wait_until(lambda: live_reader_got_all in live.texts, "the live line")
        told = dict(_crawl(madang))
        shown = "\n".join(text for _, text in live.lines.values())
        assert len(told) > 8
        assert any("the last word" in body.decode("utf-8", "replace") for body in told.values())
        for secret in (_SENTINEL, "192.0.2.77", "evil.example.net", "bobsmask", "127.0.0.1/"):
            assert secret not in shown, f"{secret} on the live stream"
            found = [url for url, body in told.items() if secret.encode() in body]
            assert not found, f"{secret} on {found}"
        madang.stop()
        _nothing_on_disk(madang, (_SENTINEL, "192.0.2.77", "evil.example.net", "bobsmask"))
        assert b"the last word" in _bytes_of(madang.data), "the search can find something"


def _speak_privately(ann: IrcUser) -> None:
    ann.say("madang", f"{_SENTINEL} in private")
    ann.notice("madang", f"{_SENTINEL} as a notice")
    ann.me("madang", f"{_SENTINEL} as an action")
    ann.say("NickServ", f"REGISTER {_SENTINEL} ann@example.org")
    ann.wait_for(r":NickServ!\S+ NOTICE ann :.*" + _SENTINEL)
    ann.mode("#yard", "+v", "madang")
    ann.mode("#yard", "+o", "madang")
    ann.say("@#yard", f"{_SENTINEL} for operators")
    ann.say("+#yard", f"{_SENTINEL} for the voiced")
    ann.notice("@#yard", f"{_SENTINEL} for operators again")
    ann.say("#yard", f"\x01VERSION {_SENTINEL}\x01")
    ann.notice("#yard", f"\x01VERSION {_SENTINEL}\x01")
    ann.say("#silent", f"{_SENTINEL} in a channel that isn't logged")
    ann.set_topic("#silent", f"{_SENTINEL} as its topic")
    ann.sync()


def _speak_off_the_record(ann: IrcUser) -> None:
    for text in (f"[nolog] {_SENTINEL}", f"[NOLOG]{_SENTINEL}", f"!- {_SENTINEL}"):
        ann.say("#yard", text)
    ann.say("#yard", f"on the record [off] {_SENTINEL}")
    ann.say("#yard", f"\x02[nolog]\x02 {_SENTINEL} in bold")
    ann.me("#yard", f"[nolog] {_SENTINEL}")
    ann.notice("#yard", f"[off] {_SENTINEL}")


def _crawl(madang: Madang) -> Iterator[tuple[str, bytes]]:
    """Every page that links lead to, and those that nobody links to."""
    day = Archive(madang).day_path()
    plain = Archive(madang).day_path("log")
    paths = ("/", "/irclogs/", "/metrics", "/healthz", "/robots.txt", day + "?show=all", plain)
    waiting = [madang.url + path for path in (*paths, Archive(madang).address + "feed.atom")]
    known = set(waiting)
    while waiting:
        url = waiting.pop()
        body = _fetch(url)
        yield url, body
        for link in _LINK.findall(body.decode("utf-8", "replace")):
            found = urldefrag(urljoin(url, link.replace("&amp;", "&"))).url
            if found.startswith(madang.url) and found not in known and len(known) < 100:
                known.add(found)
                if not found.endswith("/live"):
                    waiting.append(found)


def _fetch(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())
    except HTTPError as answer:
        with closing(answer):
            return bytes(answer.read())


def _nothing_on_disk(madang: Madang, secrets: tuple[str, ...]) -> None:
    stored = _bytes_of(madang.data) + madang.output.encode()
    for secret in secrets:
        assert secret.encode() not in stored, f"{secret} is on the disk or in the log"
    # The bot's log names no hostmask either.
    assert not _HOST.search(madang.output)


def _bytes_of(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
