"""Who takes part in a meeting: people, not nicks.

Rules:
- Nicks compare by the network's casemapping: `Bob` and `bob` are one.
- An account is the same person under whatever nick. A nick without an account is whoever holds it.
- A nick change takes the person along; the old nick is nobody's then.
- Somebody with another account, or who takes the nick of one that is logged in without being so
  himself, is another person.
- When two turn out to be one (`ann_` becomes `ann` again) they are joined; what was noted under the
  one that went is found under the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hub.irc import casefold


@dataclass(frozen=True, slots=True)
class Person:
    """One who takes part. `said` counts lines for each nick as written, in order of first use."""

    id: int
    nick: str
    account: str | None
    said: tuple[tuple[str, int], ...]
    aliases: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines the person said in all."""
        return sum(count for _nick, count in self.said)

    @property
    def name(self) -> str:
        """The nick under which the person said most; of equals the first."""
        return max(self.said, key=lambda entry: entry[1])[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Every nick and alias by which the person may be spoken of."""
        return tuple(dict.fromkeys([*(nick for nick, _ in self.said), *self.aliases]))

    def saying(self, nick: str, lines: int) -> "Person":
        """Return the person with so many more lines said under that nick."""
        said = self.said
        for place, (known, count) in enumerate(said):
            if known == nick:
                said = (*said[:place], (nick, count + lines), *said[place + 1 :])
                return Person(self.id, nick, self.account, said, self.aliases)
        return Person(self.id, nick, self.account, (*said, (nick, lines)), self.aliases)


@dataclass(frozen=True, slots=True)
class Attendance:
    """All people of a meeting. A value; the mappings are never changed in place.

    people: by id, in order of appearance. nicks: who holds a folded nick now. accounts: whose a folded
    account is. joined: ids that were found to be another's.
    """

    casemapping: str = "rfc1459"
    people: Mapping[int, Person] = field(default_factory=dict)
    nicks: Mapping[str, int] = field(default_factory=dict)
    accounts: Mapping[str, int] = field(default_factory=dict)
    joined: Mapping[int, int] = field(default_factory=dict)

    def whose(self, person: int) -> int:
        """Return the id that a noted one has now."""
        while person in self.joined:
            person = self.joined[person]
        return person

    def person(self, noted: int) -> Person:
        """Return the person of an id that was noted at any time."""
        return self.people[self.whose(noted)]

    def find(self, nick: str, account: str | None = None) -> Person | None:
        """Return who speaks under that nick and account, None for a stranger."""
        if account is not None and (known := self.accounts.get(_fold(account))) is not None:
            return self.people[known]
        person = self.named(nick)
        return person if person is not None and _may_be(person.account, account) else None

    def named(self, nick: str) -> Person | None:
        """Return who holds that nick, whoever says so; None when nobody does."""
        holder = self.nicks.get(casefold(nick, self.casemapping))
        return None if holder is None else self.people[holder]

    def meet(self, nick: str, account: str | None = None, lines: int = 0) -> "Attendance":
        """Return the attendance where that one is present and has said so many lines more.

        `find` then answers with the person.
        """
        folded = casefold(nick, self.casemapping)
        holder = self.nicks.get(folded)
        if holder is not None:
            person = self.people[holder]
            if account == person.account:  # nearly every line
                changed = {**self.people, holder: person.saying(nick, lines)}
                return Attendance(self.casemapping, changed, self.nicks, self.accounts, self.joined)
        return self._identified(folded, account)._counted(nick, account, lines)

    def _counted(self, nick: str, account: str | None, lines: int) -> "Attendance":
        person = self.find(nick, account)
        if person is None:
            return self._with_stranger(nick, account, lines)
        known = person.saying(nick, lines)
        return self._with(replace(known, account=known.account or account))

    def _identified(self, folded: str, account: str | None) -> "Attendance":
        """Give the nick to its account's person; one without account who held it is the same."""
        holder = self.nicks.get(folded)
        owner = self.accounts.get(_fold(account)) if account else None
        if owner is None:
            return self
        if holder is not None and holder != owner and self.people[holder].account is None:
            return self._joining(holder, owner)
        return self

    def rename(self, old: str, new: str) -> "Attendance":
        """Return the attendance after a nick change."""
        before, after = casefold(old, self.casemapping), casefold(new, self.casemapping)
        mover = self.nicks.get(before)
        if not new:
            return self
        if mover is None:
            return self._freed(after, None)
        nicks = {nick: who for nick, who in self.nicks.items() if nick != before}
        moved = replace(self, nicks=nicks)
        holder = nicks.get(after)
        if holder is not None and holder != mover and self._is_back(mover, holder):
            return moved._joining(mover, holder)._with_nick(holder, new)
        return replace(moved, nicks={**nicks, after: mover})._with_nick(mover, new)

    def arrive(self, nick: str, account: str | None) -> "Attendance":
        """Return the attendance after a join: an account known here brings its person back."""
        folded = casefold(nick, self.casemapping)
        known = self.accounts.get(_fold(account)) if account else None
        if known is not None:
            return replace(self, nicks={**self.nicks, folded: known})._with_nick(known, nick)
        return self._freed(folded, account)

    def _freed(self, folded: str, account: str | None) -> "Attendance":
        """Return the attendance where a nick is not held by one who can't be of that account."""
        holder = self.nicks.get(folded)
        if holder is None or _may_be(self.people[holder].account, account):
            return self
        return replace(self, nicks={n: who for n, who in self.nicks.items() if n != folded})

    def expect(self, nick: str) -> "Attendance":
        """Return the attendance where one of that nick is known, if only by name."""
        return self if self.named(nick) else self._with_stranger(nick, None, 0)

    def alias(self, who: int, alias: str) -> "Attendance":
        """Return the attendance where the person also goes by another name."""
        person = self.person(who)
        if alias in person.aliases:
            return self
        return self._with(replace(person, aliases=(*person.aliases, alias)))

    def _is_back(self, mover: int, holder: int) -> bool:
        """Tell whether the one who takes a nick is the one who held it."""
        return _may_be(self.people[holder].account, self.people[mover].account)

    def _joining(self, gone: int, stays: int) -> "Attendance":
        one, other = self.people[stays], self.people[gone]
        account = one.account or other.account
        person = replace(one, account=account, aliases=(*one.aliases, *other.aliases))
        for nick, lines in other.said:
            person = person.saying(nick, lines)
        people = {who: p for who, p in self.people.items() if who != gone}
        people[stays] = replace(person, nick=one.nick)
        nicks = {nick: stays if who == gone else who for nick, who in self.nicks.items()}
        accounts = {name: stays if who == gone else who for name, who in self.accounts.items()}
        joined = {**self.joined, gone: stays}
        return Attendance(self.casemapping, people, nicks, accounts, joined)

    def _with_stranger(self, nick: str, account: str | None, lines: int) -> "Attendance":
        new = len(self.people) + len(self.joined)
        return self._with(Person(new, nick, account, ((nick, lines),)))

    def _with_nick(self, who: int, nick: str) -> "Attendance":
        return self._with(self.people[who].saying(nick, 0))

    def _with(self, person: Person) -> "Attendance":
        """Take a person in as known now, with the nick held and the account if there is one."""
        nicks = {**self.nicks, casefold(person.nick, self.casemapping): person.id}
        accounts = self.accounts
        if person.account:
            accounts = {**accounts, _fold(person.account): person.id}
        people = {**self.people, person.id: person}
        return Attendance(self.casemapping, people, nicks, accounts, self.joined)


def _fold(account: str) -> str:
    return casefold(account)


def _may_be(known: str | None, account: str | None) -> bool:
    """Tell whether one with that account, or none, may be the person of the known account."""
    if known is None or account is None:
        return known is None
    return _fold(known) == _fold(account)
