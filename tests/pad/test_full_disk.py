"""A disk that takes nothing: nobody is told that all is saved, nothing is lost, and then it goes on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.pad.peers import Peers
from tests.pad.test_editor import STATE, is_saved, opened, types, windows
from tests.servers.disks import fill, mounted
from tests.servers.madang import Madang
from tests.servers.powercut import PowercutFs

__all__ = ["windows"]

_PIECE = "x" * 999 + "\n"
_PIECES = 100
_SLOW_MS = 15_000

Broken = Callable[[], AbstractContextManager[None]]


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path, windows: list[Page]) -> None:
    with mounted(tmp_path / "disk", megabytes=8) as disk:

        @contextmanager
        def full() -> Iterator[None]:
            ballast = fill(disk)
            yield
            ballast.unlink()

        _is_lived_through(tmp_path, disk / "data", windows, full)


def test_a_read_only_disk_is_told_and_nothing_is_lost(tmp_path: Path, windows: list[Page]) -> None:
    with PowercutFs(tmp_path / "disk") as disk:
        _is_lived_through(tmp_path, disk.mount / "data", windows, disk.read_only)


def _is_lived_through(folder: Path, data: Path, windows: list[Page], broken: Broken) -> None:
    with (
        Madang(folder / "madang", role="web", data=data) as madang,
        Peers(madang.url) as peers,
    ):
        ann, bob = (opened(page, madang.url) for page in windows)
        stock = peers.opened("notes")
        types(ann, "before ")
        is_saved(ann)
        stock.shows_words("before")
        with broken():
            typed = _types_until_it_stays_unsaved(ann)
            expect(ann.locator(".pad-banner")).to_be_visible()
            types(bob, "bob ", "Control+Home")
            expect(bob.locator(STATE)).to_have_attribute("data-state", "slow", timeout=_SLOW_MS)
            seen = stock.text
            assert "bob" not in seen, "nobody is shown what is not on disk"
            assert madang.status("/healthz") == 200
            assert madang.get("/p/notes/export/txt").startswith("before")
            assert peers.opened("notes").text == seen, "who comes now sees what is on disk"
        for page in (ann, bob):
            expect(page.locator(STATE)).to_have_attribute("data-state", "saved", timeout=_SLOW_MS)
            expect(page.locator(".pad-banner")).to_be_hidden()
        told = stock.shows("bob before " + _PIECE * typed)
        assert told
        madang.kill()
        madang.start()
        assert (
            madang.get("/p/notes/export/txt").rstrip() == ("bob before " + _PIECE * typed).rstrip()
        )
        assert "All invariants hold" in madang.run("check")


def _types_until_it_stays_unsaved(page: Page) -> int:
    """Put pieces at the end: what was written before may leave some room. Return how many."""
    page.locator(".cm-content").focus()
    for count in range(1, _PIECES):
        page.keyboard.press("Control+End")
        page.keyboard.insert_text(_PIECE)
        try:
            expect(page.locator(STATE)).to_have_attribute("data-state", "saved", timeout=1_500)
        except AssertionError:
            expect(page.locator(STATE)).to_have_attribute("data-state", "slow", timeout=_SLOW_MS)
            return count
    raise AssertionError("the disk took all of it")
