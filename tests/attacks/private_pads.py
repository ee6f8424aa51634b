"""Private words in pads: text, title, tags and talk; and mentions of pads that nobody may know of."""

from collections.abc import Iterator

from sqlmodel import Session

from hub.accounts.people import require_person
from hub.accounts.visits import actor_of
from pad.log import Author
from pad.names import address
from pad.pads import begin_pad, find_pad, save_text
from pad.sharing import invite
from pad.talk import say
from tests.attacks.secret import ADMINISTRATOR, Secret
from tests.meetbot.pages import MeetingSite
from tests.pad.scribbles import NOW, write_texts

BOB = Author("person:bob", "Bob", 2)
_PARTS = ("title", "text", "tag", "said")


def private_pads(site: MeetingSite) -> Iterator[Secret]:
    """One of bob's, to which nobody is invited; one that he lets ann read."""
    yield from _pad(site, "egret")
    yield from _pad(site, "plover", "ann")


def _pad(site: MeetingSite, word: str, *readers: str) -> Iterator[Secret]:
    """Write a pad of bob's, in private; each of its parts has a word of its own."""
    name = f"{word}name"

    def write(session: Session) -> None:
        bob = actor_of(session, require_person(session, "bob"))
        text = f"---\ntitle: {word}title\ntags: {word}tag, template\n---\n{word}text, see story 1\n"
        pad = begin_pad(session, bob, name, access="private", now=NOW)
        save_text(session, bob, pad, write_texts(session, pad, text, author=BOB), text, now=NOW)
        say(session, bob, pad, f"{word}said", BOB, now=NOW)
        for reader in readers:
            found = find_pad(session, name)
            assert found is not None
            invite(session, bob, found, reader, "read", now=NOW)

    site.app.db.write(write)
    who, page = ADMINISTRATOR.union(readers), address(name)
    for part in _PARTS:
        places = (f"{page}/talk",) if part == "said" else (page,)
        yield Secret(f"{word}{part}", who, places)
