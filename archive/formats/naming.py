"""What the path of a log tells: the day and the channel."""

import re
from datetime import date
from pathlib import PurePath
from urllib.parse import unquote

_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_./]?)(?P<month>0[1-9]|1[0-2])(?P=mark)"
    r"(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)


def day_in_name(path: str | PurePath) -> date | None:
    """Return the day told by a file's name or folders: `#c.2021-05-12.log`, `2021/05/12.txt`."""
    parts = PurePath(path).parts
    for text in (parts[-1] if parts else "", "/".join(parts[-3:])):
        for found in reversed(list(_DAY.finditer(text))):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                continue
    return None


_ENDINGS = re.compile(r"(?:\.(?:log|txt|html?|gz|weechatlog|irclog))+\Z", re.IGNORECASE)
_CHANNEL = re.compile(r"[#&][^\x00-\x20,\x7f/]+")


def channel_in_name(path: str | PurePath) -> str:
    """Return the channel that a file's name or the folders nearest to it tell, or nothing.

    `#yard.2021-05-12.log`, `ann_oftc_#yard_20210512.log`, `irc.oftc.#yard.weechatlog`,
    `%23yard/2021-05-12.log`.
    """
    name, *folders = [unquote(part) for part in reversed(PurePath(path).parts[-4:])] or [""]
    dated = _DAY.search(name)
    if dated:
        name = name[: dated.start()].rstrip("._-")
    for text in (_ENDINGS.sub("", name), *folders):
        found = text[min(at for at in (text.find("#"), text.find("&"), len(text)) if at >= 0) :]
        if _CHANNEL.fullmatch(found):
            return found
    return ""
