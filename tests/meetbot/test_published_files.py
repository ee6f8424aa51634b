"""Reading other bots' pages, texts and file names: what strangers made never raises."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import NotFound
from meetbot.meeting_files import find_meetings
from meetbot.minutes import minutes
from meetbot.published import read_published
from meetbot.render import render
from meetbot.state import ItemKind
from tests.meetbot.channel import Channel

PARTS = (
    "<li>", "</li>", '<span class="details">', "</span>", '<b class="TOPIC">', "</b>", "<h3>",
    "Meeting summary", "</h3>", "(ann, 21:00:00)", "&lt;", "<a href='#l-99'>", "</a>", "ann (3)",
    "Meeting started by ann at 21:00:00 UTC", "People present", "\n----\n", "* one", "\n", "  * x",
    "=====\n", "ACTION: ", "<", "<!", "<!-- ", "<![", "&#x", "<style>",
)  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=8)), max_size=40))
def test_no_page_or_text_raises(parts: list[str]) -> None:
    for text in ("".join(parts), "<html>" + "".join(parts)):
        found = read_published(text)
        assert found is None or found.started


WORDS = st.from_regex(r"[a-z0-9<&'.,-]{1,9}", fullmatch=True)
NOTES = st.lists(
    st.tuples(
        st.sampled_from(["topic", "info", "action", "idea", "agreed", "help"]),
        st.lists(WORDS, min_size=1, max_size=30).map(" ".join),
    ),
    max_size=8,
)


@given(NOTES)
def test_our_own_pages_and_texts_read_back_to_their_items(notes: list[tuple[str, str]]) -> None:
    room = Channel().starts()
    room.says("ann", "#topic the first")  # a text can't tell an info at its edge from a topic
    for kind, text in notes:
        room.says("ann", f"#{kind} {text}")
    room.says("ann", "#endmeeting")
    made = minutes(room.ended[0])
    wanted = [(item.kind, " ".join(item.text.split()), item.nick) for item in made.items]
    for ending in ("html", "txt"):
        found = read_published(render(made, ending))
        assert found is not None
        assert [(item.kind, item.text, item.nick) for item in found.items] == wanted
        assert dict(found.people) == {p.nick: p.lines for p in made.people}
        assert (found.channel, found.title, found.owner) == ("#swift", "Swift", "ann")


def test_a_text_tells_infos_before_all_topics_from_topics() -> None:
    text = (
        "======\n#a: b\n======\n\nMeeting started by ann at 21:00:00 UTC.\n\nMeeting summary\n---\n\n"
        "* an info  (ann, 21:00:01)\n* LINK: http://x.org  (bob,\n  21:00:02)\n"
        "* one\n  topic  (ann, 21:00:03)\n  * BOLT: is no sort  (bob, 21:00:04)\n\n"
        "* the last topic  (ann, 21:00:05)\n\n\n\nMeeting ended at 21:00:06 UTC.\n"
    )
    found = read_published(text)
    assert found is not None
    assert [(item.kind, item.text, item.clock) for item in found.items] == [
        (ItemKind.INFO, "an info", "21:00:01"), (ItemKind.LINK, "http://x.org", "21:00:02"),
        (ItemKind.TOPIC, "one topic", "21:00:03"), (ItemKind.INFO, "BOLT: is no sort", "21:00:04"),
        (ItemKind.TOPIC, "the last topic", "21:00:05"),
    ]  # fmt: skip


def test_files_are_put_together_by_meeting(tmp_path: Path) -> None:
    names = (
        "swift/2021/swift.2021-05-12-21.00.html",
        "swift/2021/swift.2021-05-12-21.00.log.txt.gz",
        "swift/2021/swift.2021-05-12-21.00-2.txt",
        "room/2020-06-10/magazine.2020-06-10-12.02.log.html",
        "20220103-1905.html",
        "20229999-1905.html",
        "swift/2021/swift.2021-99-12-21.00.log.txt",
        "swift/2021/only.2021-05-12-21.00.moin.txt",
        ".hidden/swift.2021-05-12-21.00.txt",
        "index.html",
    )
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "linked.2021-05-12-21.00.txt").symlink_to(tmp_path / "index.html")
    tree = find_meetings([tmp_path, tmp_path / "swift"])
    found = {(m.key.series, m.key.started_at, m.key.copy): m for m in tree.meetings}
    at = datetime(2021, 5, 12, 21, 0, tzinfo=UTC)
    assert sorted(found[("swift", at, 1)].files) == ["html", "log.txt"]
    assert sorted(found[("swift", at, 2)].files) == ["txt"]
    fedora = found[("magazine", datetime(2020, 6, 10, 12, 2, tzinfo=UTC), 1)]
    assert fedora.channel == "#room"
    assert ("", datetime(2022, 1, 3, 19, 5, tzinfo=UTC), 1) in found
    assert len(found) == 4
    assert [path.name for path in tree.strange] == [
        "only.2021-05-12-21.00.moin.txt", "swift.2021-99-12-21.00.log.txt",
    ]  # fmt: skip
    assert tree.others == 2
    with pytest.raises(NotFound):
        find_meetings([tmp_path / "none"])
