"""The first administrator: a link that each start tells anew, until there is one."""

import re
from pathlib import Path

import pytest

from hub.accounts.people import has_administrator
from hub.accounts.registration import Registration, complete_setup
from hub.accounts.setup import SetupLink
from hub.accounts.tickets import TicketKind, peek_ticket
from hub.app import App
from hub.bootstrap import build
from hub.config import Config
from hub.errors import Refused
from tests.hub.accounts.conftest import PASSWORD
from tests.servers.deadline import wait_until
from tests.servers.madang import Madang

ANN = Registration("ann", password=PASSWORD)


def told(hub: Madang) -> list[str]:
    """Return the codes that the starts of a hub have told."""
    return re.findall(r"whoever opens http://\S+/setup/(\S+) first does", hub.output)


def test_each_start_tells_a_new_link_until_there_is_an_administrator(tmp_path: Path) -> None:
    config = '[web]\nhost = "127.0.0.1"\n'
    with Madang(tmp_path / "madang", config) as hub:
        wait_until(lambda: len(told(hub)) == 1, "the first link", 30)
        hub.kill()
        hub.start()
        wait_until(lambda: len(told(hub)) == 2 and hub.is_ready(), "the second link", 30)
        codes = told(hub)
        assert f"{hub.url}/setup/" in hub.output
    app = build(Config.model_validate({"hub": {"data_dir": str(hub.data)}}))
    now = app.clock()
    found = [
        app.db.read(lambda s, c=code: peek_ticket(s, TicketKind.SETUP, c, now))  # type: ignore[misc]
        for code in codes
    ]
    assert found[-1] is not None
    assert not any(found[:-1])
    app.db.close()


@pytest.mark.anyio
async def test_a_hub_with_an_administrator_tells_nothing(
    sqlite_app: App, caplog: pytest.LogCaptureFixture
) -> None:
    link = SetupLink(sqlite_app, "http://hub.test")
    await link.run()
    (record,) = caplog.records
    code = re.search(r"http://hub\.test/setup/(\S+) ", record.getMessage())
    assert code is not None
    now = sqlite_app.clock()
    sqlite_app.db.write(lambda s: complete_setup(s, code[1], ANN, now=now))
    assert sqlite_app.db.read(has_administrator)
    await link.run()
    await link.close()
    assert len(caplog.records) == 1
    with pytest.raises(Refused):
        sqlite_app.db.write(
            lambda s: complete_setup(s, code[1], Registration("eve", password=PASSWORD), now=now)
        )


@pytest.mark.anyio
async def test_on_a_terminal_the_link_stands_in_words(
    sqlite_app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    await SetupLink(sqlite_app, "http://hub.test").run()
    said = capsys.readouterr().out
    assert "Nobody administers this hub yet." in said
    assert re.search(r"Set up http://hub\.test/setup/\S{20,}\n", said)
