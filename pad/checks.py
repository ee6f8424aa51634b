"""What `madang check` verifies of the pads."""

from collections.abc import Iterator

from sqlmodel import Session, col, func, select

from hub.app import App
from pad import log
from pad.engine import Panic
from pad.front import read_front
from pad.lib0 import Malformed
from pad.tables import PadRow, QuarantineRow, TalkRow
from pad.tags import tags_of
from pad.talk import head


def check_pads(app: App, session: Session) -> Iterator[str]:
    """Every pad's log is whole, and the text that is kept for reading is what the log says."""
    del app
    for row in session.exec(select(PadRow).order_by(col(PadRow.id))):
        yield from _check_pad(session, row)


def _check_pad(session: Session, row: PadRow) -> Iterator[str]:
    pad_id = row.id or 0
    seqs = [logged.seq for logged in log.updates_after(session, pad_id, 0)]
    if seqs != list(range(1, row.head + 1)):
        yield f"The log of pad {row.name} has holes: {len(seqs)} updates, and its head is {row.head}."
        return
    if row.text_seq > row.head:
        yield f"The text of pad {row.name} is as of update {row.text_seq}, of {row.head}."
        return
    said = session.exec(select(func.count()).where(TalkRow.pad_id == pad_id)).one()
    if said != head(session, pad_id) + 1:
        yield f"The talk beside pad {row.name} has holes: {said} messages."
    if row.text_seq and not set(tags_of(session, pad_id)) <= set(read_front(row.text).tags):
        yield f"The tags of pad {row.name} are not what its text says."
    text = log.replay(session, pad_id, row.text_seq).engine.text() if row.text_seq else ""
    if text.replace("\x00", "") != row.text:
        yield f"The kept text of pad {row.name} is not what its log says."
    left_out = session.exec(select(QuarantineRow.seq).where(QuarantineRow.pad_id == pad_id))
    for seq in list(left_out):
        if not _breaks(session, pad_id, seq):
            yield f"Update {seq} of pad {row.name} is left out though nothing is wrong with it."


def _breaks(session: Session, pad_id: int, seq: int) -> bool:
    """Whether an update that is left out breaks the engine indeed: then nothing else can be done."""
    engine = log.replay(session, pad_id, seq - 1).engine
    try:
        for logged in log.updates_after(session, pad_id, seq - 1, seq):
            engine.apply(logged.update)
    except (Malformed, Panic):
        return True
    return False
