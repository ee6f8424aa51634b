"""Long texts are cut by bytes, on word borders, never through a character."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech import cut, is_border, room, split


@given(st.text(), st.integers(40, 200))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="가나다 abc각각e\u0301👨‍👩🇰🇷", min_size=1), st.integers(40, 80))
def test_cuts_are_only_on_borders(text: str, limit: int) -> None:
    part = cut(text, limit)
    longest = max((len(piece.encode()) for piece in text.split()), default=0)
    if longest <= limit:
        assert is_border(text, len(part))


def test_korean_is_cut_by_bytes_and_between_words() -> None:
    parts = split("마당에서 만나요 " * 40, 100)
    assert len(parts) > 1
    assert all(part.endswith(("만나요", "마당에서")) for part in parts)


@pytest.mark.parametrize(
    "character",
    [
        unicodedata.normalize("NFD", "각"),
        "e\u0301\u0323",
        "👨\u200d👩\u200d👧",
        "👍🏽",
        "🇰🇷",
        "☂\ufe0f",
    ],
)
def test_a_character_of_several_code_points_stays_whole(character: str) -> None:
    for limit in range(40, 80):
        for part in split(character * 60, limit):
            assert part.replace(character, "") == ""


def test_marks_without_end_are_cut_all_the_same() -> None:
    parts = split("a" + "\u0301" * 500, 50)
    assert all(len(part.encode()) <= 50 for part in parts)


def test_a_word_longer_than_a_line_is_cut() -> None:
    assert split("x" * 250, 100) == ["x" * 100, "x" * 100, "x" * 50]


def test_nothing_to_say_is_no_message() -> None:
    assert split("   ", 100) == []


def test_room_counts_the_prefix_that_the_server_adds() -> None:
    prefix, target = "madang!madang@host.example", "#마당"
    text = "x" * room(prefix, "PRIVMSG", target)
    assert len(f":{prefix} PRIVMSG {target} :{text}\r\n".encode()) == 512
