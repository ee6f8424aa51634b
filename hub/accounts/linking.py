"""`link CODE`: a person who made a code on the web proves on IRC which services account is theirs."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.accounts.handles import bind_handle, person_of_account
from hub.accounts.people import need, require_row
from hub.accounts.tickets import TicketKind, make_ticket, use_ticket
from hub.errors import Conflict
from hub.module import Command, Question
from hub.people import Actor, Role, person_ref

if TYPE_CHECKING:
    from hub.app import App

PAGE = "/me/handles"
"""Where a person makes a code."""


def make_link_code(session: Session, actor: Actor, slug: str, *, now: datetime) -> str:
    """Return the code with which somebody binds their services account; the one before is worth nothing.

    Raises: NotFound, Refused.
    """
    row = require_row(session, slug)
    need(actor, "secure", row)
    return make_ticket(session, actor, TicketKind.LINK, person=row.slug, now=now)


def tell_link(app: "App", session: Session, question: Question) -> str:
    """Bind the account of who asks to the person whose code it is."""
    code, page = question.words.strip(), f"{app.config.public_url}{PAGE}"
    if not code:
        return f"Make a code at {page} and tell me in private: link CODE"
    if question.channel is not None:
        return _burn(app, session, question, page)
    if question.account is None:
        return _no_account(question)
    return _bind(app, session, question, question.account, page)


def _burn(app: "App", session: Session, question: Question, page: str) -> str:
    """Make a code worthless that all have read: whoever is quicker could bind an account of their own."""
    use_ticket(session, TicketKind.LINK, question.words, app.clock())
    return f"All can read this, so that code is worth nothing. Make a new one: {page} and tell me in private."


def _no_account(question: Question) -> str:
    if not question.tells_accounts:
        return (
            f"{question.network} doesn't tell me about accounts, so I can't know that {question.nick} is you."
            " An administrator of the hub can bind your nick."
        )
    return (
        "I don't see you logged in to services, and a nick alone proves nothing. Log in (often"
        " /msg NickServ identify), be in a channel that I am in, and say this again."
    )


def _bind(app: "App", session: Session, question: Question, account: str, page: str) -> str:
    now = app.clock()
    owner = person_of_account(session, question.network, account)
    ticket = use_ticket(session, TicketKind.LINK, question.words, now)
    if ticket is None:
        return f"That code is not good, or too old: they last 15 minutes. Make a new one at {page}"
    if owner is not None and owner.slug == ticket.person:
        return f"{account} is {owner.slug} already."
    actor = Actor(person_ref(ticket.person), Role.MEMBER, person=ticket.person)
    try:
        bind_handle(session, actor, ticket.person, "irc", question.network, account, now=now)
    except Conflict:
        return f"{account} is bound to somebody else. If that is you too, unbind it there first, at {page}"
    return f"{account} on {question.network} is {ticket.person} now. Your meetings and actions follow you."


COMMANDS = (
    Command(
        "link", "link CODE", "tell me in private whose account you are", tell_link, writes=True
    ),
)
