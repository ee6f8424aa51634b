"""What is redacted in the archive leaves the meetings, too: logs, minutes in all versions, actions.

A text may stand elsewhere than in the item of its line: `#edit`, `#meetingtopic` and `#startvote` give it to
something else, and `#done 12` takes an action's words into a later meeting. So what such a line said is
looked for by its words.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.events import Event
from hub.irc import REMOVED, casefold
from meetbot.commands import argument, parse
from meetbot.minutes import Action, Minutes
from meetbot.noting import numbered
from meetbot.state import Item, ItemKind
from meetbot.tables import MeetingRow, SeriesRow
from meetbot.versions import blank_log, rewrite
from meetbot.votes import MOTION, Outcome, parse_question

_AFTER_END = 24 * 3600 * 1_000_000
"""A meeting that ended by silence ended when a person last spoke: its log may go on, with bots' lines."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """What is to go: lines by their numbers, and what their commands said, by what it became."""

    numbers: frozenset[int]
    texts: frozenset[str]
    titles: frozenset[str]
    questions: frozenset[str]


def forget_redacted(session: Session, event: Event) -> None:
    """Take a redacted line's text out of the meetings' logs and out of every version of minutes."""
    found = _place(event.ref)
    if found is None:
        return
    network, folded, at = found
    around = timedelta(seconds=1)
    for row in session.exec(
        select(MeetingRow).where(
            MeetingRow.network == network,
            MeetingRow.folded == folded,
            col(MeetingRow.started_at) <= micros(at + around),
            or_(
                col(MeetingRow.ended_at) >= micros(at - around) - _AFTER_END,
                col(MeetingRow.ended_at).is_(None),
            ),
        )
    ).all():
        if row.first_ref == event.ref:
            _untitle(session, row)
        forget_lines(session, row, {event.ref})


def forget_lines(session: Session, row: MeetingRow, refs: Container[str]) -> None:
    """Take what the lines of some refs said out of a meeting that is over."""
    lines = blank_log(session, row, refs)
    if not lines:
        return
    gone, done = _gone(lines), set[str]()

    def change(written: Minutes) -> Minutes:
        done.update(action.text for action in written.actions if _is_gone(action, gone))
        return _without(written, gone)

    rewrite(session, row, change)
    if 1 in gone.numbers or row.title in gone.titles:
        _untitle(session, row)
    if done - {REMOVED}:
        _forget_done(session, row, [_done(text) for text in done - {REMOVED}])


def _untitle(session: Session, row: MeetingRow) -> None:
    """Take a meeting's title away, and its series' if that has it from there."""
    series = session.get(SeriesRow, row.series_id)
    if series is not None and series.title == row.title:
        series.title = ""
        session.add(series)
    row.title = REMOVED
    session.add(row)


def _place(ref: str) -> tuple[str, str, datetime] | None:
    """Take a line's ref apart: network, folded channel and second. Source: hub refs, `line:`."""
    network, _, rest = ref.removeprefix("line:").partition("/")
    slug, _, anchor = rest.rpartition("/")
    try:
        at = datetime.fromisoformat(anchor[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (network, casefold(slug), at) if ref.startswith("line:") and slug else None


def _gone(lines: Mapping[int, str]) -> _Gone:
    said = [(word, text) for line in lines.values() for word, text in _said(line) if text]

    def of(*words: str) -> frozenset[str]:
        return frozenset(text for word, text in said if word in words)

    return _Gone(
        frozenset(lines), of("edit"), of("startmeeting", "meetingtopic"),
        of("startvote", "motion", "vote"),
    )  # fmt: skip


def _said(line: str) -> Iterator[tuple[str, str]]:
    command = parse(line)
    if command is None:
        return
    word, text = command[0], argument(command[1])
    if word == "edit":
        text = numbered(text)[1]
    if word == "startvote":
        text = (parse_question(text) or ("", ()))[0]
    yield word, text


def _without(written: Minutes, gone: _Gone) -> Minutes:
    is_titled = 1 in gone.numbers or written.title in gone.titles
    return replace(
        written,
        title=REMOVED if is_titled else written.title,
        items=tuple(_item_without(item, gone) for item in written.items),
        actions=tuple(
            replace(action, text=REMOVED, assignees=()) if _is_gone(action, gone) else action
            for action in written.actions
        ),
    )


def _is_gone(noted: Item | Action, gone: _Gone) -> bool:
    return noted.line in gone.numbers or noted.text in gone.texts


def _item_without(item: Item, gone: _Gone) -> Item:
    if item.vote is not None and item.vote.question in gone.questions:
        return replace(item, text=REMOVED, vote=_vote_without(item.vote))
    return replace(item, text=REMOVED) if _is_gone(item, gone) else item


def _vote_without(vote: Outcome) -> Outcome:
    """Return a vote without its words; who voted for the same as whom stays."""
    if tuple(option for option, _ in vote.ballots) == MOTION:
        return replace(vote, question=REMOVED)
    ballots = tuple((str(number), who) for number, (_, who) in enumerate(vote.ballots, 1))
    return Outcome(REMOVED, ballots, REMOVED)


def _done(text: str) -> str:
    """Return how an action's words begin in the minutes of a meeting in which it was `#done`."""
    return f"{text} (action of "


def _forget_done(session: Session, row: MeetingRow, beginnings: Iterable[str]) -> None:
    """Take an action's words out of later minutes that took them over."""
    begins = tuple(beginnings)

    def change(written: Minutes) -> Minutes:
        return written.with_items(
            replace(i, text=REMOVED) if i.kind is ItemKind.DONE and i.text.startswith(begins) else i
            for i in written.items
        )

    for later in session.exec(
        select(MeetingRow).where(
            MeetingRow.series_id == row.series_id, col(MeetingRow.minute) >= row.minute
        )
    ).all():
        rewrite(session, later, change)
