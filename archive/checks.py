"""What must always be true of the archive."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session

from hub.app import App
from hub.irc import REMOVED

# Both databases divide towards zero; days and seconds before 1970 are counted downwards.
_DAY = "((at - (at % 86400000000 + 86400000000) % 86400000000) / 86400000000)"
_SECOND = "((at - (at % 1000000 + 1000000) % 1000000) / 1000000)"

_DAYS = f"""
SELECT channel.name, t.day, t.lines, t.spoken
FROM (SELECT channel_id, day, sum(lines) AS lines, sum(spoken) AS spoken
      FROM (SELECT channel_id, {_DAY} AS day, count(*) AS lines,
                   sum(CASE WHEN kind IN ('say', 'action', 'notice') THEN 1 ELSE 0 END) AS spoken
            FROM line GROUP BY 1, 2
            UNION ALL SELECT channel_id, day, -lines, -spoken FROM day) AS counts
      GROUP BY channel_id, day) AS t
JOIN channel ON channel.id = t.channel_id
WHERE t.lines <> 0 OR t.spoken <> 0 LIMIT 20
"""  # noqa: S608 - constants of this file

_CHANNELS = """
SELECT channel.name, channel.lines, coalesce(sum(day.lines), 0) AS counted
FROM channel LEFT JOIN day ON day.channel_id = channel.id
GROUP BY channel.id, channel.name, channel.lines
HAVING channel.lines <> coalesce(sum(day.lines), 0) LIMIT 20
"""

_ANCHORS = f"""
SELECT channel.name, {_SECOND}, nth, count(*) FROM line JOIN channel ON channel.id = channel_id
GROUP BY channel.name, channel_id, {_SECOND}, nth HAVING count(*) > 1 LIMIT 20
"""  # noqa: S608 - constants of this file

_REDACTIONS = """
SELECT line_id FROM redaction JOIN line ON line.id = line_id WHERE line.text <> :removed LIMIT 20
"""


def check_archive(app: App, session: Session) -> Iterator[str]:
    """Totals equal a recount, anchors are unique, redacted texts are gone."""
    del app
    run = session.connection().execute
    for name, day, lines, spoken in run(sa.text(_DAYS)):
        yield f"{name}, day {day}: its totals are {-lines} lines ({-spoken} spoken) off."
    for name, total, counted in run(sa.text(_CHANNELS)):
        yield f"{name}: its total says {total} lines, its days {counted}."
    for name, second, nth, count in run(sa.text(_ANCHORS)):
        yield f"{name}: {count} lines share the anchor {nth} of second {second}."
    for (line_id,) in run(sa.text(_REDACTIONS), {"removed": REMOVED}):
        yield f"Line {line_id} was redacted, but its text is still there."
