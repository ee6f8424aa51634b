"""Made-up words seeded wherever something is private, each with who may see it.

A word stands nowhere but in what one function below has made. A new kind of private thing gets a function of
its own in SHOWN or UNSEEN.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlmodel import Session

from archive.past import PAST
from archive.redaction import redact_line
from hub.accounts.erasure import erase_person
from hub.accounts.handles import bind_handle
from hub.accounts.people import create_person, require_person, set_email, suspend
from hub.accounts.sessions import open_session
from hub.accounts.teams import add_member, create_team, give
from hub.accounts.tickets import TicketKind, invite, make_ticket
from hub.accounts.tokens import create_token
from meetbot.addresses import ENDINGS, MeetingKey
from meetbot.minutes import minutes
from meetbot.schedule_store import keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import require_series
from meetbot.store import BOT, keep
from tests.attacks.private_pads import private_pads
from tests.attacks.private_stories import mentions, private_stories
from tests.attacks.secret import ADMINISTRATOR, OPERATOR, Hidden, Secret, Seed
from tests.meetbot.channel import Channel
from tests.meetbot.pages import MeetingSite
from tests.meetbot.timetables import SWIFT
from tests.web.hub import NOW


def private_meetings(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """Meetings in private: in a series of their own, in a public one, and in one that mia maintains."""
    chairs = frozenset({"moss", "chair"})
    key = _hold(site, "Quillvault", "quill")
    assert key.ref == CHAIRED
    yield Secret("quillvault", chairs, (key.url(), "/meetings/quillvault/"))
    yield from (Secret(f"quill{part}", chairs, _files(key)) for part in _PARTS)
    for ending in ("html", "txt", "md", "json", "log.html", "log.txt", "history", "edit", "live"):
        yield Hidden(key.url(ending), key.url(ending).replace("quillvault", "quillvauld"), chairs)
    for path in ("", "latest", "feed.atom", "?year=2021"):
        yield Hidden(f"/meetings/quillvault/{path}", f"/meetings/quillvauld/{path}", chairs)
    site.app.db.write(_plan)
    yield Secret("quillplan", chairs, ("/meetings/quillvault.ics", "/meetings/calendar.ics"))
    yield Hidden("/meetings/quillvault/schedule", "/meetings/quillvauld/schedule", chairs)
    yield Hidden("/meetings/quillvault.ics", "/meetings/quillvauld.ics", chairs)
    yield Hidden("/meetings/people/quillnick", "/meetings/people/quillnock", ADMINISTRATOR)
    key = _hold(site, "Swift", "brine")
    yield from (Secret(f"brine{part}", ADMINISTRATOR, _files(key)) for part in _PARTS)
    yield Hidden(key.url(), key.url().replace("22.00", "22.07"), ADMINISTRATOR)
    key = _hold(site, "Council", "marsh")
    both = frozenset({"moss", "mia"})
    yield from (Secret(f"marsh{part}", both, _files(key)) for part in _PARTS)
    yield Hidden("/meetings/council/", "/meetings/counsel/", both)


CHAIRED = "meeting:quillvault/2021-05-12-22.00"
"""The meeting that the visitor `chair` has a pass for."""

_PARTS = ("nick", "topic", "info", "action", "agreed", "link", "option", "talk")


def _hold(site: MeetingSite, name: str, word: str) -> MeetingKey:
    """Hold a meeting in private; each of its parts has a word of its own."""
    talk = (
        f"ann #startmeeting {name}",
        "ann #restrictlogs",
        f"{word}nick #here",
        f"ann #topic {word}topic",
        f"ann #info {word}info",
        f"ann #action {word}nick to {word}action",
        f"ann #agreed {word}agreed",
        f"ann #startvote Which? {word}option, other",
        f"{word}nick #vote other",
        "ann #endvote",
        f"ann https://example.org/{word}link",
        f"{word}nick {word}talk",
        "ann #endmeeting",
    )
    channel = Channel()
    channel.now += timedelta(hours=1)
    for line in talk:
        nick, _, text = line.partition(" ")
        channel.says(nick, text)
    (held,) = channel.ended
    key = site.app.db.write(lambda s: keep(s, minutes(held), (), BOT, now=channel.now))
    assert key is not None
    return key


def _plan(session: Session) -> None:
    """Say when the series that meets in private meets next."""
    text = SWIFT.replace("Swift Team Meeting", "Quillplan").replace("swift", "quillvault")
    schedule = read_schedule(text).schedule
    series = require_series(session, "quillvault")
    keep_schedule(session, OPERATOR, series, schedule, text, now=NOW)


def _files(key: MeetingKey) -> tuple[str, ...]:
    return tuple(key.url(ending) for ending in ENDINGS)


def redacted_lines(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """Lines that were redacted: said, in minutes, as a topic; the reason is for administrators."""
    said = ("we met thornquay", "#info thornquay stands", "see story thornquay")
    site.talk("ann #startmeeting Fence", *(f"bob {text}" for text in said), "ann #endmeeting")
    lines = site.app.db.read(lambda s: _lines_with(s, "thornquay"))
    assert len(lines) >= len(said)

    def redact(session: Session) -> None:
        for ref in lines:
            redact_line(session, OPERATOR, ref, reason="fernwhistle asked", at=NOW)

    site.app.db.write(redact)
    yield Secret("thornquay")
    yield Secret("fernwhistle", ADMINISTRATOR, ("/admin/audit",))


def _lines_with(session: Session, word: str) -> Sequence[str]:
    """Return the refs of all lines of #yard that have a word."""
    lines = PAST.all(session, "net", "#yard")
    return [told.ref for told in lines if word in told.line.text.casefold()]


def personal_data(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """What people keep to themselves: ann, who visits, and bob, who does not."""

    def write(session: Session) -> None:
        for slug, word in (("ann", "larkspur"), ("bob", "gorsefen")):
            set_email(session, OPERATOR, slug, f"{word}@example.org", now=NOW)
            create_token(session, OPERATOR, slug, f"{word}token", ["read"], None, NOW)
            bind_handle(
                session, OPERATOR, slug, "oidc", "https://login.example", f"{word}sub", now=NOW
            )
            person = require_person(session, slug)
            open_session(session, person, address=f"{word}.addr", agent=f"{word}agent", now=NOW)

    site.app.db.write(write)
    ann = frozenset({"ann"})
    yield Secret("larkspur@example.org", ann | ADMINISTRATOR, ("/me", "/admin/people"))
    yield Secret("gorsefen@example.org", ADMINISTRATOR, ("/admin/people",))
    yield Secret("larkspurtoken", ann, ("/me/tokens", "/me/data.json"))
    yield Secret("larkspuragent", ann, ("/me/sessions",))
    yield Secret("larkspur.addr", ann, ("/me/sessions",))
    yield Secret("larkspursub", ann | ADMINISTRATOR, ("/me/data.json", "/admin/audit"))
    yield Secret("gorsefensub", ADMINISTRATOR, ("/admin/audit",))
    yield from (Secret(f"gorsefen{what}") for what in ("token", "agent", ".addr"))


def administration(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """Invitations, teams, rights, and the record."""

    def write(session: Session) -> Sequence[str]:
        code = invite(session, OPERATOR, email="wickertide@example.org", now=NOW)
        reset = make_ticket(session, OPERATOR, TicketKind.RESET, person="bob", now=NOW)
        create_team(session, OPERATOR, "umberloft", name="Umbername", about="Umberabout", now=NOW)
        add_member(session, OPERATOR, "umberloft", "bob", now=NOW)
        give(session, OPERATOR, "maintain", "project:tansymoor", "person:bob", now=NOW)
        give(session, OPERATOR, "maintain", "project:sedgewick", "person:mia", now=NOW)
        return code, reset

    codes = site.app.db.write(write)
    yield from (Secret(code.casefold()) for code in codes)
    yield Secret("wickertide", ADMINISTRATOR, ("/admin/people",))
    yield Secret("umberloft", ADMINISTRATOR, ("/admin/teams", "/admin/audit"))
    yield Secret("umbername", ADMINISTRATOR, ("/admin/teams",))
    yield Secret("umberabout", ADMINISTRATOR, ("/admin/teams",))
    yield Secret("tansymoor", ADMINISTRATOR, ("/admin/teams", "/admin/audit"))
    yield Secret("sedgewick", ADMINISTRATOR | {"mia"}, ("/admin/teams", "/me/data.json"))
    for path in ("/admin/people", "/admin/teams", "/admin/audit"):
        yield Hidden(path, "/admin/nowhere", ADMINISTRATOR, is_fixed=True)


def people_gone(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """Somebody suspended, whom administrators know of, and somebody erased, of whom nobody does."""

    def write(session: Session) -> None:
        create_person(session, OPERATOR, "pellucid", name="Pellucidname", now=NOW)
        suspend(session, OPERATOR, "pellucid", reason="Pellucidreason", now=NOW)
        create_person(session, OPERATOR, "zorvane", name="Zorvanename", now=NOW)
        set_email(session, OPERATOR, "zorvane", "zorvanemail@example.org", now=NOW)
        bind_handle(session, OPERATOR, "zorvane", "irc", "net", "zorvane", now=NOW)

    site.app.db.write(write)
    site.talk("ann #startmeeting Gate", "zorvane #info we meet", "ann #action zorvane to paint")
    site.talk("bob zorvane: will you?", "ann #endmeeting")
    site.app.db.write(lambda s: erase_person(s, OPERATOR, "zorvane", NOW, [("net", "zorvane")]))
    yield Secret("pellucidname", ADMINISTRATOR, ("/admin/people",))
    yield Secret("pellucidreason", ADMINISTRATOR, ("/admin/audit",))
    yield Secret("zorvanename")
    yield Secret("zorvanemail")
    yield Hidden("/people/pellucid", "/people/pellucit")
    yield Hidden("/people/zorvane", "/people/zorvone")
    yield Hidden("/meetings/people/zorvane", "/meetings/people/zorvone")


def the_operators(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """What is nobody's but the operator's: paths, keys, channels that are not logged."""
    yield Secret(str(site.app.config.data_dir).casefold())
    yield Secret(site.app.passes.secret.casefold())
    yield from (Secret(word) for word in ("$argon2", "traceback", "sqlalchemy", *UNTOLD.values()))
    yield Hidden("/irclogs/%23umbracove/", "/irclogs/%23umbracave/")


UNTOLD = {"CROFT_KEY": "mallowkey", "CROFT_PASSWORD": "mallowpassword"}
"""The environment of the hub."""

SHOWN: Sequence[Seed] = (redacted_lines, people_gone, mentions, the_operators)
"""Seeds that leave a trace that all may see: a tombstone, a line that was redacted."""

UNSEEN: Sequence[Seed] = (
    private_meetings,
    private_stories,
    private_pads,
    personal_data,
    administration,
)
"""Seeds after which nothing at all may be different for who may not read them."""
