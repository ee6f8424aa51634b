"""The program runs in the harness as it does for its users."""

from pathlib import Path

from tests.conftest import MakeUser
from tests.promises.reading import raw_lines, texts_of, today
from tests.promises.talk import Talk
from tests.promises.watcher import Watcher
from tests.servers.deadline import wait_until
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd


def test_the_program_logs_a_channel_dies_and_goes_on(
    tmp_path: Path, ngircd: Ngircd, irc_user: MakeUser
) -> None:
    since = today()
    ann = irc_user("ann", ngircd, "#yard")
    with Madang(tmp_path / "hub", network_toml("net", ngircd.port)) as hub:
        ann.wait_for(r"^:madang!\S+ JOIN :?#yard", timeout_s=30)
        with Talk(ann, "#yard") as talk, Watcher(hub, "#yard", talk.ledger.pattern) as watcher:
            talk.wait_for_more(20)
            first = talk.ledger.said[0].split()[0]
            for source in watcher.seen:
                watcher.wait_for_any(source)
        ledger = talk.ledger
        wait_until(
            lambda: not ledger.compare(texts_of("ann", raw_lines(hub, "#yard", since))).missing,
            "all texts in the archive",
        )
        hub.kill()
        assert hub.status("/healthz") == 0
        hub.start()
        found = texts_of("ann", raw_lines(hub, "#yard", since))
    assert first in found[0]
    assert ledger.compare(found).is_exact
    assert {text.split()[0] for text in found} >= watcher.everything
