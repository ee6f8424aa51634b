"""Meetings that are in the archive already are found in it."""

from datetime import UTC, datetime

from sqlmodel import Session

from archive.past import PAST
from archive.sample_community import load_sample
from meetbot import queries
from meetbot.actions import leave_behind
from meetbot.addresses import MeetingKey
from meetbot.gather import gather
from meetbot.rules import FILE_RULES
from meetbot.series import require_series
from meetbot.store import find_row
from meetbot.versions import read_log, read_version
from tests.databases import NETWORK, OPERATOR, PUBLIC, Yard

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
CHANNEL = "#madang-dev"


def gathered(session: Session) -> list[MeetingKey]:
    told = PAST.all(session, NETWORK, CHANNEL)
    return list(gather(session, told, FILE_RULES, OPERATOR, now=NOON))


def test_the_sample_communitys_meetings_are_gathered_once(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    keys = yard.app.db.write(gathered)
    assert [key.started_at.date().isoformat() for key in keys] == [
        "2026-02-09", "2026-02-16", "2026-02-23",
    ]  # fmt: skip
    assert {key.series for key in keys} == {"jangdokdae"}
    assert yard.app.db.write(gathered) == []


def test_an_action_of_one_meeting_is_closed_by_the_next(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    yard.app.db.write(gathered)
    series = yard.app.db.read(lambda s: require_series(s, "jangdokdae"))
    done = yard.app.db.read(lambda s: queries.closed_actions(s, series))
    assert len(done) == 5
    assert {action.closed_by for action in done} == {"nilufer"}
    still_open = yard.app.db.read(lambda s: queries.open_actions(s, series=series))
    assert [a.assignees for a in still_open if a.text.startswith("bori to merge")] == [
        ("bori", "wiktor")
    ]


def test_what_old_meetings_left_open_is_closed_but_of_the_newest(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    keys = yard.app.db.write(gathered)
    closed = yard.app.db.write(lambda s: leave_behind(s, OPERATOR, keys, now=NOON))
    assert closed == 1  # the poster
    left = yard.app.db.read(queries.open_actions)
    assert {action.meeting.key for action in left} == {keys[-1]}
    assert yard.app.db.write(lambda s: leave_behind(s, OPERATOR, keys, now=NOON)) == 0


def test_the_gathered_log_leads_to_the_archives_lines(yard: Yard) -> None:
    yard.app.db.write(lambda s: load_sample(s, NOON, network=NETWORK, public_url=PUBLIC))
    key = yard.app.db.write(gathered)[1]

    def read(session: Session) -> None:
        row = find_row(session, key)
        assert row is not None
        log = read_log(session, row)
        assert log[0].ref == f"line:{NETWORK}/{CHANNEL}/2026-02-16T14:00:08"
        assert all(logged.ref for logged in log)
        written = read_version(session, row, key.series, row.revision)
        assert written is not None
        (vote,) = written.votes
        assert dict(vote.ballots)["no, absolutely not"] == (
            "wiktor", "okra", "haneul", "bori", "pepper",
        )  # fmt: skip

    yard.app.db.read(read)
