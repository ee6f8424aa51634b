"""A pad's past: how many revisions, which ones are kept, what each one changed, and the way back.

Revision 0 is the pad before anybody wrote in it; each edit after that is one more.
"""

from typing import Any

from pad import pads
from pad.etherpad.arguments import Wrong
from pad.etherpad.authors import id_for, writer
from pad.etherpad.call import API, NOBODY, Answer, Call
from pad.etherpad.changesets import changeset
from pad.exports import with_end
from pad.kept import NAMED, keep_revision, kept_revisions
from pad.log import authors_of, updates_after
from pad.pads import Pad


def get_revisions_count(call: Call) -> Answer:
    """Return a pad's last revision: getRevisionsCount(padID)."""
    return {"revisions": call.pad().head}


def get_saved_revisions_count(call: Call) -> Answer:
    """Return how many revisions are kept: getSavedRevisionsCount(padID)."""
    return {"savedRevisions": len(_kept(call, call.pad()))}


def list_saved_revisions(call: Call) -> Answer:
    """Return which revisions are kept: listSavedRevisions(padID)."""
    return {"savedRevisions": _kept(call, call.pad())}


def _kept(call: Call, pad: Pad) -> list[int]:
    return sorted(one.seq for one in kept_revisions(call.session, pad.id) if one.why == NAMED)


def save_revision(call: Call) -> Answer:
    """Keep a revision, the last one when none is given: saveRevision(padID, rev)."""
    pad = call.pad()
    seq = call.revision(pad)
    if seq not in _kept(call, pad):
        keep_revision(call.session, API, pad, seq, f"Revision {seq}", NOBODY.name, now=call.now)
    return None


def restore_revision(call: Call) -> Answer:
    """Let a pad say again what it said at a revision: restoreRevision(padID, rev, authorId)."""
    pad = call.pad()
    call.given.text("rev")
    call.write(pad, pads.text_at(call.session, pad, call.revision(pad)), writer(call))
    return None


def get_attribute_pool(call: Call) -> Answer:
    """Return the attributes that changesets speak of, a pad's authors: getAttributePool(padID)."""
    numbers = list(_pool(call, call.pad()).values())
    return {
        "pool": {
            "numToAttrib": {str(n): ["author", id_] for n, id_ in numbers},
            "attribToNum": {f"author,{id_}": n for n, id_ in numbers},
            "nextNum": len(numbers),
        }
    }


def get_revision_changeset(call: Call) -> Answer:
    """Return what a revision changed, the last one when none is given: getRevisionChangeset(padID, rev)."""
    pad = call.pad()
    seq = call.revision(pad)
    if seq == 0:
        return "Z:1>0$"
    (made,) = updates_after(call.session, pad.id, seq - 1, seq)
    before = with_end(pads.text_at(call.session, pad, seq - 1))
    after = with_end(pads.text_at(call.session, pad, seq))
    return changeset(before, after, _pool(call, pad)[made.author_id][0])


def _pool(call: Call, pad: Pad) -> dict[int, tuple[int, str]]:
    """Return each author's number in the pool and id, by their number in the pad's log."""
    authors = sorted(authors_of(call.session, pad.id).items())
    return {id_: (n, id_for(call, author.key)) for n, (id_, author) in enumerate(authors)}


def unmapped(what: str, instead: str) -> Any:
    """Return the function for what this hub has not: it says so, with code 1."""

    def refuse(call: Call) -> Answer:
        del call
        raise Wrong(f"{what} is not supported here: {instead}")

    return refuse
