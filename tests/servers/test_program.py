"""The program runs in the harness as it does for its users."""

from pathlib import Path

from tests.conftest import MakeUser
from tests.promises.archives import Archive
from tests.promises.following import LiveReader
from tests.promises.talking import Flood
from tests.servers.deadline import wait_until
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd


def test_the_program_logs_a_channel_dies_and_goes_on(
    tmp_path: Path, ngircd: Ngircd, irc_user: MakeUser
) -> None:
    ann = irc_user("ann", ngircd, "#yard")
    with Madang(tmp_path / "hub", network_toml("net", ngircd.port)) as hub:
        archive = Archive(hub)
        ann.wait_for(r"^:madang!\S+ JOIN :?#yard", timeout_s=30)
        with LiveReader(archive) as reader, Flood(ann) as flood:
            wait_until(lambda: len(reader.texts) >= 20, "lines on the live page", 30)
            flood.stop()
        wait_until(lambda: set(flood.ledger) <= set(archive.said()), "all texts in the archive")
        assert reader.texts[0] in archive.feed()
        hub.kill()
        assert hub.status("/healthz") == 0
        hub.start()
        assert archive.said() == list(flood.ledger)
    assert set(reader.texts) <= set(flood.ledger)
