"""Webhooks: a list, a form, and for each the log of what it was told."""

from collections.abc import Sequence

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from hub.people import Actor
from hub.webhooks.hooks import (
    PAGE,
    add_hook,
    find_hook,
    list_deliveries,
    list_hooks,
    may_keep,
    remove_hook,
    scopes_of,
    send_again,
    send_test,
    switch_hook,
)
from hub.webhooks.module import ROOT
from hub.webhooks.queue import known_kinds
from web.accounts.desk import View, Wrong, app_of, change, problem, see, sheet, status_of, visit_of
from web.forms import Form, read_form
from web.sessions import visit


def webhook_routes() -> list[Route]:
    """Return the routes of webhooks."""
    return [
        Route(ROOT, _keepers(webhooks), methods=["GET", "POST"]),
        Route(f"{ROOT}/{{code}}", _keepers(webhook), methods=["GET", "POST"]),
    ]


def _keepers(view: View) -> View:
    """Let only those in who may have a webhook; for all others the page is not there."""

    async def guarded(request: Request) -> Response:
        known = visit(request)
        if known is None or not _scopes(known.actor):
            raise HTTPException(404)
        return await view(request)

    return guarded


def _scopes(actor: Actor) -> Sequence[str]:
    """Return for what somebody may have webhooks: empty for all, or projects."""
    return [*([""] if may_keep(actor, "") else []), *scopes_of(actor)]


async def webhooks(request: Request) -> Response:
    """Show the webhooks that there are; add one, whose secret is shown once."""
    if request.method != "POST":
        return await _list(request)
    app, actor, form = app_of(request), visit_of(request).actor, await read_form(request)
    kinds, now = known_kinds(app.modules), app.clock()
    scope = form.line("scope").strip()
    if scope and not scope.startswith("project:"):
        scope = f"project:{scope}"
    found = await change(
        request,
        lambda s: add_hook(
            s, actor, form.line("url"), scope, form.all("kinds"), known=kinds, now=now
        ),
    )
    if isinstance(found, Wrong):
        return await _list(request, form=form, wrong=found)
    return await _list(request, made=found)


async def _list(
    request: Request,
    *,
    form: Form | None = None,
    made: tuple[int, str] = (0, ""),
    wrong: Wrong | None = None,
) -> Response:
    app, actor = app_of(request), visit_of(request).actor
    kinds = known_kinds(app.modules)
    hooks = await app.read(lambda s: list_hooks(s, actor))
    scopes = _scopes(actor)
    return sheet(
        request, "webhooks", status=status_of(wrong) if wrong else 200, hooks=hooks, kinds=kinds,
        chosen=form.all("kinds") if form else kinds, url=form.line("url") if form else "",
        scope=(form.line("scope") if form else scopes[0]).removeprefix("project:"),
        for_all="" in scopes, scopes=[each.removeprefix("project:") for each in scopes if each],
        secret=made[1], made=made[0], **(problem(wrong) if wrong else {}),
    )  # fmt: skip


async def webhook(request: Request) -> Response:
    """Show what a webhook was told and what it answered; test it, tell it again, switch or delete it."""
    app, actor = app_of(request), visit_of(request).actor
    form = await read_form(request) if request.method == "POST" else None
    id_ = _number(request.path_params["code"])
    if form is not None:
        return see(await app.write(lambda s: _act(app, s, actor, id_, form)))
    given = request.query_params.get("before", "")
    before = _number(given) if given else None

    def read(session: Session) -> Response:
        log = list_deliveries(session, actor, id_, before=before)
        return sheet(
            request, "webhook", hook=find_hook(session, actor, id_), log=log[:PAGE],
            later=f"{ROOT}/{id_}?before={log[PAGE - 1].id}" if len(log) > PAGE else "",
            newest=f"{ROOT}/{id_}" if before else "",
        )  # fmt: skip

    return await app.read(read)


def _act(app: App, session: Session, actor: Actor, id_: int, form: Form) -> str:
    """Do what a button says; return the address of the page to show then. Raises: NotFound."""
    now, do = app.clock(), form.line("do")
    if do == "test":
        send_test(session, actor, id_, now=now)
    elif do == "again":
        send_again(session, actor, id_, _number(form.line("delivery")), now=now)
    elif do in ("on", "off"):
        switch_hook(session, actor, id_, on=do == "on", now=now)
    elif do == "delete":
        remove_hook(session, actor, id_, now=now)
        return ROOT
    return f"{ROOT}/{id_}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound(gettext("There is no webhook %(number)s.", number=text[:20]))
    return int(text)
