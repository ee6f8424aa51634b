"""What must always be true of schedules."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session

from hub.app import App
from meetbot.timetable import Timetable

_VERSIONS = """
SELECT series.slug, schedule.revision, count(version.revision), coalesce(max(version.revision), 0)
FROM schedule JOIN series ON series.id = schedule.series_id
LEFT JOIN schedule_version AS version ON version.series_id = schedule.series_id
GROUP BY series.slug, schedule.series_id, schedule.revision
HAVING count(version.revision) <> schedule.revision
    OR coalesce(max(version.revision), 0) <> schedule.revision
LIMIT 20
"""

_TEXTS = """
SELECT series.slug FROM schedule JOIN series ON series.id = schedule.series_id
JOIN schedule_version AS version ON version.series_id = schedule.series_id
    AND version.revision = schedule.revision
WHERE version.text <> '' ORDER BY series.slug
"""


def check_schedules(app: App, session: Session) -> Iterator[str]:
    """Each schedule has all its versions, and the one that counts can be read."""
    del app
    run = session.connection().execute
    for slug, revision, count, last in run(sa.text(_VERSIONS)):
        yield f"{slug}: its schedule is version {revision}, but {count} are kept, up to {last}."
    read = {scheduled.series.slug for scheduled in Timetable().all(session)}
    for (slug,) in run(sa.text(_TEXTS)):
        if slug not in read:
            yield f"{slug}: its schedule can't be read. Mend it at /meetings/{slug}/schedule."
