"""The composition root: the one file that may import everything. It builds the App.

The bot and the web server are imported where they are built: other commands start in half the time.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlmodel import Session

from archive.checks import check_archive
from archive.module import archive
from archive.past import PAST
from archive.reading import read_log
from archive.recorder import NetworkRecorder
from archive.watch import process_token
from hub.accounts.checks import check_people
from hub.accounts.erasure import erasure_consumer
from hub.accounts.module import people
from hub.accounts.postman import Postman
from hub.accounts.setup import SetupLink
from hub.app import App
from hub.checking import KERNEL_CHECKS, Check
from hub.clock import Clock, utc_now
from hub.config import Channel, Config, Network
from hub.consumers import Consumer, Worker
from hub.db import Database
from hub.errors import HubError, NotFound, Unavailable
from hub.links import link_consumers
from hub.metrics import Metrics
from hub.module import Module
from hub.notices.checks import check_notices
from hub.notices.letters import letter_writers
from hub.notices.module import notices
from hub.passes import open_passes
from hub.people import operator
from hub.pulse import Pulse
from hub.reactions import reaction_consumers
from hub.roles import Role
from hub.saved.module import saved_queries
from hub.schema import upgrade, version
from hub.webhooks.deliverer import Deliverer
from hub.webhooks.module import webhooks
from meetbot.agenda_card import meets_at
from meetbot.checks import check_meetings
from meetbot.handing_over import hand_over
from meetbot.module import meetbot
from meetbot.schedule_checks import check_schedules
from pad.agendas import agenda_pads
from pad.checks import check_pads
from pad.module import pad
from search.module import indexer, search
from tracker.checks import check_tracker
from tracker.filing import file_wish
from tracker.module import tracker


def modules(config: Config) -> Sequence[Module]:
    """Build every domain of the hub. A new one is a new folder and its line here."""
    return [
        archive(config),
        meetbot(config, read_log, PAST, file=file_wish, pads=agenda_pads(config)),
        tracker(config, hand_over),
        people(config),
        notices(),
        saved_queries(),
        webhooks(),
        pad(config, file_wish, meets_at),
        search(config),
    ]


def require(config: Config) -> None:
    """Make sure that there is a hub: a mistyped folder must not pass for a sound, empty one.

    Raises: NotFound when nothing was ever kept there, Unavailable when the database can't be reached.
    """
    url = make_url(config.database_url)
    if url.get_backend_name() == "sqlite":
        there, place = Path(url.database or "").exists(), url.database
    else:
        there, place = _has_tables(config.database_url), f"the database {url.database}"
    if not there:
        raise NotFound(
            f"There is no hub at {place}."
            " Say where it is with --config or --data, or begin one with madang serve."
        )


def _has_tables(url: str) -> bool:
    db = Database(url)
    try:
        return version(db) is not None
    finally:
        db.close()


def build(config: Config, clock: Clock = utc_now, metrics: Metrics | None = None) -> App:
    """Open the database, bring its schema up to date, and put the App together.

    Raises: Unavailable when the database or the data folder can't be used.
    """
    _make_folder(config.data_dir)
    db = Database(config.database_url)
    upgrade(db)
    found = modules(config)
    return App(config, db, clock, Pulse(db), metrics or Metrics(), found, open_passes(db))


def consumers(app: App) -> Sequence[Consumer]:
    """Return all that follows the outbox and the streams."""
    return [
        *link_consumers(app.modules),
        *reaction_consumers(app.modules),
        *(each for module in app.modules if module.consumers for each in module.consumers(app)),
        erasure_consumer(app.modules),
    ]


def plain(config: Config, role: str, metrics: Metrics | None = None) -> tuple[App, Sequence[Role]]:
    """Build the hub and the roles of a process: `serve` is all of them.

    Raises: Unavailable when the database or the web port can't be had.
    """
    app = build(config, metrics=metrics)
    roles: list[Role] = []
    if role in {"serve", "web"}:
        from web.server import WebServer

        server = WebServer(app)
        roles += [server, SetupLink(app, config.hub.base_url or server.address.rstrip("/"))]
    if role in {"serve", "worker"}:
        roles += [Worker(app, consumers(app)), Deliverer(app)]
    if role in {"serve", "worker"} and config.mail.host:
        roles.append(Postman(app, letter_writers(app)))
    if role in {"serve", "bot"}:
        roles += bots(app)
    if roles:  # a bot without a network has nothing to do, and says so
        roles.append(indexer(app, role))
    return app, roles


def demo(config: Config, role: str) -> tuple[App, Sequence[Role]]:
    """Build the demo: an IRC server of its own, the bot in it, and a sample community.

    Raises: Unavailable when the database or the web port can't be had.
    """
    from archive.sample_community import sample_topics
    from bot.demo.role import DEMO, DemoRole, demo_server
    from tracker.sample_welcome import welcome_consumer

    topics = sample_topics()
    metrics = Metrics()
    server = demo_server(
        config.public_url, topics, lambda: metrics.value("madang_live_streams") > 0
    )
    try:
        app, roles = plain(_with_demo_network(config, DEMO, server.port, topics), role, metrics)
    except HubError:
        server.stop()
        raise
    app.db.write(lambda s: _fill_demo(s, app, DEMO, list(topics)))
    for each in roles:
        if isinstance(each, Worker):
            each.consumers = [*each.consumers, welcome_consumer(app)]
    return app, [DemoRole(server, config.public_url, next(iter(topics))), *roles]


def _fill_demo(session: Session, app: App, network: str, channels: Sequence[str]) -> None:
    """Store the sample's talk, the meetings in it and those that come, its people, and what they do."""
    from archive.sample_community import load_sample, sample_setting
    from hub.accounts.sample_people import load_sample_people
    from meetbot.channel_rules import rules_of
    from meetbot.gather import gather
    from meetbot.sample_agendas import load_sample_agendas
    from meetbot.sample_schedules import load_sample_schedules
    from pad.sample_pads import load_sample_pads
    from tracker.sample_stories import load_sample_stories

    now, url = app.clock(), app.config.public_url
    if load_sample(session, now, network=network, public_url=url) == 0:
        return
    for channel in channels:
        rules = rules_of(app.config, network, channel)
        gather(session, PAST.all(session, network, channel), rules, operator("sample"), now=now)
    load_sample_schedules(session, now)
    load_sample_people(session, now, network=network)
    load_sample_stories(session, now, public_url=url)
    when = sample_setting(now, network=network, public_url=url)
    access = app.config.pads.access
    load_sample_pads(session, when.at, when.filled, public_url=url, access=access)
    load_sample_agendas(session, now, agenda_pads(app.config), public_url=url)


_ANNOUNCED: Mapping[str, tuple[str, ...]] = {"#madang-dev": ("*",)}
"""The demo's channels that hear of new and closed stories."""


def _with_demo_network(config: Config, name: str, port: int, channels: Iterable[str]) -> Config:
    network = Network(
        name=name,
        host="127.0.0.1",
        port=port,
        tls=False,
        rate_burst=50,
        rate_per_s=20.0,
        channel=tuple(Channel(name=name, stories=_ANNOUNCED.get(name, ())) for name in channels),
    )
    return config.model_copy(update={"network": (network,)})


def bots(app: App) -> Sequence[Role]:
    """Build one bot for each network that is configured."""
    from bot.service import NetworkService

    token = process_token()
    return [
        NetworkService(app, network, NetworkRecorder(network.name, token))
        for network in app.config.network
    ]


CHECKS: Sequence[Check] = (
    *KERNEL_CHECKS,
    check_people,
    check_archive,
    check_meetings,
    check_schedules,
    check_tracker,
    check_notices,
    check_pads,
)
"""All that `madang check` verifies."""


def _make_folder(folder: Path) -> None:
    try:
        # Who may log in on this machine may not read what was redacted, nor change the archive.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The data folder {folder} can't be made: {error.strerror}."
            " Give another one with --data or [hub] data_dir."
        ) from error
