"""Framing, decoding, parsing and composing: bytes in, bytes out, nothing raises."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from irctokens.hostmask import hostmask

from bot import wire
from bot.masks import matches


def cases(name: str) -> list[Any]:
    """Return the protocol cases of one file; where they aren't, one that `shared` leaves out."""
    shared = Path(os.environ.get("MADANG_SHARED") or Path(__file__).parents[3] / "shared")
    path = shared / "data" / "irc-protocol" / "tests" / f"{name}.yaml"
    if not path.exists():
        return [{}]
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["tests"])


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("case", cases("msg-split"))
def test_a_line_is_taken_apart(case: Any) -> None:
    message = wire.parse(case["input"])
    atoms = case["atoms"]
    assert message is not None
    assert message.command == atoms["verb"].upper()
    assert message.params == atoms.get("params", [])
    assert message.source == atoms.get("source")
    assert (message.tags or {}) == atoms.get("tags", {})


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("case", cases("msg-join"))
def test_a_message_is_put_together(case: Any) -> None:
    atoms = case["atoms"]
    line = wire.compose(
        atoms["verb"],
        *atoms.get("params", []),
        source=atoms.get("source"),
        tags={key: value or "" for key, value in atoms.get("tags", {}).items()},
    )
    assert line in case["matches"]


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("case", cases("userhost-split"))
def test_a_source_is_taken_apart(case: Any) -> None:
    atoms = case["atoms"]
    split = hostmask(case["source"])
    assert split.nickname == wire.nick_in(case["source"]) == atoms.get("nick", "")
    assert split.username or atoms.get("user", "") == ""
    assert split.hostname or atoms.get("host", "") == ""


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("case", cases("mask-match"))
def test_a_mask_stands_for_hostmasks(case: Any) -> None:
    assert all(matches(case["mask"], text) for text in case["matches"])
    assert not any(matches(case["mask"], text) for text in case["fails"])


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("case", cases("validate-hostname"))
def test_a_client_takes_every_host_valid_or_not(case: Any) -> None:
    message = wire.parse(f":ann!u@{case['host']} PRIVMSG #yard :hi")
    assert message is not None
    assert wire.nick_of(message) == "ann"
    assert message.params[-1] == "hi"


def test_bytes_become_the_same_lines_however_they_are_cut() -> None:
    stream = "PING :a\r\n:ann PRIVMSG #c :마당\n\r\nPONG b\r\n".encode()
    expected = [b"PING :a", ":ann PRIVMSG #c :마당".encode(), b"", b"PONG b"]
    assert wire.Framer().feed(stream) == expected
    one_by_one = wire.Framer()
    assert [line for byte in stream for line in one_by_one.feed(bytes([byte]))] == expected


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_framing_does_not_depend_on_how_bytes_arrive(pieces: list[bytes]) -> None:
    whole, parts = wire.Framer(limit=32), wire.Framer(limit=32)
    at_once = whole.feed(b"".join(pieces))
    assert [line for piece in pieces for line in parts.feed(piece)] == at_once
    assert parts.cut == whole.cut


def test_an_endless_line_is_cut_off_and_not_kept() -> None:
    framer = wire.Framer(limit=100)
    for _ in range(1000):
        assert framer.feed(b"x" * 1000) == []
    assert framer.feed(b"x\nPING a\n") == [b"x" * 100, b"PING a"]
    assert framer.cut == 1


@pytest.mark.parametrize(
    ("line", "fallback", "text"),
    [
        ("마당".encode(), "cp1252", "마당"),
        (b"caf\xe9", "cp1252", "café"),
        ("마당".encode("euc-kr"), "euc-kr", "마당"),
        ("마당에서".encode()[:-1], "cp1252", "마당에"),
        (b"\xff\xfe\x81", "cp1252", "ÿþ\ufffd"),
        (b"\xff", "idna", "ÿ"),
        (b"\xffa", "no-such-encoding", "ÿa"),
    ],
)
def test_text_is_utf8_or_in_the_fallback_encoding(line: bytes, fallback: str, text: str) -> None:
    assert wire.decode(line, fallback) == text


@given(st.binary(), st.sampled_from(["cp1252", "euc-kr", "utf-7", "utf-16", "big5"]))
def test_any_bytes_decode_to_text_that_can_be_stored(data: bytes, fallback: str) -> None:
    wire.decode(data, fallback).encode("utf-8")


@given(st.text())
def test_any_text_parses_or_is_nothing(text: str) -> None:
    message = wire.parse(text)
    assert message is None or not set("".join(message.params)) & set("\r\n\0")


@given(st.text(), st.integers(100, 600))
def test_what_goes_out_is_one_line_within_the_limit(text: str, limit: int) -> None:
    data = wire.outgoing(text, limit)
    assert data.endswith(b"\r\n")
    assert len(data) <= limit
    assert not set(data[:-2]) & set(b"\r\n\0")
    data.decode()


def test_a_second_command_cant_be_smuggled_in() -> None:
    line = wire.compose("PRIVMSG", "#yard", "hi\r\nQUIT :gone\0")
    assert wire.outgoing(line) == b"PRIVMSG #yard :hi  QUIT :gone \r\n"


@pytest.mark.parametrize("target", ["", "#a b", ":x"])
def test_a_target_that_would_be_read_as_something_else_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="only the last parameter"):
        wire.compose("PRIVMSG", target, "hi")


def test_a_tag_unfit_to_be_kept_is_none() -> None:
    message = wire.parse(f"@account=a\\nb;msgid={'x' * 300};time= PRIVMSG a b")
    assert message is not None
    assert [wire.tag(message, name) for name in ("account", "msgid", "time", "no")] == [None] * 4


def test_tags_of_ten_thousand_characters_are_read() -> None:
    message = wire.parse(f"@a={'x' * 10_000};b=y :ann PRIVMSG #c :hi")
    assert message is not None
    assert wire.tag(message, "b") == "y"
    assert message.params == ["#c", "hi"]
