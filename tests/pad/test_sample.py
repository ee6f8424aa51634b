"""The sample community's pads."""

from datetime import UTC, datetime

from starlette.testclient import TestClient

from archive.sample_community import sample_setting
from hub.accounts.sample_people import load_sample_people
from hub.app import App
from hub.bootstrap import CHECKS
from hub.checking import problems
from hub.people import GUEST
from hub.refs import find_refs
from pad import log, pads, talk
from pad.beginning import templates
from pad.history import stretches
from pad.module import pad_refs
from pad.sample_pads import load_sample_pads
from pad.tags import tags_of
from tests.databases import PUBLIC
from web.app import make_app

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
NAMES = {
    "jangdokdae-agenda",
    "jangdokdae-2026-02-23",
    "jangdokdae-3.1-notes",
    "meeting-loaf",
    "weekly-template",
    "낱말-모음",
}


def load(app: App) -> int:
    """Write the sample's pads for its people."""
    setting = sample_setting(NOON, network="net", public_url=PUBLIC)
    app.db.write(lambda s: load_sample_people(s, NOON, network="net"))
    return app.db.write(
        lambda s: load_sample_pads(s, setting.at, setting.filled, public_url=PUBLIC, access="open")
    )


def test_the_sample_is_written_once_and_whole(app: App) -> None:
    assert load(app) == len(NAMES)
    assert load(app) == 0
    assert problems(app, CHECKS) == []
    found = app.db.read(lambda s: pads.list_pads(s, GUEST))
    assert {pad.name for pad in found} == NAMES | {"house-rules"}, "private ones are for others"
    rules = app.db.read(lambda s: pads.find_pad(s, "house-rules"))
    assert rules is not None
    assert rules.frozen is not None
    for name in NAMES:
        pad = app.db.read(lambda s, name=name: pads.find_pad(s, name))
        assert pad is not None
        assert "{" not in pad.text.replace("{}", "")
        assert pad.changed_at <= NOON


def test_many_people_wrote_it_each_in_their_time(app: App) -> None:
    load(app)
    pad = app.db.read(lambda s: pads.find_pad(s, "jangdokdae-agenda"))
    assert pad is not None
    past = app.db.read(lambda s: stretches(s, pad, upto=pad.head, limit=1_000))
    assert [each.at for each in past] == sorted((each.at for each in past), reverse=True)
    assert len({each.who for each in past}) >= 10
    assert len({(each.who, each.colour) for each in past}) == len({each.who for each in past})
    owners = app.db.read(lambda s: log.authors_of(s, pad.id))
    assert {author.key.partition(":")[0] for author in owners.values()} == {"person"}
    before = app.db.read(lambda s: pads.text_at(s, pad, 30))
    assert before != pad.text


def test_people_talk_beside_a_pad_and_pads_have_tags(app: App) -> None:
    load(app)
    pad = app.db.read(lambda s: pads.find_pad(s, "meeting-loaf"))
    assert pad is not None
    said = app.db.read(lambda s: talk.history(s, pad.id, 0, 99))
    assert [one.author.name for one in said[:3]] == ["Pepper", "Ferdi", "Pepper"]
    assert not any(one.is_guest for one in said)
    assert app.db.read(lambda s: tags_of(s, pad.id)) == ["bread", "meetings"]
    assert [each.name for each in app.db.read(lambda s: templates(s, GUEST))] == ["weekly-template"]


def test_the_talk_leads_to_the_pads(app: App) -> None:
    setting = sample_setting(NOON, network="net", public_url=PUBLIC)
    said = setting.filled("{to /p/jangdokdae-agenda} {to /p/낱말-모음}")
    found = find_refs([pad_refs(app.config)], said)
    assert set(found) == {"pad:jangdokdae-agenda", "pad:낱말-모음"}


def test_a_persons_page_shows_the_pads_they_wrote_in(app: App) -> None:
    load(app)
    written = app.db.read(
        lambda s: pads.list_pads(s, GUEST, writers=["person:nilufer", "person:x"])
    )
    assert "jangdokdae-agenda" in {pad.name for pad in written}
    assert {pad.name for pad in written} < NAMES
    page = TestClient(make_app(app)).get("/people/nilufer").text
    assert "Pads that they wrote in" in page
    assert "/p/jangdokdae-agenda" in page
    assert "/p/meeting-loaf" not in page
