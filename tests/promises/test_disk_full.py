"""A full disk stops no page, damages nothing, and is over as soon as there is room again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.promises.archives import Archive
from tests.promises.talking import Flood
from tests.servers.deadline import wait_until
from tests.servers.disks import fill, mounted
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    with mounted(tmp_path / "disk", megabytes=6) as disk:
        yield disk


@pytest.mark.timeout(120)
def test_a_full_disk_is_survived_and_what_was_heard_meanwhile_stored_late(
    ngircd: Ngircd, small_disk: Path, tmp_path: Path
) -> None:
    config = network_toml("net", ngircd.port)
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann", ngircd.port))
        ann.join("#yard")
        madang = stack.enter_context(Madang(tmp_path / "madang", config, data=small_disk / "data"))
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ", 30)
        flood = stack.enter_context(Flood(ann, pause_s=0.005))
        wait_until(lambda: len(archive.said()) > 50, "talk in the archive", 30)
        ballast = fill(small_disk)
        madang.running.wait_for_output("lines can't be stored, trying again", 30)
        seen = archive.said()
        assert seen, "pages are still served"
        assert madang.status("/") == 200
        assert madang.status(archive.day_path()) == 200
        said_while_full = flood.said_next()
        ballast.unlink()
        wait_until(lambda: said_while_full in archive.said(), "what was said while it was full", 30)
        flood.stop()
        archive.wait_for(max(flood.ledger), 30)
        said = archive.said()
        assert said[: len(seen)] == seen
        assert said == sorted(text for text in flood.ledger if text >= said[0])
        assert archive.gaps() == []
        assert "All invariants hold." in madang.run("check")
        madang.stop()
