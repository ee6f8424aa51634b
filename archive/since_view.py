"""Serves "What did I miss?"."""

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from archive.addresses import Place
from archive.desk import Desk
from archive.richtext import visible
from archive.since import missed, moment, since_nick
from hub.language import gettext
from web.page import page

_NICK_LENGTH = 64


async def show_since(desk: Desk, request: Request, place: Place) -> Response:
    """Show a channel's lines since `?at=`, or since `?nick=` last spoke; without either, ask.

    Raises: NotFound when nothing was ever logged.
    """
    at_given = request.query_params.get("at", "")
    nick = request.query_params.get("nick", "")[:_NICK_LENGTH]

    def read(session: Session) -> Response:
        shelf, channel = desk.stored(session, place)
        at, problem = moment(at_given), ""
        if at is None and at_given:
            problem = gettext(
                "“%(given)s” is no time. Give one like 2026-05-12T21:00.",
                given=visible(at_given[:40]),
            )
        elif nick:
            at = since_nick(session, channel, nick, desk.app.clock())
            if at is None:
                problem = gettext(
                    "%(nick)s has not spoken here lately. Give a time instead.", nick=visible(nick)
                )
        found = missed(session, channel, desk.addresses, at) if at else None
        return page(
            request,
            "archive/since.html",
            status=400 if problem else 200,
            shelf=shelf,
            at=at if found else None,
            sections=found.sections if found else [],
            more=found.more if found else None,
            problem=problem,
            at_given=visible(at_given[:40]),
            nick=visible(nick),
            everything=request.query_params.get("show") == "all",
        )

    return await desk.app.read(read)
