"""The demo server's questions about people: WHO, WHOIS, ISON, USERHOST, AWAY.

Source: RFC 2812 3.6 and 4, modern.ircdocs.horse for numerics.
"""

from collections.abc import Mapping, Sequence

from bot.demo.channels import DemoChannel, fold
from bot.demo.client import DemoClient, problem
from bot.demo.yard import Command, Member


def _who(client: DemoClient, params: Sequence[str]) -> None:
    yard = client.server
    asked = params[0] if params else "*"
    channel = yard.channels.get(fold(asked))
    if channel is not None:
        for member in yard.members(channel):
            _show_who(client, member, channel)
    elif (found := yard.clients.get(fold(asked))) is not None:
        _show_who(client, found, None)
    client.reply("315", f"{asked} :End of /WHO list")


def _show_who(client: DemoClient, member: Member, channel: DemoChannel | None) -> None:
    where = channel.name if channel else "*"
    here = ("G" if member.away else "H") + (channel.prefix(member) if channel else "")
    server = client.server.servername
    about = f"{member.user} {member.host} {server} {member.nick} {here}"
    client.reply("352", f"{where} {about} :0 {member.realname}")


def _whois(client: DemoClient, params: Sequence[str]) -> None:
    nick = params[-1].split(",")[0]
    member = client.server.clients.get(fold(nick))
    if member is None:
        client.reply("401", f"{nick} :No such nick/channel")
    else:
        _show_whois(client, member)
    client.reply("318", f"{nick} :End of /WHOIS list")


def _show_whois(client: DemoClient, member: Member) -> None:
    nick, yard = member.nick, client.server
    client.reply("311", f"{nick} {member.user} {member.host} * :{member.realname}")
    names = " ".join(c.prefix(member) + c.name for c in member.channels.values())
    if names:
        client.reply("319", f"{nick} :{names}")
    client.reply("312", f"{nick} {yard.servername} :Madang's demo")
    if member.away:
        client.reply("301", f"{nick} :{member.away}")
    if member.is_resident:
        client.reply("335", f"{nick} :is a bot: a resident of the demo")
    if isinstance(member, DemoClient):
        idle = int((yard.clock() - member.spoke_at).total_seconds())
        since = int(member.signed_on_at.timestamp())
        client.reply("317", f"{nick} {max(idle, 0)} {since} :seconds idle, signon time")


def _whowas(client: DemoClient, params: Sequence[str]) -> None:
    client.reply("406", f"{params[0]} :There was no such nickname")
    client.reply("369", f"{params[0]} :End of WHOWAS")


def _userhost(client: DemoClient, params: Sequence[str]) -> None:
    found = (client.server.clients.get(fold(nick)) for nick in params[:5])
    answers = [f"{m.nick}={'-' if m.away else '+'}{m.user}@{m.host}" for m in found if m]
    client.reply("302", f":{' '.join(answers)}")


def _ison(client: DemoClient, params: Sequence[str]) -> None:
    asked = " ".join(params).split()
    found = (client.server.clients.get(fold(nick)) for nick in asked)
    client.reply("303", f":{' '.join(member.nick for member in found if member)}")


def _away(client: DemoClient, params: Sequence[str]) -> None:
    client.away = params[0] if params else ""
    if client.away:
        client.reply("306", ":You have been marked as being away")
    else:
        client.reply("305", ":You are no longer marked as being away")


def _admin(client: DemoClient, _params: Sequence[str]) -> None:
    raise problem("423", f"{client.server.servername} :The demo has no administrator but you")


COMMANDS: Mapping[str, Command] = {
    "WHO": Command(_who),
    "WHOIS": Command(_whois, 1),
    "WHOWAS": Command(_whowas, 1),
    "USERHOST": Command(_userhost, 1),
    "ISON": Command(_ison, 1),
    "AWAY": Command(_away),
    "ADMIN": Command(_admin),
}
"""The commands of this file by name."""
