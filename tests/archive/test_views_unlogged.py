"""Channels of which nothing is kept, or nothing yet."""

from pathlib import Path

from tests.web.hub import CHANNEL, hub_in


def test_a_channel_that_is_not_logged_is_as_one_that_there_is_not(tmp_path: Path) -> None:
    """Its name is nowhere, not even where search engines are told what to leave out."""
    staff = {"name": "#staff", "log": False, "noindex": True}
    network = {"name": "net", "host": "irc.example.org", "channel": [{"name": "#yard"}, staff]}
    hub = hub_in(tmp_path, network=[network])
    client = hub.client()
    for file in ("", "feed.atom", "live", "latest.log.html", "since"):
        found = client.get(f"/irclogs/%23staff/{file}")
        nothing = client.get(f"/irclogs/%23stuff/{file}")
        assert found.status_code == nothing.status_code == 404, file
        assert found.text.count("stuff") == nothing.text.count("staff") == 0
        assert len(found.text) == len(nothing.text)
    for path in ("/", "/irclogs/", "/robots.txt"):
        assert "staff" not in client.get(path).text, path
    hub.app.db.close()


def test_a_channel_without_a_line_offers_no_feed(tmp_path: Path) -> None:
    hub = hub_in(tmp_path)
    hub.evening()
    assert "feed.atom" not in hub.client().get("/irclogs/%23new/").text
    assert f"{CHANNEL}feed.atom" in hub.client().get(CHANNEL).text
    hub.app.db.close()
