"""The pads' pages, as a browser without a script asks for them."""

import json
from pathlib import Path

import pytest
from sqlmodel import Session

from pad.etherpad.changesets import apply
from pad.pads import begin_pad, find_pad, save_text
from tests.pad.scribbles import NOW, OPERATOR, write_texts
from tests.web.hub import Hub, hub_in

TEXT = "# Agenda <1>\n\n- [ ] *tea* 한글 😀\n"


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub with one pad, written in three steps."""
    made = hub_in(tmp_path / "data")

    def write(session: Session) -> None:
        pad = begin_pad(session, OPERATOR, "tc-agenda", access="open", now=NOW)
        write_texts(session, pad, "# Agenda", "# Agenda <1>\n", TEXT)
        save_text(session, OPERATOR, pad, 3, TEXT, now=NOW)

    made.app.db.write(write)
    return made


def test_a_pad_can_be_read_and_its_text_is_no_html(hub: Hub) -> None:
    answer = hub.client().get("/p/tc-agenda")
    assert answer.status_code == 200
    assert '<li id="L1"><span dir="auto"># Agenda &lt;1&gt;</span></li>' in answer.text
    assert "style-src 'self' 'nonce-" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_looking_at_a_pad_that_is_none_makes_none(hub: Hub) -> None:
    answer = hub.client().get("/p/new-one")
    assert answer.status_code == 200
    assert answer.headers["x-robots-tag"] == "noindex"
    assert hub.app.db.read(lambda s: find_pad(s, "new-one")) is None


def test_where_guests_may_begin_none_there_is_none(tmp_path: Path) -> None:
    made = hub_in(tmp_path / "data", pads={"access": "public"})
    assert made.client().get("/p/new-one").status_code == 404


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/p", "/p/"),
        ("/p/tc%20agenda", "/p/tc_agenda"),
        ("/p/a:b", "/p/a_b"),
        ("/p/?go=tc+agenda", "/p/tc_agenda"),
    ],
)
def test_addresses_lead_to_the_one_address_of_a_pad(hub: Hub, asked: str, leads: str) -> None:
    answer = hub.client().get(asked)
    assert answer.status_code in {301, 302, 303}
    assert answer.headers["location"] == leads


@pytest.mark.parametrize("path", ["/p/r.abc", "/p/r.abc/export/txt", "/p/none/timeslider"])
def test_what_is_not_there_is_not_found(hub: Hub, path: str) -> None:
    assert hub.client().get(path).status_code == 404


def test_pads_are_listed_and_found(hub: Hub) -> None:
    client = hub.client()
    for query in ("", "?q=tea", "?q=한글+agenda"):
        assert "<bdi>Agenda &lt;1&gt;</bdi>" in client.get(f"/p/{query}").text
    assert "No pad has all of these words" in client.get("/p/?q=coffee").text


def test_a_pad_is_exported_as_text_and_markdown(hub: Hub) -> None:
    for kind, media in (("txt", "text/plain"), ("md", "text/markdown")):
        answer = hub.client().get(f"/p/tc-agenda/export/{kind}")
        assert answer.text == TEXT
        assert answer.headers["content-type"] == f"{media}; charset=utf-8"
        assert answer.headers["access-control-allow-origin"] == "*"


def test_an_old_revision_is_exported(hub: Hub) -> None:
    client = hub.client()
    assert client.get("/p/tc-agenda/1/export/txt").text == "# Agenda\n"
    assert client.get("/p/tc-agenda/2/export/txt").text == "# Agenda <1>\n"
    assert client.get("/p/tc-agenda/4/export/txt").status_code == 404
    assert client.get("/p/tc-agenda/export/docx").status_code == 404


def test_html_is_exported_safely(hub: Hub) -> None:
    answer = hub.client().get("/p/tc-agenda/export/html")
    assert "Agenda &lt;1&gt;" in answer.text
    assert "<em>tea</em>" in answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_etherpad_takes_what_is_exported(hub: Hub) -> None:
    told = json.loads(hub.client().get("/p/tc-agenda/export/etherpad").text)
    pad = told["pad:tc-agenda"]
    assert pad["atext"] == {"text": TEXT, "attribs": "*0+c|1+1*0|2+j"}
    # Applied to Etherpad's empty pad, "\n", the changes give the text.
    made = "\n".encode("utf-16-le")
    for number in range(pad["head"] + 1):
        made = apply(told[f"pad:tc-agenda:revs:{number}"]["changeset"], made)
    assert made.decode("utf-16-le") == TEXT
    assert {"Ann"} == {v["name"] for k, v in told.items() if k.startswith("globalAuthor:")}


def test_a_reading_address_tells_nothing_of_the_name(hub: Hub) -> None:
    pad = hub.app.db.read(lambda s: find_pad(s, "tc-agenda"))
    assert pad is not None
    answer = hub.client().get(f"/p/r.{pad.reading}")
    assert answer.status_code == 200
    assert "tc-agenda" not in answer.text
    assert "data-write" not in answer.text
    assert hub.client().get(f"/p/r.{pad.reading}/export/txt").text == TEXT


def test_history_shows_who_wrote_when_and_what_stood_there(hub: Hub) -> None:
    now = hub.client().get("/p/tc-agenda/timeslider").text
    assert "Ann" in now
    assert "3 edits" in now
    then = hub.client().get("/p/tc-agenda/timeslider?rev=1").text
    assert '<li id="L1"><span dir="auto"># Agenda</span></li>' in then
    assert "tea" not in then
    assert hub.client().get("/p/tc-agenda/timeslider?rev=99").status_code == 404


def test_the_pages_speak_korean(hub: Hub) -> None:
    korean = {"Accept-Language": "ko"}
    assert "<h1>패드</h1>" in hub.client().get("/p/", headers=korean).text
    assert "읽기 전용 링크" in hub.client().get("/p/tc-agenda", headers=korean).text
