"""Takes passes from their links and gives them back; a link leads on, and stands in no other address."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.app import App
from hub.errors import Refused
from hub.language import gettext
from hub.people import Actor
from hub.refs import RefKind
from web.forms import read_form
from web.origin import is_own
from web.page import page
from web.visitor import COOKIE, MOST_PASSES, held_passes

_MAX_AGE_S = 30 * 86_400


async def take_pass(request: Request) -> Response:
    """Keep a pass and lead to what it is for; who comes from another site's page is asked first.

    Else any page could make its readers write under a name of its choice.

    Raises: Refused for one that is none, or too old.
    """
    text = request.path_params["text"]
    actor = _app(request).passes.read(text)
    if actor is None:
        raise Refused(
            gettext("This link gives no right, or no longer. The bot tells chairs a new one.")
        )
    if request.method == "POST":
        await read_form(request)
    elif not is_own(request):
        return page(request, "web/pass.html", name=actor.name)
    held = [known for known in held_passes(request) if known != text][-(MOST_PASSES - 1) :]
    answer = RedirectResponse(_way(_app(request), actor), 303)
    _keep(request, answer, " ".join([*held, text]))
    return answer


async def leave(request: Request) -> Response:
    """Forget all passes of this browser."""
    await read_form(request)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _keep(request: Request, answer: Response, value: str) -> None:
    answer.set_cookie(
        COOKIE, value, max_age=_MAX_AGE_S, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def _way(app: App, actor: Actor) -> str:
    """Return the address of the first thing that a pass is for and that has one."""
    kinds: dict[str, RefKind] = {kind.kind: kind for module in app.modules for kind in module.refs}
    for _, ref in sorted(actor.rights):
        kind = kinds.get(ref.partition(":")[0])
        if kind is not None:
            return kind.url(ref)
    return "/"


def _app(request: Request) -> App:
    app = request.app.state.app
    assert isinstance(app, App)
    return app
