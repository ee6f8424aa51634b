"""All functions of Etherpad's HTTP API, and since which version there is each.

Source: Etherpad, doc/api/http_api; src/node/handler/APIHandler.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pad.etherpad import authors, chat, content, groups, revisions, visits, whole
from pad.etherpad.call import Answer, Call

VERSIONS = (
    "1", "1.0", "1.1", "1.2", "1.2.1", "1.2.7", "1.2.8", "1.2.9", "1.2.10", "1.2.11", "1.2.12",
    "1.2.13", "1.2.14", "1.2.15", "1.3.0", "1.3.1",
)  # fmt: skip
"""The versions that may stand in an address, the oldest first."""

CURRENT = VERSIONS[-1]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: what it does, since when there is one, and whether it only looks."""

    run: Callable[[Call], Answer]
    since: str
    only_reads: bool = False

    def is_in(self, version: str) -> bool:
        """Tell whether a version has it."""
        return VERSIONS.index(self.since) <= VERSIONS.index(version)


_NO_CLIENTS = "editors here take no messages of programs"
_NO_COMPACTING = "`madang pads forget NAME` forgets a pad's history"
_NO_ERASING = "a person's account is erased on their page, or with `madang people`"

FUNCTIONS: Mapping[str, Function] = {
    "createGroup": Function(groups.create_group, "1"),
    "createGroupIfNotExistsFor": Function(groups.create_group_if_not_exists_for, "1"),
    "deleteGroup": Function(groups.delete_group, "1"),
    "listPads": Function(groups.list_pads, "1", only_reads=True),
    "createGroupPad": Function(groups.create_group_pad, "1"),
    "listAllGroups": Function(groups.list_all_groups, "1.1", only_reads=True),
    "createAuthor": Function(authors.create_author, "1"),
    "createAuthorIfNotExistsFor": Function(authors.create_author_if_not_exists_for, "1"),
    "listPadsOfAuthor": Function(authors.list_pads_of_author, "1", only_reads=True),
    "getAuthorName": Function(authors.get_author_name, "1.1", only_reads=True),
    "createSession": Function(visits.create_session, "1"),
    "deleteSession": Function(visits.delete_session, "1"),
    "getSessionInfo": Function(visits.get_session_info, "1", only_reads=True),
    "listSessionsOfGroup": Function(visits.list_sessions_of_group, "1", only_reads=True),
    "listSessionsOfAuthor": Function(visits.list_sessions_of_author, "1", only_reads=True),
    "getText": Function(content.get_text, "1", only_reads=True),
    "setText": Function(content.set_text, "1"),
    "getHTML": Function(content.get_html, "1", only_reads=True),
    "setHTML": Function(content.set_html, "1"),
    "appendText": Function(content.append_text, "1.2.13"),
    "createDiffHTML": Function(content.create_diff_html, "1.2.7"),
    "createPad": Function(whole.create_pad, "1"),
    "deletePad": Function(whole.delete_pad_, "1"),
    "getReadOnlyID": Function(whole.get_read_only_id, "1", only_reads=True),
    "getPadID": Function(whole.get_pad_id, "1.2.10", only_reads=True),
    "setPublicStatus": Function(whole.set_public_status, "1"),
    "getPublicStatus": Function(whole.get_public_status, "1", only_reads=True),
    "copyPad": Function(whole.copy_pad, "1.2.9"),
    "copyPadWithoutHistory": Function(whole.copy_pad_without_history, "1.2.15"),
    "movePad": Function(whole.move_pad, "1.2.9"),
    "listAllPads": Function(whole.list_all_pads, "1.2.1", only_reads=True),
    "getLastEdited": Function(whole.get_last_edited, "1", only_reads=True),
    "getStats": Function(whole.get_stats, "1.2.14", only_reads=True),
    "checkToken": Function(whole.check_token, "1.2", only_reads=True),
    "getRevisionsCount": Function(revisions.get_revisions_count, "1", only_reads=True),
    "getSavedRevisionsCount": Function(
        revisions.get_saved_revisions_count, "1.2.11", only_reads=True
    ),
    "listSavedRevisions": Function(revisions.list_saved_revisions, "1.2.11", only_reads=True),
    "saveRevision": Function(revisions.save_revision, "1.2.11"),
    "restoreRevision": Function(revisions.restore_revision, "1.2.11"),
    "getAttributePool": Function(revisions.get_attribute_pool, "1.2.8"),
    "getRevisionChangeset": Function(revisions.get_revision_changeset, "1.2.8"),
    "listAuthorsOfPad": Function(authors.list_authors_of_pad, "1"),
    "padUsersCount": Function(authors.pad_users_count, "1", only_reads=True),
    "padUsers": Function(authors.pad_users, "1.1"),
    "sendClientsMessage": Function(
        revisions.unmapped("sendClientsMessage", _NO_CLIENTS), "1.1", only_reads=True
    ),
    "getChatHistory": Function(chat.get_chat_history, "1.2.7"),
    "getChatHead": Function(chat.get_chat_head, "1.2.7", only_reads=True),
    "appendChatMessage": Function(chat.append_chat_message, "1.2.12"),
    "compactPad": Function(
        revisions.unmapped("compactPad", _NO_COMPACTING), "1.3.1", only_reads=True
    ),
    "anonymizeAuthor": Function(
        revisions.unmapped("anonymizeAuthor", _NO_ERASING), "1.3.1", only_reads=True
    ),
}
"""Every function by its name."""
