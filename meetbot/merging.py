"""What becomes of a series' schedule when the series goes, or becomes a part of another."""

from sqlmodel import Session, col, update

from meetbot.schedule_tables import ScheduleRow, ScheduleVersionRow


def move_schedule(session: Session, gone_id: int, into_id: int) -> None:
    """Give one series' schedule with its history to another, if that has none; it is lost otherwise."""
    if session.get(ScheduleRow, into_id) is not None:
        return
    session.flush()
    for table in (ScheduleRow, ScheduleVersionRow):
        moved = update(table).where(col(table.series_id) == gone_id).values(series_id=into_id)
        session.connection().execute(moved)


def has_schedule(session: Session, series_id: int) -> bool:
    """Tell whether a series has a schedule, or had one."""
    return session.get(ScheduleRow, series_id) is not None
