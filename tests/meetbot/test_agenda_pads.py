"""Agendas: made before a meeting, gone through, closed with it once; what is left goes to the next one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from hub import bootstrap
from hub.bootstrap import build
from hub.consumers import catch_up
from hub.irc import Say
from hub.people import GUEST, operator
from hub.refs import backlinks
from meetbot.agenda_card import meets_at
from meetbot.agenda_tables import AgendaReadingRow, AgendaRow
from meetbot.agendas import Settings, keep_settings, make_agenda, open_agendas, settings_of
from meetbot.schedule_store import keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series, merge_series, require_series
from pad.agendas import agenda_pads, left_over, topics, with_carried
from pad.freezing import freeze
from pad.pads import begin_pad, find_pad, text_of
from tests.meetbot.pages import Meetings, meetings_in
from tests.pad.scribbles import write_texts
from tests.web.hub import NOW

OLGA = operator("olga")
SCHEDULE = """\
project: Swift Team Meeting
meeting_id: swift
schedule:
  - time: '2100'
    day: Thursday
    irc: yard
    network: net
    frequency: weekly
"""
TOPICS = "\n## Releases\n\n## Docs\n\n## Open discussion\n"
TEMPLATE = "---\ntags: template, agenda\n---\n# Swift {date}\n" + TOPICS
AT = datetime(2021, 5, 13, 21, 0, tzinfo=UTC)
PAD = "swift-2021-05-13"


class Hall(Meetings):
    """A hub with a series that has agendas."""

    def ticks(self, at: datetime) -> list[str]:
        """Let a bot's heart beat; what it says."""

        def work(session: Session) -> list[str]:
            return [
                effect.text
                for module in self.app.modules
                if module.on_tick is not None
                for effect in module.on_tick(self.app, session, "net", at)
                if isinstance(effect, Say)
            ]

        return self.app.db.write(work)

    def settles(self, template: str = "template", hours: int = 48, name: str = "swift") -> None:
        """Switch a series' agendas on."""

        def work(session: Session) -> None:
            wanted = Settings(True, template, hours)
            pads = agenda_pads(self.app.config)
            keep_settings(session, OLGA, make_series(session, name), wanted, pads, now=NOW)

        self.app.db.write(work)

    def plans(self) -> None:
        """Keep the schedule."""

        def work(session: Session) -> None:
            schedule = read_schedule(SCHEDULE).schedule
            keep_schedule(session, OLGA, make_series(session, "swift"), schedule, SCHEDULE, now=NOW)

        self.app.db.write(work)

    def writes(self, name: str, text: str) -> None:
        """Let a pad say something."""

        def work(session: Session) -> None:
            pad = find_pad(session, name)
            pad = pad or begin_pad(session, OLGA, name, access="open", now=NOW)
            write_texts(session, pad, text)

        self.app.db.write(work)

    def text(self, name: str = PAD) -> str:
        """What a pad says."""

        def look(session: Session) -> str:
            pad = find_pad(session, name)
            assert pad is not None, name
            return text_of(session, pad)

        return self.app.db.read(look)

    def names(self) -> list[str]:
        """The agendas that there are."""
        return self.app.db.read(
            lambda s: [row.pad for row in s.exec(select(AgendaRow).order_by(AgendaRow.at))]  # type: ignore[arg-type]
        )

    def told(self, nick: str, text: str) -> list[str]:
        """Let somebody speak; what the bot says in the channel."""
        return [e.text for e in self.says(nick, text) if isinstance(e, Say) and not e.notice]


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[Hall]:
    """A hub with a schedule, a template, and agendas switched on."""
    settings = {"data_dir": str(tmp_path / "data"), "base_url": "https://hub.example.org"}
    hall = Hall(meetings_in(tmp_path / "data", database_url, hub=settings).app)
    hall.writes("template", TEMPLATE)
    hall.plans()
    hall.settles()
    hall.at = AT
    yield hall
    hall.app.db.close()


AGENDA = (
    "# Swift 2021-05-13\n\n## Releases\n\n- [ ] tag it @bob\n- [x] write notes\n\n## Docs\n\nold pages\n\n"
    "## Open discussion\n"
)


def test_topics_are_the_headings_of_two_levels_but_for_the_title() -> None:
    text = "---\na: b\n---\n# Title\n## One #\n### deeper\n```\n## code\n```\n# Two\n##  셋  \n##\n"
    assert list(topics(text)) == ["One", "Two", "셋"]
    assert list(topics("## One\n# Two\n")) == ["One", "Two"]
    assert list(topics("")) == []


def test_left_over_is_what_was_not_reached_and_what_is_still_open() -> None:
    assert left_over(AGENDA, ["releases"]) == (
        "## Still open\n\n- [ ] tag it @bob\n\n## Docs\n\nold pages\n\n## Open discussion\n"
    )
    assert left_over(AGENDA, ["Releases", "Docs", "Open  Discussion"]) == (
        "## Still open\n\n- [ ] tag it @bob\n"
    )
    assert left_over("# T\n\n## A\n", ["A"]) == ""


def test_what_is_carried_goes_below_the_same_heading_and_not_twice() -> None:
    left = left_over(AGENDA, ["Releases"])
    fresh = "# Swift 2021-05-20\n\n## Releases\n\n## Docs\n\n## Open discussion\n"
    once = with_carried(fresh, left)
    assert once == (
        "# Swift 2021-05-20\n\n## Releases\n\n## Docs\n\nold pages\n\n## Open discussion\n\n"
        "## Still open\n\n- [ ] tag it @bob\n"
    )
    assert with_carried(once, left) == once


def test_the_heartbeat_makes_the_agenda_hours_before_once(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=49))
    assert hall.names() == []
    for _ in range(2):
        hall.ticks(AT - timedelta(hours=47))
    assert hall.names() == [f"pad:{PAD}"]
    assert (
        hall.text()
        == "---\ntags: agenda\n---\n# Swift 2021-05-13\n\n## Releases\n\n## Docs\n\n## Open discussion\n"
    )


def test_the_reminder_tells_the_agenda(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))
    (told,) = hall.ticks(AT - timedelta(minutes=14))
    assert told.endswith(f"Agenda: https://hub.example.org/p/{PAD}")


def test_the_series_page_leads_to_the_next_agenda(hall: Hall) -> None:
    hall.holds_meeting()
    hall.ticks(AT - timedelta(hours=47))
    page = hall.client().get("/meetings/swift/").text
    assert f'href="/p/{PAD}"' in page
    listed = hall.client().get("/meetings/swift/agenda").text
    assert f'href="/p/{PAD}"' in listed
    assert 'name="template"' not in listed


def test_a_meeting_is_held_by_its_agenda_and_closes_it(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=47))
    hall.writes(PAD, AGENDA)
    told = hall.told("ann", "#startmeeting swift")
    assert f"Agenda: https://hub.example.org/p/{PAD} (#next goes on to its next topic)" in told
    pad_page = hall.client().get(f"/p/{PAD}").text
    assert 'class="running"' in pad_page
    assert "/meetings/swift/2021/swift.2021-05-13-21.00.html" in pad_page
    minutes = hall.client().get("/meetings/swift/2021/swift.2021-05-13-21.00.html").text
    assert f'<a href="/p/{PAD}">Agenda</a>' in minutes
    hall.talk("ann #next", "ann #agreed we release", "ann #action bob tags *it*", "ann #endmeeting")
    text = hall.text()
    assert text.startswith(AGENDA.rstrip())
    assert text.count("## Minutes of ") == 1
    assert "- **Releases**\n  - AGREED: we release" in text
    assert "- bob tags \\*it\\*" in text
    assert "https://hub.example.org/meetings/swift/2021/swift.2021-05-13-21.00.html" in text
    frozen = hall.app.db.read(lambda s: find_pad(s, PAD))
    assert frozen is not None
    assert frozen.frozen is not None
    assert frozen.frozen.why == "as of swift.2021-05-13-21.00"
    assert "as of swift.2021-05-13-21.00" in hall.client().get(f"/p/{PAD}/timeslider").text
    assert 'class="running"' not in hall.client().get(f"/p/{PAD}").text
    hall.ticks(AT + timedelta(days=6))
    assert hall.text("swift-2021-05-20") == (
        "---\ntags: agenda\n---\n# Swift 2021-05-20\n\n## Releases\n\n## Docs\n\nold pages\n\n"
        "## Open discussion\n\n## Still open\n\n- [ ] tag it @bob\n"
    )
    assert hall.app.db.read(lambda s: s.exec(select(AgendaReadingRow)).all()) == []


def test_what_is_left_goes_into_the_next_agenda_that_is_there_already(hall: Hall) -> None:
    hall.settles(hours=24 * 10)
    hall.ticks(AT - timedelta(hours=1))
    assert hall.names() == [f"pad:{PAD}", "pad:swift-2021-05-20"]
    hall.writes(PAD, AGENDA)
    hall.talk("ann #startmeeting swift", "ann #next", "ann #endmeeting")
    assert hall.text("swift-2021-05-20").count("- [ ] tag it @bob") == 1
    hall.ticks(AT + timedelta(days=6))
    assert hall.text("swift-2021-05-20").count("- [ ] tag it @bob") == 1


def test_startmeeting_makes_the_agenda_that_is_missing(hall: Hall) -> None:
    hall.settles(template="", name="retro")
    hall.talk("ann #startmeeting retro")
    assert hall.names() == ["pad:retro-2021-05-13"]
    assert "## Announcements" in hall.text("retro-2021-05-13")
    hall.talk("ann #next")
    page = hall.client().get("/meetings/retro/2021/retro.2021-05-13-21.00.html").text
    assert "Announcements" in page


def test_a_series_without_agendas_makes_none(hall: Hall) -> None:
    told = hall.told("ann", "#startmeeting other")
    assert hall.names() == []
    assert not any("Agenda" in line for line in told)
    assert hall.told("ann", "#next") == [
        "There is no agenda with topics to go by. #topic TEXT goes on to a topic."
    ]


def again(hall: Hall) -> Hall:
    """Return the same hub as another process has it: it knows nothing that is not stored."""
    other = Hall(build(hall.app.config, clock=hall.app.clock))
    other.at = hall.at
    return other


def test_after_a_restart_the_meeting_is_the_same_however_the_pad_has_changed(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))
    hall.talk("ann #startmeeting swift", "ann #next")
    hall.writes(PAD, "# Swift\n\n## Another\n\n## Docs\n")
    restarted = again(hall)
    restarted.talk("ann #info still here")
    page = "/meetings/swift/2021/swift.2021-05-13-21.00.txt"
    first = restarted.client().get(page).text
    assert "* Releases  (ann" in first
    restarted.talk("ann #next")
    third = again(restarted)
    third.talk("ann #next")
    text = third.client().get(page).text
    assert [topic in text for topic in ("* Releases", "* Another", "* Docs")] == [True] * 3
    third.app.db.close()
    restarted.app.db.close()


def test_two_bots_close_an_agenda_once(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))
    hall.talk("ann #startmeeting swift", "ann #next")
    other = again(hall)
    hall.talk("ann #endmeeting")
    other.ticks(hall.at + timedelta(hours=3))
    hall.ticks(hall.at + timedelta(hours=3))
    assert hall.text().count("## Minutes of ") == 1
    other.app.db.close()


def test_what_fails_half_way_leaves_nothing(hall: Hall) -> None:
    """A process that dies before the commit has closed nothing; the next one does it, once."""
    hall.ticks(AT - timedelta(hours=1))
    hall.talk("ann #startmeeting swift")
    before = hall.text()

    class Died(Exception):
        pass

    def dies(session: Session) -> None:
        for module in hall.app.modules:
            if module.on_tick is not None:
                module.on_tick(hall.app, session, "net", hall.at + timedelta(hours=3))
        raise Died

    with pytest.raises(Died):
        hall.app.db.write(dies)
    assert hall.text() == before
    other = again(hall)
    other.ticks(hall.at + timedelta(hours=3))
    assert other.text().count("## Minutes of ") == 1
    other.app.db.close()


def test_a_meeting_in_private_leaves_no_minutes_in_the_pad(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))
    hall.talk("ann #startmeeting swift", "ann #restrictlogs")
    assert "/meetings/swift/2021" not in hall.client().get(f"/p/{PAD}").text
    hall.talk("ann #agreed the secret", "ann #endmeeting")
    assert "secret" not in hall.text()
    assert hall.app.db.read(lambda s: meets_at(s, GUEST, f"pad:{PAD}")) is None


def test_an_aborted_meeting_leaves_the_agenda_for_the_next(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))
    hall.talk("ann #startmeeting swift", "ann #next", "ann #abortmeeting")
    series = hall.app.db.read(lambda s: require_series(s, "swift"))
    assert [each.pad for each in hall.app.db.read(lambda s: open_agendas(s, series.id))] == [
        f"pad:{PAD}"
    ]
    assert "## Minutes" not in hall.text()


def test_an_agenda_that_was_frozen_before_the_end_stays_as_it_is(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))
    hall.writes(PAD, AGENDA)
    hall.talk("ann #startmeeting swift", "ann #next")

    def end(session: Session) -> None:
        pad = find_pad(session, PAD)
        assert pad is not None
        freeze(session, pad, OLGA, NOW, "final")

    hall.app.db.write(end)
    hall.talk("ann #endmeeting")
    assert hall.text() == AGENDA
    hall.ticks(AT + timedelta(days=6))
    assert "- [ ] tag it @bob" in hall.text("swift-2021-05-20")


def test_where_the_next_agenda_is_frozen_the_one_after_gets_what_is_left(hall: Hall) -> None:
    hall.settles(hours=24 * 10)
    hall.ticks(AT - timedelta(hours=1))
    hall.writes(PAD, AGENDA)

    def end(session: Session) -> None:
        pad = find_pad(session, "swift-2021-05-20")
        assert pad is not None
        freeze(session, pad, OLGA, NOW)

    hall.app.db.write(end)
    hall.talk("ann #startmeeting swift", "ann #next", "ann #endmeeting")
    assert "tag it" not in hall.text("swift-2021-05-20")
    hall.ticks(AT + timedelta(days=8))
    assert hall.text("swift-2021-05-27").count("- [ ] tag it @bob") == 1


def test_a_pad_that_is_there_already_becomes_the_agenda(hall: Hall) -> None:
    hall.writes(PAD, "# Mine\n\n## Cake\n")
    hall.ticks(AT - timedelta(hours=1))
    assert hall.text() == "# Mine\n\n## Cake\n"
    hall.talk("ann #startmeeting swift", "ann #next")
    assert "Cake" in hall.client().get("/meetings/swift/2021/swift.2021-05-13-21.00.txt").text


def test_two_meetings_of_a_day_have_two_agendas(hall: Hall) -> None:
    pads = agenda_pads(hall.app.config)

    def make(session: Session, at: datetime) -> str:
        return make_agenda(session, require_series(session, "swift"), at, pads, now=NOW).pad

    found = [
        hall.app.db.write(lambda s, at=at: make(s, at)) for at in (AT, AT + timedelta(hours=1))
    ]
    assert found == [f"pad:{PAD}", "pad:swift-2021-05-13-2200"]


def test_chairs_say_how_a_series_has_its_agendas(hall: Hall) -> None:
    hall.holds_meeting()
    guest = hall.client()
    assert guest.post("/meetings/swift/agenda", data={"hours": "4"}).status_code == 403
    assert guest.post("/meetings/swift/agenda", data={"make": "1"}).status_code == 403
    chair = hall.chair(("edit", "series:swift"))
    assert 'name="template"' in chair.get("/meetings/swift/agenda").text
    wrong = chair.post(
        "/meetings/swift/agenda", data={"on": "1", "template": "no-such", "hours": "4"}
    )
    assert wrong.status_code == 400
    assert "There is no pad no-such." in wrong.text
    assert 'value="no-such"' in wrong.text
    assert chair.post("/meetings/swift/agenda", data={"hours": "x"}).status_code == 400
    right = chair.post(
        "/meetings/swift/agenda", data={"on": "1", "template": "template", "hours": "4"}
    )
    assert right.status_code == 303
    kept = hall.app.db.read(lambda s: settings_of(s, require_series(s, "swift")))
    assert kept == Settings(True, "template", 4)
    made = chair.post("/meetings/swift/agenda", data={"make": "1"})
    assert made.headers["location"] == f"/p/{PAD}"


def test_merged_series_keep_their_agendas(hall: Hall) -> None:
    hall.ticks(AT - timedelta(hours=1))

    def merge(session: Session) -> int:
        into = make_series(session, "storage")
        merge_series(session, OLGA, require_series(session, "swift"), into, now=NOW)
        return into.id

    into = hall.app.db.write(merge)
    assert len(hall.app.db.read(lambda s: open_agendas(s, into))) == 1
    assert hall.app.db.read(lambda s: settings_of(s, require_series(s, "storage"))).is_on


def test_a_link_to_a_pad_in_a_meeting_is_known_at_the_pad(hall: Hall) -> None:
    hall.writes("notes", "see here\n")
    hall.talk(
        "ann #startmeeting other", "ann #link https://hub.example.org/p/notes", "ann #endmeeting"
    )
    catch_up(hall.app, bootstrap.consumers(hall.app))
    found = hall.app.db.read(
        lambda s: [each.source for each in backlinks(s, "pad:notes", "pad:notes")]
    )
    assert "meeting:other/2021-05-13-21.00" in found
    assert "/meetings/other/2021/other.2021-05-13-21.00.html" in hall.client().get("/p/notes").text
