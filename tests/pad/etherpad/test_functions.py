"""What the functions of Etherpad's API do."""

from datetime import timedelta

from hub.clock import micros
from hub.people import GUEST
from pad.etherpad import changesets
from pad.pads import find_pad, list_pads
from tests.pad.etherpad.api import Api
from tests.web.hub import NOW

LATER = str(micros(NOW + timedelta(days=1)) // 1_000_000)


def test_a_pad_is_made_read_and_written(api: Api) -> None:
    assert api.data("createPad", padID="notes", text="hello").keys() == {"deletionToken"}
    assert api.text("notes") == "hello\n"
    assert api.data("setText", padID="notes", text="hello\nworld\n") is None
    assert api.text("notes") == "hello\nworld\n"
    api.data("appendText", padID="notes", text=" 한글 😀")
    assert api.text("notes") == "hello\nworld 한글 😀\n"
    assert api.text("notes", rev="1") == "hello\n"
    assert api.data("getRevisionsCount", padID="notes") == {"revisions": 3}
    assert api.data("getLastEdited", padID="notes") == {"lastEdited": micros(NOW) // 1000}
    assert api.wrong("createPad", padID="notes") == "padID does already exist"
    assert api.wrong("createPad", padID="a/b").startswith("malformed padID")
    assert api.wrong("createPad", padID="a$b") == "createPad can't create group pads"
    assert api.hub.client().get("/p/notes/export/txt").text == "hello\nworld 한글 😀\n"


WRONG_REVISIONS = {
    "9": "rev is higher than the head revision of the pad",
    "-1": "rev is a negative number",
    "1.5": "rev is a float value",
    "x": "rev is not a number",
    "9" * 99: "rev is not a number",
    "²": "rev is not a number",
}


def test_a_wrong_revision_is_told(api: Api) -> None:
    api.data("createPad", padID="notes", text="x")
    for rev, message in WRONG_REVISIONS.items():
        for function in ("getText", "getHTML", "getRevisionChangeset", "restoreRevision"):
            assert api.wrong(function, padID="notes", rev=rev) == message


def test_an_edit_is_as_small_as_the_change(api: Api) -> None:
    lines = "".join(f"line {i}\n" for i in range(500))
    api.data("createPad", padID="notes", text=lines)
    api.data("setText", padID="notes", text=lines.replace("line 250\n", "line 2500\n"))
    told = api.data("getRevisionChangeset", padID="notes")
    assert told.endswith("*0+1$0")
    api.data("appendText", padID="notes", text="end")
    assert api.data("getRevisionChangeset", padID="notes", rev="3").endswith("*0+3$end")


def test_changesets_make_the_text(api: Api) -> None:
    api.data("createPad", padID="notes", text="한글 😀\n\nabc")
    for text in ("한글 😀😀\nabc\n", "\n", "a\nb\nc\n", "x 밥\nb\n\n"):
        api.data("setText", padID="notes", text=text)
    made = "\n".encode("utf-16-le")
    for rev in range(1, 6):
        told = api.data("getRevisionChangeset", padID="notes", rev=str(rev))
        made = changesets.apply(told, made)
        assert made.decode("utf-16-le") == api.text("notes", rev=str(rev))
    pool = api.data("getAttributePool", padID="notes")["pool"]
    assert pool["nextNum"] == 1
    assert pool["numToAttrib"]["0"][0] == "author"
    assert api.data("getRevisionChangeset", padID="notes", rev="0") == "Z:1>0$"


def test_a_text_that_is_too_long_is_refused(api: Api) -> None:
    api.data("createPad", padID="notes", text="x" * 600_000)
    assert api.wrong("appendText", padID="notes", text="x" * 600_000) == "text too long"
    assert len(api.text("notes")) == 600_001


def test_html_comes_in_as_markdown_and_goes_out_safely(api: Api) -> None:
    api.data("createPad", padID="notes", text="x")
    html = "<h1>Plan</h1><ul><li>one<li><b>two</b></ul><script>alert(1)</script><p>a<br>b</p>"
    api.data("setHTML", padID="notes", html=html)
    assert api.text("notes") == "# Plan\n\n- one\n- **two**\n\na\nb\n"
    told = api.data("getHTML", padID="notes")["html"]
    assert told.startswith("<!DOCTYPE HTML><html><body>")
    assert ">Plan</h" in told
    assert "<strong>two</strong>" in told
    api.data("setText", padID="notes", text="<img src=x onerror=alert(1)> [x](javascript:alert(1))")
    assert "onerror=" not in api.data("getHTML", padID="notes")["html"].replace(
        "&lt;img src=x onerror=", ""
    )
    assert 'href="javascript' not in api.data("getHTML", padID="notes")["html"]


def test_authors_are_known_again(api: Api) -> None:
    ann = api.data("createAuthorIfNotExistsFor", authorMapper="7", name="Ann")["authorID"]
    assert api.data("createAuthorIfNotExistsFor", authorMapper="7")["authorID"] == ann
    bob = api.data("createAuthor", name="Bob\n\x00밥")["authorID"]
    assert api.data("getAuthorName", authorID=ann) == "Ann"
    assert api.data("getAuthorName", authorID=bob) == "Bob 밥"
    assert api.data("getAuthorName", authorID="a.nobody") is None
    api.data("createPad", padID="notes", text="one\n", authorId=ann)
    api.data("appendText", padID="notes", text="two", authorId=bob)
    assert sorted(api.data("listAuthorsOfPad", padID="notes")["authorIDs"]) == sorted([ann, bob])
    assert api.data("listPadsOfAuthor", authorID=bob) == {"padIDs": ["notes"]}
    assert api.wrong("listPadsOfAuthor", authorID="a.x") == "authorID does not exist"
    assert (
        api.wrong("setText", padID="notes", text="x", authorId="a.x") == "authorId does not exist"
    )
    diff = api.data("createDiffHTML", padID="notes", startRev="1", endRev="2")
    assert diff["authors"] == [bob]
    assert '<ins class="added">onetwo</ins>' in diff["html"]
    page = api.client.get("/p/notes/timeslider").text
    assert "Ann" in page
    assert "Bob" in page


def test_a_pad_is_read_by_its_read_only_id(api: Api) -> None:
    api.data("createPad", padID="notes", text="x")
    name = api.data("getReadOnlyID", padID="notes")["readOnlyID"]
    assert name.startswith("r.")
    assert api.data("getPadID", roID=name) == {"padID": "notes"}
    assert api.client.get(f"/p/{name}").status_code == 200
    assert api.wrong("getPadID", roID="r.x") == "padID does not exist"
    assert api.wrong("getPadID", roID="notes") == "padID does not exist"


def test_revisions_are_kept_and_restored(api: Api) -> None:
    api.data("createPad", padID="notes", text="one")
    api.data("setText", padID="notes", text="two")
    assert api.data("getSavedRevisionsCount", padID="notes") == {"savedRevisions": 0}
    api.data("saveRevision", padID="notes", rev="1")
    api.data("saveRevision", padID="notes")
    api.data("saveRevision", padID="notes")
    assert api.data("listSavedRevisions", padID="notes") == {"savedRevisions": [1, 2]}
    assert api.data("getSavedRevisionsCount", padID="notes") == {"savedRevisions": 2}
    api.data("restoreRevision", padID="notes", rev="1")
    assert api.text("notes") == "one\n"
    assert api.data("getRevisionsCount", padID="notes") == {"revisions": 3}


def test_a_deleted_pad_makes_room_for_a_fresh_one(api: Api) -> None:
    token = api.data("createPad", padID="notes", text="old")["deletionToken"]
    assert api.wrong("deletePad", padID="notes", deletionToken="x") == "invalid deletionToken"
    api.data("deletePad", padID="notes", deletionToken=token)
    assert api.wrong("getText", padID="notes") == "padID does not exist"
    api.data("createPad", padID="notes", text="new")
    assert api.text("notes") == "new\n"
    assert api.data("getRevisionsCount", padID="notes") == {"revisions": 1}
    api.data("deletePad", padID="notes")
    api.data("createPad", padID="notes", text="newest")
    assert api.text("notes") == "newest\n"


def test_a_pad_is_moved_and_back_again(api: Api) -> None:
    api.data("createPad", padID="a", text="text")
    api.data("createPad", padID="b", text="other")
    before = api.data("getLastEdited", padID="a")
    assert api.wrong("movePad", sourceID="a", destinationID="b") == "destinationID already exists"
    assert api.data("movePad", sourceID="a", destinationID="b", force="true") == {"padID": "b"}
    assert api.wrong("getText", padID="a") == "padID does not exist"
    assert api.text("b") == "text\n"
    api.data("movePad", sourceID="b", destinationID="a")
    assert api.text("a") == "text\n"
    assert api.data("getLastEdited", padID="a") == before
    api.data("movePad", sourceID="a", destinationID="c")
    api.data("createPad", padID="a", text="fresh")
    assert (api.text("a"), api.text("c")) == ("fresh\n", "text\n")


def test_a_copy_has_the_history_and_goes_its_own_way(api: Api) -> None:
    ann = api.data("createAuthor", name="Ann")["authorID"]
    api.data("createPad", padID="a", text="one", authorId=ann)
    api.data("setText", padID="a", text="two")
    api.data("saveRevision", padID="a", rev="1")
    api.data("copyPad", sourceID="a", destinationID="b")
    api.data("copyPadWithoutHistory", sourceID="a", destinationID="c", authorId=ann)
    assert api.wrong("copyPad", sourceID="a", destinationID="b") == "destinationID already exists"
    assert "same" in api.wrong("copyPad", sourceID="a", destinationID="a", force="true")
    assert api.text("b", rev="1") == "one\n"
    assert api.data("listSavedRevisions", padID="b") == {"savedRevisions": [1]}
    assert ann in api.data("listAuthorsOfPad", padID="b")["authorIDs"]
    assert api.data("getRevisionsCount", padID="c") == {"revisions": 1}
    api.data("setText", padID="b", text="three")
    assert [api.text(name) for name in "abc"] == ["two\n", "three\n", "two\n"]
    api.data("copyPad", sourceID="b", destinationID="a", force="1")
    assert api.text("a") == "three\n"
    assert api.data("listAllPads") == {"padIDs": ["a", "b", "c"]}
    assert api.data("getStats") == {"totalPads": 3, "totalSessions": 0, "totalActivePads": 0}


def test_a_group_s_pad_is_opened_by_a_session_only(api: Api) -> None:
    group = api.data("createGroupIfNotExistsFor", groupMapper="team")["groupID"]
    assert api.data("createGroupIfNotExistsFor", groupMapper="team")["groupID"] == group
    other = api.data("createGroup")["groupID"]
    pad = api.data("createGroupPad", groupID=group, padName="plan", text="a secret")["padID"]
    assert pad == f"{group}$plan"
    assert (
        api.wrong("createGroupPad", groupID=group, padName="plan") == "padName does already exist"
    )
    assert api.data("listPads", groupID=group) == {"padIDs": [pad]}
    assert api.data("listAllGroups") == {"groupIDs": sorted([group, other])}
    ann = api.data("createAuthor", name="Ann")["authorID"]
    sessions = [
        api.data("createSession", groupID=each, authorID=ann, validUntil=LATER)["sessionID"]
        for each in (group, other)
    ]
    browser = api.hub.visitor()
    reading = api.data("getReadOnlyID", padID=pad)["readOnlyID"]
    for address in (f"/p/{pad}", f"/p/{pad}/export/txt", f"/p/{pad}/timeslider", f"/p/{reading}"):
        assert browser.get(address).status_code == 404
        assert (
            browser.get(address, headers={"Cookie": f"sessionID={sessions[1]}"}).status_code == 404
        )
        held = {"Cookie": f"sessionID={','.join(sessions)}"}
        assert browser.get(address, headers=held).status_code == 200
    api.data("deleteSession", sessionID=sessions[0])
    assert browser.get(f"/p/{pad}", headers=held).status_code == 404
    assert browser.get(f"/p/{group}$unknown").status_code == 404


def test_a_group_s_pad_is_told_to_nobody(api: Api) -> None:
    group = api.data("createGroup")["groupID"]
    pad = api.data("createGroupPad", groupID=group, padName="plan", text="hush")["padID"]
    app = api.hub.app
    assert app.db.read(lambda s: list_pads(s, GUEST)) == []
    (module,) = [one for one in app.modules if one.name == "pad"]
    assert module.documents is not None
    assert app.db.read(lambda s: module.documents.get(s, f"pad:{pad}")) is None
    assert app.db.read(lambda s: module.refs[0].label(s, f"pad:{pad}")) is None
    assert "hush" not in api.client.get("/").text + api.client.get("/p/").text
    assert "$plan" not in api.client.get("/p/?q=hush").text
    assert api.data("getPublicStatus", padID=pad) == {"publicStatus": False}
    api.data("setPublicStatus", padID=pad, publicStatus="true")
    assert api.data("getPublicStatus", padID=pad) == {"publicStatus": True}
    assert api.client.get(f"/p/{pad}").status_code == 200
    api.data("setPublicStatus", padID=pad, publicStatus="false")
    assert api.client.get(f"/p/{pad}").status_code == 404
    api.data("createPad", padID="open", text="x")
    assert "belong to a group" in api.wrong("getPublicStatus", padID="open")
    assert app.db.read(lambda s: find_pad(s, pad)) is not None


def test_sessions_are_told_and_end(api: Api) -> None:
    group, ann = api.data("createGroup")["groupID"], api.data("createAuthor")["authorID"]
    given = {"groupID": group, "authorID": ann}
    id_ = api.data("createSession", **given, validUntil=LATER)["sessionID"]
    info = {"groupID": group, "authorID": ann, "validUntil": int(LATER)}
    assert api.data("getSessionInfo", sessionID=id_) == info
    assert api.data("listSessionsOfGroup", groupID=group) == {id_: info}
    assert api.data("listSessionsOfAuthor", authorID=ann) == {id_: info}
    assert api.wrong("createSession", **given, validUntil="5") == "validUntil is in the past"
    assert api.wrong("createSession", **given, validUntil="x") == "validUntil is not a number"
    assert api.wrong("createSession", groupID="g.x", authorID=ann) == "groupID does not exist"
    assert api.wrong("createSession", groupID=group, authorID="a.x") == "authorID does not exist"
    api.data("deleteSession", sessionID=id_)
    assert api.wrong("getSessionInfo", sessionID=id_) == "sessionID does not exist"
    assert api.wrong("deleteSession", sessionID=id_) == "sessionID does not exist"


def test_a_group_goes_with_its_pads_and_sessions(api: Api) -> None:
    group, ann = api.data("createGroup")["groupID"], api.data("createAuthor")["authorID"]
    pad = api.data("createGroupPad", groupID=group, padName="plan", text="x")["padID"]
    api.data("createSession", groupID=group, authorID=ann, validUntil=LATER)
    api.data("deleteGroup", groupID=group)
    assert api.wrong("getText", padID=pad) == "padID does not exist"
    assert api.wrong("listPads", groupID=group) == "groupID does not exist"
    assert api.data("listSessionsOfAuthor", authorID=ann) == {}
    assert api.wrong("deleteGroup", groupID=group) == "groupID does not exist"


def test_a_pad_moves_into_a_group_and_is_closed(api: Api) -> None:
    group = api.data("createGroup")["groupID"]
    api.data("createPad", padID="plan", text="x")
    api.data("movePad", sourceID="plan", destinationID=f"{group}$plan")
    assert api.data("listPads", groupID=group) == {"padIDs": [f"{group}$plan"]}
    assert api.client.get(f"/p/{group}$plan").status_code == 404
    assert api.client.get("/p/plan").status_code == 404
    nowhere = "g.0123456789abcdef$plan"
    assert "group does not exist" in api.wrong(
        "copyPad", sourceID=f"{group}$plan", destinationID=nowhere
    )


def test_chat_is_left_and_read(api: Api) -> None:
    ann = api.data("createAuthor", name="Ann")["authorID"]
    api.data("createPad", padID="notes", text="x")
    assert api.data("getChatHead", padID="notes") == {"chatHead": -1}
    assert api.data("getChatHistory", padID="notes") == {"messages": []}
    api.data("appendChatMessage", padID="notes", text="hi", authorID=ann, time="1609459200000")
    api.data("appendChatMessage", padID="notes", text="<b>", authorID=ann)
    assert api.data("getChatHead", padID="notes") == {"chatHead": 1}
    (first, second) = api.data("getChatHistory", padID="notes")["messages"]
    assert (first["text"], first["time"], first["userName"]) == ("hi", 1609459200000, "Ann")
    assert (second["text"], second["authorId"]) == ("<b>", ann)
    told = api.data("getChatHistory", padID="notes", start="1", end="1")["messages"]
    assert told == [second]
    given = {"padID": "notes", "text": "x", "authorID": ann}
    assert api.wrong("appendChatMessage", **given, time="9" * 16) == "time is not a number"
    assert (
        api.wrong("getChatHistory", padID="notes", start="1", end="0") == "start is higher than end"
    )
    assert "chatHead" in api.wrong("getChatHistory", padID="notes", start="0", end="7")


def test_odd_texts_are_kept_or_refused_but_never_break_it(api: Api) -> None:
    api.data("createPad", padID="notes", text="x")
    api.client.post(
        "/api/1/setText",
        content='{"padID": "notes", "text": "\\ud800 a\\u0000b\\r\\nc"}',
        headers={"Content-Type": "application/json", "Authorization": api.key},
    )
    assert api.text("notes") == "? ab\nc\n"
