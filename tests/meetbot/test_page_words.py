"""What pages call items, changes and results; files and the bot keep MeetBot's words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.language import speaking
from meetbot.actions import LEFT_BEHIND
from meetbot.page_words import (
    change_word,
    kind_word,
    outcome_words,
    reason_words,
    result_words,
)
from meetbot.recurrence import rhythm
from meetbot.state import ItemKind
from tests.meetbot.pages import SWIFT, Meetings, meetings_in
from tests.meetbot.test_recurrence import slot


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Meetings]:
    """A hub with a meeting that is over."""
    made = meetings_in(tmp_path / "data")
    made.holds_meeting()
    yield made
    made.app.db.close()


@pytest.mark.parametrize("kind", ItemKind)
def test_each_kind_of_item_has_a_word(kind: ItemKind) -> None:
    assert kind_word(kind) == kind.value
    with speaking("ko"):
        assert kind_word(kind) != kind.value


@pytest.mark.parametrize(
    ("result", "korean"),
    [
        ("carried", "가결"),
        ("denied", "부결"),
        ("no quorum (1 of 3)", "정족수 미달 (3명 중 1명)"),
        ("tied: tea, coffee", "동수: tea, coffee"),
        ("coffee & cake", "coffee & cake"),
    ],
)
def test_the_result_of_a_vote_is_told_and_the_voters_words_stay(result: str, korean: str) -> None:
    assert result_words(result) == result
    with speaking("ko"):
        assert result_words(result) == korean


def test_what_the_program_wrote_itself_is_known_again() -> None:
    """Reasons of versions and outcomes of actions; what people wrote stays."""
    with speaking("ko"):
        assert reason_words("Version 2 again") == "되돌림: 버전 2"
        assert reason_words("Version 2 again: it was better") == "되돌림: 버전 2: it was better"
        assert reason_words("a typo") == "a typo"
        assert outcome_words(LEFT_BEHIND) != LEFT_BEHIND
        assert outcome_words("shipped") == "shipped"
        assert change_word("moved") == "이동"


def test_a_rhythm_is_told_in_korean() -> None:
    with speaking("ko"):
        assert rhythm(slot("biweekly-odd")) == "2주마다 수요일"
        assert rhythm(slot("last-friday", 4)) == "매월 마지막 금요일"
        assert rhythm(slot("adhoc")) == "필요할 때"


def test_pages_speak_korean_and_files_keep_their_words(hub: Meetings) -> None:
    """The page is read by people, the files also by programs."""
    client = hub.client(headers={"Accept-Language": "ko"})
    page = client.get(f"{SWIFT}.html").text
    for words in ("회의 요약", "할 일", "표결 결과", "2021년 5월 12일 (수)", "참석한 사람"):
        assert words in page
    for words in ("Meeting summary", "Action items", "AGREED"):
        assert words not in page
    text = client.get(f"{SWIFT}.txt").text
    assert "Meeting summary" in text
    assert "AGREED" in text
    assert client.get(f"{SWIFT}.json").json() == hub.client().get(f"{SWIFT}.json").json()
