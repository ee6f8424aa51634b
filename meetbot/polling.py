"""The commands of votes: opening, voting, showing, closing, and how votes are held."""

import re
import textwrap
from dataclasses import replace

from meetbot.orders import Answer, Order
from meetbot.state import Item, ItemKind, Meeting, Polling
from meetbot.votes import MOTION, Vote, outcome, parse_question, tally

_WIDTH = 400
_MOST_VOTERS = 1000


def start_vote(order: Order) -> Answer:
    """Open a vote on a question with options."""
    if (busy := _busy(order)) is not None:
        return busy
    parsed = parse_question(order.text)
    if parsed is None:
        return order.meeting, order.say("Unable to parse vote topic and options.")
    question, options = parsed
    return _with_vote(order, Vote(question, options)), order.say(
        f"Begin voting on: {question} Valid vote options are {', '.join(options)}.",
        "Vote using '#vote OPTION'. Only your last vote counts.",
    )


def motion(order: Order) -> Answer:
    """Open a vote for or against."""
    if (busy := _busy(order)) is not None:
        return busy
    vote = Vote(order.text, MOTION, is_motion=True)
    return _with_vote(order, vote), order.say(
        f"Please vote on: {order.text}",
        "Public votes can be registered by saying +1, -1 or +0 in the channel.",
    )


def _busy(order: Order) -> Answer | None:
    """Refuse to open a vote while one is open."""
    vote = order.meeting.polling.vote
    return (order.meeting, order.say(f'Already voting on "{vote.question}"')) if vote else None


def cast(order: Order) -> Answer:
    """Take a ballot; with no vote open, a chair's words open a motion, as Ubuntu has it."""
    vote = order.meeting.polling.vote
    if vote is None:
        if order.is_chair and order.text and not _is_late_ballot(order):
            return motion(order)
        return order.meeting, order.hint("There is no vote open. A chair opens one by #startvote.")
    option = vote.option(order.text)
    if option is None:
        return order.meeting, order.say(
            f"{order.line.nick}: {order.text[:100]} is not a valid option."
            f" Valid options are {', '.join(vote.options)}."
        )
    return _counted(order, vote, option)


def _is_late_ballot(order: Order) -> bool:
    """Tell whether the words are an option of a vote that is over, or of any motion."""
    outcomes = (item.vote for item in order.meeting.items if item.vote is not None)
    over = (Vote("", tuple(option for option, _who in held.ballots)) for held in outcomes)
    held = (Vote("", MOTION, is_motion=True), *over)
    return any(vote.option(order.text) is not None for vote in held)


def speak_vote(order: Order) -> Answer | None:
    """Take a ballot from a line of talk; None when the line is none."""
    vote = order.meeting.polling.vote
    option = vote.spoken(order.line.text) if vote is not None else None
    return _counted(order, vote, option) if vote is not None and option is not None else None


def _counted(order: Order, vote: Vote, option: str) -> Answer:
    if not _may_vote(order):
        return order.meeting, order.hint(
            f"This vote is for {_voters(order.meeting)}; yours isn't counted."
        )
    meeting = _with_vote(order, vote.cast(order.speaker, option))
    told = order.say(f"{option} received from {order.line.nick}") if vote.is_motion else ()
    return meeting, told


def _may_vote(order: Order) -> bool:
    whose = order.meeting.attendance.whose
    voters = order.meeting.polling.voters
    return not voters or order.speaker in map(whose, voters)


def _voters(meeting: Meeting) -> str:
    people = map(meeting.attendance.person, meeting.polling.voters)
    return textwrap.shorten(", ".join(person.nick for person in people), 300, placeholder=" …")


def show_vote(order: Order) -> Answer:
    """Tell how the vote stands."""
    vote = order.meeting.polling.vote
    if vote is None:
        return order.meeting, order.hint("There is no vote open.")
    lines = tally_lines(tally(vote, order.meeting.attendance))
    return order.meeting, order.say(*(lines or ["Nobody has voted yet."]))


def end_vote(order: Order) -> Answer:
    """Close the vote, tell what came of it and note it."""
    if order.meeting.polling.vote is None:
        return order.meeting, order.hint("There is no vote open.")
    meeting, told = close_vote(order.meeting, order.speaker)
    return meeting, order.say(*told)


def close_vote(meeting: Meeting, closer: int) -> tuple[Meeting, tuple[str, ...]]:
    """Close an open vote on the last line of the record: the meeting, and what to tell."""
    polling = meeting.polling
    if polling.vote is None:
        return meeting, ()
    result = outcome(polling.vote, meeting.attendance, quorum=polling.quorum, margin=polling.margin)
    counts = [f"{o}: {len(who)} ({', '.join(who)})" for o, who in result.ballots if who]
    told = ", ".join(counts) or "none"
    text = f'Voted on "{result.question}" Results are, {told}; result: {result.result}'
    line, nick = meeting.record[-1], meeting.attendance.person(closer).nick
    item = Item(ItemKind.VOTE, text, nick, line.at, len(meeting.record), closer, result)
    closed = replace(meeting, items=(*meeting.items, item), polling=replace(polling, vote=None))
    head = f'Voted on "{result.question}" Results are'
    return closed, (head, *tally_lines(result.ballots), f"Result: {result.result}")


def tally_lines(ballots: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """Return `option (2): ann, bob` for each option that was voted for, in lines that IRC takes."""
    lines: list[str] = []
    for option, who in ballots:
        if who:
            lines += textwrap.wrap(f"{option} ({len(who)}): {', '.join(who)}", _WIDTH)
    return lines


def voters(order: Order) -> Answer:
    """Say who may vote: nicks, or everyone."""
    nicks = tuple(dict.fromkeys(n for n in re.split(r"[\s,]+", order.text) if n))[:_MOST_VOTERS]
    if not nicks or order.text.lower() in {"everyone", "all"}:
        meeting = _polling(order, replace(order.meeting.polling, voters=()))
        return meeting, order.say("Everyone may vote.")
    attendance, ids = order.meeting.attendance, []
    for nick in nicks:
        attendance = attendance.expect(nick)
        if (person := attendance.named(nick)) is not None:
            ids.append(person.id)
    polling = replace(order.meeting.polling, voters=tuple(ids))
    meeting = replace(order.meeting, polling=polling, attendance=attendance)
    return meeting, order.say(f"Voters: {_voters(meeting)}")


def quorum(order: Order) -> Answer:
    """Say how many must have voted for a vote to count."""
    if (number := _number(order)) is None:
        return order.meeting, order.hint("Say how many must vote: #quorum N, 0 for any.")
    meeting = _polling(order, replace(order.meeting.polling, quorum=number))
    return meeting, order.say(f"A vote counts when {number} or more have voted.")


def votes_required(order: Order) -> Answer:
    """Say by how many votes a motion is carried."""
    if (number := _number(order)) is None:
        return order.meeting, order.hint("Say by how many a motion is carried: #votesrequired N.")
    meeting = _polling(order, replace(order.meeting.polling, margin=number))
    return meeting, order.say(
        f"A motion is carried when {max(number, 1)} more are for it than against."
    )


def _number(order: Order) -> int | None:
    return int(order.text) if re.fullmatch(r"[0-9]{1,5}", order.text) else None


def _with_vote(order: Order, vote: Vote) -> Meeting:
    return _polling(order, replace(order.meeting.polling, vote=vote))


def _polling(order: Order, polling: Polling) -> Meeting:
    return replace(order.meeting, polling=polling)
