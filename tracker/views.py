"""The tracker's pages: where each address leads. The pages themselves stand in the `*_views` files."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.app import App
from tracker import export_views as exports
from tracker import place_views as places
from tracker.attachments import views as files
from tracker.bulk import views as bulk
from tracker.desk import Desk
from tracker.filing_views import file_story, save_story, show_editing, show_filing
from tracker.list_views import show_stories
from tracker.planning import views as plans
from tracker.story_views import change_story, show_story, show_task

View = Callable[[Desk, Request], Awaitable[Response]]


def tracker_routes(app: App) -> Sequence[Route]:
    """Return the tracker's routes."""
    desk = Desk(app, [kind for module in app.modules for kind in module.refs])

    def route(path: str, get: View, post: View | None = None) -> Route:
        async def answer(request: Request) -> Response:
            is_post = request.method == "POST" and post is not None
            return await (post if is_post else get)(desk, request)  # type: ignore[misc]

        return Route(path, answer, methods=["GET", "POST"] if post else ["GET"])

    return [
        route("/stories", show_stories),
        route("/stories.atom", exports.show_feed),
        route("/stories.csv", exports.show_csv),
        route("/stories.json", exports.show_json),
        route("/stories/change", bulk.show_choosing, bulk.change_many),
        route("/stories/changed/{id}", bulk.show_changed, bulk.undo_change),
        route("/stories/similar", places.show_similar),
        route("/stories/template", places.show_template),
        route("/tags", places.show_tags),
        route("/projects", places.show_projects, places.save_place),
        route("/project/{name:path}", places.show_project, places.follow_place),
        route("/project-group/{name:path}", places.show_group, places.follow_place),
        route("/project-settings/{name:path}", places.show_settings, places.change_project),
        route("/milestone/{id:int}", places.show_milestone),
        route("/story/new", show_filing, file_story),
        route("/story/{id}/edit", show_editing, save_story),
        route("/story/{id}/attach", show_story, files.add_files),
        route("/story/{id}/attachment/{file}/{name}", files.show_file),
        route("/story/{id}", show_story, change_story),
        route("/task/{id}", show_task),
        route("/boards", plans.show_boards, plans.save_board),
        route("/board/{id}", plans.show_board, plans.change_board),
        route("/board/{id}/edit", plans.edit_board_page),
        route("/worklists", plans.show_worklists, plans.save_worklist),
        route("/worklist/{id}", plans.show_worklist, plans.change_worklist),
        route("/worklist/{id}/edit", plans.edit_worklist_page),
    ]
