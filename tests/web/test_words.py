"""What pages bring for a language: the scripts' texts, and dates as people write them."""

import json
from datetime import UTC, date, datetime

import pytest

from hub.language import ENGLISH, LANGUAGES, speaking
from tests.catalogue import ROOT, texts
from tests.web.hub import DAY, Hub
from web.words import (
    long_day,
    month,
    month_day,
    script_texts,
    weekday_utc,
    weekdays,
    words_block,
)

WEDNESDAY = date(2021, 5, 12)
OTHERS = [code for code in LANGUAGES if code != ENGLISH]


@pytest.mark.parametrize("code", OTHERS)
def test_scripts_get_their_texts_and_no_others(code: str) -> None:
    """Each text that stands in a script, and none that only pages say."""
    told = script_texts(code)
    wanted = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in texts()
        if any(str(name).endswith(".js") for name, _ in message.locations)
    }
    assert told.keys() == wanted
    assert {"Copy link", "%(who)s came"} < wanted
    assert "Meeting summary" not in told


def test_a_number_of_things_has_a_text_for_each_category_of_the_language() -> None:
    """The browser knows which number is of which category."""
    assert script_texts("ko")["%(number)s new line ↓"] == {"other": "새 메시지 %(number)s개 ↓"}


def test_the_texts_of_scripts_are_a_data_block_that_nothing_can_leave(hub: Hub) -> None:
    """English pages need none: the texts stand in the scripts."""
    block = str(words_block("ko"))
    begin, end = '<script type="application/json" id="words">', "</script>"
    inner = block.removeprefix(begin).removesuffix(end)
    assert block == begin + inner + end
    assert not set("<>&") & set(inner)
    assert json.loads(inner) == script_texts("ko")
    assert words_block(ENGLISH) == ""
    korean = hub.client().get(DAY, headers={"Accept-Language": "ko"}).text
    assert korean.count(block) == 1
    assert korean.index(block) < korean.index("madang.js")
    assert 'id="words"' not in hub.client().get(DAY).text


def test_every_script_that_speaks_says_so_by_the_texts_of_the_page() -> None:
    """A script that calls `tr` imports it, and only from web/static/words.js."""
    for path in (ROOT / "web" / "static").glob("*.js"):
        source = path.read_text("utf-8")
        speaks = " tr(" in source or "(tr(" in source or "trn(" in source
        assert speaks == ("./words.js" in source or path.name == "words.js"), path.name


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", ("May", "May 12", "Wednesday, 2021-05-12", "Wed 2021-05-12 21:00 UTC", ("Mon", "Mo"))),
        ("ko", ("5월", "5월 12일", "2021년 5월 12일 (수)", "2021-05-12 21:00 UTC (수)", ("월", "월"))),
    ],
)  # fmt: skip
def test_dates_are_written_as_people_do(code: str, told: tuple[object, ...]) -> None:
    at = datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC)
    with speaking(code):
        said = (month(WEDNESDAY), month_day(WEDNESDAY), long_day(WEDNESDAY), weekday_utc(at))
        assert (*said, weekdays()[0]) == told
        assert len(weekdays()) == 7
