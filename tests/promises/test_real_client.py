"""A person with a real client is on the day's page, and on the live page while speaking."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.promises.archives import Archive
from tests.promises.following import LiveReader
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.irssi import Irssi
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd

_PROMPTLY_S = 2.0
"""Generous: the bench measures the real figure, this only proves that nothing waits for a poll."""


@pytest.fixture
def madang(ngircd: Ngircd, tmp_path: Path) -> Iterator[Madang]:
    """A hub in #yard of the server."""
    with Madang(tmp_path / "madang", network_toml("net", ngircd.port)) as hub:
        wait_until(lambda: "registered" in hub.output, "the bot on the network", 30)
        yield hub


@pytest.mark.needs("chromium")
def test_a_spoken_line_is_on_an_open_page_and_on_the_stream_at_once(
    madang: Madang, ngircd: Ngircd, page: Page
) -> None:
    archive = Archive(madang)
    with IrcUser("ann", ngircd.port) as ann, LiveReader(archive) as live:
        ann.join("#yard")
        ann.say("#yard", "the first word")
        archive.wait_for("the first word")
        live.opened.wait(10)
        page.goto(madang.url + archive.day_path())
        expect(page.get_by_text("the first word")).to_have_count(1)
        ann.say("#yard", "is the page connected?")
        expect(page.get_by_text("is the page connected?")).to_have_count(1, timeout=15_000)
        for number in range(5):
            text = f"방금 한 말 {number}"
            said_at = monotonic()
            ann.say("#yard", text)
            expect(page.get_by_text(text)).to_have_count(1, timeout=_PROMPTLY_S * 1000)
            wait_until(partial(_was_shown, live, text), "the line on the stream", _PROMPTLY_S)
            assert monotonic() - said_at < 2 * _PROMPTLY_S
        ann.quit("good night")
        page.reload()
        expect(page.get_by_text("방금 한 말 4")).to_have_count(1)


def _was_shown(live: LiveReader, text: str) -> bool:
    return text in live.texts


@pytest.mark.needs("irssi", "tmux", "chromium")
def test_what_a_person_does_in_irssi_is_told_right_on_the_day_page(
    madang: Madang, ngircd: Ngircd, tmp_path: Path, page: Page
) -> None:
    archive = Archive(madang)
    with Irssi(tmp_path / "irssi", "seonbi", ngircd.port) as irssi:
        irssi.join("#yard")
        irssi.say("#yard", "안녕하세요, 마당에 처음 왔습니다 — <b>hello</b> & welcome")
        irssi.me("#yard", "두리번거린다")
        irssi.become("seonbi2")
        irssi.command("/topic #yard 오늘의 이야기")
        irssi.say("#yard", "물러갑니다")
        archive.wait_for("물러갑니다")
        irssi.quit("다음에 또")
        archive.wait_for("has quit IRC")
    told = [line.body for line in archive.lines() if "seonbi" in line.body]
    assert told == [
        "*** seonbi has joined #yard",
        "<seonbi> 안녕하세요, 마당에 처음 왔습니다 — <b>hello</b> & welcome",
        "* seonbi 두리번거린다",
        "*** seonbi is now known as seonbi2",
        '*** seonbi2 changes topic to "오늘의 이야기"',
        "<seonbi2> 물러갑니다",
        next(body for body in told if "has quit IRC" in body),
    ]
    assert "다음에 또" in told[-1]
    page.goto(madang.url + archive.day_path())
    expect(
        page.get_by_text("안녕하세요, 마당에 처음 왔습니다 — <b>hello</b> & welcome")
    ).to_be_visible()
    expect(page.locator("li.action", has_text="두리번거린다")).to_be_visible()
    expect(page.get_by_text("오늘의 이야기").first).to_be_visible()
    page.goto(madang.url + archive.day_path() + "?show=all")
    expect(page.get_by_text(re.compile("is now known as"))).to_be_visible()
