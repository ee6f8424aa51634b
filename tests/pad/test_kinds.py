"""Which pads: one's own, those of a tag, those that others are begun from."""

from pathlib import Path

import pytest
from sqlmodel import Session

from hub.errors import NotFound, Refused
from hub.people import GUEST
from pad.beginning import begin_from, made_from, templates
from pad.pads import begin_pad, find_pad, forget_history, list_pads, readable_by, save_text, text_of
from pad.tags import common_tags, tags_of
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, write_texts
from tests.web.hub import Hub, hub_in
from tests.web.test_forms import log_in

WEEKLY = "---\ntitle: Weekly\ntags: agenda, Template\n---\n# {name}\n\nOn {date}.\n"


def put(session: Session, name: str, text: str) -> int:
    """Let a pad say a text, as Ann's edit, and keep it."""
    pad = find_pad(session, name) or begin_pad(session, OPERATOR, name, access="open", now=NOW)
    seq = write_texts(session, pad, text, author=ANN)
    save_text(session, OPERATOR, pad, seq, text, now=NOW)
    return pad.id


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub with a template and two pads that have tags."""
    made = hub_in(tmp_path / "data")

    def write(session: Session) -> None:
        put(session, "weekly", WEEKLY)
        put(session, "tea", "---\ntags: [tea, 차]\n---\n# Tea\n")
        put(session, "plain", "# Plain\n")

    made.app.db.write(write)
    return made


def test_tags_follow_the_text(hub: Hub) -> None:
    def change(session: Session) -> tuple[list[str], list[str]]:
        pad_id = put(session, "tea", "---\ntags: tea, #떡\n---\n")
        named = [pad.name for pad in list_pads(session, GUEST, tag="떡")]
        return list(tags_of(session, pad_id)), named

    assert hub.app.db.write(change) == (["tea", "떡"], ["tea"])
    hub.app.db.write(lambda s: forget_history(s, OPERATOR, "tea", now=NOW))
    assert hub.app.db.read(lambda s: common_tags(s, readable_by(GUEST), 9))[0] == ("agenda", 1)


def test_pads_are_found_by_their_tag(hub: Hub) -> None:
    client = hub.client()
    page = client.get("/p/").text
    assert "#차" in page
    tagged = client.get("/p/?tag=%23Tea").text
    assert "<bdi>Tea</bdi>" in tagged
    assert "tags:" not in tagged
    assert "<bdi>Plain</bdi>" not in tagged
    assert "No pad has the tag none" in client.get("/p/?tag=none").text
    assert 'href="/p/?tag=%EC%B0%A8"' in client.get("/p/tea").text


def test_my_pads_are_those_that_i_wrote_in_or_began(hub: Hub) -> None:
    assert "You have not written in a pad yet" in hub.client().get("/p/?mine").text
    ann = log_in(hub)

    def begin(session: Session) -> None:
        actor = OPERATOR
        for name, key, creator in (("mine", "person:ann", actor), ("theirs", BOB.key, actor)):
            pad = begin_pad(session, creator, name, access="open", now=NOW)
            author = type(ANN)(key, "Ann", 1)
            write_texts(session, pad, f"# The {name} one", author=author)
            save_text(session, actor, pad, 1, f"# The {name} one", now=NOW)

    hub.app.db.write(begin)
    page = ann.get("/p/?mine").text
    assert "The mine one" in page
    assert "The theirs one" not in page


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (WEEKLY, "---\ntitle: Weekly\ntags: agenda\n---\n# new\n\nOn 2021-05-13.\n"),
        ("---\ntags: [template]\n---\n\n{name}", "new"),
        ("---\ntags:\n  - 틀\n  - 차\n---\nx", "---\ntags:\n  - 차\n---\nx"),
        ("no front {date} {other}", "no front 2021-05-13 {other}"),
    ],
)
def test_a_template_makes_a_text(template: str, text: str) -> None:
    assert made_from(template, "new", NOW) == text


def test_a_pad_is_begun_from_a_template_and_never_written_over(hub: Hub) -> None:
    def begin(name: str, template: str = "weekly") -> str:
        return hub.app.db.write(
            lambda s: begin_from(s, OPERATOR, name, template, BOB, access="open", now=NOW)
        )

    assert [pad.name for pad in hub.app.db.read(lambda s: templates(s, GUEST))] == ["weekly"]
    assert begin("may 13") == "may_13"

    def text(session: Session, name: str) -> str:
        pad = find_pad(session, name)
        assert pad is not None
        return text_of(session, pad)

    assert hub.app.db.read(lambda s: text(s, "may_13")).endswith("# may_13\n\nOn 2021-05-13.\n")
    assert begin("plain") == "plain"
    assert hub.app.db.read(lambda s: text(s, "plain")) == "# Plain\n"
    with pytest.raises(NotFound):
        begin("other", "none")


def test_who_may_not_begin_pads_is_offered_no_templates(tmp_path: Path, hub: Hub) -> None:
    assert '<select name="template"' in hub.client().get("/p/").text
    answer = hub.client().post("/p/begin", data={"go": "from web", "template": "weekly"})
    assert answer.headers["location"] == "/p/from_web"
    assert "from_web" in hub.client().get("/p/from_web/export/txt").text
    assert hub.client().post("/p/begin", data={"go": "x"}).headers["location"] == "/p/x"
    closed = hub_in(tmp_path / "closed", pads={"access": "public"})
    closed.app.db.write(lambda s: put(s, "weekly", WEEKLY))
    assert '<select name="template"' not in closed.client().get("/p/").text
    with pytest.raises(Refused):
        closed.app.db.write(
            lambda s: begin_from(s, GUEST, "x", "weekly", BOB, access="public", now=NOW)
        )
