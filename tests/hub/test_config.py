"""`madang.toml`: every problem at once, each with where, key, value and what would be right."""

# ruff: noqa: E501 - a table of one problem a line
from collections.abc import Mapping
from pathlib import Path

import pytest

from hub.config import Config, load
from hub.errors import ConfigError

NETWORK = '[[network]]\nname = "oftc"\nhost = "irc.example.org"\n'


def read(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    """Read a configuration of that text."""
    file = folder / "madang.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environ or {})


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return what is wrong with a configuration, the file's folder left out."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return [told.replace(f"{folder}/", "") for told in caught.value.problems]


def test_without_a_file_everything_has_a_default() -> None:
    config = load(None, {})
    assert config == Config()
    assert config.database_url == "sqlite:///data/madang.db"
    assert config.public_url == "http://127.0.0.1:8723"


def test_a_whole_configuration_is_read(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        f"""
        [hub]
        name = "조선"
        base_url = "https://hub.example.org/yard/"
        [web]
        port = 80
        trusted_proxies = ["127.0.0.1", "::1"]
        {NETWORK}
        rate_per_s = 1
        invites_from = ["ann"]
        [network.sasl]
        user = "madang"
        password_env = "SASL"
        [[network.channel]]
        name = "#one"
        noindex = true
        [[network.channel]]
        name = "#two"
        """,
    )
    assert (config.hub.name, config.public_url) == ("조선", "https://hub.example.org/yard")
    assert config.web.trusted_proxies == ("127.0.0.1", "::1")
    (network,) = config.network
    assert [(c.name, c.noindex, c.log) for c in network.channel] == [
        ("#one", True, True),
        ("#two", False, True),
    ]
    assert network.sasl is not None
    assert (network.port, network.tls, network.rate_per_s) == (6697, True, 1)


ONE_WRONG = {
    '[hub]\nbase_url = "https://a.b"\n[mail]\nhost = "smtp"': "mail: needs sender, from whom the mails are: Our hub <hub@example.org>, for example.",
    '[mail]\nhost = "smtp"\nsender = "hub@example.org"': "mail.host: needs hub.base_url, for the links in the mails. Give it.",
    '[mail]\nuser = "madang"': "mail: needs both user and password_file, or neither.",
    '[mail]\nuser = "madang"\npassword_file = "f"\nsecurity = "none"': 'mail: should not send a password in the open: security = "starttls" or "tls".',
    '[hub]\nbase_url = "hub.example.org"': "hub.base_url = 'hub.example.org': should be the hub's public address, for example https://hub.example.org.",
    '[hub]\nname = ""': "hub.name = '': should have at least 1 character.",
    "[hub]\nname = 5": 'hub.name = 5: should be text in quotes, for example "hub".',
    '[hub]\nnmae = "x"': "hub.nmae: there is no such key. Did you mean name?.",
    "[hub]\nqqq = 1": "hub.qqq: there is no such key. See docs/configuration.md for the keys.",
    "[wbe]\nport = 1": "wbe: there is no such key. Did you mean web?.",
    '[web]\nport = "80"': "web.port = '80': should be a whole number without quotes, for example 8723.",
    "[web]\nport = 8.5": "web.port = 8.5: should be a whole number without quotes, for example 8723.",
    "[web]\nport = 70000": "web.port = 70000: should be less than or equal to 65535.",
    "[web]\nport = -1": "web.port = -1: should be greater than or equal to 0.",
    '[web]\ntrusted_proxies = "::1"': "web.trusted_proxies = '::1': should be a list, for example [\"a\", \"b\"].",
    "web = 5": "web = 5: should be a table: its name in brackets on a line of its own, its keys below.",
    '[log]\nlevel = "loud"': "log.level = 'loud': should be 'debug', 'info', 'warning' or 'error'.",
    '[database]\nurl = "mysql://x/y"': "database.url = 'mysql://x/y': should start with sqlite:/// or postgresql+psycopg://.",
    '[database]\nurl = "sqlite:///"': "database.url = 'sqlite:///': should end with a file or a database's name.",
    '[database]\nurl = "sqlite:///:memory:"': "database.url = 'sqlite:///:memory:': should end with a file or a database's name.",
    '[database]\nurl = "postgresql+psycopg://h:x/db"': "database.url = 'postgresql+psycopg://h:x/db': should be like postgresql+psycopg://user:password@host:5432/name.",
    "[limits]\nbuffered_lines = 5": "limits.buffered_lines = 5: should be greater than or equal to 1000.",
    '[network]\nname = "a"': "network: should be given as [[network]], in two pairs of brackets.",
    '[[network]]\nname = "oftc"': "network.1.host: is missing. Every [[network]] needs name and host.",
    f'{NETWORK}tls = "yes"': "network.1.tls = 'yes': should be true or false, without quotes.",
    f'{NETWORK}nick = "1x"': "network.1.nick = '1x': should be a nick: a letter first, then letters, digits or []\\`_^{|}-.",
    f'{NETWORK}encoding = "klingon"': "network.1.encoding = 'klingon': should be an encoding that Python knows, for example cp1252, euc-kr.",
    f"{NETWORK}rate_per_s = 0": "network.1.rate_per_s = 0: should be greater than 0.",
    f'{NETWORK}chanel = ["#a"]': "network.1.chanel: there is no such key. Did you mean channel?.",
    f'{NETWORK}[network.channel]\nname = "#a"': "network.1.channel: should be given as [[network.channel]], in two pairs of brackets.",
    f"{NETWORK}[[network.channel]]\nlog = true": "network.1.channel.1.name: is missing. Every [[network.channel]] needs a name.",
    f'{NETWORK}[[network.channel]]\nname = "yard"': "network.1.channel.1.name = 'yard': should start with # (or &, +, !) and have no blank, comma or control.",
    f'{NETWORK}[[network.channel]]\nname = "#a"\nnoidnex = true': "network.1.channel.1.noidnex: there is no such key. Did you mean noindex?.",
    f'{NETWORK}[network.sasl]\nuser = "x"': "network.1.sasl: PLAIN needs user and password_env (the variable with the password).",
    f'{NETWORK}[network.sasl]\nmechanism = "EXTERNAL"': "network.1.sasl: EXTERNAL needs cert (a PEM file with certificate and key).",
    '[[network]]\nname = "Big Net"\nhost = "h"': "network.1.name = 'Big Net': should be a short word of a-z, 0-9 and -, for example oftc.",
    NETWORK + NETWORK: "network.name = 'oftc': is given twice. Give each network its own name.",
    f'{NETWORK}[[network.channel]]\nname = "#a"\n[[network.channel]]\nname = "#A"': "network.1.channel.name = '#a': is given twice. Keep one of the two.",
}  # fmt: skip


@pytest.mark.parametrize("text", ONE_WRONG)
def test_a_problem_is_told_with_file_key_value_and_what_would_be_right(
    tmp_path: Path, text: str
) -> None:
    assert problems(tmp_path, text) == [f"madang.toml: {ONE_WRONG[text]}".replace("?.", "?")]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = f"""
    [hub]
    nmae = "x"
    [web]
    port = "80"
    {NETWORK}
    port = 99999
    [[network.channel]]
    name = "#a"
    [[network.channel]]
    name = "#a"
    {NETWORK}
    """
    found = problems(tmp_path, text, {"MADANG_LOG_LEVEL": "loud", "MADANG_WEB_PROT": "1"})
    assert [told.split(" ")[1].strip(":") for told in found if told.startswith("madang")] == [
        "hub.nmae",
        "web.port",
        "network.1.port",
        "network.name",
        "network.1.channel.name",
    ]
    assert len(found) == 7


def test_the_environment_counts_more_than_the_file_and_the_command_line_more(
    tmp_path: Path,
) -> None:
    file = tmp_path / "madang.toml"
    file.write_text('[web]\nport = 1\nhost = "file"\n[hub]\nname = "file"')
    environ = {
        "MADANG_WEB_PORT": "2",
        "MADANG_WEB_HOST": "env",
        "MADANG_WEB_TRUSTED_PROXIES": "a, b",
    }
    config = load(file, environ, {"MADANG_WEB_PORT": "3"})
    assert (config.web.port, config.web.host, config.hub.name) == (3, "env", "file")
    assert config.web.trusted_proxies == ("a", "b")


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"MADANG_WEB_PORT": "abc"}, "environment MADANG_WEB_PORT: web.port = 'abc': should be a whole number"),
        ({"MADANG_WEB_PROT": "1"}, "environment: MADANG_WEB_PROT: there is no such key. Did you mean MADANG_WEB_PORT?"),
        ({"MADANG_DATABASE_URL": "x"}, "environment MADANG_DATABASE_URL: database.url = 'x': should start with"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_told_by_its_name(environ: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, environ)
    (problem,) = caught.value.problems
    assert problem.startswith(told)


def test_a_wrong_option_is_told_as_the_command_lines() -> None:
    with pytest.raises(ConfigError, match=r"command line: web\.port = 99999: should be less"):
        load(None, {}, {"MADANG_WEB_PORT": "99999"})


def test_other_variables_are_nobodys_business() -> None:
    assert load(None, {"MADANG_SASL_PASSWORD": "x", "PATH": "/bin"}) == Config()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[hub\nname = 1", r"madang\.toml: is not valid TOML: .+at line 1"),
        (b'[hub]\nname = "a"\nname = "b"\n[web]\n', r"not valid TOML: .+at line 3"),
        (
            b'[hub]\nname = "\xff"',
            r"madang\.toml: can't be read: .+It should be a readable UTF-8 file",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "madang.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=told):
        load(tmp_path / "madang.toml", {})


def test_a_file_that_is_not_there_or_is_a_folder_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path, {})
