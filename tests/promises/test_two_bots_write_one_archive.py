"""Two bots of one hub, on two linked servers: one archive, no doubles, no holes while either lives."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from tests.promises.archives import Archive, doubles
from tests.promises.talking import Flood
from tests.servers.deadline import wait_until
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd

_SIGN_OF_LIFE = timedelta(seconds=7)
"""A bot gives one every 5 s; a gap's seconds are whole."""

Ircds = tuple[Ngircd, Ngircd] | tuple[Inspircd, Inspircd]


@dataclass
class Yard:
    """Two bots, the hub's pages, and a talker on each server."""

    bots: Sequence[Madang]
    archive: Archive
    floods: Sequence[Flood]

    @property
    def said(self) -> list[str]:
        """What the archive holds of the talk."""
        return [text for text in self.archive.said() if text in self.ledger]

    @property
    def ledger(self) -> set[str]:
        """What the talkers said."""
        return {text for flood in self.floods for text in flood.ledger}

    def all_talk_arrives(self) -> None:
        """Wait until all that was said so far is stored, whichever bot heard it."""
        for flood in self.floods:
            flood.said_next()
        said = self.ledger
        wait_until(lambda: said <= set(self.archive.said()), "all that was said", 30)

    def falls_silent(self) -> None:
        """Let the talkers stop, and wait until all that they said is stored."""
        for flood in self.floods:
            flood.stop()
        self.all_talk_arrives()

    def every_line_is_there_once(self) -> None:
        """Compare with the talkers' ledger."""
        said = self.said
        assert self.ledger - set(said) == set()
        assert doubles(said) == []
        for flood in self.floods:
            mine = [text for text in said if text.startswith(flood.word)]
            moved = [abs(i - place) for place, i in enumerate(map(sorted(mine).index, mine))]
            # Each server stamps its own time on a line: the two may differ by moments.
            assert max(moved) * flood.pause_s < 1

    def servers_part_and_find_each_other(self, ircds: Ircds) -> None:
        """Split the network, let both halves talk, and link them again."""
        user, before = self.floods[0].user, [len(flood.ledger) for flood in self.floods]
        user.become_oper()
        user.split(ircds[1].name)
        user.wait_for(":two!.* QUIT ")
        self.all_talk_arrives()
        if isinstance(ircds[1], Inspircd):
            ircds[1].dial()  # ngIRCd does so by itself
        user.wait_for(":two!.* JOIN ", 40)
        assert all(len(f.ledger) > n for f, n in zip(self.floods, before, strict=True))
        self.all_talk_arrives()

    def both_are_there(self) -> None:
        """Wait until both bots are in the channel."""
        user = self.floods[0].user

        def there() -> bool:
            user.send("NAMES #yard")
            names = user.wait_for(r" 353 \S+ \S #yard :(.*)$")[1].split()
            return {"one", "two"} <= {name.lstrip("@+%&~") for name in names}

        wait_until(there, "both bots in the channel", 40)


@contextmanager
def yard(ircds: Ircds, folder: Path, database: str) -> Iterator[Yard]:
    """Start the hub: pages, and a bot at each server."""
    nicks = ("one", "two")
    with ExitStack() as stack:
        users = [IrcUser(nick, ircd.port) for nick, ircd in zip(("ann", "bob"), ircds, strict=True)]
        for user in users:
            stack.enter_context(user).join("#yard")
        configs = [
            f'[database]\nurl = "{database}"\n' + network_toml("net", ircd.port, nick=nick)
            for nick, ircd in zip(nicks, ircds, strict=True)
        ]
        pages = stack.enter_context(Madang(folder / "web", configs[0], role="web"))
        bots = [
            stack.enter_context(Madang(folder / f"bot{i}", config, role="bot"))
            for i, config in enumerate(configs)
        ]
        for user, nick in product(users, nicks):
            joined = partial(user.heard, f"^:{nick}!.* JOIN ")
            wait_until(joined, f"{nick} where {user.nick} is", 40)
        floods = [
            stack.enter_context(Flood(user, word=word))
            for user, word in zip(users, ("ann", "bob"), strict=True)
        ]
        yield Yard(bots, Archive(pages), floods)


@pytest.fixture(params=["ngircd", "inspircd"])
def ircds(request: pytest.FixtureRequest) -> Ircds:
    """Two linked servers without msgids, and two with them."""
    pair: Ircds = request.getfixturevalue(f"{request.param}_pair")
    return pair


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database that the hub's processes share: SQLite for the one, PostgreSQL for the other."""
    if request.node.callspec.params["ircds"] == "inspircd":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/madang.db"


@pytest.mark.timeout(180)
def test_while_one_of_two_bots_lives_no_line_is_lost_or_doubled(
    ircds: Ircds, database: str, tmp_path: Path
) -> None:
    with yard(ircds, tmp_path, database) as two:
        two.all_talk_arrives()
        for bot in two.bots:
            bot.kill()
            two.all_talk_arrives()
            bot.start()
            two.both_are_there()
            two.all_talk_arrives()
        two.servers_part_and_find_each_other(ircds)
        for bot in reversed(two.bots):
            bot.kill()
            two.all_talk_arrives()
            bot.start()
            two.both_are_there()
            two.all_talk_arrives()
        two.falls_silent()
        two.every_line_is_there_once()
        # One who died before a sign of life can't prove that it heard all until the other came.
        assert all(gap.until - gap.start <= _SIGN_OF_LIFE for gap in two.archive.gaps())
        assert "All invariants hold." in two.archive.madang.run("check")


def test_two_processes_of_the_same_configuration_double_nothing(
    session_ngircd: Ngircd, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/madang.db"
    config = f'[database]\nurl = "{url}"\n' + network_toml("net", session_ngircd.port, ["#same"])
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann-same", session_ngircd.port))
        ann.join("#same")
        one = stack.enter_context(Madang(tmp_path / "one", config))
        ann.wait_for(":madang!.* JOIN ", 40)
        two = stack.enter_context(Madang(tmp_path / "two", config))
        ann.wait_for(":madang_!.* JOIN ", 40)
        with Flood(ann, "#same", pause_s=0.01) as flood:
            wait_until(lambda: len(flood.ledger) > 200, "some talk", 30)
            one.kill()
            wait_until(lambda: len(flood.ledger) > 300, "more talk", 30)
        archive = Archive(two, "#same")
        archive.wait_for(max(flood.ledger))
        assert archive.said() == sorted(flood.ledger)
        assert archive.gaps() == []
