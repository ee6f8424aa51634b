"""The demo server's commands in channels: JOIN, PART, PRIVMSG, TOPIC, KICK, MODE ...

Source: RFC 2812 3.2 and 3.3, modern.ircdocs.horse for numerics.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.demo.channels import LINE_BYTES, MOST_CHANNELS, DemoChannel, fold, is_channel
from bot.demo.client import DemoClient, problem
from bot.demo.yard import Command, Member


def _join(client: DemoClient, params: Sequence[str]) -> None:
    if params[0] == "0":
        for channel in list(client.channels.values()):
            _leave(client, channel, "Left all channels")
        return
    for name in _listed(params[0]):
        _join_one(client, name)


def _join_one(client: DemoClient, name: str) -> None:
    yard = client.server
    if not is_channel(name):
        client.reply("403", f"{name} :No such channel: # and any letters, without blank or comma")
        return
    if fold(name) in client.channels:
        return
    if len(client.channels) >= MOST_CHANNELS:
        client.reply("405", f"{name} :You have joined too many channels")
        return
    channel = yard.channels.get(fold(name)) or DemoChannel(name, yard.clock())
    yard.put_in(client, channel)
    yard.tell(channel.clients, f":{client.mask} JOIN {channel.name}")
    if channel.topic:
        _show_topic(client, channel)
    show_names(client, channel)


def _show_topic(client: DemoClient, channel: DemoChannel) -> None:
    client.reply("332", f"{channel.name} :{channel.topic}")
    at = int(channel.topic_at.timestamp())
    client.reply("333", f"{channel.name} {channel.topic_by} {at}")


def show_names(client: DemoClient, channel: DemoChannel) -> None:
    """Tell who is in a channel, in as many lines as it takes."""
    nicks = [channel.prefix(m) + m.nick for m in client.server.members(channel)]
    head = f":{client.server.servername} 353 {client.nick} = {channel.name} :"
    for part in _packed(nicks, LINE_BYTES - len(head.encode())):
        client.reply("353", f"= {channel.name} :{part}")
    client.reply("366", f"{channel.name} :End of /NAMES list")


def _packed(words: Sequence[str], most: int) -> Iterator[str]:
    """Yield the words joined by blanks, in pieces of at most so many bytes."""
    piece = ""
    for word in words:
        longer = f"{piece} {word}" if piece else word
        if len(longer.encode()) > most:
            yield piece
            longer = word
        piece = longer
    if piece:
        yield piece


def _part(client: DemoClient, params: Sequence[str]) -> None:
    reason = params[1] if len(params) > 1 else ""
    for name in _listed(params[0]):
        _leave(client, client.server.own_channel(client, name), reason)


def _leave(client: DemoClient, channel: DemoChannel, reason: str) -> None:
    told = f" :{reason}" if reason else ""
    client.server.tell(channel.clients, f":{client.mask} PART {channel.name}{told}")
    client.server.take_out(client, channel)


def _names(client: DemoClient, params: Sequence[str]) -> None:
    names = _listed(params[0]) if params else [c.name for c in client.channels.values()]
    for name in names:
        channel = client.server.channels.get(fold(name))
        if channel is None:
            client.reply("366", f"{name} :End of /NAMES list")
        else:
            show_names(client, channel)


def _list(client: DemoClient, params: Sequence[str]) -> None:
    wanted = {fold(name) for name in _listed(params[0])} if params else set()
    client.reply("321", "Channel :Users  Name")
    for folded, channel in sorted(client.server.channels.items()):
        if not wanted or folded in wanted or not params[0].startswith("#"):
            client.reply("322", f"{channel.name} {len(channel.clients)} :{channel.topic}")
    client.reply("323", ":End of /LIST")


def _topic(client: DemoClient, params: Sequence[str]) -> None:
    yard = client.server
    if len(params) > 1:
        channel = yard.own_channel(client, params[0])
        channel.set_topic(params[1], client.mask, yard.clock())
        yard.tell(channel.clients, f":{client.mask} TOPIC {channel.name} :{channel.topic}")
        return
    channel = yard.channel(params[0])
    if channel.topic:
        _show_topic(client, channel)
    else:
        client.reply("331", f"{channel.name} :No topic is set")


def _privmsg(client: DemoClient, params: Sequence[str]) -> None:
    _message(client, "PRIVMSG", params)


def _notice(client: DemoClient, params: Sequence[str]) -> None:
    """Pass a NOTICE on; one that can't be is never answered (RFC 2812 3.3.2)."""
    if len(params) > 1 and params[1]:
        for target in _listed(params[0]):
            if _may_speak_to(client, target):
                _deliver(client, "NOTICE", target, params[1])


def _message(client: DemoClient, command: str, params: Sequence[str]) -> None:
    if not params:
        raise problem("411", f":No recipient given ({command})")
    if len(params) < 2 or not params[1]:
        raise problem("412", ":No text to send")
    for target in _listed(params[0]):
        if _may_speak_to(client, target):
            _deliver(client, command, target, params[1])
        elif target.startswith("#") and fold(target) in client.server.channels:
            client.reply("404", f"{target} :Cannot send to channel: join it first")
        elif target.startswith("#"):
            client.reply("403", f"{target} :No such channel")
        else:
            client.reply("401", f"{target} :No such nick/channel")


def _may_speak_to(client: DemoClient, target: str) -> bool:
    if target.startswith("#"):
        return fold(target) in client.channels
    return fold(target) in client.server.clients


def _deliver(client: DemoClient, command: str, target: str, text: str) -> None:
    yard = client.server
    client.spoke_at = yard.clock()
    if target.startswith("#"):
        yard.say(client, client.channels[fold(target)], text, command)
        return
    member = yard.member(target)
    member.send(f":{client.mask} {command} {member.nick} :{text}")
    if command == "PRIVMSG" and member.away:
        client.reply("301", f"{member.nick} :{member.away}")


def _kick(client: DemoClient, params: Sequence[str]) -> None:
    yard = client.server
    channel = yard.own_channel(client, params[0])
    _need_operator(client, channel)
    reason = params[2] if len(params) > 2 and params[2] else client.nick
    for nick in _listed(params[1]):
        victim = _in(client, channel, nick)
        yard.tell(channel.clients, f":{client.mask} KICK {channel.name} {victim.nick} :{reason}")
        yard.take_out(victim, channel)


def _invite(client: DemoClient, params: Sequence[str]) -> None:
    yard = client.server
    member = yard.member(params[0])
    channel = yard.own_channel(client, params[1])
    if member in channel.clients:
        raise problem("443", f"{member.nick} {channel.name} :is already on channel")
    client.reply("341", f"{member.nick} {channel.name}")
    member.send(f":{client.mask} INVITE {member.nick} :{channel.name}")


def _mode(client: DemoClient, params: Sequence[str]) -> None:
    if not params[0].startswith("#"):
        _user_mode(client, params)
        return
    channel = client.server.channel(params[0])
    if len(params) == 1:
        client.reply("324", f"{channel.name} +n")
        client.reply("329", f"{channel.name} {int(channel.created_at.timestamp())}")
    elif params[1].lstrip("+") == "b":
        client.reply("368", f"{channel.name} :End of channel ban list")
    else:
        _change_modes(client, client.server.own_channel(client, params[0]), params[1:])


def _user_mode(client: DemoClient, params: Sequence[str]) -> None:
    if fold(params[0]) != fold(client.nick):
        raise problem("502", ":Cannot change mode for other users")
    if len(params) == 1:
        client.reply("221", "+")


def _change_modes(client: DemoClient, channel: DemoChannel, change: Sequence[str]) -> None:
    """Give or take operators (the one mode there is)."""
    _need_operator(client, channel)
    sign, nicks = "+", iter(change[1:])
    for letter in change[0]:
        if letter in "+-":
            sign = letter
        elif letter != "o":
            client.reply("472", f"{letter} :is unknown mode char to me")
        elif nick := next(nicks, ""):
            member = _in(client, channel, nick)
            (channel.operators.add if sign == "+" else channel.operators.discard)(member)
            line = f":{client.mask} MODE {channel.name} {sign}o {member.nick}"
            client.server.tell(channel.clients, line)


def _need_operator(client: DemoClient, channel: DemoChannel) -> None:
    if client not in channel.operators:
        raise problem("482", f"{channel.name} :You're not channel operator")


def _in(client: DemoClient, channel: DemoChannel, nick: str) -> Member:
    member = client.server.member(nick)
    if member not in channel.clients:
        raise problem("441", f"{member.nick} {channel.name} :They aren't on that channel")
    return member


def _listed(names: str) -> list[str]:
    return [name for name in names.split(",") if name]


COMMANDS: Mapping[str, Command] = {
    "JOIN": Command(_join, 1),
    "PART": Command(_part, 1),
    "NAMES": Command(_names),
    "LIST": Command(_list),
    "TOPIC": Command(_topic, 1),
    "PRIVMSG": Command(_privmsg),
    "NOTICE": Command(_notice),
    "KICK": Command(_kick, 2),
    "INVITE": Command(_invite, 2),
    "MODE": Command(_mode, 1),
}
"""The commands of this file by name."""
