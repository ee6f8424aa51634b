"""Chromium, and the accessibility rules of axe."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.servers.programs import path_to

_FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A rule of axe that a page breaks, and the elements that break it."""

    rule: str
    help: str
    elements: tuple[str, ...]


class Browser:
    """A headless Chromium. Each `page` has a profile of its own, closed with the browser.

    While one is open in a thread, `asyncio.run` can't be called there: keep it to the tests of a
    file that need it (playwright drives it with an event loop of its own).
    """

    def __init__(self) -> None:
        self._path = path_to("chromium")
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._contexts: list[BrowserContext] = []

    def start(self) -> Self:
        """Start it."""
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(
            executable_path=self._path, args=list(_FLAGS), chromium_sandbox=False
        )
        return self

    def page(self, **options: Any) -> Page:
        """A blank page in a new profile; options as of playwright's `new_context`."""
        assert self._chromium is not None, "the browser was not started"
        context = self._chromium.new_context(**options)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def close_pages(self) -> None:
        """Close all pages with their profiles."""
        while self._contexts:
            self._contexts.pop().close()

    def close(self) -> None:
        """End it. Repeatable."""
        if self._chromium is not None:
            self.close_pages()
            self._chromium.close()
            self._chromium = None
        if self._playwright is not None:
            self._playwright.stop()
            self._playwright = None

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def flaws(page: Page, leave_out: Sequence[str] = ()) -> list[Flaw]:
    """What axe finds wrong with the page as it stands, without the rules of `leave_out`.

    It is evaluated from outside the page, so the page's content security policy may stay strict.
    """
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    rules = {rule: {"enabled": False} for rule in leave_out}
    found = page.evaluate("rules => axe.run(document, {rules})", rules)
    return [_flaw(violation) for violation in found["violations"]]


def _flaw(violation: dict[str, Any]) -> Flaw:
    elements = tuple(node["html"] for node in violation["nodes"])
    return Flaw(violation["id"], violation["help"], elements)
