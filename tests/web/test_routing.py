"""Routes are found by the first part of a path, as Starlette alone would find them."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from web.routing import Routes

PATHS = (
    "/", "/a", "/a/", "/a/{x}", "/a/b/c", "/{x}", "/{x}/b", "/b/{x:path}", "/b", "/c.{x}", "/a-b/{x:int}",
)  # fmt: skip


def routes(chosen: Sequence[tuple[str, str]]) -> list[BaseRoute]:
    """Make routes that tell which one they are."""

    def made(path: str, method: str) -> Route:
        async def told(request: Request) -> Response:
            return PlainTextResponse(f"{method} {path} {dict(request.path_params)}")

        return Route(path, told, methods=[method])

    return [made(path, method) for path, method in chosen]


@given(
    st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(("GET", "POST"))), max_size=9),
    st.lists(st.sampled_from(("a", "b", "c.x", "a-b", "7", "", "한")), max_size=4),
    st.sampled_from(("GET", "POST", "PUT", "HEAD")),
)
def test_they_answer_as_starlette_alone(
    chosen: list[tuple[str, str]], parts: list[str], method: str
) -> None:
    path = "/" + "/".join(parts)
    alone = Starlette(routes=routes(chosen))
    together = Starlette(routes=[Routes(routes(chosen))])
    for app in (alone, together):
        app.router.redirect_slashes = False
    one, other = (
        TestClient(app).request(method, f"http://testserver{path}") for app in (alone, together)
    )
    assert (other.status_code, other.text, other.headers.get("allow")) == (
        one.status_code, one.text, one.headers.get("allow"),
    )  # fmt: skip


def test_what_is_mounted_everywhere_is_found() -> None:
    everywhere = Mount("/", app=Starlette(routes=routes([("/deep/{x}", "GET")])))
    app = Starlette(routes=[Routes([*routes([("/a", "GET")]), everywhere])])
    assert TestClient(app).get("/deep/1").text == "GET /deep/{x} {'x': '1'}"
    assert TestClient(app).get("/a").text == "GET /a {}"
    assert TestClient(app).get("/no").status_code == 404
