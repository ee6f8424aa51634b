"""The web shell: errors, ids, headers, static files, the theme, and what machines ask."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from hub.app import App
from hub.errors import Conflict, HubError, Invalid, NotFound, Refused, Unavailable
from hub.module import Module
from hub.request_id import request_id
from tests.web.hub import DAY, Hub, hub_in
from web.app import make_app
from web.theme import own_path


async def _broken(_request: Request) -> Response:
    raise RuntimeError("secret internals")


async def _id(_request: Request) -> Response:
    return PlainTextResponse(request_id.get())


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def _raising(error: Exception) -> Route:
    async def endpoint(_request: Request) -> Response:
        raise error

    return Route("/raise", endpoint)


def client_with(hub: Hub, *routes: Route) -> TestClient:
    """Return a browser on a hub that has one more module."""
    more = Module("more", routes=lambda _app: routes)
    app = hub.app
    with_more = App(
        app.config, app.db, app.clock, app.pulse, app.metrics, [*app.modules, more], app.passes
    )
    return TestClient(make_app(with_more), follow_redirects=False)


def test_a_missing_page_says_where_to_go(hub: Hub) -> None:
    """With a way home and no more than that."""
    answer = hub.client().get("/nowhere")
    assert answer.status_code == 404
    assert "<h1>Nothing here</h1>" in answer.text
    assert 'href="/irclogs/"' in answer.text


def test_programs_get_errors_as_json(hub: Hub) -> None:
    """By what they accept, or by the address."""
    client = hub.client()
    told = client.get("/nowhere", headers={"Accept": "application/json"}).json()
    assert told["status"] == 404
    assert client.get("/nowhere.json").json()["request_id"]


def test_what_breaks_shows_nothing_of_its_inside(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader gets a number, the operator the whole story."""
    answer = client_with(hub, Route("/broken", _broken)).get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["content-security-policy"]
    assert "secret internals" in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("No such tree."), 404),
        (Refused("Not your tree."), 403),
        (Invalid("tree", "A tree has leaves."), 400),
        (Conflict("The tree was felled."), 409),
    ],
)
def test_errors_for_people_are_shown_in_their_words(hub: Hub, error: HubError, status: int) -> None:
    """Escaped, as everything is."""
    answer = client_with(hub, _raising(error)).get("/raise")
    assert answer.status_code == status
    assert f"<p>{error}</p>" in answer.text


def test_an_absent_database_is_told_without_its_address(hub: Hub) -> None:
    """And the browser knows when to ask again."""
    error = Unavailable("The database can't be used: host db.internal refused.")
    answer = client_with(hub, _raising(error)).get("/raise")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "db.internal" not in answer.text


def test_another_method_is_refused_with_those_that_go(hub: Hub) -> None:
    """GET pages can't be posted to."""
    answer = hub.client().post("/irclogs/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("given", ["abc-1.2_3", "A" * 64])
def test_a_sane_request_id_is_taken_over(hub: Hub, given: str) -> None:
    """So that a proxy's log and ours can be laid side by side."""
    client = client_with(hub, Route("/id", _id))
    answer = client.get("/id", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == answer.text == given


@pytest.mark.parametrize("given", ["", "a b", "A" * 65, "x\ty", "<script>", "a;b"])
def test_any_other_request_id_is_replaced(hub: Hub, given: str) -> None:
    """It stands in logs and pages."""
    answer = client_with(hub, Route("/id", _id)).get("/id", headers={"X-Request-Id": given})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.text)


def test_every_answer_keeps_the_browser_safe(hub: Hub) -> None:
    """Pages, files and errors alike; no inline script or style is ever allowed."""
    client = hub.client()
    for path in ("/", DAY, "/healthz", "/nowhere", "/robots.txt"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in headers


def test_https_is_remembered_where_it_is_the_public_address(tmp_path: Path) -> None:
    """Not on a hub that is tried at home."""
    hub = hub_in(tmp_path, hub={"data_dir": str(tmp_path), "base_url": "https://hub.example.org"})
    assert "max-age=31536000" in hub.client().get("/").headers["strict-transport-security"]
    hub.app.db.close()


def test_a_body_has_a_limit(hub: Hub) -> None:
    """By what is announced, and by what comes without being announced."""
    client = client_with(hub, Route("/length", _length, methods=["POST"]))
    assert client.post("/length", content=b"x" * 1000).text == "1000"
    assert client.post("/length", content=b"x" * 1_000_001).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(11))
    assert client.post("/length", content=chunks).status_code == 413


def test_static_files_are_kept_for_ever_under_their_version(hub: Hub) -> None:
    """Under any other version the file is served, but asked for again."""
    client = hub.client()
    url = re.search(r'href="(/static/[^"]*madang\.css)"', client.get("/").text)
    assert url
    answer = client.get(url[1])
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/old/madang.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "../app.py", "%2e%2e/app.py", "..%2fapp.py", ""])
def test_only_static_files_are_static_files(hub: Hub, name: str) -> None:
    """Names are looked up, never opened."""
    assert hub.client().get(f"/static/x/{name}").status_code == 404


def test_pages_are_compressed_and_streams_of_events_are_not_asked_to_be(hub: Hub) -> None:
    """TestClient unpacks it as a browser does."""
    answer = hub.client().get(DAY, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content)
    assert len(gzip.compress(answer.content)) < len(answer.content)


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_a_chosen_theme_is_kept_without_a_script(hub: Hub, theme: str) -> None:
    """And the reader is back where they were."""
    client = hub.client()
    answer = client.post("/theme", data={"theme": theme, "next": DAY})
    assert (answer.status_code, answer.headers["location"]) == (303, DAY)
    page = client.get(DAY).text
    assert f'<html lang="en" data-theme="{theme}">' in page
    assert f'value="{theme}" aria-pressed="true"' in page


def test_the_way_back_from_a_theme_keeps_what_was_asked(hub: Hub) -> None:
    """Who reads all lines goes on reading all lines."""
    assert (
        f'name="next" value="{DAY}?show=all&amp;x=%22"'
        in hub.client().get(f'{DAY}?show=all&x="').text
    )


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("ops@example.org", '<a href="mailto:ops@example.org">ops@example.org</a>'),
        (
            "https://example.org/ops",
            '<a href="https://example.org/ops">https://example.org/ops</a>',
        ),
        ("ask ann <ops@x>", "removals: ask ann &lt;ops@x&gt; "),
        ("javascript:alert(1)", "removals: javascript:alert(1) "),
    ],
)
def test_every_page_says_who_to_write_to(tmp_path: Path, contact: str, shown: str) -> None:
    """Also the page of an error; what is no address is no link."""
    hub = hub_in(tmp_path, hub={"data_dir": str(tmp_path), "contact": contact})
    for path in ("/", "/irclogs/", "/nowhere"):
        assert shown in hub.client().get(path).text
    hub.app.db.close()


def test_a_theme_that_there_is_not_is_refused(hub: Hub) -> None:
    """And one in the cookie is passed over."""
    client = hub.client(cookies={"theme": '"><script>'})
    assert client.post("/theme", data={"theme": "pink"}).status_code == 400
    assert 'data-theme="system"' in client.get("/").text


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", ""]
)
def test_the_way_back_never_leads_to_another_site(address: str) -> None:
    """Only a path of our own."""
    assert own_path(address) == "/"


def test_machines_are_told_that_it_lives(hub: Hub) -> None:
    """And how it does."""
    client = hub.client()
    assert client.get("/healthz").json()["status"] == "ok"
    client.get("/nowhere")
    figures = client.get("/metrics").text
    assert 'madang_http_requests_total{method="GET",status="404"} 1' in figures
    assert 'madang_http_seconds_bucket{le="+Inf"} 2' in figures


def test_each_request_is_one_line_in_the_log(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    """Method, address as sent, status and duration."""
    with caplog.at_level("INFO", "web.access"):
        hub.client().get(DAY)
    assert re.fullmatch(rf"GET {re.escape(DAY)} 200 [\d.]+ ms", caplog.messages[-1])


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-GB, ko;q=0.8", "en"),
        ("fr, ko;q=0.2", "ko"),
        ("fr, ko;q=0", "en"),
        ("ko;q=x, ;;=, q", "en"),
        ("*", "en"),
    ],
)
def test_a_page_speaks_the_browsers_language(hub: Hub, asked: str, language: str) -> None:
    """The best of those that there are; otherwise English."""
    answer = hub.client().get(DAY, headers={"Accept-Language": asked})
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["Vary"].startswith("Cookie, Accept-Language")


def test_a_chosen_language_wins_over_the_browsers(hub: Hub) -> None:
    """It is kept in a cookie, and another language is another page."""
    client = hub.client(headers={"Accept-Language": "en"})
    before = client.get(DAY).headers["ETag"]
    answer = client.post("/language", data={"language": "ko", "next": DAY})
    assert (answer.status_code, answer.headers["location"]) == (303, DAY)
    page = client.get(DAY)
    assert '<html lang="ko"' in page.text
    assert page.headers["ETag"] != before


def test_a_language_that_there_is_not_is_refused(hub: Hub) -> None:
    """With those that there are."""
    answer = hub.client().post("/language", data={"language": "<xx>"})
    assert answer.status_code == 400
    assert "한국어 (ko)" in answer.text
