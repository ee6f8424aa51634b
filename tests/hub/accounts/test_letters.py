"""Letters: what people are promised by mail comes, once, to them alone, whatever breaks meanwhile."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.accounts.handles import bind_handle
from hub.accounts.letters import (
    LIVES,
    ask_reset,
    ask_verification,
    confirm_address,
    is_due,
    is_verified,
    take_letter,
)
from hub.accounts.passwords import check_password
from hub.accounts.people import set_email, suspend
from hub.accounts.postman import Postman
from hub.accounts.registration import complete_reset
from hub.clock import from_micros
from hub.config import Config
from hub.config_people import MailSection
from hub.errors import Conflict, Refused
from hub.mail import Mail
from hub.people import Role
from tests.databases import OPERATOR, PUBLIC
from tests.hub.accounts.conftest import PASSWORD, House
from tests.servers.smtp import MailServer, text_of

NEW = "another four words"


@pytest.fixture
def ann(house: House) -> House:
    """A house in which Ann lives, whose address is verified."""
    house.has("ann", password=PASSWORD, email="ann@example.org")
    proves(house, "ann", "ann@example.org")
    return house


def proves(house: House, slug: str, address: str) -> None:
    house.do(bind_handle, OPERATOR, slug, "email", "", address, now=house.now)


def asks(house: House, wanted: str, language: str = "en") -> None:
    house.do(ask_reset, wanted, language=language, now=house.now)


def take(house: House) -> Mail | None:
    """Take the next letter as a postman would, and leave it at that."""
    found = house.do(take_letter, house.app.config, now=house.now)
    return found.mail if found else None


def waiting(house: House) -> int:
    return len(house.yard.rows("SELECT id FROM letter"))


def code_in(text: str, kind: str) -> str:
    found = re.search(rf"{re.escape(PUBLIC)}/{kind}/([\w-]+)\n", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize("wanted", ["ann", " ANN ", "ann@example.org", "Ann@Example.org"])
def test_a_link_goes_to_the_verified_address(ann: House, wanted: str) -> None:
    asks(ann, wanted)
    mail = take(ann)
    assert mail is not None
    assert mail.to == "ann@example.org"
    assert "Test" not in mail.text
    code = code_in(mail.text, "reset")
    ann.do(complete_reset, code, NEW, now=ann.now)
    person = ann.see(check_password, "ann", NEW, ann.now)
    assert person is not None
    assert person.slug == "ann"
    assert [act.detail for act in ann.acts("reset")] == ["by mail"]


def test_an_address_that_was_not_proved_gets_nothing(house: House) -> None:
    """Whoever it belongs to could take the account."""
    house.has("bob", password=PASSWORD, email="bob@example.org")
    for wanted in ("bob", "bob@example.org"):
        asks(house, wanted)
    assert take(house) is None
    assert waiting(house) == 0


@pytest.mark.parametrize("wanted", ["nobody", "nobody@example.org", "", "a\0b", "\ud800", "@"])
def test_a_letter_for_nobody_goes_away(ann: House, wanted: str) -> None:
    asks(ann, wanted)
    assert waiting(ann) == 1
    assert take(ann) is None
    assert waiting(ann) == 0


def test_somebody_suspended_gets_nothing(ann: House) -> None:
    asks(ann, "ann")
    ann.do(suspend, OPERATOR, "ann", now=ann.now)
    assert take(ann) is None


def test_nobody_is_flooded(ann: House) -> None:
    """Whoever asks, and under whichever of the names, there is one mail within ten minutes."""
    for wanted in ("ann", "ann@example.org", "ann"):
        asks(ann, wanted)
    assert take(ann) is not None
    assert take(ann) is None
    ann.waits(minutes=11)
    asks(ann, "ann")
    assert ann.see(is_due, ann.now)


def test_a_letter_that_was_not_sent_comes_again_less_and_less_often_for_a_day(ann: House) -> None:
    asks(ann, "ann")
    begun, pauses = ann.now, []
    while take(ann) is not None:
        ((due,),) = ann.yard.rows("SELECT due_at FROM letter")
        pauses.append((from_micros(due) - ann.now) // timedelta(minutes=1))
        ann.now = from_micros(due)
    assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert begun + LIVES <= ann.now <= begun + LIVES + timedelta(hours=1)
    assert waiting(ann) == 0
    assert len(ann.acts("reset")) == 1


def test_the_code_of_the_newest_mail_is_good(ann: House) -> None:
    asks(ann, "ann")
    first, _ = take(ann), ann.waits(minutes=2)
    second = take(ann)
    assert first is not None
    assert second is not None
    with pytest.raises(Refused):
        ann.do(complete_reset, code_in(first.text, "reset"), NEW, now=ann.now)
    ann.do(complete_reset, code_in(second.text, "reset"), NEW, now=ann.now)


def test_the_code_stands_nowhere(ann: House) -> None:
    asks(ann, "ann")
    mail = take(ann)
    assert mail is not None
    code = code_in(mail.text, "reset")
    for table in ("letter", "ticket", "event", "audit"):
        assert code not in str(ann.yard.rows(f"SELECT * FROM {table}"))


@pytest.mark.parametrize(
    ("spoken", "own", "word"),
    [("ko", "", "비밀번호"), ("en", "ko", "비밀번호"), ("ko", "en", "password")],
)
def test_a_letter_speaks_the_persons_language_or_that_of_who_asked(
    house: House, spoken: str, own: str, word: str
) -> None:
    house.has("ann", password=PASSWORD, email="ann@example.org", language=own)
    proves(house, "ann", "ann@example.org")
    asks(house, "ann", spoken)
    mail = take(house)
    assert mail is not None
    assert word in mail.subject
    assert word in mail.text


def test_an_address_is_proved_by_its_link(house: House) -> None:
    house.has("bob", password=PASSWORD, email="Bob@example.org")
    assert house.do(ask_verification, "bob", language="en", now=house.now)
    assert not house.see(is_verified, house.person("bob"))
    mail = take(house)
    assert mail is not None
    assert mail.to == "Bob@example.org"
    code = code_in(mail.text, "verify")
    house.do(confirm_address, code, now=house.now)
    assert house.see(is_verified, house.person("bob"))
    assert house.see(check_password, "bob@EXAMPLE.org", PASSWORD, house.now) is not None
    with pytest.raises(Refused):
        house.do(confirm_address, code, now=house.now)
    assert not house.do(ask_verification, "bob", language="en", now=house.now)


def test_an_address_that_changed_meanwhile_is_not_written_to(house: House) -> None:
    house.has("bob", email="bob@example.org")
    house.do(ask_verification, "bob", language="en", now=house.now)
    house.do(set_email, OPERATOR, "bob", "other@example.org", now=house.now)
    assert take(house) is None
    assert house.do(ask_verification, "bob", language="en", now=house.now)
    mail = take(house)
    assert mail is not None
    assert mail.to == "other@example.org"


def test_an_address_of_somebody_else_can_not_be_taken(ann: House) -> None:
    ann.has("bob", email="ann@example.org")
    ann.do(ask_verification, "bob", language="en", now=ann.now)
    mail = take(ann)
    assert mail is not None
    with pytest.raises(Conflict):
        ann.do(confirm_address, code_in(mail.text, "verify"), now=ann.now)


def test_erasing_or_suspending_takes_the_letters(house: House) -> None:
    house.has("moss", Role.ADMINISTRATOR)
    house.has("bob", email="bob@example.org")
    house.do(ask_verification, "bob", language="en", now=house.now)
    house.do(suspend, OPERATOR, "bob", now=house.now)
    assert waiting(house) == 0
    assert house.yard.problems == []


def by(house: House, server: MailServer) -> Postman:
    """A postman of a process whose clock is the house's."""
    config = Config.model_validate(
        house.app.config.model_dump() | {"mail": MailSection.model_validate(server.section)}
    )
    clock: Callable[[], object] = lambda: house.now  # noqa: E731
    return Postman(replace(house.app, config=config, clock=clock))  # type: ignore[arg-type]


def delivers(postman: Postman) -> None:
    """Let a postman do all that is due."""

    async def run() -> None:
        while await postman.deliver():
            pass

    asyncio.run(run())


def test_a_postman_brings_what_waits_once(ann: House, tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        asks(ann, "ann")
        delivers(by(ann, server))
        delivers(by(ann, server))
        (mail,) = server.taken
    assert mail["To"] == "ann@example.org"
    code_in(text_of(mail).replace("\r\n", "\n"), "reset")
    assert waiting(ann) == 0


def test_a_server_that_is_away_loses_nothing(ann: House, tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        postman = by(ann, server)
        server.stop()
        asks(ann, "ann")
        delivers(postman)
        assert waiting(ann) == 1
        assert postman.app.metrics.value("madang_mail_failures_total") == 1
        server.start()
        server.answers.append("451 greylisted")
        ann.waits(minutes=1)
        delivers(postman)
        assert (server.taken, waiting(ann)) == ([], 1)
        ann.waits(minutes=2)
        delivers(postman)
        assert (len(server.taken), waiting(ann)) == (1, 0)
        assert postman.app.metrics.value("madang_mails_total") == 1


def test_an_address_that_does_not_exist_stops_nobody_elses_mail(ann: House, tmp_path: Path) -> None:
    ann.has("bob")
    proves(ann, "bob", "bob@example.org")
    with MailServer(tmp_path) as server:
        server.answers.append("550 no such mailbox")
        asks(ann, "ann")
        asks(ann, "bob")
        delivers(by(ann, server))
        assert [mail["To"] for mail in server.taken] == ["bob@example.org"]
    assert waiting(ann) == 0
