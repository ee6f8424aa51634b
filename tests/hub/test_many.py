"""Many values as one parameter, alike on both kinds of databases."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.app import App
from hub.many import among, many, rows_by_id
from hub.tables import EventRow, SettingRow


def fill(session: Session, names: list[str]) -> None:
    """Write settings of these names."""
    session.add_all([SettingRow(name=name, value=name.upper()) for name in names])


def found(app: App, names: list[str]) -> list[str]:
    """Return which of these names there are."""
    query = select(SettingRow.name).where(among(col(SettingRow.name), names))
    return sorted(app.db.read(lambda s: list(s.exec(query))))


def test_all_that_are_there_are_found(app: App) -> None:
    odd = [
        "many a",
        "many 마당",
        'many "quoted"',
        "many back\\slash",
        "many it's",
        "many {1,2}",
        "many null",
    ]
    app.db.write(lambda s: fill(s, odd))
    assert found(app, [*odd, "many none"]) == sorted(odd)
    assert found(app, []) == []
    assert found(app, [f"many {n}" for n in range(40_000)] + ["many a"]) == ["many a"]


def test_it_can_be_turned_round_and_combined(app: App) -> None:
    app.db.write(lambda s: fill(s, ["round a", "round b", "round c"]))
    name = col(SettingRow.name)
    query = select(SettingRow.name).where(name.startswith("round"), ~among(name, ["round b"]))
    assert sorted(app.db.read(lambda s: list(s.exec(query)))) == ["round a", "round c"]


def test_one_statement_serves_any_number_of_values(app: App) -> None:
    app.db.write(lambda s: fill(s, ["one a", "one b"]))
    query = sa.select(col(SettingRow.name)).where(
        among(col(SettingRow.name), many("names", sa.Text))
    )

    def asked(session: Session, names: list[str]) -> list[str]:
        return sorted(session.connection().execute(query, {"names": names}).scalars())

    for names in (["one a"], ["one a", "one b"], []):
        assert app.db.read(lambda s, names=names: asked(s, names)) == names


def test_an_index_is_walked(app: App) -> None:
    query = select(EventRow).where(among(col(EventRow.id), range(1, 50)))
    told = query.compile(app.db._reader, compile_kwargs={"literal_binds": False})
    if app.db.is_sqlite:
        plan = app.db.read(
            lambda s: s.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", ("[1]",)).all()
        )
        assert any("SEARCH event" in row[3] for row in plan), plan


def test_rows_that_are_held_cost_no_query(app: App) -> None:
    def look(session: Session) -> tuple[int, list[int | None]]:
        rows = [EventRow(at=1, name="many.happened", ref="x:1", actor="a") for _ in range(3)]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
        statements: list[object] = []
        connection = session.connection()
        sa.event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told))
        again = rows_by_id(session, EventRow, [*ids, None])
        return len(statements), sorted(row.id or 0 for row in again)

    asked, ids = app.db.write(look)
    assert asked == 0
    assert len(ids) == 3
    fresh = app.db.read(lambda s: sorted(r.id or 0 for r in rows_by_id(s, EventRow, [*ids, 10**9])))
    assert fresh == ids
