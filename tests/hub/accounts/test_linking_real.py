"""`link CODE` on a real network with services: the account is proved, and chairs keep their right."""

import re
from pathlib import Path

from hub.accounts.handles import handles_of
from hub.accounts.linking import make_link_code
from hub.accounts.people import create_person, require_person
from hub.accounts.visits import actor_of
from hub.bootstrap import build
from hub.config import Config
from hub.people import Actor, Role, operator
from tests.promises.archives import Archive
from tests.servers.atheme import Account
from tests.servers.deadline import wait_until
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser, Login
from tests.servers.madang import Madang, network_toml


def test_an_account_is_linked_and_its_meetings_are_the_persons(
    inspircd: Inspircd, account: Account, tmp_path: Path
) -> None:
    config = network_toml("net", inspircd.port, meetings=True)
    with Madang(tmp_path / "hub", config) as hub:
        wait_until(lambda: "joined #yard" in hub.output, "the bot in the channel", 30)
        app = build(Config.model_validate({"hub": {"data_dir": str(hub.data)}}))
        now = app.clock()
        app.db.write(lambda s: create_person(s, operator("olga"), "ann", now=now))
        me = Actor("person:ann", Role.MEMBER, person="ann")
        code = app.db.write(lambda s: make_link_code(s, me, "ann", now=now))
        login = Login(account.name, account.password)
        with (
            IrcUser("ann", inspircd.port, caps=["sasl"], login=login) as ann,
            IrcUser("eve", inspircd.port) as eve,
        ):
            for user in (ann, eve):
                user.join("#yard")
            eve.say("madang", f"link {code}")
            eve.wait_for(r"(?:PRIVMSG|NOTICE) eve :I don't see you logged in to services")
            ann.say("madang", f"link {code}")
            ann.wait_for(rf"(?:PRIVMSG|NOTICE) ann :{re.escape(account.name)} on net is ann now\.")
            ann.become("ann_laptop")
            ann.say("#yard", "#startmeeting Swift")
            ann.wait_for(r"PRIVMSG #yard :Meeting started")
            ann.say("#yard", "#action ann_laptop brings cake")
            ann.say("#yard", "#endmeeting")
            ann.wait_for(r"PRIVMSG #yard :Meeting ended ")
            Archive(hub).wait_for("Meeting ended")
            ann.say("madang", "actions")
            ann.wait_for(
                r"(?:PRIVMSG|NOTICE) ann_laptop :Open for ann_laptop: #1 ann_laptop brings"
            )
        (handle,) = app.db.read(lambda s: handles_of(s, "ann"))
        assert (handle.kind, handle.realm, handle.shown) == ("irc", "net", account.name)
        rights = app.db.read(
            lambda s: actor_of(s, require_person(s, "ann"), modules=app.modules).rights
        )
        assert ("edit", "series:swift") in rights
        assert any(ref.startswith("meeting:swift/") for _, ref in rights)
        app.db.close()
