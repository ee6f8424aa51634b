"""What people look for in a real year of a community's channel comes among the first three."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.importer import ImportOptions, find_files, import_files
from archive.store import merge_each
from hub import bootstrap
from hub.irc import Line
from search.module import engine_of
from tests.databases import config_for
from tests.search.shelf import Shelf
from tests.search.test_relevance import Told

NOW = datetime(2013, 1, 15, 12, tzinfo=UTC)
QUERIES = {
    "did the vote on salted passwords pass": "vote on Salt PasswordAuthN",
    "salt passwordauthn vote": "vote on Salt PasswordAuthN",
    "who volunteered for cutting the release": "hpottinger had volunteered",
    "swap solr for mongodb": "swap out solr in favor of mongoDB",
    "a/b test solr elastic search": "A/B  test between solr and elastic search",
    "1,500 known DSpace sites": "1,500+ known DSpace sites",
    "devil's advocate untested change warnings": "devil's advocate",
    "turn the test off, don't hold up the release": "don't hold up the release process",
    "3x 3.0 release on Monday and Tuesday": "3x 3.0 release",
    '"semi-lurking mode"': "semi-lurking",
    "from:tdonohue kudos release team": "A huge kudos to the 3.0 Release Team",
    "SkylightUI replication REST API": "SkylightUI uses Solr rather than REST API",
    "templating language scala": "templating language for the 2.0 release will be scala based",
    "config moves to DB upgradeable": "If config moves to DB",
    "AKUBRA-7": "AKUBRA-7",
    "DS-1410": "DS-1410",
    "XOAI pull request 88": "Pull Request #88",
    "https://github.com/DSpace/DSpace/pull/88": "Pull Request #88",
    "dspace-discovery-solr": "dspace-discovery-solr",
    "maven release process git": "Maven release process supports git",
    "second testathon schedule": "second Testathon",
    "reprocess archived dspace.log": "reprocessing your archived dspace.log",
    "access rights each UI decides": "each UI decides what the rights mean",
    "upgrade demo during the weekend": "upgrade demo during the weekend",
    "namespaces interim step": "adding new namesapces",
    "SFX button robots.txt": "SFX button support and robots.txt",
    "common business logic tier": "common business logic tier",
    "bug his archivist": "bug his archivist",
    "migration to github wiki": "Migration to GitHub",
    "ShibbolethAuthentication NPE": "ShibbolethAuthentication has multiple NPE",
}


@pytest.fixture(scope="module")
def told(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A year of DuraSpace's channel, indexed."""
    folder = tmp_path_factory.mktemp("real")
    app = bootstrap.build(config_for(f"sqlite:///{folder}/madang.db", folder), lambda: NOW)

    def store(_network: str, _channel: str, lines: Sequence[Line]) -> int:
        return app.db.write(lambda session: merge_each(session, [lines]))[0]

    logs = find_files([shared / "data" / "irclogs" / "duraspace" / "original-logs"])
    import_files(logs, store, ImportOptions("freenode", "#duraspace"))
    shelf = Shelf(app, engine_of("tantivy"))
    shelf.follows()
    yield Told(shelf)
    shelf.close()
    app.db.close()


def test_what_is_looked_for_in_real_talk_comes_first(told: Told) -> None:
    missed = {
        query: told.first(query)
        for query, text in QUERIES.items()
        if not any(text in shown for shown in told.first(query))
    }
    assert len(missed) <= len(QUERIES) * 0.05, missed
