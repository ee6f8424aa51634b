"""What people look for comes among the first three: over the sample community, and some Chinese talk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from archive.past import PAST
from archive.sample_community import load_sample, sample_topics
from archive.store import merge_each
from hub import bootstrap
from hub.app import App
from hub.irc import Kind, Line
from hub.people import operator
from meetbot.channel_rules import rules_of
from meetbot.gather import gather
from search.finding import Group
from search.module import engine_of
from tests.databases import config_for
from tests.search.shelf import Shelf

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
FIRST = 3
CHINESE = (
    "大家好，虚拟机的网络今天又断了",
    "我重启了虚拟交换机，现在可以了",
    "下周三的会议改到晚上九点",
    "会议记录在哪里可以看到",
    "数据库升级之前请先备份",
    "备份脚本每天凌晨三点运行",
    "谁负责翻译文档的中文版",
    "我来翻译安装指南",
    "泡菜的盐度传感器坏了，需要换一个",
    "新版本发布以后再讨论这个问题",
)
ENGLISH_QUERIES = {
    "cross compiler": "who upgraded the cross compiler",
    "compiler inlines crc": "inlines the crc into eleven places",
    "fno-inline-functions": "-fno-inline-functions",
    "never-clever": "never-clever",
    "two slots": "two slots",
    "two slots sequence number checksum": "each with a sequence number and a checksum",
    '"application note"': "application note",
    "curve widget redraws": "redraws the whole week",
    "half pixels": "half pixels",
    "issues/214": "issues/214",
    "https://jangdokdae.example/issues/214": "issues/214",
    "slot_write": "slot_write",
    "fake_flash_says_no": "fake_flash_says_no",
    "calib_init": "calib_init",
    "uint32_t seq": "uint32_t seq",
    "datasheet 2014 footnote": "datasheet of 2014",
    "is 214 a blocker for 3.1": "is 214 a blocker",
    "relay power cuts zombies": "zombies",
    "release on a Friday": "Do we release on a Friday",
    "what did we decide about Friday releases": "releases are on Tuesdays",
    "kind:meeting release": "Release 3.1",
    "Release 3.1": "Release 3.1",
    "when is the freeze": "freeze",
    "poster for the release": "poster",
    "list of all defaults": "defaults",
    "second rack library": "library",
    "oven hub": "oven",
    "netsplit": "netsplit",
    "cheese cooperative": "cheese cooperative",
    "unknown key warmth": "warmth",
    "popcorn microwave": "popcorn",
    "terrace where the crocks stand": "terrace where the crocks stand",
    "redact spam": "--reason spam",
    "madang import irclogs": "import irclogs",
    "atom feed": "atom feed",
    "nolog": "[nolog]",
    "old Korean house yard": "In an old Korean house",
    "moss boxes awful year": "the awful year",
    "twenty-six years IRC": "twenty-six years",
    "removal page": "removal page",
    "Hungarian translation percent": "Hungarian",
    "dishwasher": "dishwasher",
    "from:wiktor lid magnet": "A crock has a lid",
    "from:bori sleeves in:#madang-dev struct slot": "struct slot",
    "date.today zone": "date.today()",
    "compares ids between bots": "it compares ids",
    "time of a line an integer": "why is the time of a line an integer",
    "33 years of erases": "33 years",
    "page buffer of the chip": "page buffer of the chip",
    "goodbye ding": "goodbye ding",
    "milk curves documentation": "docs/curves",
    "which migrations do I know": "which migrations do i know",
    "tested by a cat": "tested by a cat",
}
KOREAN_QUERIES = {
    "보리차": "보리차",
    "막걸리": "막걸리",
    "대나무": "대나무",
    "3D 프린터 도면": "도면은",
    "막걸리 빚는 곰돌": "막걸리 빚는 곰돌",
    "한국어 번역": "한국어 번역은 88",
    "회의 두 시": "오늘 회의 두 시",
    "낱말을 어떻게 정했나요": "낱말",
    "항아리 투표": "항아리",
    "도움말을 번역": "도움말 나머지 번역",
    "넷스플릿": "넷스플릿",
    "정전 기록": "동네 정전",
    "속담에 주소": "속담에 주소가",
    "팝콘": "팝콘",
    "준서 패치": "제 패치가 들어갔어요",
    "시간대는 칠": "시간대는 칠일 뿐",
    "전자레인지": "전자레인지",
    "뚜껑 그림": "뚜껑 그림",
    "사 년 된 버그": "사 년 된 버그",
    "kind:meeting 낱말": "낱말",
}
CHINESE_QUERIES = {
    "虚拟机": "虚拟机的网络",
    "虚拟交换机": "虚拟交换机",
    "会议": "会议",
    "会议记录": "会议记录在哪里",
    "数据库备份": "数据库升级",
    "备份": "备份",
    "翻译文档": "谁负责翻译文档",
    "安装指南": "安装指南",
    "盐度传感器": "盐度传感器",
    "新版本发布": "新版本发布",
}


@dataclass(frozen=True)
class Told:
    """A shelf, and what a group of hits shows."""

    shelf: Shelf

    def first(self, query: str) -> list[str]:
        """Return the texts of the first groups that a query finds."""
        return [_text(group) for group in self.shelf.finds(query).groups[:FIRST]]


def _text(group: Group) -> str:
    said = [piece.text for talk in group.talks for line in talk for piece in line.pieces]
    return "".join([hit.title + "".join(p.text for p in hit.pieces) for hit in group.hits] + said)


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The sample community, indexed."""
    folder: Path = tmp_path_factory.mktemp("sample")
    app = bootstrap.build(config_for(f"sqlite:///{folder}/madang.db", folder), lambda: NOW)
    _fill(app)
    shelf = Shelf(app, engine_of(request.param))
    shelf.follows()
    yield Told(shelf)
    shelf.close()
    app.db.close()


def _fill(app: App) -> None:
    app.db.write(lambda s: load_sample(s, NOW, network="net", public_url=app.config.public_url))
    for channel in sample_topics():
        app.db.write(partial(_gather, app, channel))
    lines = [
        Line("net", "#zhongwen", datetime(2025, 6, 1 + n, 8, tzinfo=UTC), Kind.SAY, "mei", text)
        for n, text in enumerate(CHINESE)
    ]
    app.db.write(lambda s: merge_each(s, [lines]))


def _gather(app: App, channel: str, session: Session) -> None:
    rules, past = rules_of(app.config, "net", channel), PAST.all(session, "net", channel)
    gather(session, past, rules, operator("sample"), now=NOW)


@pytest.mark.parametrize("asked", [ENGLISH_QUERIES, KOREAN_QUERIES, CHINESE_QUERIES])
def test_what_is_looked_for_comes_first(told: Told, asked: dict[str, str]) -> None:
    missed = {
        query: told.first(query) for query, text in asked.items() if not _is_in(told, query, text)
    }
    assert len(missed) <= len(asked) * 0.05, missed


def _is_in(told: Told, query: str, text: str) -> bool:
    return any(text in shown for shown in told.first(query))


def test_there_are_enough_queries() -> None:
    assert len(ENGLISH_QUERIES) + len(KOREAN_QUERIES) + len(CHINESE_QUERIES) >= 60
    assert min(map(len, (KOREAN_QUERIES, CHINESE_QUERIES))) >= 10


@pytest.mark.parametrize(
    ("typed", "meant"), [("compilr", "compiler"), ("netpslit", "netsplit"), ("popcron", "popcorn")]
)
def test_a_misspelled_word_is_told_with_the_right_one(told: Told, typed: str, meant: str) -> None:
    assert told.shelf.finds(typed).better == meant
