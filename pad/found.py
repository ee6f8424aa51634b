"""The pad that a page is about, as whoever asks may see it."""

import secrets
from dataclasses import dataclass, replace

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.app import App
from hub.around import Around, around
from hub.errors import NotFound
from hub.language import gettext
from hub.people import Actor, Role
from pad import pads
from pad.etherpad.visits import COOKIE, guest_of
from pad.log import Author
from pad.names import READING, ref
from pad.pads import Pad, may_begin, may_pad
from pad.socket import GUEST_COOKIE, author_of
from web.visitor import visitor

_YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A pad as a page shows it; `shown` is the name in the address, by which the real one is not told.

    would_write: whether they may write when the pad is not frozen.
    """

    pad: Pad | None
    shown: str
    text: str
    may_write: bool
    around: Around
    would_write: bool = False


async def find_shown(app: App, request: Request, name: str) -> Shown:
    """Return the pad of a name in an address; with no pad in it when the visitor may begin it.

    Raises: NotFound.
    """
    access, cookie = app.config.pads.access, request.cookies.get(COOKIE, "")
    visiting, now = visitor(request), app.clock()

    def find(session: Session) -> Shown:
        pad = pads.find_pad(session, name)
        actor, _ = guest_of(session, visiting, cookie, pad.name if pad else "", now=now)
        reads = name.startswith(READING)
        if pad is None:
            gone = None if reads else pads.find_pad(session, name, deleted=True)
            if reads or gone is not None or not may_begin(actor, name, access):
                raise NotFound(gettext("There is no pad %(name)s.", name=name))
            return Shown(None, name, "", True, Around(), would_write=True)
        if not may_pad(actor, "read", pad, name):
            raise NotFound(gettext("There is no pad %(name)s.", name=name))
        may_write = may_pad(actor, "write", pad, name)
        would_write = may_pad(actor, "write", replace(pad, frozen=None), name)
        # Who only has the link for reading is not told the pad's name by what stands around it.
        near = Around() if reads else around(session, app.modules, actor, ref(pad.name))
        return Shown(pad, name, pads.text_of(session, pad), may_write, near, would_write)

    return await app.read(find)


async def acting(app: App, request: Request, pad: Pad) -> tuple[Actor, Author]:
    """Return who acts at a pad, with what a session of its group gives them, and as whom they write."""
    actor, cookie, now = visitor(request), request.cookies.get(COOKIE, ""), app.clock()
    known, author = await app.read(
        lambda session: guest_of(session, actor, cookie, pad.name, now=now)
    )
    return known, author or author_of(request, actor)


async def find_existing(app: App, request: Request) -> Pad:
    """Return the pad of the request's address.

    Raises: NotFound.
    """
    name = request.path_params["name"]
    found = await find_shown(app, request, name)
    if found.pad is None:
        raise NotFound(gettext("There is no pad %(name)s.", name=name))
    return found.pad


def keep_guest(request: Request, answer: Response) -> None:
    """Have a guest's browser known again, so that what they wrote stays theirs."""
    if visitor(request).role is not Role.GUEST or GUEST_COOKIE in request.cookies:
        return
    answer.set_cookie(
        GUEST_COOKIE, secrets.token_hex(16), max_age=_YEAR_S, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
