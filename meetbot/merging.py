"""What becomes of a series' schedule when the series goes, or becomes a part of another."""

from sqlmodel import Session, col, select, update

from meetbot.agenda_tables import AgendaRow, AgendaSettingRow
from meetbot.schedule_tables import ScheduleRow, ScheduleVersionRow


def move_schedule(session: Session, gone_id: int, into_id: int) -> None:
    """Give one series' schedule with its history to another, if that has none; it is lost otherwise."""
    if session.get(ScheduleRow, into_id) is not None:
        return
    session.flush()
    for table in (ScheduleRow, ScheduleVersionRow):
        moved = update(table).where(col(table.series_id) == gone_id).values(series_id=into_id)
        session.connection().execute(moved)


def move_agendas(session: Session, gone_id: int, into_id: int) -> None:
    """Give one series' agendas to another, with how it has them if that has not said so itself."""
    session.flush()
    times = set(session.exec(select(AgendaRow.at).where(AgendaRow.series_id == into_id)))
    for row in session.exec(select(AgendaRow).where(AgendaRow.series_id == gone_id)).all():
        if row.at not in times:  # two at one time: the pad stays, as a pad
            row.series_id = into_id
            session.add(row)
    session.flush()
    if session.get(AgendaSettingRow, into_id) is None:
        table = AgendaSettingRow
        moved = update(table).where(col(table.series_id) == gone_id).values(series_id=into_id)
        session.connection().execute(moved)


def has_schedule(session: Session, series_id: int) -> bool:
    """Tell whether a series has a schedule, or had one, or has agendas."""
    plans = (ScheduleRow, AgendaSettingRow)
    return any(session.get(table, series_id) is not None for table in plans)
