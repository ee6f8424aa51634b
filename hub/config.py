"""`madang.toml`: every key optional, every problem reported at once.

Environment variables override the file: `MADANG_WEB_PORT=8080` is `[web] port = 8080`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hub.config_people import AuthSection, MailSection
from hub.config_problems import Place, duplicates, sentences, unknown_variables
from hub.config_section import Port, Section
from hub.config_stories import (
    AttachmentsSection,
    HooksSection,
    StoryBoardSection,
    WebhooksSection,
)
from hub.errors import ConfigError


class HubSection(Section):
    """`[hub]`: the name on every page, the public address, where the data lives."""

    name: str = Field("Madang", min_length=1, max_length=80)
    base_url: str = ""
    data_dir: str = "data"
    contact: str = Field("", max_length=200)

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(/[^\s?#]*)?", value):
            raise ValueError(
                "should be the hub's public address, for example https://hub.example.org"
            )
        return value.rstrip("/")


class DatabaseSection(Section):
    """`[database]`: SQLite in the data folder unless a url says otherwise."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("should start with sqlite:/// or postgresql+psycopg://")
        try:
            url = make_url(value) if value else None
        except (ArgumentError, ValueError):
            raise ValueError("should be like postgresql+psycopg://user:password@host:5432/name")
        if url is not None and url.database in {None, "", ":memory:"}:
            raise ValueError("should end with a file or a database's name")
        return value


class WebSection(Section):
    """`[web]`: where the pages are served."""

    host: str = "127.0.0.1"
    port: Port = 8723
    trusted_proxies: tuple[str, ...] = ()

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class LogSection(Section):
    """`[log]`: what the program tells its operator, as JSON lines or for the eye."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class SearchSection(Section):
    """`[search]`: the engine of the index."""

    engine: Literal["tantivy", "whoosh"] = "tantivy"


class LimitsSection(Section):
    """`[limits]`: where the hub stops taking in, so that one visitor can't harm the others."""

    live_streams: int = Field(500, ge=1, le=100_000)
    live_streams_per_address: int = Field(50, ge=1, le=100_000)
    buffered_lines: int = Field(200_000, ge=1_000, le=10_000_000)


class PadsSection(Section):
    """`[pads]`: whose a new pad is (`open`: anybody writes who has its address; `public`: all read, who may
    write on this hub writes; `members`: who has an account reads and writes; `private`: who is invited), the
    most people in one at the same time, and the most bytes of text. With a key in the file Etherpad's HTTP
    API is served."""

    access: Literal["open", "public", "members", "private"] = "open"
    editors: int = Field(200, ge=1, le=10_000)
    viewers: int = Field(2_000, ge=1, le=100_000)
    longest: int = Field(1_000_000, ge=1_000, le=4_000_000)
    etherpad_apikey_file: str = ""


class Sasl(Section):
    """`[network.sasl]`: how the bot proves who it is."""

    mechanism: Literal["PLAIN", "EXTERNAL"] = "PLAIN"
    user: str = ""
    password_env: str = ""
    cert: str = ""
    required: bool = True

    @model_validator(mode="after")
    def _complete(self) -> "Sasl":
        if self.mechanism == "PLAIN" and not (self.user and self.password_env):
            raise ValueError("PLAIN needs user and password_env (the variable with the password)")
        if self.mechanism == "EXTERNAL" and not self.cert:
            raise ValueError("EXTERNAL needs cert (a PEM file with certificate and key)")
        return self


class MeetingSection(Section):
    """`[network.channel.meeting]`: how a channel's meetings run; spans in minutes, 0 for never."""

    name_required: bool = True
    length: int = Field(60, ge=1, le=1440)
    warn_after: int = Field(30, ge=0, le=1440)
    end_after: int = Field(45, ge=0, le=1440)
    sets_topic: bool = True
    bots: tuple[str, ...] = ()
    info_url: str = ""
    reminders: tuple[Annotated[int, Field(ge=0, le=10_080)], ...] = (15, 0)

    @field_validator("bots", "reminders", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _warns_first(self) -> "MeetingSection":
        if self.end_after and self.warn_after >= self.end_after:
            raise ValueError("warn_after should be less than end_after, or 0")
        return self


class Channel(Section):
    """`[[network.channel]]`: one channel, and what may become of its talk."""

    name: str
    log: bool = True
    noindex: bool = False
    meetings: bool = True
    meeting: MeetingSection = MeetingSection()
    stories: tuple[str, ...] = ()
    key_env: str = ""

    @field_validator("stories", mode="before")
    @classmethod
    def _stories_listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("name")
    @classmethod
    def _is_a_channel(cls, value: str) -> str:
        if not re.fullmatch(r"[#&+!][^\x00\x07\r\n ,]{1,199}", value):
            raise ValueError("should start with # (or &, +, !) and have no blank, comma or control")
        return value


class Network(Section):
    """`[[network]]`: one IRC network, the bot's name on it, and its channels."""

    name: str
    host: str
    port: Port = 6697
    tls: bool = True
    tls_ca: str = ""
    tls_verify: bool = True
    nick: str = "madang"
    realname: str = ""
    password_env: str = ""
    sasl: Sasl | None = None
    invites_from: tuple[str, ...] = ()
    encoding: str = "cp1252"
    rate_burst: int = Field(5, ge=1, le=100)
    rate_per_s: float = Field(0.5, gt=0, le=1000)
    ping_s: float = Field(45.0, ge=0.2, le=600)
    channel: tuple[Channel, ...] = ()

    @field_validator("channel", "invites_from", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("name")
    @classmethod
    def _is_a_slug(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", value):
            raise ValueError("should be a short word of a-z, 0-9 and -, for example oftc")
        return value

    @field_validator("nick")
    @classmethod
    def _is_a_nick(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]{0,29}", value):
            raise ValueError(
                "should be a nick: a letter first, then letters, digits or []\\`_^{|}-"
            )
        return value

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, value: str) -> str:
        try:
            "a".encode(value).decode(value)  # not of nothing: that needs no codec
        except (LookupError, ValueError):
            raise ValueError("should be an encoding that Python knows, for example cp1252, euc-kr")
        return value


class Config(Section):
    """All of `madang.toml`."""

    hub: HubSection = HubSection()
    database: DatabaseSection = DatabaseSection()
    web: WebSection = WebSection()
    log: LogSection = LogSection()
    search: SearchSection = SearchSection()
    limits: LimitsSection = LimitsSection()
    auth: AuthSection = AuthSection()
    pads: PadsSection = PadsSection()
    mail: MailSection = MailSection()
    storyboard: StoryBoardSection = StoryBoardSection()
    hooks: HooksSection = HooksSection()
    webhooks: WebhooksSection = WebhooksSection()
    attachments: AttachmentsSection = AttachmentsSection()
    network: tuple[Network, ...] = ()

    @field_validator("network", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _named_once(self) -> "Config":
        names = [network.name for network in self.network]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"network names should differ; given more than once: {', '.join(twice)}"
            )
        return self

    @property
    def data_dir(self) -> Path:
        """The folder that holds everything the hub writes."""
        return Path(self.hub.data_dir)

    @property
    def database_url(self) -> str:
        """The database's address, SQLite in the data folder by default."""
        return self.database.url or f"sqlite:///{self.data_dir / 'madang.db'}"

    @property
    def public_url(self) -> str:
        """The hub's address as others write it, without a slash at its end."""
        return self.hub.base_url or f"http://{self.web.host}:{self.web.port}"


def load(
    path: Path | None,
    environ: Mapping[str, str] = os.environ,
    given: Mapping[str, str] | None = None,
) -> Config:
    """Read the configuration; None means that there is no file, only defaults and environment.

    `given` (the command line's) counts more than the environment, which counts more than the file.

    Raises: ConfigError with every problem: file, key, value and what would be right.
    """
    where = str(path) if path else "environment"
    file = _parsed(path) if path else {}
    data, origins = _overridden(file, {**environ, **(given or {})}, given or {})
    problems = [*duplicates(file, where), *unknown_variables(environ, _variables(), _OVERRIDABLE)]
    try:
        config = Config.model_validate(data)
        problems += _unaddressed(config, where)
    except ValidationError as error:
        problems = [*sentences(error, Config, where, origins), *problems]
    if problems:
        raise ConfigError(problems)
    return config


def _unaddressed(config: Config, where: str) -> list[str]:
    """Return what is wrong with mails that would not know the hub's address to write into their links."""
    if config.mail.host and not config.hub.base_url:
        return [f"{where}: mail.host: needs hub.base_url, for the links in the mails. Give it."]
    return []


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            [f"{path}: there is no such file. Give --config the path of madang.toml."]
        )
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: can't be read: {error}. It should be a readable UTF-8 file."])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not valid TOML: {error}."])


_OVERRIDABLE = (
    "hub",
    "database",
    "web",
    "log",
    "search",
    "limits",
    "auth",
    "mail",
    "pads",
    "storyboard",
    "hooks",
    "webhooks",
)


def _overridden(
    data: dict[str, Any], environ: Mapping[str, str], given: Mapping[str, str]
) -> tuple[dict[str, Any], dict[Place, str]]:
    """Lay MADANG_SECTION_KEY variables over the file's values, as the key's own type.

    Return the values, and where those come from that are not from the file.
    """
    data = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    origins: dict[Place, str] = {}
    for section in _OVERRIDABLE:
        for key, field in _fields(section).items():
            name = _variable(section, key)
            if name in environ and isinstance(data.setdefault(section, {}), dict):
                data[section][key] = _typed(environ[name], field.annotation)
                origins[section, key] = "command line" if name in given else f"environment {name}"
    return data, origins


def _fields(section: str) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = Config.model_fields[section].annotation.model_fields  # type: ignore[union-attr]
    return {key: field for key, field in fields.items() if _is_told_in_words(field.annotation)}


def _is_told_in_words(annotation: Any) -> bool:
    """Whether a variable can hold a value of the type: a list of tables it can't."""
    return not any(
        isinstance(part, type) and issubclass(part, BaseModel) for part in get_args(annotation)
    )


def _variable(section: str, key: str) -> str:
    return f"MADANG_{section}_{key}".upper()


def _variables() -> list[str]:
    """Return the names of all variables that override a key."""
    return [_variable(section, key) for section in _OVERRIDABLE for key in _fields(section)]


def _typed(given: str, annotation: Any) -> Any:
    if annotation is bool:
        return {"true": True, "false": False}.get(given, given)
    if annotation is int:
        return int(given) if re.fullmatch(r"-?\d+", given) else given
    if annotation == tuple[str, ...]:
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return given
