"""Asked to stop, the hub says good-bye, keeps all that it heard, and is gone within seconds."""

import signal
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic

from tests.promises.archives import Archive
from tests.promises.following import LiveReader
from tests.promises.talking import Flood
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd

_SECONDS = 6.0
"""A stop may wait 2 s for the server's good-bye and 3 s for running requests."""


def test_a_stop_keeps_everything_heard_and_is_quick_with_a_live_page_open(
    ngircd: Ngircd, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann", ngircd.port))
        ann.join("#yard")
        madang = stack.enter_context(Madang(tmp_path / "madang", network_toml("net", ngircd.port)))
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ", 30)
        flood = stack.enter_context(Flood(ann, pause_s=0.001))
        live = stack.enter_context(LiveReader(archive))
        wait_until(lambda: len(live.texts) > 100, "a flood on the live page", 30)
        began = monotonic()
        madang.running.signal(signal.SIGTERM)
        status = madang.running.wait(20)
        took_s = monotonic() - began
        flood.stop()
        assert status == 0, madang.running.tail()
        assert took_s < _SECONDS
        assert "Traceback" not in madang.output
        quit_at = _place_of_the_quit(ann)
        assert "restarted" in ann.lines[quit_at]
        madang.start()
        said = archive.said()
        assert set(live.texts) & set(flood.ledger) <= set(said)
        first, last = said[0], said[-1]
        assert said == [text for text in sorted(flood.ledger) if first <= text <= last]
        assert "All invariants hold." in madang.run("check")


def _place_of_the_quit(ann: IrcUser) -> int:
    ann.wait_for(":madang!.* QUIT ")
    return next(i for i, line in enumerate(ann.lines) if ":madang!" in line and " QUIT " in line)


def test_a_stop_waits_for_a_busy_database(ngircd: Ngircd, tmp_path: Path) -> None:
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann", ngircd.port))
        ann.join("#yard")
        madang = stack.enter_context(Madang(tmp_path / "madang", network_toml("net", ngircd.port)))
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ", 30)
        archive.wait_for("madang has joined")
        with closing(sqlite3.connect(madang.data / "madang.db", isolation_level=None)) as busy:
            busy.execute("BEGIN IMMEDIATE")
            for number in range(1, 40):
                ann.say("#yard", f"said {number:02d}")
                ann.sync()
            madang.running.signal(signal.SIGTERM)
            ann.wait_for(":madang!.* QUIT ")
            busy.execute("ROLLBACK")
        assert madang.running.wait(10) == 0
        madang.start()
        assert archive.said() == [f"said {number:02d}" for number in range(1, 40)]
