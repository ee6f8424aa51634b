"""The sample's schedules: there is always something to come, and loading them again changes nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.app import App
from meetbot.sample_schedules import load_sample_schedules, sample_schedules
from meetbot.schedule_text import read_schedule
from meetbot.timetable import Timetable, coming_meetings

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def test_the_sample_is_loaded_once(sqlite_app: App) -> None:
    def load(at: datetime) -> int:
        return sqlite_app.db.write(lambda s: load_sample_schedules(s, at))

    assert load(NOW) == 3
    assert load(NOW + timedelta(days=40)) == 0
    found = sqlite_app.db.read(
        lambda s: coming_meetings(Timetable(), sqlite_app.config, s, NOW, 10)
    )
    assert len(found) == 3
    assert {meeting.channel for meeting in found} == {"#madang", "#madang-dev", "#마당-한국어"}
    assert found[0].at == datetime(2026, 11, 23, 14, tzinfo=UTC)
    korean = [meeting.at for meeting in found if meeting.channel == "#마당-한국어"]
    assert korean[0] == datetime(2026, 12, 2, 12, tzinfo=UTC)


@given(st.integers(1_600_000_000, 2_000_000_000))
def test_the_sample_reads_without_a_problem_at_any_time(second: int) -> None:
    for _, text in sample_schedules(datetime.fromtimestamp(second, UTC)):
        assert not read_schedule(text).problems
