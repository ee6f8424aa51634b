"""Fixtures for all tests: real servers, and the rule for programs that are not installed.

Servers are made per test, so that a test may kill them. Those named `session_...` are shared by
all tests of a run that leave them standing.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from hub.logs import JsonFormatter, TextFormatter
from tests.servers.atheme import Account, Atheme
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.ngircd import Ngircd
from tests.servers.ports import Ports
from tests.servers.postgres import Postgres
from tests.servers.powercut import PowercutFs
from tests.servers.programs import LEFT_OUT, in_ci, is_allowed_in_ci, leave_out, require
from tests.servers.tls import Certificate, make_certificate

if "CI" not in os.environ:  # there hypothesis does so by itself
    settings.register_profile("madang", deadline=None)  # a busy machine is no fault of the code
    settings.load_profile("madang")

if TYPE_CHECKING:  # playwright takes a second to import, and few tests need it
    from playwright.sync_api import Page

    from tests.servers.browser import Browser

MakeUser = Callable[..., IrcUser]


_SLOW = ("promises", "attacks", "servers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take long: at the end of a run no core shall wait for another."""
    items.sort(key=lambda item: not any(part in _SLOW for part in item.path.parts))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out, by the rule of tests/servers/programs.py, when what it needs is missing."""
    for marker in item.iter_markers("needs"):
        require(marker.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true nothing is left out, whatever way a test took to skip."""
    report = yield
    reason = skip_reason(report)
    if in_ci() and reason and not is_allowed_in_ci(reason):
        report.outcome = "failed"
        report.longrepr = f"CI=true, where nothing may be skipped: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name everything that was left out, at the end where it is read."""
    left_out: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        if LEFT_OUT in (reason := skip_reason(report)):
            left_out[reason.partition(LEFT_OUT)[2]] += 1
    if left_out:
        terminalreporter.section("left out for want of a program")
    for what, tests in sorted(left_out.items()):
        terminalreporter.line(f"{what}: {tests} {'test' if tests == 1 else 'tests'} left out")


def skip_reason(report: Any) -> str:
    """Why a test was skipped; empty when it was not, or is known to fail."""
    skipped = report.skipped and not hasattr(report, "wasxfail")
    return report.longrepr[2] if skipped and isinstance(report.longrepr, tuple) else ""


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """Take back the log handlers of commands that ran inside a test: their stream ends with it."""
    yield
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, JsonFormatter | TextFormatter):
            root.removeHandler(handler)


@pytest.fixture
def ports() -> Iterator[Ports]:
    """Free ports: `ports.claim()`."""
    with Ports() as claimed:
        yield claimed


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The servers' self-signed certificate, for localhost and 127.0.0.1."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def ngircd(tmp_path: Path, certificate: Certificate) -> Iterator[Ngircd]:
    """An ngIRCd with plain and TLS ports."""
    with Ngircd(tmp_path / "ngircd", certificate=certificate) as server:
        yield server


@pytest.fixture
def ngircd_pair(tmp_path: Path, certificate: Certificate) -> Iterator[tuple[Ngircd, Ngircd]]:
    """Two linked ngIRCds, ng1.test and ng2.test."""
    one = Ngircd(tmp_path / "ng1", "ng1.test", certificate)
    two = Ngircd(tmp_path / "ng2", "ng2.test", certificate)
    two.link(one)
    with one, two:
        yield one, two


@pytest.fixture
def inspircd(tmp_path: Path, certificate: Certificate) -> Iterator[Inspircd]:
    """An InspIRCd with plain and TLS ports."""
    with Inspircd(tmp_path / "inspircd", certificate=certificate) as server:
        yield server


@pytest.fixture
def inspircd_pair(tmp_path: Path, certificate: Certificate) -> Iterator[tuple[Inspircd, Inspircd]]:
    """Two linked InspIRCds, in1.test and in2.test."""
    one = Inspircd(tmp_path / "in1", "in1.test", certificate)
    two = Inspircd(tmp_path / "in2", "in2.test", certificate, number=2)
    two.link(one)
    with one, two:
        two.dial()
        yield one, two


@pytest.fixture
def atheme(tmp_path: Path, inspircd: Inspircd) -> Iterator[Atheme]:
    """Services on the test's InspIRCd; `atheme.register(name)` makes an account."""
    with Atheme(tmp_path / "atheme", inspircd) as services:
        yield services


@pytest.fixture
def account(atheme: Atheme) -> Account:
    """The registered account `madang`."""
    return atheme.register("madang")


@pytest.fixture(scope="session")
def session_ngircd(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate
) -> Iterator[Ngircd]:
    """One ngIRCd for all tests that leave it standing."""
    with Ngircd(tmp_path_factory.mktemp("ngircd"), certificate=certificate) as server:
        yield server


@pytest.fixture(scope="session")
def session_inspircd(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate
) -> Iterator[Inspircd]:
    """One InspIRCd for all tests that leave it standing."""
    with Inspircd(tmp_path_factory.mktemp("inspircd"), certificate=certificate) as server:
        yield server


@pytest.fixture(scope="session")
def session_account(
    tmp_path_factory: pytest.TempPathFactory, session_inspircd: Inspircd
) -> Iterator[Account]:
    """The account `madang` on the shared InspIRCd; services (2 s to link) start once."""
    with Atheme(tmp_path_factory.mktemp("atheme"), session_inspircd) as services:
        yield services.register("madang")


@pytest.fixture
def irc_user() -> Iterator[MakeUser]:
    """Makes connected IRC users: `irc_user("ann", server, "#c")`, options as of IrcUser."""
    with ExitStack() as stack:

        def make(nick: str, server: Ngircd | Inspircd, *channels: str, **options: Any) -> IrcUser:
            user = stack.enter_context(IrcUser(nick, server.port, **options))
            user.join(*channels)
            return user

        yield make


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests; `postgres_url` gives a test its database."""
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def powercut(tmp_path: Path) -> Iterator[PowercutFs]:
    """A mounted file system that forgets what was not synced."""
    with PowercutFs(tmp_path / "powercut") as files:
        yield files


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One Chromium for a file of tests."""
    from tests.servers.browser import Browser

    with Browser() as chromium:
        yield chromium


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A blank page of a new profile."""
    yield browser.page()
    browser.close_pages()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real-life data beside the project; tests read it in place."""
    folder = Path(os.environ.get("MADANG_SHARED") or Path(__file__).parents[2] / "shared")
    if not folder.is_dir():
        leave_out(f"the folder of shared data ({folder}; MADANG_SHARED names another)")
    return folder
