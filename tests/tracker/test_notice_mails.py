"""What happens to stories is mailed to who wants it: at once or once a day, to nobody who may not know."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from hub.accounts.handles import bind_handle
from hub.accounts.letters import take_letter
from hub.accounts.people import set_email, set_language, suspend
from hub.accounts.postman import Postman
from hub.config_people import MailSection
from hub.notices.choices import choose, choose_hour, mute
from hub.notices.inbox import mark
from hub.notices.letters import letter_writers
from hub.notices.reasons import How, Reason
from tests.databases import OPERATOR, PUBLIC
from tests.servers.smtp import MailServer, text_of
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tests.tracker.test_inbox import Inboxes
from tracker.readers import add_reader, remove_reader
from tracker.stories import StoryEdit, edit_story


class Mailed(Inboxes):
    """A community of which bob reads mails, sent by a real server."""

    def __init__(self, community: Community, server: MailServer) -> None:
        app = community.app
        self.server = server
        section = MailSection.model_validate(server.section)
        config = app.config.model_copy(update={"mail": section})
        hub = Community(replace(app, config=config, clock=lambda: hub.now), community.now)
        super().__init__(hub)
        self.reads("bob")

    def reads(self, slug: str) -> None:
        """Let somebody have an address that they have proved to read."""
        address = f"{slug}@example.org"
        self.hub.does(lambda s, now: set_email(s, OPERATOR, slug, address, now=now))
        self.hub.does(lambda s, now: bind_handle(s, OPERATOR, slug, "email", "", address, now=now))

    def wants(self, slug: str, how: How, *reasons: Reason) -> None:
        """Choose how somebody hears."""
        number = self.hub.number(slug)
        chosen = dict.fromkeys(reasons or tuple(Reason), how)
        self.hub.does(lambda s, _now: choose(s, number, chosen))

    def waits(self, minutes: int) -> None:
        """Let time go on."""
        self.hub.now += timedelta(minutes=minutes)

    @property
    def postman(self) -> Postman:
        """A new postman, as after a restart."""
        return Postman(self.hub.app, letter_writers(self.hub.app))

    def mails(self) -> list[EmailMessage]:
        """Let all that is due be sent; return what came."""
        self.settle()
        before = len(self.server.taken)

        async def deliver() -> None:
            while await self.postman.deliver():
                pass

        asyncio.run(deliver())
        return self.server.taken[before:]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """An SMTP server."""
    with MailServer(tmp_path / "smtp") as running:
        yield running


@pytest.fixture
def mailed(community: Community, server: MailServer) -> Mailed:
    """On each kind of database."""
    return Mailed(community, server)


@pytest.fixture
def sqlite_mailed(sqlite_community: Community, server: MailServer) -> Mailed:
    """For what is the same on both."""
    return Mailed(sqlite_community, server)


def words(mail: EmailMessage) -> str:
    """Return a mail's text."""
    return text_of(mail).replace("\r\n", "\n")


def test_a_mail_at_once_tells_what_happened_and_is_part_of_a_thread(mailed: Mailed) -> None:
    mailed.wants("bob", How.NOW, Reason.AUTHOR)
    story = mailed.hub.story("The lid leaks", by="bob")
    mailed.says("cho", story, "Mine too.\nSince Monday.")
    mailed.says("dan", story, "And mine")
    assert mailed.mails() == []  # it waits for what else happens
    mailed.waits(1)
    (mail,) = mailed.mails()
    assert mail["To"] == "bob@example.org"
    assert mail["Subject"].endswith("] Story 1: The lid leaks")
    assert "Cho commented:\n\n  Mine too.\n  Since Monday.\n" in words(mail)
    assert "Dan commented:\n\n  And mine\n" in words(mail)
    assert f"{PUBLIC}/story/1#comment-2\n" in words(mail)
    assert "because: you filed it" in words(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["References"] == mail["In-Reply-To"] == "<story.1@example.org>"
    mailed.says("cho", story, "Still")
    mailed.waits(1)
    (second,) = mailed.mails()
    assert "Mine too" not in words(second)
    assert second["References"] == mail["References"]
    assert second["Message-ID"] != mail["Message-ID"]
    assert mailed.mails() == []


def test_a_digest_comes_once_a_day_at_ones_own_hour(mailed: Mailed) -> None:
    mailed.wants("bob", How.DAILY)
    bob = mailed.hub.number("bob")
    mailed.hub.does(lambda s, _now: choose_hour(s, bob, 7, "Asia/Seoul"))  # 22:00 UTC
    for title in ("The lid leaks", "Salt is low"):
        mailed.says("cho", mailed.hub.story(title, by="bob"))
    mailed.waits(50)
    assert mailed.mails() == []  # 21:50 UTC
    mailed.waits(15)
    (mail,) = mailed.mails()
    assert "2 things have news" in mail["Subject"]
    assert "The lid leaks" in words(mail)
    assert "Salt is low" in words(mail)
    assert "  Cho commented\n" in words(mail)
    mailed.says("cho", 1)
    mailed.waits(24 * 60)
    (second,) = mailed.mails()
    assert "Salt is low" not in words(second)
    mailed.waits(24 * 60)
    assert mailed.mails() == []


def test_no_private_text_goes_to_who_lost_the_right_meanwhile(mailed: Mailed) -> None:
    hub = mailed.hub
    mailed.reads("cho")
    for how in (How.NOW, How.DAILY):
        mailed.wants("cho", how)
        story, cho = hub.story("A secret", by="bob", is_private=True), hub.number("cho")
        bob = hub.actor("bob")
        hub.does(lambda s, now: add_reader(s, bob, story, person_id=cho, now=now))  # noqa: B023
        mailed.says("bob", story, "@cho, look")
        mailed.settle()
        hub.does(lambda s, now: remove_reader(s, bob, story, person_id=cho, now=now))  # noqa: B023
        mailed.waits(25 * 60)
        assert mailed.mails() == []


def test_what_became_private_is_mailed_to_nobody_else(sqlite_mailed: Mailed) -> None:
    mailed, hub = sqlite_mailed, sqlite_mailed.hub
    mailed.reads("cho")
    mailed.wants("cho", How.NOW)
    story = hub.story("A leak", by="bob", description="@cho knows")
    mailed.settle()
    bob = hub.actor("bob")
    hub.does(lambda s, now: edit_story(s, bob, story, StoryEdit(is_private=True), now=now))
    mailed.waits(5)
    assert mailed.mails() == []


def test_what_was_read_muted_or_chosen_otherwise_is_not_mailed(sqlite_mailed: Mailed) -> None:
    mailed, hub = sqlite_mailed, sqlite_mailed.hub
    bob = hub.number("bob")
    for number in (1, 2, 3):
        mailed.wants("bob", How.NOW)
        story = hub.story(f"Story number {number}", by="bob")
        mailed.says("cho", story)
        mailed.settle()
        if number == 1:
            hub.does(lambda s, _now: mark(s, bob, 1, is_read=True))
        elif number == 2:
            hub.does(lambda s, now: mute(s, bob, "story:2", muted=True, now=now))
        else:
            mailed.wants("bob", How.INBOX)
        mailed.waits(5)
        assert mailed.mails() == [], number


def test_only_who_is_there_and_reads_their_address_is_written_to(sqlite_mailed: Mailed) -> None:
    mailed, hub = sqlite_mailed, sqlite_mailed.hub
    mailed.wants("bob", How.NOW)
    mailed.wants("dan", How.NOW)
    hub.does(lambda s, now: set_email(s, OPERATOR, "dan", "dan@example.org", now=now))
    story = hub.story(by="dan")
    mailed.says("bob", story)
    mailed.says("cho", story)
    hub.does(lambda s, now: suspend(s, OPERATOR, "bob", now=now))
    mailed.waits(5)
    assert mailed.mails() == []


def test_a_restart_sends_nothing_twice_and_loses_nothing(mailed: Mailed) -> None:
    mailed.wants("bob", How.NOW)
    story = mailed.hub.story(by="bob")
    mailed.says("cho", story, "First")
    mailed.waits(1)
    assert len(mailed.mails()) == 1
    assert mailed.mails() == []
    mailed.says("cho", story, "Second")
    mailed.settle()
    mailed.waits(1)
    app = mailed.hub.app
    killed = app.db.write(  # taken, and killed before it was sent
        lambda s: take_letter(s, app.config, writers=letter_writers(app), now=mailed.hub.now)
    )
    assert killed is not None
    mailed.says("cho", story, "Third")
    mailed.waits(5)
    second, third = sorted(mailed.mails(), key=lambda mail: "Third" in words(mail))
    assert ("Second" in words(second), "Third" in words(second)) == (True, False)
    assert "Third" in words(third)
    assert second["Message-ID"].startswith(f"<{killed.mail.name}@")
    assert mailed.mails() == []


def test_a_worker_that_was_away_for_days_still_sends(sqlite_mailed: Mailed) -> None:
    mailed = sqlite_mailed
    mailed.wants("bob", How.NOW)
    mailed.says("cho", mailed.hub.story(by="bob"))
    mailed.settle()
    mailed.waits(3 * 24 * 60)
    assert len(mailed.mails()) == 1


def test_a_mail_speaks_its_readers_language(sqlite_mailed: Mailed) -> None:
    mailed = sqlite_mailed
    mailed.wants("bob", How.NOW)
    mailed.hub.does(lambda s, now: set_language(s, OPERATOR, "bob", "ko", now=now))
    mailed.says("cho", mailed.hub.story(by="bob"))
    mailed.waits(1)
    (mail,) = mailed.mails()
    assert "등록한 것" in words(mail)
    assert "You hear" not in words(mail)


def test_one_click_ends_the_mails_without_a_login(sqlite_mailed: Mailed) -> None:
    mailed, hub = sqlite_mailed, sqlite_mailed.hub
    mailed.wants("bob", How.NOW, Reason.AUTHOR)
    mailed.wants("bob", How.DAILY, Reason.TEAM)
    mailed.says("cho", hub.story(by="bob"))
    mailed.waits(1)
    (mail,) = mailed.mails()
    found = re.fullmatch(rf"<{re.escape(PUBLIC)}(/unsubscribe/\S+)>", mail["List-Unsubscribe"])
    assert found is not None
    guest = Reader(hub).client
    assert "Shall nothing be mailed" in guest.get(found[1]).text
    mailed.says("cho", 1)
    mailed.waits(1)
    assert len(mailed.mails()) == 1  # to look changes nothing
    answer = guest.post(found[1], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert guest.post(found[1], files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    mailed.says("cho", 1)
    mailed.waits(5)
    assert mailed.mails() == []
    assert mailed.unread("bob") == 1
    assert Reader(hub, "bob").get("/me/notices").text.count('value="daily" selected') == 1
    assert guest.post(f"{found[1]}x").status_code == 403
    assert guest.get("/unsubscribe/nonsense").status_code == 403
    assert Reader(hub, "bob").client.post(found[1]).status_code == 403
