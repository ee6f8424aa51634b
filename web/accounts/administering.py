"""What administrators do: people and invitations, teams and rights, and the record of all such acts."""

from collections.abc import Callable, Mapping

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.accounts.audit import audit_log
from hub.accounts.people import (
    list_people,
    rename_person,
    restore_person,
    set_role,
    suspend,
)
from hub.accounts.teams import (
    GRANTABLE,
    add_member,
    create_team,
    delete_team,
    give,
    list_grants,
    list_teams,
    members_of,
    remove_member,
    take_back,
)
from hub.accounts.tickets import invite, list_invites, make_reset, withdraw_invite
from hub.language import gettext
from hub.people import Actor, Role
from web.accounts.desk import (
    Wrong,
    administrators,
    app_of,
    change,
    problem,
    see,
    sheet,
    status_of,
    visit_of,
)
from web.accounts.throttles import address_of
from web.forms import Form, read_form
from web.page import base_url

_PAGE = 100
Act = Callable[[Session, Actor, Form, "Where"], str]
"""What a button does; it returns a link to be shown once, or nothing."""


class Where:
    """When and from where an administrator acts."""

    def __init__(self, request: Request) -> None:
        self.now = app_of(request).clock()
        self.address = address_of(request)
        self.base = base_url(request)


def administering_routes() -> list[Route]:
    """Return the routes of administration."""
    return [
        Route("/admin/people", administrators(people), methods=["GET", "POST"]),
        Route("/admin/teams", administrators(teams), methods=["GET", "POST"]),
        Route("/admin/audit", administrators(audit)),
    ]


def _invite(session: Session, actor: Actor, form: Form, where: Where) -> str:
    code = invite(session, actor, email=form.line("email"), now=where.now, address=where.address)
    return f"{where.base}/invite/{code}"


def _withdraw(session: Session, actor: Actor, form: Form, where: Where) -> str:
    withdraw_invite(session, actor, _number(form.get("id", "")), now=where.now)
    return ""


def _reset(session: Session, actor: Actor, form: Form, where: Where) -> str:
    code = make_reset(session, actor, form.line("slug"), now=where.now, address=where.address)
    return f"{where.base}/reset/{code}"


def _suspend(session: Session, actor: Actor, form: Form, where: Where) -> str:
    suspend(session, actor, form.line("slug"), reason=form.line("reason"), now=where.now)
    return ""


def _restore(session: Session, actor: Actor, form: Form, where: Where) -> str:
    restore_person(session, actor, form.line("slug"), now=where.now)
    return ""


def _promote(session: Session, actor: Actor, form: Form, where: Where) -> str:
    set_role(session, actor, form.line("slug"), Role.ADMINISTRATOR, now=where.now)
    return ""


def _demote(session: Session, actor: Actor, form: Form, where: Where) -> str:
    set_role(session, actor, form.line("slug"), Role.MEMBER, now=where.now)
    return ""


def _rename(session: Session, actor: Actor, form: Form, where: Where) -> str:
    slug, new = form.line("slug"), form.line("new")
    rename_person(session, actor, slug, new_slug=new, now=where.now)
    return ""


_PEOPLE: Mapping[str, Act] = {
    "invite": _invite,
    "withdraw": _withdraw,
    "reset": _reset,
    "suspend": _suspend,
    "restore": _restore,
    "promote": _promote,
    "demote": _demote,
    "rename": _rename,
}


async def people(request: Request) -> Response:
    """Show people and the invitations that wait; invite, suspend, make administrators, give links."""
    link, wrong = await _act(request, _PEOPLE)
    if request.method == "POST" and not link and wrong is None:
        return see(str(request.url.path), **dict(request.query_params))
    after, words = request.query_params.get("after", ""), request.query_params.get("q", "")[:200]
    now = app_of(request).clock()
    found, invites = await app_of(request).read(
        lambda s: (
            list_people(s, after, _PAGE + 1, words, all_states=True),
            list_invites(s, now=now),
        )
    )
    return sheet(
        request, "people", status=status_of(wrong) if wrong else 200, people=found[:_PAGE],
        more=found[_PAGE - 1].slug if len(found) > _PAGE else "", words=words, link=link,
        invites=invites, **(problem(wrong) if wrong else {}),
    )  # fmt: skip


def _found(session: Session, actor: Actor, form: Form, where: Where) -> str:
    create_team(
        session, actor, form.line("slug"), name=form.line("name"), about=form.line("about"),
        now=where.now,
    )  # fmt: skip
    return ""


def _disband(session: Session, actor: Actor, form: Form, where: Where) -> str:
    delete_team(session, actor, form.line("team"), now=where.now)
    return ""


def _add(session: Session, actor: Actor, form: Form, where: Where) -> str:
    add_member(session, actor, form.line("team"), form.line("person"), now=where.now)
    return ""


def _remove(session: Session, actor: Actor, form: Form, where: Where) -> str:
    remove_member(session, actor, form.line("team"), form.line("person"), now=where.now)
    return ""


def _give(session: Session, actor: Actor, form: Form, where: Where) -> str:
    give(session, actor, form.line("verb"), form.line("ref"), form.line("to"), now=where.now)
    return ""


def _take(session: Session, actor: Actor, form: Form, where: Where) -> str:
    take_back(session, actor, _number(form.get("id", "")), now=where.now)
    return ""


_TEAMS: Mapping[str, Act] = {
    "found": _found,
    "disband": _disband,
    "add": _add,
    "remove": _remove,
    "give": _give,
    "take": _take,
}


async def teams(request: Request) -> Response:
    """Show teams, who is in them, and what was given to whom; change it."""
    _, wrong = await _act(request, _TEAMS)
    if request.method == "POST" and wrong is None:
        return see("/admin/teams")

    def read(session: Session) -> dict[str, object]:
        known = list_teams(session)
        return {
            "teams": [(team, members_of(session, team.slug)) for team in known],
            "grants": list_grants(session),
        }

    shown = await app_of(request).read(read)
    return sheet(
        request, "teams", status=status_of(wrong) if wrong else 200, verbs=GRANTABLE, **shown,
        **(problem(wrong) if wrong else {}),
    )  # fmt: skip


async def audit(request: Request) -> Response:
    """Show what administrators did, the newest first; `?ref=` chooses one thing or person."""
    before = request.query_params.get("before", "")
    ref = request.query_params.get("ref", "").strip()[:500]
    older = _number(before) if before else None
    acts = await app_of(request).read(lambda s: audit_log(s, older, _PAGE + 1, ref=ref or None))
    more = acts[_PAGE - 1].id if len(acts) > _PAGE else None
    return sheet(request, "audit", acts=acts[:_PAGE], more=more, ref=ref)


async def _act(request: Request, acts: Mapping[str, Act]) -> tuple[str, Wrong | None]:
    """Do what the pressed button says; return a link to be shown once, and what was wrong."""
    if request.method != "POST":
        return "", None
    form, actor, where = await read_form(request), visit_of(request).actor, Where(request)
    act = acts.get(form.get("do", ""))
    if act is None:
        raise HTTPException(400, gettext("This page has no such button. Open it again."))
    found = await change(request, lambda s: act(s, actor, form, where))
    return (found, None) if isinstance(found, str) else ("", found)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 15):
        raise HTTPException(400, gettext("%(given)s is no number.", given=repr(text[:40])))
    return int(text)
