"""Bytes to lines: encodings decided line by line, line ends, flat memory."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats import MAX_LINE, check_encoding, decode_lines
from hub.errors import Invalid


def decoded(data: bytes, encoding: str = "cp1252", block: int = 7) -> list[str]:
    blocks = (data[at : at + block] for at in range(0, len(data), block))
    return list(decode_lines(blocks, encoding))


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"))),
    st.integers(3, 50),
)
def test_utf8_lines_come_back_whatever_the_blocks_are(lines: list[str], block: int) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    if not data.startswith(b"\xef\xbb\xbf"):
        assert decoded(data, block=block) == lines


def test_every_line_has_its_own_encoding() -> None:
    data = "안녕\n".encode() + "caf\u00e9 \u20ac\n".encode("cp1252") + b"plain\n"
    assert decoded(data, block=4096) == ["안녕", "caf\u00e9 \u20ac", "plain"]


@pytest.mark.parametrize("encoding", ["euc-kr", "cp949", "iso2022_kr", "iso-2022-jp", "big5"])
def test_a_given_encoding_is_used_where_utf8_does_not_fit(encoding: str) -> None:
    words = {"euc-kr": "마당", "cp949": "뷁", "iso2022_kr": "마당", "big5": "院子"}
    word = words.get(encoding, "庭です")
    data = f"<ann> {word}\n<bob> ok\n".encode(encoding)
    assert decoded(data, encoding, 4096)[0].endswith(word)
    assert decoded("<ann> 마당\n".encode(), encoding) == ["<ann> 마당"]


def test_utf8_that_irc_cut_inside_a_character_stays_utf8() -> None:
    assert decoded("<ann> 마당".encode()[:-1] + b"\r\n") == ["<ann> 마\ufffd"]
    assert decoded("<ann> caf\u00e9".encode("cp1252")) == ["<ann> caf\u00e9"]


def test_bytes_of_no_encoding_are_marked() -> None:
    assert decoded(b"a\x81b\n", block=4096) == ["a\ufffdb"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(encoding: str) -> None:
    data = "[09:08] <ann> 안녕\n[09:09] <bob> \U0001f3e1\n".encode(encoding)
    assert decoded(data) == ["[09:08] <ann> 안녕", "[09:09] <bob> \U0001f3e1"]


def test_utf16_without_a_mark_can_be_given() -> None:
    assert decoded("안녕\nb".encode("utf-16-le"), "utf-16-le") == ["안녕", "b"]


def test_only_line_feeds_end_lines() -> None:
    text = "a\u2028b\x85c\x0cd\x1ce\n\nf"
    assert decoded(text.encode(), block=4096) == ["a\u2028b\x85c\x0cd\x1ce", "", "f"]
    assert decoded(text.encode("utf-16"), block=4096) == ["a\u2028b\x85c\x0cd\x1ce", "", "f"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_endless_line_is_cut_and_memory_stays_flat(encoding: str) -> None:
    block = ("x" * 100_000).encode(encoding).removeprefix(b"\xff\xfe")

    def endless() -> Iterator[bytes]:
        yield b"\xff\xfe" if encoding == "utf-16" else b""
        for _ in range(500):
            yield block
        yield "\nnext\n".encode(encoding).removeprefix(b"\xff\xfe")

    tracemalloc.start()
    lines = list(decode_lines(endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [len(line) > MAX_LINE for line in lines] == [True, False]
    assert lines[1] == "next"
    assert peak < 8_000_000


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "utf-8\0", ""])
def test_what_is_no_encoding_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="encoding"):
        check_encoding(name)


@given(st.binary(max_size=300), st.sampled_from(["cp1252", "euc-kr", "iso-2022-jp", "utf-16-le"]))
def test_no_bytes_make_decoding_fail(data: bytes, encoding: str) -> None:
    check_encoding(encoding)
    assert all("\n" not in line for line in decoded(data, encoding))
