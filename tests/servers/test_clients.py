"""Real clients, a bouncer, a database and a browser work here as the tests believe."""

from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page

from tests.conftest import MakeUser
from tests.servers.browser import flaws
from tests.servers.irssi import Irssi
from tests.servers.ngircd import Ngircd
from tests.servers.weechat import Weechat
from tests.servers.znc import Znc


@pytest.mark.parametrize("client", [Irssi, Weechat])
def test_a_real_client_talks_and_is_heard(
    client: type[Irssi | Weechat], tmp_path: Path, ngircd: Ngircd, irc_user: MakeUser
) -> None:
    bob = irc_user("bob", ngircd, "#yard")
    with client(tmp_path / "client", "ann", ngircd.port) as ann:
        ann.join("#yard")
        bob.wait_for(r"^:ann!\S+ JOIN :?#yard")
        ann.say("#yard", "안녕하세요, 마당!")
        bob.wait_for(r"^:ann!\S+ PRIVMSG #yard :안녕하세요, 마당!$")
        ann.me("#yard", "두 손을 흔든다")
        bob.wait_for("^:ann!\\S+ PRIVMSG #yard :\x01ACTION 두 손을 흔든다\x01$")
        ann.become("anna")
        bob.wait_for(r"^:ann!\S+ NICK :?anna$")
        bob.say("#yard", "bye anna")
        ann.part("#yard", "to lunch")
        bob.wait_for(r"^:anna!\S+ PART #yard :?to lunch$")
        ann.quit("gone")
        bob.sync()


def test_a_bouncer_plays_back_what_its_user_missed(ngircd: Ngircd, irc_user: MakeUser) -> None:
    with Znc(ngircd) as bouncer:
        ann = irc_user("ann", ngircd, "#yard")
        ann.say("#yard", "while you were away")
        ann.sync()
        caps = ["server-time", "batch"]
        options = {"caps": caps, "server_password": bouncer.login}
        user = irc_user("madang", bouncer, **options)
        assert user.wait_for(r"^@(\S+) :ann!\S+ PRIVMSG #yard :.*while you were away$")
        ann.say("#yard", "and now")
        user.wait_for_text("#yard", "and now")


def test_postgres_gives_each_test_an_empty_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE line (text TEXT)")
        connection.execute("INSERT INTO line VALUES ('안녕')")
        assert connection.execute("SELECT text FROM line").fetchone() == ("안녕",)


def test_the_next_test_does_not_see_the_last_ones_tables(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchone() == (0,)


def test_chromium_shows_a_page_and_axe_judges_it(page: Page) -> None:
    page.set_content("<html><head><title>마당</title></head><body><img src=''></body></html>")
    assert page.title() == "마당"
    assert {"image-alt", "html-has-lang"} <= {flaw.rule for flaw in flaws(page)}
    assert "image-alt" not in {flaw.rule for flaw in flaws(page, leave_out=["image-alt"])}
