"""Files come into a pad by its page: shown first, then taken as an edit among others."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.app import App
from pad import log
from pad.importing.html_text import text_of_html
from pad.kept import WIPED, kept_revisions
from pad.pads import Pad, find_pad, text_of
from pad.palette import COLOURS
from tests.pad.importing.test_moving_in import records
from tests.pad.scribbles import begun, write_texts
from tests.web.hub import Hub, hub_in


def hub_with(folder: Path, text: str = "") -> Hub:
    """Build a hub with a pad."""
    hub = hub_in(folder)
    if text:
        hub.app.db.write(lambda s: write_texts(s, begun(s), text))
    return hub


def pad_of(app: App, name: str = "notes") -> Pad:
    """Return a pad."""
    found = app.db.read(lambda s: find_pad(s, name))
    assert found is not None
    return found


def said(app: App) -> str:
    """Return the pad's text."""
    return app.db.read(lambda s: text_of(s, pad_of(app)))


def bring(client: TestClient, file: str, data: bytes | str, address: str = "notes") -> Any:
    """Send a file; return the answer."""
    given = data.encode() if isinstance(data, str) else data
    return client.post(f"/p/{address}/import", files={"file": (file, given)})


def take(client: TestClient, answer: Any) -> Any:
    """Say yes to what is shown."""
    page = client.get(answer.headers["location"])
    (secret,) = re.findall(r'name="draft" value="([\w-]+)"', page.text)
    return client.post("/p/notes/take", data={"draft": secret})


def test_a_file_is_shown_first_and_taken_as_an_edit(tmp_path: Path) -> None:
    hub = hub_with(tmp_path, "one\ntwo\nthree\n")
    client = hub.visitor()
    answer = bring(client, "plan.txt", "one\r\n2 <b>\r\nthree\r\n")
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert "What “plan.txt” changes" in page.text
    assert '<del dir="auto">two</del>' in page.text
    assert '<ins dir="auto">2 &lt;b&gt;</ins>' in page.text
    assert said(hub.app) == "one\ntwo\nthree\n"
    assert take(client, answer).headers["location"] == "/p/notes"
    assert said(hub.app) == "one\n2 <b>\nthree\n"
    assert pad_of(hub.app).head == 2
    assert client.get(answer.headers["location"]).status_code == 404
    hub.app.db.close()


def test_what_was_written_meanwhile_is_not_lost(tmp_path: Path) -> None:
    hub = hub_with(tmp_path, "one\n")
    client = hub.visitor()
    answer = bring(client, "plan.md", "# new\n")
    hub.app.db.write(lambda s: write_texts(s, pad_of(hub.app), "one\nmeanwhile\n"))
    again = take(client, answer)
    assert again.status_code == 303
    assert "changed=1" in again.headers["location"]
    assert said(hub.app) == "one\nmeanwhile\n"
    assert '<del dir="auto">meanwhile</del>' in client.get(again.headers["location"]).text
    assert take(client, again).headers["location"] == "/p/notes"
    assert said(hub.app) == "# new\n"
    hub.app.db.close()


def test_a_pad_that_most_goes_from_offers_the_way_back(tmp_path: Path) -> None:
    hub = hub_with(tmp_path, "word " * 500)
    client = hub.visitor()
    take(client, bring(client, "a.txt", "short"))
    kept = hub.app.db.read(lambda s: kept_revisions(s, pad_of(hub.app).id))
    assert [(one.why, one.seq) for one in kept] == [(WIPED, 1)]
    assert "More than half of this pad was deleted" in client.get("/p/notes").text
    hub.app.db.close()


def test_authors_of_an_etherpad_file_are_named_as_such(tmp_path: Path) -> None:
    hub = hub_with(tmp_path, "before\n")
    client = hub.visitor()
    take(client, bring(client, "x.etherpad", json.dumps(records())))
    assert said(hub.app) == "## Plan\n  - **tea** 한😀\n"
    authors = hub.app.db.read(lambda s: log.authors_of(s, pad_of(hub.app).id)).values()
    names = {one.name for one in authors}
    assert {"Ann (from a file)", "Bob 밥 (from a file)"} <= names
    assert "Bob 밥" not in names
    assert all(one.key.startswith("file:") for one in authors if "from a file" in one.name)
    assert all(0 <= one.colour < COLOURS for one in authors)
    hub.app.db.close()


def test_a_pad_may_begin_with_a_file_and_html_becomes_markdown(tmp_path: Path) -> None:
    hub = hub_with(tmp_path)
    client = hub.visitor()
    assert client.get("/p/notes/import").status_code == 200
    take(client, bring(client, "a.html", "<h2>Hi</h2><ol><li>a<li>b</ol><script>x</script>"))
    assert said(hub.app) == "## Hi\n\n1. a\n2. b\n"
    hub.app.db.close()


def test_who_may_not_write_may_not_import(tmp_path: Path) -> None:
    hub = hub_with(tmp_path)
    hub.app.db.write(lambda s: write_texts(s, begun(s, access="public"), "x"))
    client = hub.visitor()
    reading = f"r.{pad_of(hub.app).reading}"
    assert client.get("/p/notes/import").status_code == 403
    assert bring(client, "a.txt", "y").status_code == 403
    assert bring(client, "a.txt", "y", reading).status_code == 404
    assert client.get(f"/p/{reading}/import").status_code == 404
    assert client.post("/p/notes/take", data={"draft": "x"}).status_code == 403
    assert "/p/notes/import" not in client.get("/p/notes").text
    hub.app.db.close()


def test_hostile_files_get_a_clear_answer(tmp_path: Path) -> None:
    hub = hub_with(tmp_path, "x")
    pool = {str(n): ["author", f"a.{n}"] for n in range(100_001)}
    huge = {"atext": {"text": "x\n", "attribs": "|1+2"}, "head": 0, "pool": {"numToAttrib": pool}}
    wrong = {"atext": {"text": "x\n", "attribs": "+9"}, "head": 0, "pool": {"numToAttrib": {}}}
    files = {
        "a.exe": b"MZ", "a": b"x", "a.etherpad": b"{", "b.etherpad": b"[" * 100_000,
        "c.etherpad": b"[]", "d.etherpad": b'{"pad:x": 1}',
        "e.etherpad": json.dumps({"pad:x": huge}).encode(),
        "f.etherpad": json.dumps({"pad:x": wrong}).encode(),
        "g.txt": b"x" * 1_000_001, "h.html": b"<div>" * 500_000,
    }  # fmt: skip
    client = hub.visitor()
    for file, data in files.items():
        answer = bring(client, file, data)
        assert (file, answer.status_code) == (file, 400)
        assert "Traceback" not in answer.text
    assert bring(hub.client(), "i.txt", b"x" * 10_000_001).status_code == 413
    odd = {"Content-Type": "multipart/form-data; boundary=x"}
    client = hub.client()
    for body in (b"", b"--x--", b"--x\r\n\r\n", b"--x\r\n" * 5_000):
        assert client.post("/p/notes/import", content=body, headers=odd).status_code == 400
    assert client.post("/p/notes/import", data={"file": "x"}).status_code == 415
    assert said(hub.app) == "x"
    hub.app.db.close()


def test_who_brings_very_many_files_has_to_wait(tmp_path: Path) -> None:
    hub = hub_with(tmp_path, "x")
    client = hub.visitor()
    found = [bring(client, "a.txt", "y").status_code for _ in range(12)]
    assert found == [303] * 10 + [429] * 2
    hub.app.db.close()


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 400_000, "<ul><li>" * 250_000, "<!--" * 500_000, "<" * 2_000_000,
        "<a href=\"" * 220_000, "<b>" * 600_000, "<a href='x'>" * 160_000,
        "<a " + "x= " * 600_000 + ">", "&amp" * 500_000, "</b>" * 500_000,
    ],
    ids=range(10),
)  # fmt: skip
def test_html_takes_no_longer_than_its_length(html: str) -> None:
    before = time.process_time()
    text_of_html(html)
    assert time.process_time() - before < 15


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="https://x.org">https://x.org</a>', "https://x.org"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
        ("1 < 2 <", "1 < 2 <"),
        ("<style>p{}</style>x<!-- y -->z", "xz"),
    ],
)
def test_html_is_told_as_markdown(html: str, text: str) -> None:
    assert text_of_html(html) == text
