"""Requests that mean harm: no error of ours, no address but ours, nothing that was to stay hidden."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from hub.backup import back_up, restore
from tests.web.hub import CHANNEL, DAY, NOW, Hub, Site, hub_in
from tests.web.test_live import listening, said


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a short talk."""
    made = hub_in(tmp_path / "data")
    made.evening()
    yield made
    made.app.db.close()


@pytest.mark.parametrize(
    "at",
    [
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00%2b14:00",
        "0001-01-01",
        "9999-12-31T23:59:59.999999",
        "%00",
        "NaN",
        "-1",
        "2026-02-30",
    ],
)
def test_a_moment_out_of_the_calendar_is_no_fault_of_ours(hub: Hub, at: str) -> None:
    assert hub.client().get(f"{CHANNEL}since?at={at}").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/healthz/", "/metrics/", "/theme/", "/robots.txt/"])
def test_a_foreign_host_leads_nobody_away(hub: Hub, path: str) -> None:
    answer = hub.client().get(path, headers={"host": "evil.example"})
    assert "evil.example" not in answer.headers.get("location", "")


def test_a_nick_in_any_script_finds_its_last_words(hub: Hub) -> None:
    hub.holds(hub.line("Ärger", "hallo", at=NOW))
    answer = hub.client().get(f"{CHANNEL}since", params={"nick": "äRGER"})
    assert answer.status_code == 200
    assert "hallo" in answer.text


def test_what_search_engines_shall_not_see_is_not_on_the_front_page(hub: Hub) -> None:
    hub.holds(hub.line("ann", "for members", channel="#hidden", at=NOW))
    yard = hub.client().get("/")
    assert "hello all" in yard.text
    assert "for members" not in yard.text


def test_readers_hear_on_when_an_older_backup_is_restored(tmp_path: Path) -> None:
    with Site(tmp_path / "data") as site:
        site.evening()
        back_up(site.app, tmp_path / "before.backup", NOW)
        with ExitStack() as open_pages:
            ear = open_pages.enter_context(listening(site))
            site.hears(*(site.line("ann", f"lost {n}", at=NOW) for n in range(20)))
            assert [said(ear) for _ in range(20)] == [f"lost {n}" for n in range(20)]
            restore(site.app, tmp_path / "before.backup", replace=True)
            site.app.pulse.beat()
            assert ear.next()["event"] == "stale"
            fresh = open_pages.enter_context(listening(site))
            site.hears(site.line("bob", "after it", at=NOW))
            assert said(fresh) == "after it"


def test_a_redacted_line_is_gone_for_who_comes_back_to_an_open_page(tmp_path: Path) -> None:
    from archive.redaction import redact_nick
    from tests.databases import OPERATOR

    with Site(tmp_path / "data") as site:
        site.evening()
        redact = lambda s: redact_nick(  # noqa: E731
            s, OPERATOR, "net", "#yard", "bob", reason="asked", at=NOW
        )
        site.app.db.write(redact)
        with listening(site, "?after=0") as ear:
            assert "ann: hi" not in "".join(ear.next()["data"]["html"] for _ in range(3))
        assert "ann: hi" not in httpx.get(site.url + "/").text


@pytest.mark.parametrize("path", [DAY, CHANNEL, "/", "/irclogs/"])
def test_no_page_takes_its_own_address_from_a_stranger(hub: Hub, path: str) -> None:
    """Unless the operator says what it is, it says where it is without a host."""
    page = hub.client().get(path, headers={"host": "evil.example"}).text
    assert "evil.example" not in page
    if path == DAY:
        assert f'<link rel="canonical" href="{DAY}">' in page


def test_a_page_tells_its_public_address(tmp_path: Path) -> None:
    public = {"data_dir": str(tmp_path), "base_url": "https://logs.example.org"}
    hub = hub_in(tmp_path, hub=public)
    hub.evening()
    page = hub.client().get(DAY, headers={"host": "evil.example"}).text
    assert f'<link rel="canonical" href="https://logs.example.org{DAY}">' in page
    assert f'<meta property="og:url" content="https://logs.example.org{DAY}">' in page
    hub.app.db.close()


@pytest.mark.parametrize("path", ["/irclogs/%23A" + "a" * 9_000, f"{CHANNEL[:-1]}?{'a' * 9_000}"])
def test_an_endless_address_is_not_repeated(hub: Hub, path: str) -> None:
    answer = hub.client().get(path)
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("deflate, gzip; q=0.000", False),
        ("gzipped", False),
        ("identity", False),
    ],
)
def test_who_refuses_gzip_gets_none(hub: Hub, asked: str, packed: bool) -> None:
    answer = hub.client().get(DAY, headers={"Accept-Encoding": asked})
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert "tea at four?" in answer.text
