"""What came with an import, for those who tell of news."""

from sqlmodel import Session, select

from tracker.importing.tables import ImportedRow


def is_imported(session: Session, story_id: int, at: int) -> bool:
    """Tell whether what happened to a story then came with an import: that is no news."""
    taken = session.exec(
        select(ImportedRow.changed_at).where(
            ImportedRow.kind == "story", ImportedRow.id == story_id
        )
    ).first()
    return taken is not None and at <= taken
