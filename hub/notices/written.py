"""Mails of notices as they are written: in their reader's language, of what they may know just then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from sqlmodel import Session, col, select

from hub.accounts.letters import is_verified
from hub.accounts.people import Person
from hub.accounts.visits import actor_of, find_owner
from hub.clock import micros
from hub.config import Config
from hub.language import gettext, ngettext, speaking
from hub.mail import Mail
from hub.module import Module
from hub.notices.choices import Choices, choices_of, who_muted
from hub.notices.reasons import How, reason_word, reasons_in
from hub.notices.sight import kind_of, sees_ref
from hub.notices.slips import Slip, write_slip
from hub.notices.tables import NoticeRow
from hub.notices.telling import News

_MOST_NEWS = 20
_MOST_THINGS = 50
_LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes mails: of one thing, or of all that had news in a day. secret: signs the way out."""

    modules: Sequence[Module]
    secret: str

    def last_entry(self, session: Session, person_id: int, ref: str) -> int:
        """Return the last thing that happened to something, as far as an inbox knows; 0 for nothing."""
        row = _row(session, person_id, ref)
        return row.last_entry if row is not None else 0

    def notice(
        self, session: Session, config: Config, person_id: int, ref: str, first: int, last: int
    ) -> Mail | None:
        """Write of what happened to one thing; None when that is for them, or by mail, no more."""
        person, row = _reader(session, person_id), _row(session, person_id, ref)
        if person is None or row is None or not self._is_wanted(session, person, row, How.NOW):
            return None
        with speaking(person.language or "en"):
            news = [
                each for each in self._news(session, ref, first, last) if each.by_id != person_id
            ]
            title, url = self._place(session, config, ref)
            if not news:
                return None
            why = ", ".join(reason_word(reason) for reason in reasons_in(row.reasons))
            parts = [
                *_told(news),
                url + news[-1].place,
                gettext("You hear of this because: %(why)s.", why=why),
            ]
            subject = f"[{config.hub.name}] {title}"
            root = f"{ref.replace(':', '.')}"
            headers = _threaded(config, root)
            return self._mail(
                config, person_id, person, How.NOW, subject, parts,
                f"{root}.{person_id}.{first}-{last}", headers,
            )  # fmt: skip

    def digest(
        self, session: Session, config: Config, person_id: int, since: datetime, until: datetime
    ) -> Mail | None:
        """Write of all that had news in a span and is unread; None when that is nothing."""
        person = _reader(session, person_id)
        if person is None:
            return None
        with speaking(person.language or "en"):
            rows = [
                row
                for row in _unread(session, person_id, since, until)
                if self._is_wanted(session, person, row, How.DAILY)
            ]
            if not rows:
                return None
            subject = ngettext(
                "[%(hub)s] %(number)s thing has news",
                "[%(hub)s] %(number)s things have news",
                len(rows),
                hub=config.hub.name,
            )
            parts = [*self._listed(session, config, rows), f"{config.public_url}/me/inbox"]
            name = f"digest.{person_id}.{micros(until)}"
            return self._mail(config, person_id, person, How.DAILY, subject, parts, name, ())

    def _mail(
        self,
        config: Config,
        person_id: int,
        person: Person,
        how: How,
        subject: str,
        parts: Sequence[str],
        name: str,
        headers: Sequence[tuple[str, str]],
    ) -> Mail:
        slip = write_slip(self.secret, Slip(person_id, how))
        out = f"{config.public_url}/unsubscribe/{slip}"
        foot = "-- \n" + "\n".join(
            (
                gettext("Choose of what you hear: %(url)s", url=f"{config.public_url}/me/notices"),
                gettext("No more such mails: %(url)s", url=out),
            )
        )
        told = (
            ("List-Unsubscribe", f"<{out}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            *headers,
        )
        return Mail(person.email, subject, "\n\n".join([*parts, foot]) + "\n", told, name)

    def _is_wanted(self, session: Session, person: Person, row: NoticeRow, how: How) -> bool:
        """Tell whether a notice is unread, to be mailed in that way, and for them to know of."""
        if row.is_read or who_muted(session, row.ref, [row.person_id]):
            return False
        choices: Choices = choices_of(session, [row.person_id])[row.person_id]
        if how not in {choices[reason] for reason in reasons_in(row.reasons)}:
            return False
        actor = actor_of(session, person, modules=self.modules)
        return sees_ref(self.modules, session, actor, row.ref)

    def _news(self, session: Session, ref: str, first: int, last: int) -> Sequence[News]:
        kind = ref.partition(":")[0]
        for module in self.modules:
            if module.telling is not None and module.telling.kind == kind:
                return module.telling.between(session, ref, first, last, _MOST_NEWS)
        return ()

    def _place(self, session: Session, config: Config, ref: str) -> tuple[str, str]:
        kind = kind_of(self.modules, ref)
        assert kind is not None  # who may see it has found its kind
        return kind.label(session, ref) or ref, f"{config.public_url}{kind.url(ref)}"

    def _listed(self, session: Session, config: Config, rows: Sequence[NoticeRow]) -> Iterator[str]:
        for row in rows:
            title, url = self._place(session, config, row.ref)
            last = self._news(session, row.ref, row.last_entry, row.last_entry)
            lines = [title, *(f"  {each.by} {each.words}" for each in last), f"  {url}"]
            if row.count > 1:
                more = ngettext("%(number)s new", "%(number)s new", row.count)
                lines.insert(1, f"  {more}")
            yield "\n".join(lines)


def _reader(session: Session, person_id: int) -> Person | None:
    """Return who is written to: somebody active who has proved to read their address."""
    person = find_owner(session, person_id)
    return person if person is not None and is_verified(session, person) else None


def _row(session: Session, person_id: int, ref: str) -> NoticeRow | None:
    mine = select(NoticeRow).where(NoticeRow.ref == ref, NoticeRow.person_id == person_id)
    return session.exec(mine).first()


def _unread(
    session: Session, person_id: int, since: datetime, until: datetime
) -> Sequence[NoticeRow]:
    query = select(NoticeRow).where(
        NoticeRow.person_id == person_id,
        col(NoticeRow.is_read).is_(False),
        col(NoticeRow.latest_at) >= micros(since),
        col(NoticeRow.latest_at) <= micros(until),
    )
    return session.exec(query.order_by(col(NoticeRow.latest_at).desc()).limit(_MOST_THINGS)).all()


def _told(news: Sequence[News]) -> Iterator[str]:
    for each in news:
        if not each.text:
            yield f"{each.by} {each.words}."
            continue
        text = each.text[:_LONGEST_TEXT]
        yield f"{each.by} {each.words}:\n\n" + "\n".join(f"  {line}" for line in text.split("\n"))


def _threaded(config: Config, root: str) -> Sequence[tuple[str, str]]:
    """Return what makes all mails of a thing one thread: they answer a mail that there never was.

    Source: RFC 5322 3.6.4.
    """
    domain = parseaddr(config.mail.sender)[1].rpartition("@")[2]
    told = f"<{root}@{domain}>"
    return ("In-Reply-To", told), ("References", told)
