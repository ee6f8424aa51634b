"""Every function of Etherpad's API: what is refused, and in which words."""

import re
from pathlib import Path

from pad.etherpad.functions import FUNCTIONS, VERSIONS
from tests.pad.etherpad.api import Api

TABLE = (
    "createGroup",
    "createGroupIfNotExistsFor",
    "deleteGroup",
    "listPads",
    "createGroupPad",
    "createAuthor",
    "createAuthorIfNotExistsFor",
    "listPadsOfAuthor",
    "createSession",
    "deleteSession",
    "getSessionInfo",
    "listSessionsOfGroup",
    "listSessionsOfAuthor",
    "getText",
    "setText",
    "getHTML",
    "setHTML",
    "createPad",
    "deletePad",
    "getRevisionsCount",
    "getLastEdited",
    "getReadOnlyID",
    "setPublicStatus",
    "getPublicStatus",
    "listAuthorsOfPad",
    "padUsersCount",
    "getAuthorName",
    "padUsers",
    "sendClientsMessage",
    "listAllGroups",
    "checkToken",
    "listAllPads",
    "createDiffHTML",
    "getChatHistory",
    "getChatHead",
    "getAttributePool",
    "getRevisionChangeset",
    "copyPad",
    "movePad",
    "getPadID",
    "getSavedRevisionsCount",
    "listSavedRevisions",
    "saveRevision",
    "restoreRevision",
    "appendChatMessage",
    "appendText",
    "getStats",
    "copyPadWithoutHistory",
    "compactPad",
    "anonymizeAuthor",
)
NO_ARGUMENTS = {
    "createGroup", "createAuthor", "listAllGroups", "listAllPads", "getStats", "checkToken",
}  # fmt: skip
UNMAPPED = {"sendClientsMessage", "compactPad", "anonymizeAuthor"}
OF_A_PAD = {
    "getText", "setText", "getHTML", "setHTML", "appendText", "deletePad", "getRevisionsCount",
    "getLastEdited", "getReadOnlyID", "setPublicStatus", "getPublicStatus", "listAuthorsOfPad",
    "padUsersCount", "padUsers", "createDiffHTML", "getChatHistory", "getChatHead",
    "getAttributePool", "getRevisionChangeset", "getSavedRevisionsCount", "listSavedRevisions",
    "saveRevision", "restoreRevision", "appendChatMessage",
}  # fmt: skip
MORE = {"text": "x", "html": "x", "publicStatus": "true", "startRev": "0", "endRev": "0"}


def test_the_table_of_functions_is_whole() -> None:
    assert set(FUNCTIONS) == set(TABLE)
    assert all(function.since in VERSIONS for function in FUNCTIONS.values())


def test_a_wrong_key_opens_nothing(api: Api) -> None:
    for function in TABLE:
        for key in ("", "wrong", api.key + "x", api.key.upper()):
            assert api.ask(function, apikey=key) == (4, None, "no or wrong API Key")


def test_a_missing_argument_is_told(api: Api) -> None:
    for function in sorted(set(TABLE) - NO_ARGUMENTS):
        message = api.wrong(function)
        said = "is not supported here" if function in UNMAPPED else "is not a"
        assert said in message


def test_an_unknown_pad_is_told(api: Api) -> None:
    for function in sorted(OF_A_PAD):
        assert api.wrong(function, padID="nowhere", **MORE) == "padID does not exist"
        assert api.wrong(function, padID="a/b", **MORE) == "padID did not match requirements"


def test_what_is_not_mapped_says_so_and_is_documented(api: Api) -> None:
    docs = (Path(__file__).parents[3] / "docs" / "etherpad.md").read_text(encoding="utf-8")
    for function in UNMAPPED:
        message = api.wrong(function, padID="notes", authorID="a.x", msg="hello")
        assert message.startswith(f"{function} is not supported here: ")
        assert f"`{function}`" in docs


def test_a_function_is_served_since_its_version(api: Api) -> None:
    assert api.ask("appendText", "1.2.12", padID="x", text="y")[0] == 3
    assert api.ask("createGroup", "1")[0] == 0
    for version in VERSIONS:
        assert api.ask("createAuthor", version)[0] == 0


def test_what_there_is_not_is_code_3(api: Api) -> None:
    assert api.ask("noSuch") == (3, None, "no such function")
    assert api.ask("createGroup", "9.9") == (3, None, "no such api version")
    assert api.client.get("/api/nothing/createGroup").status_code == 404


def test_the_version_is_told(api: Api) -> None:
    assert api.client.get("/api").json() == {"currentVersion": "1.3.1"}


def test_parameters_come_in_every_way(api: Api) -> None:
    ask = api.client
    query = f"/api/1.2.13/createAuthorIfNotExistsFor?apikey={api.key}&authorMapper=7&name=Ann"
    first = ask.get(query).json()["data"]
    assert re.fullmatch(r"a\.[A-Za-z0-9]{16}", first["authorID"])
    given = {"authorMapper": 7, "api_key": api.key}
    address = "/api/1/createAuthorIfNotExistsFor"
    assert ask.post(address, json=given).json()["data"] == first
    held = {"Authorization": api.key}
    assert (
        ask.post(f"{address}?authorMapper=8", data={"authorMapper": "7"}, headers=held).json()[
            "data"
        ]
        == first
    )
    files = {"authorMapper": (None, "7"), "apikey": (None, api.key)}
    assert ask.post(address, files=files).json()["data"] == first
    bearer = {"Authorization": f"Bearer {api.key}"}
    assert ask.get(f"{address}?authorMapper=7", headers=bearer).json()["data"] == first


def test_a_body_that_is_no_object_is_refused(api: Api) -> None:
    head = {"Content-Type": "application/json", "Authorization": api.key}
    for body in ("[", "[1]", '"x"', "[" * 50_000, '{"a": ' * 9_000):
        answer = api.client.post("/api/1/createPad", content=body, headers=head)
        assert (answer.status_code, answer.json()["code"]) == (200, 1)


def test_without_a_key_the_api_is_off(api: Api) -> None:
    from pad.etherpad.key import drop_key

    api.hub.app.db.write(drop_key)
    assert api.ask("checkToken") == (4, None, "no or wrong API Key")
    assert api.ask("checkToken", apikey="") == (4, None, "no or wrong API Key")


def test_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    from tests.web.hub import hub_in

    file = tmp_path / "APIKEY.txt"
    file.write_text("from etherpad\n")
    hub = hub_in(tmp_path / "data", pads={"etherpad_apikey_file": str(file)})
    ask = hub.client()
    assert ask.get("/api/1.2/checkToken?apikey=from+etherpad").json()["code"] == 0
    assert ask.get("/api/1.2/checkToken?apikey=from").json()["code"] == 4
    file.unlink()
    answer = ask.get("/api/1.2/checkToken?apikey=from+etherpad")
    assert (answer.status_code, answer.json()["code"]) == (500, 2)
    hub.app.db.close()
