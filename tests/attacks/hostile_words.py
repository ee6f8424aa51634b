"""Texts that try to be more than text, written into all that people can write.

A new kind of thing that people write gets a function of its own in FILLED.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlmodel import Session

from hub.accounts.handles import bind_handle
from hub.accounts.people import create_person, require_person, suspend
from hub.accounts.sessions import open_session
from hub.accounts.teams import create_team
from hub.accounts.tickets import TicketKind, make_ticket
from hub.accounts.tokens import create_token
from hub.irc import Kind
from meetbot.schedule_store import keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import describe_series, make_series
from tests.attacks.private_words import OPERATOR
from tests.meetbot.pages import MeetingSite
from tests.meetbot.timetables import SWIFT
from tests.web.corpus import PAYLOADS
from tests.web.hub import NOW

LINES = tuple(p for p in PAYLOADS if "\x00" not in p)
"""What a line on IRC can hold."""

NAMES = tuple(p[:80] for p in PAYLOADS if p[:80].isprintable())
"""What people, teams and tokens can be called."""


def talk(site: MeetingSite) -> None:
    """Said, done, set as topics and named as reasons; and by whom."""
    kinds = (Kind.SAY, Kind.ACTION, Kind.NOTICE, Kind.TOPIC, Kind.QUIT)
    nicks = ("<b>x", "o'nick", '"nick"', "javascript:x", "a&b")
    site.hears(
        *(
            site.line(nicks[n % 5], text, kind=kinds[n % 5], at=NOW + timedelta(seconds=n))
            for n, text in enumerate(LINES)
        )
    )


def minutes(site: MeetingSite) -> None:
    """Noted in a meeting, by all commands."""
    commands = ("#info", "#topic", "#action", "#agreed", "#link", "#idea", "#help", "#subtopic")
    site.at += timedelta(minutes=10)
    noted = (f"ann {commands[n % 8]} {text}" for n, text in enumerate(LINES))
    votes = (f"#startvote {LINES[0]}? {LINES[13]}, {LINES[22]}", "#vote 1", "#endvote")
    site.talk("ann #startmeeting <img src=x>", *noted, *(f"ann {vote}" for vote in votes))
    site.talk("ann #endmeeting")


def people(site: MeetingSite) -> None:
    """What people are called, and what is written of them."""

    def write(session: Session) -> None:
        for number, text in enumerate(NAMES):
            slug = f"eve{number}"
            create_person(session, OPERATOR, slug, name=text, now=NOW)
            bind_handle(session, OPERATOR, slug, "irc", "net", f"{number}{text}", now=NOW)
            if number % 9 == 0:
                suspend(session, OPERATOR, slug, reason=text, now=NOW)
        moss = require_person(session, "moss")
        for text in NAMES[:40]:
            open_session(session, moss, agent=text, address=text, now=NOW)
            create_token(session, OPERATOR, "moss", text, ["read"], None, NOW)
            bind_handle(session, OPERATOR, "moss", "oidc", text, text, now=NOW)
            make_ticket(session, OPERATOR, TicketKind.INVITE, data={"email": text}, now=NOW)

    site.app.db.write(write)


def teams(site: MeetingSite) -> None:
    """What teams are called and for."""

    def write(session: Session) -> None:
        for number, text in enumerate(NAMES):
            create_team(session, OPERATOR, f"t{number}", name=text, about=text, now=NOW)

    site.app.db.write(write)


def schedules(site: MeetingSite) -> None:
    """What series are for, and when they meet."""
    told = " ".join(NAMES).replace("'", "''")
    text = SWIFT.replace("Storage, objects and rings.", " ".join(NAMES))
    text = text.replace("project: Swift Team Meeting", f"project: '{told[:300]}'")

    def write(session: Session) -> None:
        series = make_series(session, "script")
        schedule = read_schedule(text).schedule
        keep_schedule(session, OPERATOR, series, schedule, text, now=NOW)
        describe_series(
            session, OPERATOR, series, title=NAMES[0], about="\n\n".join(PAYLOADS),
            agenda_url=f"https://a.example/{NAMES[15]}", now=NOW,
        )  # fmt: skip

    site.app.db.write(write)


FILLED: Sequence[Callable[[MeetingSite], None]] = (talk, minutes, people, teams, schedules)
