"""What the meetings bring to the hub.

The pages are imported when a web server asks for them: no command needs them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from hub.agenda import AgendaPads
from hub.config import Config
from hub.filing import FileWish
from hub.irc import Effect
from hub.language import mark
from hub.module import Menus, Module, NavItem
from hub.reading import ChannelPast, ReadLog
from meetbot.addresses import ROOT
from meetbot.agenda_making import AgendaMaker
from meetbot.agenda_tables import AGENDA_TABLES
from meetbot.answers import COMMANDS
from meetbot.documents import DOCUMENTS, meeting_refs
from meetbot.forgetting import forget_redacted
from meetbot.import_command import add_import
from meetbot.live import LiveMeetings
from meetbot.minutes_command import add_minutes
from meetbot.now import WhatMeets
from meetbot.personal import PERSONAL
from meetbot.reminders import Reminders
from meetbot.schedule_import import add_schedule_import
from meetbot.schedule_tables import SCHEDULE_TABLES
from meetbot.series_command import add_series
from meetbot.tables import TABLES
from meetbot.timetable import Timetable

if TYPE_CHECKING:
    from hub.app import App


def meetbot(
    config: Config,
    read_log: ReadLog,
    past: ChannelPast,
    timetable: Timetable | None = None,
    file: FileWish | None = None,
    pads: AgendaPads | None = None,
) -> Module:
    """Build the meetings' module.

    read_log: reads log files, whatever their format. past: what was said in a channel before. timetable:
    where others see what comes, too. file: lets actions become stories. pads: lets meetings have agendas.
    """
    live = LiveMeetings(config, past, pads)
    timetable = timetable or Timetable()
    makers = AgendaMaker(config, timetable, pads) if pads else None
    reminders = Reminders(config, timetable, pads)

    def routes(app: "App") -> Sequence[Any]:
        from meetbot.agenda_views import agenda_routes
        from meetbot.schedule_views import schedule_routes
        from meetbot.views import meeting_routes

        return [
            *schedule_routes(app, timetable),
            *(agenda_routes(app, timetable, pads) if pads else ()),
            *meeting_routes(app, past, timetable, file, pads),
        ]

    def on_tick(app: "App", session: Session, network: str, now: datetime) -> Sequence[Effect]:
        return [
            *live.on_tick(app, session, network, now),
            *reminders.on_tick(app, session, network, now),
            *(makers.on_tick(session, network, now) if makers else ()),
        ]

    def add_cli(menus: Menus) -> None:
        add_minutes(menus, read_log)
        add_series(menus, past)
        add_import(menus, read_log, past)
        add_schedule_import(menus)

    return Module(
        name="meetbot",
        routes=routes,
        nav=(NavItem(mark("Meetings"), ROOT, "m"),),
        refs=(meeting_refs(config),),
        documents=DOCUMENTS,
        commands=COMMANDS,
        on_line=live.on_line,
        on_tick=on_tick,
        on_event={"line.redacted": forget_redacted},
        cli=add_cli,
        tables=(*TABLES, *SCHEDULE_TABLES, *AGENDA_TABLES),
        now=WhatMeets(past, timetable),
        personal=PERSONAL,
    )
