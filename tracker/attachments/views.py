"""Files of stories: sent with a form, and served so that nothing in them can run."""

from urllib.parse import quote

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import Invalid
from hub.language import gettext
from tracker.attachments.keeping import attach, read_attachment
from tracker.attachments.kinds import TEXT, is_picture
from tracker.desk import Desk, see_other
from tracker.sent import Sent
from tracker.story_views import number, story_page
from web.uploads import read_files

_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


async def add_files(desk: Desk, request: Request) -> Response:
    """Add the files of a form to a story, all or none; what is wrong is told on its page.

    Raises: NotFound, Refused.
    """
    files = await read_files(request)
    actor, id_ = desk.actor(request), number(request.path_params["id"])
    now, limits = desk.app.clock(), desk.app.config.attachments

    def write(session: Session) -> None:
        for name, data in files:
            attach(session, actor, id_, name, data, limits, now=now)

    try:
        if not files:
            raise Invalid("file", gettext("Choose a file first."))
        await desk.app.write(write)
    except Invalid as error:
        return await story_page(desk, request, Sent({"do": "attach"}, str(error)))
    return see_other(f"/story/{id_}#files")


async def show_file(desk: Desk, request: Request) -> Response:
    """Serve a file to who may see its story. Raises: NotFound."""
    actor, params = desk.actor(request), request.path_params
    story, id_ = number(params["id"]), number(params["file"])
    row, data = await desk.app.read(lambda session: read_attachment(session, actor, story, id_))
    is_shown = is_picture(row.kind) or row.kind == TEXT
    told = "inline" if is_shown else "attachment"
    kind = "text/plain; charset=utf-8" if row.kind == TEXT else row.kind
    headers = {
        "Content-Disposition": f"{told}; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{row.digest[:32]}"',
    }
    if request.headers.get("if-none-match", "") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind, headers=headers)
