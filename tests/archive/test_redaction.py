"""Redaction: the text goes from everywhere, the anchor and the record of it stay."""

from datetime import timedelta
from pathlib import Path

import pytest

from archive.queries import find_channel, find_line, newest_entries
from archive.redaction import redact_line, redact_nick, redactions
from archive.store import merge
from hub.accounts.audit import audit_log
from hub.errors import Invalid, NotFound, Refused
from hub.irc import REMOVED, Kind
from hub.people import GUEST, Actor
from tests.databases import CHANNEL, NETWORK, OPERATOR, PUBLIC, START, Yard

LINK = f"{PUBLIC}/irclogs/%23yard/%23yard.2021-05-12.log.html#t2021-05-12T21:00:31"


def redact(yard: Yard, ref: str, reason: str = "asked", actor: Actor = OPERATOR) -> None:
    """Redact a line."""
    yard.app.db.write(lambda s: redact_line(s, actor, ref, reason=reason, at=yard.now))


def redact_all(yard: Yard, nick: str, channel: str = CHANNEL) -> int:
    """Redact all that a nick said; return how many lines that is."""
    return len(
        yard.app.db.write(
            lambda s: redact_nick(s, OPERATOR, NETWORK, channel, nick, reason="asked", at=yard.now)
        )
    )


def test_the_text_goes_and_the_anchor_stays(yard: Yard) -> None:
    ref = yard.says("ann", f"secret {LINK}")
    yard.says("bob", "hello")
    yard.settles()
    (version,) = yard.rows("SELECT version FROM day")[0]
    redact(yard, ref)
    found = yard.app.db.read(lambda s: find_line(s, ref))
    assert found is not None
    channel, entry = found
    assert (entry.text, entry.nick, entry.anchor) == (REMOVED, "ann", "2021-05-12T21:00:31")
    assert yard.texts() == [REMOVED, "hello"]
    assert yard.rows("SELECT version FROM day") == [(version + 1,)]
    newest = yard.app.db.read(lambda s: newest_entries(s, channel, 9, spoken=True))
    assert [e.text for e in newest] == [REMOVED, "hello"]
    documents = yard.app.modules[0].documents
    assert documents is not None
    assert yard.app.db.read(lambda s: documents.get(s, ref)) is None
    assert [d.text for d in yard.app.db.read(lambda s: list(documents.all(s)))] == ["hello"]
    yard.settles()
    assert yard.links == set()
    assert yard.problems == []


def test_the_text_is_gone_from_the_files_of_sqlite(sqlite_app: object, tmp_path: Path) -> None:
    yard = Yard(sqlite_app)  # type: ignore[arg-type]
    refs = [yard.says("ann", f"schibboleth {i} " + "x" * 3000) for i in range(20)]
    folder = Path(yard.app.config.hub.data_dir)

    def leaks() -> bool:
        return any(b"schibboleth" in file.read_bytes() for file in folder.iterdir())

    assert leaks()
    for ref in refs:
        redact(yard, ref)
    yard.app.db.write(lambda s: None)
    with yard.app.db._writer.connect() as connection:
        connection.rollback()
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    assert not leaks()


def test_redacting_twice_changes_nothing(yard: Yard) -> None:
    ref = yard.says("ann", "secret")
    redact(yard, ref, "the first reason")
    before = yard.rows("SELECT * FROM redaction"), yard.rows("SELECT * FROM event")
    redact(yard, ref, "the second reason")
    assert redact_all(yard, "ann") == 0
    assert (yard.rows("SELECT * FROM redaction"), yard.rows("SELECT * FROM event")) == before


def test_the_record_says_who_why_and_when(yard: Yard) -> None:
    first, second = yard.says("ann", "secret"), yard.says("bob", "other")
    redact(yard, first, " a password ")
    at = yard.now
    yard.now += timedelta(hours=1)
    redact(yard, second, "spam")
    entries = yard.app.db.read(redactions)
    assert [(e.ref, e.actor, e.reason) for e in entries] == [
        (second, "operator:olga", "spam"),
        (first, "operator:olga", "a password"),
    ]
    assert entries[1].at == at
    assert "secret" not in str(yard.rows("SELECT * FROM redaction"))
    assert yard.rows("SELECT name, ref, actor FROM event")[0] == (
        "line.redacted",
        first,
        "operator:olga",
    )


def test_only_an_operator_redacts(yard: Yard) -> None:
    ref = yard.says("ann", "secret")
    with pytest.raises(Refused, match=r"guest may not redact line:.+ An operator"):
        redact(yard, ref, actor=GUEST)
    with pytest.raises(Refused):
        yard.app.db.write(
            lambda s: redact_nick(s, GUEST, NETWORK, CHANNEL, "ann", reason="x", at=START)
        )
    assert yard.texts() == ["secret"]


def test_a_redaction_needs_a_reason_and_something_to_redact(yard: Yard) -> None:
    ref = yard.says("ann", "secret")
    with pytest.raises(Invalid, match="needs a reason"):
        redact(yard, ref, "  ")
    for wrong in (
        "line:net/#yard/2021-05-12T21:00:59",
        f"{ref}-2",
        "story:42",
        "",
        "line:net/#a\ud800/x",
    ):
        with pytest.raises(NotFound, match="There is no line"):
            redact(yard, wrong)
    with pytest.raises(NotFound, match="There is no channel #none on net"):
        redact_all(yard, "ann", "#none")


def test_a_gap_is_not_redacted(yard: Yard) -> None:
    yard.joins()
    yard.bot()
    yard.app.db.write(
        lambda s: yard.bot().missed(s, START + timedelta(seconds=5), START + timedelta(seconds=9))
    )
    with pytest.raises(Invalid, match="is a gap"):
        redact(yard, "line:net/#yard/2021-05-12T21:00:35")
    assert yard.gaps() == [(5, "2021-05-12T21:00:39Z")]


@pytest.mark.parametrize(
    ("said", "asked"),
    [("Ann", "aNN"), ("[ann]", "{ANN}"), ("ÜNAL", "ünal"), ("김철수", "김철수"), ("a%n", "a%n")],
)
def test_all_that_a_nick_said_goes_in_whatever_case(yard: Yard, said: str, asked: str) -> None:
    yard.says(said, "one")
    yard.says("a_n", "two")
    yard.says(said, "waves", kind=Kind.ACTION)
    yard.says(said, "", kind=Kind.JOIN)
    assert redact_all(yard, asked) == 2
    assert yard.texts() == [REMOVED, "two", REMOVED, ""]
    assert redact_all(yard, "nobody") == 0


def test_a_log_file_does_not_bring_it_back(yard: Yard) -> None:
    redact(yard, yard.says("ann", "secret"))
    line = yard.line("ann", "secret")
    for _ in range(2):
        assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, [line])) == 0
    other = yard.line("ann", "secret", at=yard.now + timedelta(seconds=5))
    assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, [line, other])) == 1


def test_of_two_alike_the_one_that_was_left_stays_one(yard: Yard) -> None:
    first, second = yard.line("ann", "hm"), yard.line("ann", "hm")
    heard = yard.hears(first, second)
    redact(yard, heard[0].ref)
    assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, [first, second])) == 0
    assert sorted(yard.texts()) == sorted([REMOVED, "hm"])


@pytest.mark.parametrize("off_s", [-2, -1, 0, 1, 2])
def test_playback_by_a_clock_that_is_off_does_not_bring_it_back(yard: Yard, off_s: int) -> None:
    redact(yard, yard.says("ann", "secret"))
    line = yard.line("ann", "secret", at=yard.now + timedelta(seconds=off_s))
    assert yard.app.db.write(lambda s: yard.bot().replay(s, [line])) == 0
    named = yard.says("ann", "named", msgid="m1")
    redact(yard, named)
    again = yard.line("ann", "named", msgid="m1", at=yard.now + timedelta(seconds=off_s))
    assert yard.app.db.write(lambda s: yard.bot().replay(s, [again])) == 0


def test_a_redacted_topic_is_no_longer_the_channels(yard: Yard) -> None:
    yard.says("ann", "fine topic", kind=Kind.TOPIC)
    beside = yard.says("bob", "secret", at=yard.now + timedelta(seconds=1))

    def topic() -> str:
        channel = yard.app.db.read(lambda s: find_channel(s, NETWORK, CHANNEL))
        assert channel is not None
        return channel.topic

    redact(yard, beside)
    assert topic() == "fine topic"
    bad = yard.says("ann", "bad topic", kind=Kind.TOPIC, at=yard.now + timedelta(seconds=5))
    assert topic() == "bad topic"
    redact(yard, bad)
    assert topic() == ""


def test_a_line_that_was_typed_like_a_tombstone_is_redacted_all_the_same(yard: Yard) -> None:
    redact(yard, yard.says("ann", REMOVED))
    assert len(yard.app.db.read(redactions)) == 1


def test_each_redaction_is_on_the_record_of_administrative_acts(yard: Yard) -> None:
    refs = [yard.says(nick, "secret") for nick in ("ann", "bob", "bob")]
    redact(yard, refs[0])
    redact(yard, refs[0])
    redact_all(yard, "bob")
    redact_all(yard, "bob")
    acts = yard.app.db.read(audit_log)
    assert [(act.actor, act.verb, act.ref, act.detail) for act in acts] == [
        (OPERATOR.name, "redact", f"channel:{NETWORK}/{CHANNEL}", "2 lines of one nick: asked"),
        (OPERATOR.name, "redact", refs[0], "asked"),
    ]
