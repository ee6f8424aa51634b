"""The pages of accounts in a real Chromium: somebody new finds their way, at a desk and on a phone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hub.accounts.handles import bind_handle
from hub.accounts.letters import ask_verification, take_letter
from hub.accounts.passwords import set_password
from hub.accounts.people import create_person, require_person
from hub.accounts.registration import begin_setup
from hub.accounts.sessions import open_session
from hub.accounts.teams import add_member, create_team, give
from hub.accounts.tickets import invite, make_reset
from hub.accounts.tokens import create_token
from hub.accounts.visits import actor_of
from hub.people import Role, operator
from tests.meetbot.pages import NETWORK, MeetingSite
from tests.servers.browser import Browser, flaws
from tests.web.hub import NOW
from tests.web.test_browser import watched

pytestmark = pytest.mark.needs("chromium")

OPERATOR = operator("root")
GOOD, BETTER = "four words in a row", "another four words"
DESK, PHONE = {"width": 1200, "height": 800}, {"width": 360, "height": 740}
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SECTIONS = {
    "auth": {
        "registration": "open",
        "oidc": [
            {
                "name": "id",
                "issuer": "https://id.example.org",
                "client_id": "madang",
                "label": "Example ID",
            }
        ],
    },
    "mail": {"host": "mail.example.org", "sender": "hub@example.org"},
    "network": [NETWORK],
}


@dataclass
class House:
    """A hub over a real socket, a browser, and the verbs of the walks."""

    site: MeetingSite
    browser: Browser

    def do(self, fn: Any, *args: Any, **given: Any) -> Any:
        """Run a use case."""
        return self.site.app.db.write(lambda session: fn(session, *args, **given))

    def has(self, slug: str, name: str = "", role: Role = Role.MEMBER, **given: Any) -> None:
        """Let somebody live here, who can log in."""
        self.do(create_person, OPERATOR, slug, name=name or slug, role=role, now=NOW, **given)
        self.do(set_password, OPERATOR, slug, GOOD, now=NOW)

    def page(self, slug: str = "", **options: Any) -> Page:
        """Open a blank page of a new profile, in which somebody is logged in."""
        page = self.browser.page(base_url=self.site.url, **options)
        if slug:
            person = self.site.app.db.read(lambda s: require_person(s, slug))
            secret = self.do(open_session, person, address="192.0.2.7", agent=_AGENT, now=NOW)
            cookie = {"name": "session", "value": secret, "url": self.site.url}
            page.context.add_cookies([cookie])  # type: ignore[list-item]
        return page


_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[House]:
    """One hub with talk and a meeting, in which much is set, for all walks of this file."""
    with MeetingSite(tmp_path_factory.mktemp("house"), **_SECTIONS) as site:
        site.evening()
        site.holds_meeting()
        house = House(site, browser)
        fill(house)
        yield house


@pytest.fixture
def house(whole: House) -> Iterator[House]:
    """The hub, and no page open before nor after."""
    yield whole
    whole.browser.close_pages()


def fill(house: House) -> None:
    """Fill every list, with words as long as may be."""
    house.has("moss", "Moss 이끼", Role.ADMINISTRATOR, email="moss@example.org")
    house.has("ann", "안 Ann", email=f"{'a' * 50}@{'long-' * 12}name.example.org")
    house.has("n" * 32, "쓸 수 있는 가장 긴 이름 " * 5)
    for kind, realm, name in (("irc", "net", "ann"), ("email", "", "ann@example.org"),
                              ("oidc", "https://id.example.org", "1f" * 40)):  # fmt: skip
        house.do(bind_handle, OPERATOR, "ann", kind, realm, name, now=NOW)
    house.do(create_team, OPERATOR, "infra", name="인프라 " * 9, about="Keeps the roof.", now=NOW)
    for slug in ("ann", "n" * 32):
        house.do(add_member, OPERATOR, "infra", slug, now=NOW)
    house.do(give, OPERATOR, "edit", "series:" + "s" * 60, "team:infra", now=NOW)
    house.do(invite, OPERATOR, email="bob@example.org", now=NOW)
    for slug in ("ann", "moss"):
        for scopes in (("read",), ("read", "write")):
            person = house.site.app.db.read(lambda s, slug=slug: require_person(s, slug))
            actor = house.site.app.db.read(lambda s, person=person: actor_of(s, person))
            house.do(
                create_token, actor, slug, "deploys " * 8, scopes, NOW + timedelta(days=9), NOW
            )


OWN = ("/me", "/me?welcome=1", "/me/password", "/me/sessions", "/me/tokens", "/me/handles", "/me/data",
       "/me/inbox", "/me/notices",
       "/people/", "/people/?q=nobody", "/people/ann")  # fmt: skip
ADMIN = (
    "/admin/people",
    "/admin/teams",
    "/admin/webhooks",
    "/admin/audit",
    "/admin/audit?ref=person:none",
)
ENTRANCE = ("/login", "/login?confirmed=1", "/register", "/invite/used", "/forgot", "/forgot?asked=1",
            "/people/ann")  # fmt: skip


def links(house: House) -> list[str]:
    """Return links that are good for something: to join, for a new password, to confirm an address."""
    code, reset = (
        house.do(invite, OPERATOR, now=NOW),
        house.do(make_reset, OPERATOR, "ann", now=NOW),
    )
    house.do(ask_verification, "moss", language="en", now=NOW)
    letter = house.do(take_letter, house.site.app.config, now=NOW)
    verify = re.search(r"/verify/\S+", letter.mail.text)[0]  # type: ignore[index]
    return [f"/invite/{code}", f"/reset/{reset}", verify]


@pytest.mark.parametrize("slug", ["", "ann", "moss"], ids=["guest", "member", "administrator"])
@pytest.mark.parametrize(
    ("locale", "scheme", "size", "other"),
    [("en", "light", DESK, PHONE), ("ko", "dark", PHONE, DESK)],
    ids=["en", "ko"],
)
def test_every_page_suits_everyone(
    house: House, slug: str, locale: str, scheme: Any, size: Any, other: Any
) -> None:
    """At a desk and on a phone, in each theme and language: axe is content, and nothing is too wide."""
    page = house.page(slug, locale=locale, color_scheme=scheme, viewport=size)
    complaints = watched(page)
    paths = {"": (*ENTRANCE, *(links(house) if not slug else ())), "ann": OWN, "moss": ADMIN}
    for path in paths[slug]:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", locale)
        page.evaluate("document.querySelectorAll('main details').forEach(e => { e.open = true })")
        assert flaws(page) == [], path
        assert page.evaluate(_OVERFLOW) == 0, path
        page.set_viewport_size(other)
        assert page.evaluate(_OVERFLOW) == 0, path
        page.set_viewport_size(size)
    assert [words for words in complaints if "403" not in words] == []  # the link that was used


def test_a_hub_is_set_up_by_its_link(browser: Browser, tmp_path_factory: Any) -> None:
    """On a phone, in Korean; what is wrong is said beside what was written."""
    with MeetingSite(tmp_path_factory.mktemp("new"), network=[NETWORK]) as site:
        code = site.app.db.write(lambda s: begin_setup(s, now=NOW))
        page = browser.page(base_url=site.url, viewport=PHONE, locale="ko", color_scheme="dark")
        complaints = watched(page)
        page.goto(f"/setup/{code}")
        assert flaws(page) == []
        page.get_by_label("이름", exact=True).fill("moss")
        page.get_by_label("비밀번호").fill("moss123456")
        page.get_by_role("button", name="시작", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("이름", exact=True)).to_have_value("moss")
        assert flaws(page) == []
        page.get_by_label("비밀번호").fill(GOOD)
        page.get_by_role("button", name="시작", exact=True).click()
        page.wait_for_url("**/me?welcome=1")
        expect(page.get_by_role("status")).to_be_visible()
        assert page.evaluate(_OVERFLOW) == 0
        page.locator(".who-menu summary").click()
        page.get_by_role("link", name="관리", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("사람들")
        page.goto(f"/setup/{code}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert [words for words in complaints if "400" not in words and "403" not in words] == []
    browser.close_pages()


def test_one_is_invited_and_at_home_without_a_script(house: House) -> None:
    """An administrator's link opens the door; then profile, token, code, log out and in again."""
    moss = house.page("moss", viewport=DESK)
    complaints = watched(moss)
    moss.goto("/admin/people")
    moss.get_by_label("For whom (a note)").fill("bora@example.org")
    moss.get_by_role("button", name="Make an invitation").click()
    link = moss.locator("main .secret").inner_text()
    moss.goto("/admin/people")
    assert link.rsplit("/", 1)[1] not in moss.content()
    bora = house.page(viewport=PHONE, java_script_enabled=False)
    bora.goto(link)
    bora.get_by_label("Name", exact=True).fill("bora")
    bora.get_by_label("How you are called").fill("보라")
    bora.get_by_label("Password").fill(GOOD)
    bora.get_by_role("button", name="Join").click()
    expect(bora.get_by_role("heading", level=1)).to_have_text("보라")
    bora.get_by_label("How you are called").fill("보라 Bora")
    bora.get_by_role("button", name="Keep it").click()
    expect(bora.get_by_role("status")).to_have_text("Kept.")
    expect(bora.get_by_role("heading", level=1)).to_have_text("보라 Bora")
    bora.get_by_role("link", name="Tokens").click()
    bora.get_by_label("What it is for").fill("deploys")
    bora.get_by_role("button", name="Make the token").click()
    expect(bora.locator("main .secret")).to_have_text(re.compile(r"^madang_\S{40,}$"))
    bora.get_by_role("link", name="Tokens").click()
    expect(bora.locator("main .secret")).to_have_count(0)
    bora.get_by_role("button", name="Revoke").click()
    expect(bora.locator("main .empty")).to_be_visible()
    bora.get_by_role("link", name="Names elsewhere").click()
    bora.get_by_role("button", name="Bind my name on IRC").click()
    expect(bora.locator("main .secret").first).to_have_text(
        re.compile(r"^/msg madang link \w{10}$")
    )
    bora.locator(".who-menu summary").click()
    bora.get_by_role("button", name="Log out").click()
    bora.get_by_role("link", name="Log in").click()
    bora.get_by_label("Name or e-mail address").fill("bora")
    bora.get_by_label("Password").fill("not the password")
    bora.get_by_role("button", name="Log in").click()
    expect(bora.get_by_role("alert")).to_contain_text("not right")
    bora.get_by_label("Password").fill(GOOD)
    bora.get_by_role("button", name="Log in").click()
    expect(bora.locator(".who-menu summary")).to_have_text("보라 Bora")
    assert complaints == []


def test_a_lost_browser_is_shut_out(house: House) -> None:
    """One session is ended, then all others; a new password ends them, too."""
    house.has("cleo")
    here, lost, other = (house.page("cleo", viewport=DESK) for _ in range(3))
    here.goto("/me/sessions")
    expect(here.locator("main .rows > li")).to_have_count(3)
    expect(here.locator("main .rows")).to_contain_text("Firefox on Linux")
    here.get_by_role("button", name=re.compile("Firefox on Linux")).first.click()
    expect(here.locator("main .rows > li")).to_have_count(2)
    here.get_by_role("button", name="End all others").click()
    expect(here.locator("main .rows > li")).to_have_count(1)
    for page in (lost, other):
        page.goto("/me")
        assert "/login?next=" in page.url
    again = house.page("cleo")
    here.goto("/me/password")
    here.get_by_label("Your password now").fill(GOOD)
    here.get_by_label("New password").fill(BETTER)
    here.get_by_role("button", name="Keep it").click()
    expect(here.get_by_role("status")).to_contain_text("All other sessions have ended")
    again.goto("/me")
    assert "/login?next=" in again.url


def test_an_administrator_looks_after_people(house: House) -> None:
    """A link for a new password, suspending, letting in, teams and rights; all of it is in the record."""
    house.has("dora", "도라")
    dora, moss = house.page("dora"), house.page("moss", viewport=PHONE)
    complaints = watched(moss)
    act(moss, "도라", "Link for a new password")
    link = moss.locator("main .secret").inner_text()
    dora.goto(link)
    dora.get_by_label("New password").fill(BETTER)
    dora.get_by_role("button", name="Keep it").click()
    expect(dora.get_by_role("heading", level=1)).to_have_text("도라")
    act(moss, "도라", "Suspend", "Why (for the record)", "spam")
    expect(row(moss, "도라")).to_contain_text("suspended")
    dora.goto("/me")
    assert "/login?next=" in dora.url
    act(moss, "도라", "Let in again")
    expect(row(moss, "도라")).not_to_contain_text("suspended")
    moss.goto("/admin/teams")
    moss.get_by_label("Short name").fill("docs")
    moss.get_by_role("button", name="Make the team").click()
    moss.get_by_text("Change: docs").click()
    row(moss, "docs").get_by_label("Name").fill("dora")
    moss.keyboard.press("Enter")
    expect(row(moss, "docs").locator(".chips")).to_contain_text("도라")
    moss.get_by_label("What", exact=True).fill("series:docs")
    moss.get_by_label("Who", exact=True).fill("team:nobody")
    moss.get_by_role("button", name="Give the right").click()
    expect(moss.get_by_role("alert")).to_be_visible()
    moss.get_by_label("What", exact=True).fill("series:docs")
    moss.get_by_label("Who", exact=True).fill("team:docs")
    moss.get_by_role("button", name="Give the right").click()
    expect(moss.locator("main .rows").last).to_contain_text("series:docs")
    moss.get_by_role("link", name="Record").click()
    for verb in ("grant", "team", "restore", "suspend", "reset"):
        expect(moss.locator("main tbody")).to_contain_text(verb)
    assert [words for words in complaints if "404" not in words] == []


def row(page: Page, name: str) -> Any:
    """The row of somebody, or of a team."""
    return page.locator("main .rows > li", has_text=name)


def act(page: Page, name: str, button: str, label: str = "", words: str = "") -> None:
    """Open what can be changed of somebody, and press a button, or Enter after writing something."""
    page.goto("/admin/people")
    page.get_by_text(f"Change: {name}").click()
    if label:
        row(page, name).get_by_label(label).fill(words)
        page.keyboard.press("Enter")
    else:
        row(page, name).get_by_role("button", name=button).click()


def test_ones_data_is_taken_along_and_erased(house: House) -> None:
    house.has("eli", "Eli")
    page = house.page("eli", viewport=PHONE)
    page.goto("/me/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == f"madang-eli-{NOW:%Y-%m-%d}.json"
    page.get_by_label("Your name, to be sure").fill("elk")
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Erase my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your name, eli")
    page.get_by_label("Your name, to be sure").fill("eli")
    page.get_by_label("Password").fill(GOOD)
    page.get_by_role("button", name="Erase my account").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    assert page.goto("/people/eli").status == 404  # type: ignore[union-attr]


def test_a_forgotten_password_is_asked_for_without_a_script(house: House) -> None:
    page = house.page(viewport=PHONE, java_script_enabled=False)
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Name or e-mail address").fill("ann")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("status")).to_contain_text("If there is such an account")
    page.get_by_role("link", name="Log in").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
