"""What search brings to the hub. The pages are imported when a web server asks for them."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from hub.config import Config
from hub.errors import Unavailable
from hub.language import mark
from hub.module import Module, NavItem
from hub.roles import Role
from search.analyzer import ANALYZER_VERSION
from search.answers import commands
from search.commands import add_cli
from search.engine import Engine
from search.index import Index
from search.place import Place
from search.relating import related

_PATIENCE_S = 5.0

if TYPE_CHECKING:
    from hub.app import App


def search(config: Config) -> Module:
    """Build search's module."""
    return search_in(open_index(config))


def search_in(index: Index) -> Module:
    """Build the module that finds in this index."""
    return Module(
        name="search",
        routes=partial(_routes, index),
        nav=(NavItem(mark("Search"), "/search"),),
        commands=commands(index),
        cli=add_cli,
        related=partial(related, index),
    )


def open_index(config: Config) -> Index:
    """Return the index of this machine, which is opened when it is first asked.

    Raises: Unavailable when the engine that is configured is not installed.
    """
    return Index(
        Place(config.data_dir / "search"), engine_of(config.search.engine), ANALYZER_VERSION
    )


def engine_of(name: str) -> Engine:
    """Return a search engine by its name.

    Raises: Unavailable when it is not installed.
    """
    if name == "whoosh":
        try:
            from search.whoosh_engine import WhooshEngine
        except ImportError as error:
            raise Unavailable(
                'The search engine whoosh is not installed. Install "madang[whoosh]", or set'
                ' [search] engine = "tantivy".'
            ) from error
        return WhooshEngine()
    from search.tantivy_engine import TantivyEngine

    return TantivyEngine()


def indexer(app: "App", role: str) -> Role:
    """Have this machine's index followed: by the process that works, else by any other."""
    from search.indexer import Indexer

    patience = 0.0 if role in {"serve", "worker"} else _PATIENCE_S
    return Indexer(app, open_index(app.config), patience)


def _routes(index: Index, app: "App") -> Sequence[Any]:
    from search.views import routes

    return routes(app, index)
