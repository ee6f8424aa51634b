"""Links: what the consumers keep is what a rebuild from scratch would find."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from archive.redaction import redact_line, redact_nick
from archive.store import merge
from hub import bootstrap
from hub.app import App
from hub.consumers import Consumer, advance, catch_up
from hub.documents import Document, Documents
from hub.events import emit
from hub.links import link_consumers
from hub.module import Module
from hub.people import Actor
from hub.refs import RefKind, backlinks, find_refs
from tests.databases import CHANNEL, NETWORK, OPERATOR, PUBLIC, START, Yard

LINK = f"{PUBLIC}/irclogs/%23yard/%23yard.2021-05-12.log.html#t2021-05-12T21:00:3"
TARGET = "line:net/#yard/2021-05-12T21:00:3"


def test_a_line_that_mentions_another_links_to_it(yard: Yard) -> None:
    first = yard.says("ann", "the first")
    second = yard.says("bob", f"see {LINK}1, and again {LINK}1.")
    yard.settles()
    assert first == f"{TARGET}1"
    assert yard.links == {(second, first)} == yard.rebuilt_links
    assert yard.problems == []


def test_a_redacted_line_links_to_nothing(yard: Yard) -> None:
    ref = yard.says("bob", f"{LINK}1")
    yard.settles()
    assert yard.links
    yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=START))
    assert yard.problems == []  # its event waits: no reason for alarm
    yard.settles()
    assert yard.links == set() == yard.rebuilt_links


Operation = tuple[str, Any]

OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 9))),
        st.tuples(st.just("say"), st.tuples(st.sampled_from(["ann", "bob"]), st.none())),
        st.tuples(st.just("merge"), st.lists(st.integers(0, 9), max_size=4)),
        st.tuples(st.just("redact"), st.integers(0, 30)),
        st.tuples(st.just("redact nick"), st.sampled_from(["ann", "bob", "eve"])),
        st.tuples(st.just("consume"), st.integers(0, 1)),
    ),
    max_size=15,
)


def test_links_are_those_of_a_rebuild_after_any_sequence_of_use_cases(app: App) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(OPERATIONS)
    def run(operations: list[Operation]) -> None:
        yard = emptied(app)
        refs: list[str] = []
        for name, value in operations:
            perform(yard, refs, name, value)
        yard.settles()
        assert yard.links == yard.rebuilt_links
        assert yard.problems == []

    run()


def emptied(app: App) -> Yard:
    """Return a yard in which nothing has happened yet."""
    yard = Yard(app)
    for table in (
        "redaction",
        "watch",
        "day",
        "line",
        "channel",
        "source",
        "event",
        "consumer",
        "link",
    ):
        yard.sql(f"DELETE FROM {table}")
    return yard


def perform(yard: Yard, refs: list[str], name: str, value: Any) -> None:
    """Do one use case."""
    if name == "say":
        nick, number = value
        refs.append(yard.says(nick, "nothing" if number is None else f"see {LINK}{number} there"))
    elif name == "merge":
        found = [
            replace(yard.line("eve", f"{LINK}{i}"), at=START + timedelta(seconds=i)) for i in value
        ]
        yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, sorted(found, key=lambda x: x.at)))
    elif name == "redact" and refs:
        ref = refs[value % len(refs)]
        yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=START))
    elif name == "redact nick" and refs:
        yard.app.db.write(
            lambda s: redact_nick(s, OPERATOR, NETWORK, CHANNEL, value, reason="asked", at=START)
        )
    elif name == "consume":
        consumer = bootstrap.consumers(yard.app)[value]
        yard.app.db.write(lambda s: advance(s, consumer))


@dataclass
class Diary:
    """A module of one thing, whose owner may be slow to tell what it says."""

    says: str = "see thing:9"
    told: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    slow: bool = False

    def document(self) -> Document | None:
        return Document("diary:1", "diary", "", self.says, START, "ann", "") if self.says else None

    def get(self, session: Session, ref: str) -> Document | None:
        return self.document() if ref == "diary:1" else None

    def since(self, session: Session, cursor: int, limit: int) -> tuple[Sequence[Document], int]:
        found = self.document() if cursor == 0 else None
        if found and self.slow:
            self.told.set()
            self.go_on.wait(10)
        return [found] if found else [], 1

    @property
    def module(self) -> Module:
        things = RefKind("thing", re.compile(r"thing:\d"), lambda m: [m[0]], str, lambda s, r: r)
        documents = Documents(self.get, lambda s: iter(()), self.since)
        return Module("diary", refs=[things], documents=documents)


def test_what_was_taken_away_meanwhile_is_not_put_back(app: App) -> None:
    diary = Diary(slow=True)
    outbox, stream = link_consumers([diary.module])

    def redact(session: Session) -> None:
        emit(session, Actor("ann"), "diary.redacted", "diary:1", at=START)

    def later() -> None:
        diary.told.wait(10)
        diary.says = ""
        if app.db.is_sqlite:
            threading.Timer(0.2, diary.go_on.set).start()
            app.db.write(redact)
            catch_up(app, [outbox])
            return
        app.db.write(redact)
        # The outbox's consumer must wait for the other; it can't tell, so the test gives it time.
        threading.Timer(0.5, diary.go_on.set).start()
        catch_up(app, [outbox])

    rival = threading.Thread(target=later)
    rival.start()
    app.db.write(lambda s: advance(s, stream))
    rival.join()
    assert Yard(app).links == set()


def test_backlinks_are_found_in_the_order_of_bytes(yard: Yard) -> None:
    for i, name in enumerate(["#b/1", "#B/1", "#a-b/1", "#a/1", "#a/2", "a/1"]):
        insert = "INSERT INTO link (source, target, at) VALUES (:s, :t, 0)"
        yard.sql(insert, s=f"story:{i}", t=f"line:net/{name}")
    found = yard.app.db.read(lambda s: backlinks(s, "line:net/#a/", "line:net/#a/~"))
    assert [link.target for link in found] == ["line:net/#a/1", "line:net/#a/2"]


def test_a_text_mentions_a_ref_once() -> None:
    things = RefKind("thing", re.compile(r"thing:\d"), lambda m: [m[0]], str, lambda s, r: r)
    assert list(find_refs([things], "thing:1 thing:2 thing:1")) == ["thing:1", "thing:2"]


def test_a_mention_within_a_sentence_or_with_a_wrong_date_is_no_wrong_link(yard: Yard) -> None:
    for text in (
        f"({LINK}1)",
        f"<{LINK}2>",
        f"{LINK}3-2,",
        LINK.replace("2021-05-12.log", "2021-99-99.log") + "1",
        LINK.replace("hub.example", "evil.example") + "1",
        LINK.replace("/%23yard.", "/%23other.") + "1",
        f"{LINK}",
    ):
        yard.says("ann", text)
    yard.settles()
    assert {target for _, target in yard.links} == {f"{TARGET}1", f"{TARGET}2", f"{TARGET}3-2"}


def consumer_names(consumers: Sequence[Consumer]) -> list[str]:
    """Return the names of consumers."""
    return [consumer.name for consumer in consumers]


def test_each_stream_has_its_own_consumer(app: App, tmp_path: Path) -> None:
    assert consumer_names(link_consumers(app.modules)) == ["links", "links:archive"]
