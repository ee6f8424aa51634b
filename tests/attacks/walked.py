"""A site full of private words, walked by all kinds of visitors."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from sqlmodel import Session
from starlette.routing import Route

from archive.sample_community import CHANNELS
from hub import bootstrap
from hub.accounts.passwords import set_password
from hub.accounts.people import create_person, set_role
from hub.accounts.teams import give
from hub.consumers import catch_up
from hub.people import Role
from search.module import engine_of
from tests.attacks.crawler import Crawler
from tests.attacks.private_stories import PROJECT
from tests.attacks.private_words import CHAIRED, SHOWN, UNSEEN
from tests.attacks.secret import OPERATOR, Seed, Seeded
from tests.meetbot.held import TALK, plan
from tests.meetbot.pages import MeetingSite
from tests.search.shelf import Shelf
from tests.web.hub import NOW
from web.routing import Routes

PASSWORD = "four words in a row"
PUBLIC = "https://yard.example"
VISITORS = ("guest", "chair", "ann", "mia", "moss")
"""A reader, who holds a pass of a meeting's chair, a member, a maintainer, an administrator."""

_NETWORKS: list[dict[str, Any]] = [
    {
        "name": "net",
        "host": "irc.example.org",
        "password_env": "CROFT_PASSWORD",
        "channel": [
            {"name": "#yard"},
            {"name": "#Hidden", "noindex": True},
            {"name": "#umbracove", "log": False, "noindex": True, "key_env": "CROFT_KEY"},
            *({"name": name} for name in CHANNELS),
        ],
    },
    {"name": "other", "host": "irc.example.net", "channel": [{"name": "#yard"}]},
]


@dataclass(frozen=True)
class Walked:
    """The site, what everybody was answered, and what a guest was answered before the last was seeded."""

    site: MeetingSite
    seeded: Seeded
    before: Crawler
    crawlers: Mapping[str, Crawler]


@contextmanager
def site_in(folder: Path) -> Iterator[MeetingSite]:
    """Build a site, with a community that all may read, and serve it."""
    data = folder / "croftdata"
    sections: dict[str, Any] = {
        "hub": {"data_dir": str(data), "name": "Test yard", "base_url": PUBLIC},
        "network": _NETWORKS,
        "auth": {"registration": "open"},
    }
    with MeetingSite(data, **sections) as site:
        _fill(site)
        yield site


@contextmanager
def walked(folder: Path) -> Iterator[Walked]:
    """Build the site, seed it, and let everybody walk it."""
    with ExitStack() as stack:
        site = stack.enter_context(site_in(folder))
        seeded = Seeded()
        _seed(site, seeded, *SHOWN)
        before = stack.enter_context(visitor(site, "guest"))
        _walk(before, site, seeded)
        _seed(site, seeded, *UNSEEN)
        crawlers = {name: stack.enter_context(visitor(site, name)) for name in VISITORS}
        for crawler in crawlers.values():
            _walk(crawler, site, seeded)
        yield Walked(site, seeded, before, crawlers)


def _fill(site: MeetingSite) -> None:
    """Fill the site with what all may read: a community's months, and people."""

    def write(session: Session) -> None:
        bootstrap._fill_demo(session, site.app, "net", [*CHANNELS])
        plan(session)
        for slug in ("ann", "bob", "mia"):
            create_person(session, OPERATOR, slug, name=slug.title(), now=NOW)
            set_password(session, OPERATOR, slug, PASSWORD, now=NOW)
        for ref in ("series:council", f"project:{PROJECT}"):
            give(session, OPERATOR, "maintain", ref, "person:mia", now=NOW)
        set_role(session, OPERATOR, "moss", Role.ADMINISTRATOR, now=NOW)
        set_password(session, OPERATOR, "moss", PASSWORD, now=NOW)

    site.app.db.write(write)
    site.evening()
    site.holds(site.line("ann", "an unlisted word", channel="#hidden"))
    site.talk(*(line.format(name="Swift") for line in TALK))


def settle(site: MeetingSite) -> None:
    """Let all that follows what happens do so: consumers, and the search index."""
    catch_up(site.app, bootstrap.consumers(site.app))
    shelf = Shelf(site.app, engine_of(site.app.config.search.engine))
    shelf.follows()
    shelf.close()


def roots(site: MeetingSite) -> Sequence[str]:
    """Return all addresses that need no name of anything."""
    (all_,) = site._shell.routes
    assert isinstance(all_, Routes)
    routes = [each for each in all_.routes if isinstance(each, Route)]
    asked = [each.path for each in routes if "GET" in (each.methods or ()) and "{" not in each.path]
    assert len(asked) > 20
    return asked


@contextmanager
def visitor(site: MeetingSite, name: str, most: int = 4) -> Iterator[Crawler]:
    """Let somebody come to the site, and log in who has an account."""
    with httpx.Client(
        follow_redirects=False, headers={"user-agent": f"browser of {name}"}
    ) as client:
        if name == "chair":
            held = site.app.passes.write("irc:net/ann", frozenset({("edit", CHAIRED)}))
            client.get(f"{site.url}/pass/{held}")
        elif name != "guest":
            sent = {"name": name, "password": PASSWORD}
            assert client.post(f"{site.url}/login", data=sent).status_code == 303
        yield Crawler(client, site.url, (PUBLIC,), most)


def _seed(site: MeetingSite, seeded: Seeded, *seeds: Seed) -> None:
    for seed in seeds:
        seeded.add(*seed(site))
    settle(site)


def _walk(crawler: Crawler, site: MeetingSite, seeded: Seeded) -> None:
    crawler.walk(*roots(site))
    for secret in seeded.secrets:
        for place in secret.places:
            if place not in crawler.answers:
                crawler.ask(place)
