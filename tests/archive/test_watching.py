"""How the bots stand to a channel, in words that a reader understands."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.watch import Watch
from archive.watching import states, told
from hub.recorder import Presence, Standing
from tests.databases import CHANNEL, Yard

AT = datetime(2021, 5, 12, 21, 0, tzinfo=UTC)


def watch(state: str, *, slot: int = 0, reason: str = "", retry_s: int | None = None) -> Watch:
    """Return how a bot stands since AT."""
    retry_at = None if retry_s is None else AT + timedelta(seconds=retry_s)
    return Watch(slot, state, reason, AT, AT, retry_at)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (watch("refused", reason="+k", retry_s=300),
         "The bot may not join: +k; next try 2021-05-12 21:05 UTC"),
        (watch("kicked", reason="no bots \u202ehere"), "The bot was kicked: no bots \ufffdhere"),
        (watch("left"), "The bot has left"),
        (watch("lost"), "The bot has been away since 2021-05-12 21:00 UTC"),
    ],
)  # fmt: skip
def test_trouble_is_told_with_its_reason_and_the_next_try(found: Watch, words: str) -> None:
    state = told([found], [0])
    assert (state.good, state.words) == (False, words)


def test_one_living_bot_that_listens_is_enough() -> None:
    found = [watch("kicked"), watch("joined", slot=1)]
    assert told(found, [0, 1]).words == "Logged live since 2021-05-12 21:00 UTC"
    assert not told(found, [0]).good


def test_a_channel_is_live_while_its_bot_is(yard: Yard) -> None:
    yard.joins(CHANNEL)
    read = yard.app.db.read
    (state,) = dict(read(lambda s: states(s, yard.now))).popitem()[1]
    assert state.good
    standing = Standing(CHANNEL, Presence.KICKED, "be quiet", yard.now)
    yard.app.db.write(lambda s: yard.bot().stand(s, standing))
    (state,) = dict(read(lambda s: states(s, yard.now))).popitem()[1]
    assert state.words == "The bot was kicked: be quiet"
