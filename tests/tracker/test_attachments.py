"""Files of stories: added, served so that nothing in them runs, taken away, brought back, forgotten."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from hub.config_stories import AttachmentsSection
from hub.errors import Invalid
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.attachments.keeping import attach, attachments_of, set_removed
from tracker.attachments.kinds import OTHER, TEXT, kind_of, right_name
from tracker.attachments.tables import AttachedDataRow, AttachmentRow
from tracker.stories import delete_story

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def yard(sqlite_community: Community) -> Community:
    """Story 1 is bob's, 2 private to cho."""
    sqlite_community.story("The lid leaks")
    sqlite_community.story("The password is salt", by="cho", is_private=True)
    return sqlite_community


def send(reader: Reader, story: int, *files: tuple[str, bytes]) -> Any:
    """Send files with the form of a story's page."""
    found = re.search(r'name="csrf" value="([^"]+)"', reader.get(f"/story/{story}").text)
    return reader.client.post(
        f"/story/{story}/attach",
        data={"csrf": found[1]} if found else {},
        files=[("file", file) for file in files],
    )


def url(reader: Reader, story: int, number: int = 1) -> str:
    """Return where a file's page says that it is."""
    found = re.search(
        rf'href="(/story/{story}/attachment/{number}/[^"]+)"', reader.get(f"/story/{story}").text
    )
    assert found is not None
    return found[1]


def rows(yard: Community, table: Any) -> Sequence[Any]:
    return yard.sees(lambda s: [row.model_dump() for row in s.exec(select(table))])


def test_files_are_added_and_served_as_they_came(yard: Community) -> None:
    bob = Reader(yard, "bob")
    sent = send(bob, 1, ("lid.png", PNG), ("소금 기록.log", b"one\ntwo\n"))
    assert (sent.status_code, sent.headers["location"]) == (303, "/story/1#files")
    page = Reader(yard).get("/story/1").text
    assert "lid.png" in page
    assert "소금 기록.log" in page
    assert "added the file lid.png" in page
    picture, text = Reader(yard).get(url(bob, 1, 1)), Reader(yard).get(url(bob, 1, 2))
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert (text.text, text.headers["content-type"]) == ("one\ntwo\n", "text/plain; charset=utf-8")
    same = Reader(yard).client.get(
        url(bob, 1, 1), headers={"If-None-Match": picture.headers["etag"]}
    )
    assert same.status_code == 304
    assert yard.problems == []


def test_what_could_run_is_text_or_saved(yard: Community) -> None:
    bob = Reader(yard, "bob")
    send(bob, 1, ("x.svg", SVG), ("x.html", b"<script>1</script>"), ("x.png", b"MZ\x00\xff binary"))
    for number, kind in ((1, "text/plain"), (2, "text/plain"), (3, OTHER)):
        answer = bob.get(url(bob, 1, number))
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "private" in answer.headers["cache-control"]
    assert bob.get(url(bob, 1, 3)).headers["content-disposition"].startswith("attachment")


def test_a_private_storys_file_is_there_for_nobody_else(yard: Community) -> None:
    cho = Reader(yard, "cho")
    send(cho, 2, ("salt.txt", b"the password"))
    address = url(cho, 2)
    assert cho.get(address).text == "the password"
    for other in (Reader(yard), Reader(yard, "bob")):
        assert other.get(address).status_code == 404
        assert other.get(address.replace("/story/2/", "/story/1/")).status_code == 404
        assert send(other, 2, ("x", b"x")).status_code in (403, 404)
    assert len(rows(yard, AttachmentRow)) == 1


def test_guests_and_forms_without_a_token_add_nothing(yard: Community) -> None:
    assert send(Reader(yard), 1, ("x", b"x")).status_code == 403
    bob = Reader(yard, "bob")
    sent = bob.client.post("/story/1/attach", files=[("file", ("x", b"x"))])
    assert sent.status_code == 403
    assert rows(yard, AttachmentRow) == []


def test_who_added_a_file_takes_it_away_and_brings_it_back(yard: Community) -> None:
    bob, cho = Reader(yard, "bob"), Reader(yard, "cho")
    send(bob, 1, ("a.txt", b"a"))
    address = url(bob, 1)
    assert cho.send("/story/1", do="file", file="1", on="1").status_code == 403
    assert bob.send("/story/1", do="file", file="1", on="1").status_code == 303
    assert bob.get(address).status_code == 404
    assert "a.txt</bdi></span>" not in cho.get("/story/1").text
    assert "Bring back" in bob.get("/story/1").text
    assert bob.send("/story/1", do="file", file="1", on="0").status_code == 303
    assert bob.get(address).text == "a"
    assert bob.send("/story/1", do="file", file="9", on="1").status_code == 404


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([("a.txt", b"")], "a.txt is empty"),
        ([("big.bin", bytes(5_000_001))], "big.bin is larger than 5000 kB"),
        ([("good.txt", b"x"), ("empty", b"")], "empty is empty"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_done(
    yard: Community, files: list[tuple[str, bytes]], told: str
) -> None:
    sent = send(Reader(yard, "bob"), 1, *files)
    assert sent.status_code == 400
    assert told in sent.text
    assert rows(yard, AttachmentRow) == []
    assert rows(yard, AttachedDataRow) == []


def test_more_than_a_request_may_have_is_refused_while_it_comes(yard: Community) -> None:
    assert send(Reader(yard, "bob"), 1, ("huge", bytes(10_100_000))).status_code == 413


def test_a_storys_files_have_a_limit_together(yard: Community) -> None:
    bob, limits = yard.actor("bob"), AttachmentsSection(largest_kb=2, per_story_kb=3)
    yard.does(lambda s, now: attach(s, bob, 1, "a", bytes(2_000), limits, now=now))
    with pytest.raises(Invalid, match="3 kB together"):
        yard.does(lambda s, now: attach(s, bob, 1, "b", bytes(1_001), limits, now=now))


def test_the_same_bytes_are_kept_once_and_go_with_the_last_that_needs_them(yard: Community) -> None:
    bob, ada, limits = yard.actor("bob"), yard.actor("ada"), AttachmentsSection()
    other = yard.story("The shelf is wet")
    for story in (1, other):
        yard.does(lambda s, now, n=story: attach(s, bob, n, "a", b"same", limits, now=now))  # type: ignore[misc]
    assert len(rows(yard, AttachedDataRow)) == 1
    yard.does(lambda s, now: delete_story(s, ada, 1, now=now))
    assert len(rows(yard, AttachedDataRow)) == 1
    yard.does(lambda s, now: delete_story(s, ada, other, now=now))
    assert rows(yard, AttachedDataRow) == []
    assert rows(yard, AttachmentRow) == []


def test_what_was_taken_away_is_forgotten_after_thirty_days(yard: Community) -> None:
    bob, limits = yard.actor("bob"), AttachmentsSection()
    yard.does(lambda s, now: attach(s, bob, 1, "a", b"a", limits, now=now))
    yard.does(lambda s, now: set_removed(s, bob, 1, 1, removed=True, now=now))
    yard.now += timedelta(days=31)
    yard.does(lambda s, now: attach(s, bob, 1, "b", b"b", limits, now=now))
    assert [each.name for each in yard.sees(lambda s: attachments_of(s, 1))] == ["b"]
    assert len(rows(yard, AttachedDataRow)) == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\lid.jpg", "lid.jpg"),
        ("lid\u202egnp.exe", "lidgnp.exe"),
        ("", "file"),
        ("...", "file"),
        ("a\x00b\n c", "ab c"),
        ("x" * 300 + ".tar", "x" * 116 + ".tar"),
        ("사진.png", "사진.png"),
    ],
)
def test_a_hostile_name_becomes_a_plain_one(name: str, kept: str) -> None:
    assert right_name(name) == kept


@given(st.text(max_size=400))
def test_any_name_is_kept_short_and_without_folders(name: str) -> None:
    kept = right_name(name)
    assert 0 < len(kept) <= 120
    assert not set("/\\\x00\n") & set(kept)
    assert right_name(kept) == kept


@given(st.binary(max_size=200))
def test_only_pictures_and_text_are_shown(data: bytes) -> None:
    kind = kind_of(data)
    if kind == TEXT:
        data.decode("utf-8")
    assert kind in (TEXT, OTHER) or data[:1] in b"\x89\xffGR"
