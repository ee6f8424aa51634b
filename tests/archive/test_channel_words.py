"""What pages say about a channel and its days in words, and where they lead who wants to read now."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.answers import COMMANDS
from archive.store import merge
from archive.watch import LOST, claim_slot, note_absent, note_joined, process_token
from hub.irc import Kind
from hub.module import Question
from hub.people import operator
from tests.web.hub import CHANNEL, DAY, EVENING, NOW, Hub, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a short talk."""
    made = hub_in(tmp_path / "data")
    made.evening()
    yield made
    made.app.db.close()


def test_who_wants_to_read_now_lands_at_the_end_of_the_newest_day(hub: Hub) -> None:
    """From the yard, the channel's page, an older day, and the bot's answer."""
    hub.holds(hub.line("ann", "earlier", at=EVENING - timedelta(days=9)))
    client, link = hub.client(), f'href="{CHANNEL}latest.log.html#end"'
    older = DAY.replace("05-12", "05-03")
    for path in ("/", CHANNEL, older):
        assert link in client.get(path).text, path
    assert 'id="end"' in client.get(DAY).text
    log = next(command for command in COMMANDS if command.name == "log")
    question = Question("net", "#yard", operator("ann"), "ann", "")
    told = hub.app.db.read(lambda s: log.answer(hub.app, s, question))
    assert told.endswith(f"{CHANNEL}latest.log.html#end")


def test_a_channel_that_was_only_imported_is_no_trouble(hub: Hub) -> None:
    hub.app.db.write(lambda s: merge(s, "net", "#old", [hub.line("ann", "hi", channel="#old")]))
    page = hub.client().get("/irclogs/%23old/").text
    assert '<p class="state quiet">Imported; not logged here.</p>' in page
    assert "not logged any more" not in page.lower()


def test_a_channel_taken_out_of_the_configuration_is_not_waited_for(hub: Hub) -> None:
    """Unlike one that the bot was invited to, where it comes back."""
    app = hub.app
    slot = app.db.write(lambda s: claim_slot(s, "net", process_token(), NOW))
    for channel, invited in (("#gone", False), ("#guest", True)):
        hub.holds(hub.line("ann", "hi", channel=channel))
        app.db.write(lambda s, c=channel, i=invited: note_joined(s, "net", c, slot, NOW, invited=i))  # type: ignore[misc]
        app.db.write(
            lambda s, c=channel: note_absent(  # type: ignore[misc]
                s, "net", c, slot, LOST, "", at=NOW, retry_at=None
            )
        )
    client = hub.client()
    assert "Not logged any more; what is here stays." in client.get("/irclogs/%23gone/").text
    assert "The bot has been away since" in client.get("/irclogs/%23guest/").text


def test_a_channel_where_nobody_spoke_counts_nothing(hub: Hub) -> None:
    hub.holds(hub.line("zed", kind=Kind.JOIN, channel="#new", at=NOW))
    page = hub.client().get("/irclogs/%23new/").text
    assert "0 messages" not in page
    assert "Nobody has spoken here yet" in page
    assert 'class="h0" href="%23new.2021-05-13.log.html" title="2021-05-13: nobody spoke"' in page
    assert "nobody has spoken yet" in hub.client().get("/irclogs/").text


def test_the_only_day_is_called_so(hub: Hub) -> None:
    page = hub.client().get(DAY).text
    assert page.count("only day") == 2
    assert "first day" not in page
    assert "newest day" not in page
    hub.holds(hub.line("ann", "later", at=NOW))
    page = hub.client().get(DAY).text
    assert "first day" in page
    assert "only day" not in page
