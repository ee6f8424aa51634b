"""The demo server's commands to come, stay and go: CAP, NICK, USER, PING, QUIT ...

Source: RFC 2812 3.1 and 5, IRCv3 capability negotiation, modern.ircdocs.horse for numerics.
"""

from collections.abc import Mapping, Sequence

from bot.demo.channels import (
    CHANNEL_BYTES,
    LINE_BYTES,
    MOST_CHANNELS,
    NICK_LENGTH,
    TOPIC_BYTES,
    fold,
    is_nick,
)
from bot.demo.client import DemoClient, problem
from bot.demo.yard import Command
from hub import __version__

NETWORK = "MadangDemo"

_SUPPORTED = (
    "CASEMAPPING=ascii",
    "CHANTYPES=#",
    "CHANMODES=,,,nt",
    "PREFIX=(o)@",
    "MODES=4",
    f"CHANLIMIT=#:{MOST_CHANNELS}",
    f"CHANNELLEN={CHANNEL_BYTES}",
    f"NICKLEN={NICK_LENGTH}",
    f"TOPICLEN={TOPIC_BYTES}",
    f"LINELEN={LINE_BYTES + 2}",
    f"NETWORK={NETWORK}",
    "UTF8ONLY",
)


def _cap(client: DemoClient, params: Sequence[str]) -> None:
    """Answer honestly that there are no capabilities, in every form of the question."""
    asked = params[0].upper()
    name = client.nick or "*"
    server = client.server.servername
    if asked in {"LS", "REQ"} and not client.is_registered:
        client.negotiates = True
    if asked in {"LS", "LIST"}:
        client.send(f":{server} CAP {name} {asked} :")
    elif asked == "REQ":
        wanted = params[1] if len(params) > 1 else ""
        answer = "NAK" if wanted.strip() else "ACK"
        client.send(f":{server} CAP {name} {answer} :{wanted}")
    elif asked == "END":
        client.negotiates = False
        _register(client)
    else:
        raise problem("410", f"{params[0]} :Invalid CAP command")


def _pass(client: DemoClient, _params: Sequence[str]) -> None:
    """Take any password: some clients always send one."""
    if client.is_registered:
        raise problem("462", ":You may not reregister")


def _nick(client: DemoClient, params: Sequence[str]) -> None:
    wanted = params[0] if params else ""
    if not wanted:
        raise problem("431", ":No nickname given")
    if not is_nick(wanted):
        raise problem("432", f"{wanted} :Erroneous nickname: letters, digits and []\\`_^{{|}}-")
    yard = client.server
    holder = yard.clients.get(fold(wanted))
    if holder is not None and holder is not client:
        raise problem("433", f"{wanted} :Nickname is already in use")
    if wanted == client.nick:
        return
    before = client.mask
    if holder is client or client.nick:
        del yard.clients[fold(client.nick)]
    yard.clients[fold(wanted)] = client
    if client.is_registered:
        yard.tell({client, *yard.peers(client)}, f":{before} NICK :{wanted}")
        yard.on_rename(client.nick, wanted)
    client.nick = wanted
    _register(client)


def _user(client: DemoClient, params: Sequence[str]) -> None:
    if client.is_registered:
        raise problem("462", ":You may not reregister")
    user = "".join(c for c in params[0] if (c.isascii() and c.isalnum()) or c in "-_.")
    client.user = f"~{user[:16] or 'user'}"
    client.realname = params[3]
    _register(client)


def _register(client: DemoClient) -> None:
    """Welcome a client that has told nick and user and has ended its negotiation."""
    if client.is_registered or client.negotiates or not client.nick or not client.user:
        return
    client.is_registered = True
    yard = client.server
    name, version = yard.servername, f"madang-{__version__}"
    client.reply("001", f":Welcome to the Madang demo network, {client.mask}")
    client.reply("002", f":Your host is {name}, running {version}")
    client.reply("003", f":This server was started at {yard.started_at:%Y-%m-%d %H:%M:%S} UTC")
    client.reply("004", f"{name} {version} i not")
    client.reply("005", f"{' '.join(_SUPPORTED)} :are supported by this server")
    _lusers(client, ())
    _motd(client, ())


def _motd(client: DemoClient, _params: Sequence[str]) -> None:
    yard = client.server
    if not yard.motd:
        raise problem("422", ":MOTD File is missing")
    client.reply("375", f":- {yard.servername} Message of the day -")
    for line in yard.motd:
        client.reply("372", f":- {line}")
    client.reply("376", ":End of /MOTD command.")


def _lusers(client: DemoClient, _params: Sequence[str]) -> None:
    yard = client.server
    client.reply("251", f":There are {len(yard.clients)} users and 0 invisible on 1 servers")
    client.reply("254", f"{len(yard.channels)} :channels formed")
    client.reply("255", f":I have {len(yard.clients)} clients and 0 servers")


def _ping(client: DemoClient, params: Sequence[str]) -> None:
    if not params:
        raise problem("409", ":No origin specified")
    server = client.server.servername
    client.send(f":{server} PONG {server} :{params[0]}")


def _pong(_client: DemoClient, _params: Sequence[str]) -> None:
    """Any byte that comes shows that the client is there; nothing else to do."""


def _quit(client: DemoClient, params: Sequence[str]) -> None:
    client.leave(f"Quit: {params[0]}" if params and params[0] else "Client quit")


def _version(client: DemoClient, _params: Sequence[str]) -> None:
    server = client.server.servername
    client.reply("351", f"madang-{__version__} {server} :the demo server, for this machine only")
    client.reply("005", f"{' '.join(_SUPPORTED)} :are supported by this server")


def _time(client: DemoClient, _params: Sequence[str]) -> None:
    yard = client.server
    client.reply("391", f"{yard.servername} :{yard.clock():%Y-%m-%d %H:%M:%S} UTC")


COMMANDS: Mapping[str, Command] = {
    "CAP": Command(_cap, 1, early=True),
    "PASS": Command(_pass, 1, early=True),
    "NICK": Command(_nick, early=True),
    "USER": Command(_user, 4, early=True),
    "PING": Command(_ping, early=True),
    "PONG": Command(_pong, early=True),
    "QUIT": Command(_quit, early=True),
    "MOTD": Command(_motd),
    "LUSERS": Command(_lusers),
    "VERSION": Command(_version),
    "TIME": Command(_time),
}
"""The commands of this file by name."""
