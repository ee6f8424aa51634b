"""Hostmasks: who somebody is (`nick!user@host`) and the patterns that stand for several.

Pure. Source: RFC 2812 2.3.1 and 2.5; only `*` and `?` are wild, brackets are letters.
"""

import re
from collections.abc import Iterable

from hub.irc import casefold


def matches(mask: str, hostmask: str, mapping: str = "rfc1459") -> bool:
    """Say whether the pattern stands for this `nick!user@host`."""
    pattern = "".join(
        ".*" if char == "*" else "." if char == "?" else re.escape(char)
        for char in re.sub(r"\*+", "*", casefold(mask, mapping))
    )
    return re.fullmatch(pattern, casefold(hostmask, mapping), re.DOTALL) is not None


def is_mask(text: str) -> bool:
    """Say whether the text is a pattern for hostmasks rather than an account's name."""
    return "!" in text or "@" in text


def names_a_host(mask: str) -> bool:
    """Say whether the mask asks for a host at all; `ann!*@*` is anybody who calls himself ann."""
    return bool(re.search(r"[^*?.:]", mask.rpartition("@")[2])) and "@" in mask


def is_toothless(entry: str) -> bool:
    """Say whether an entry of the trusted stands for nobody: a mask without a host."""
    return is_mask(entry) and not names_a_host(entry)


def is_trusted(
    trusted: Iterable[str], hostmask: str, account: str | None, mapping: str = "rfc1459"
) -> bool:
    """Say whether somebody is one of the trusted: by services account, or by a mask with a host.

    A plain name in `trusted` is an account and never a nick: anybody can take a nick.
    """
    for entry in trusted:
        if is_mask(entry):
            if names_a_host(entry) and matches(entry, hostmask, mapping):
                return True
        elif account is not None and casefold(entry, mapping) == casefold(account, mapping):
            return True
    return False


_ADDRESS = re.compile(r"\d{1,3}(?:\.[\d*?]{1,3}){3}(?:/\d+)?|(?:[0-9a-fA-F]*:){2,}[0-9a-fA-F:.*?]*")


def hidden(text: str) -> str:
    """Return a mode's argument without anybody's user name, host or address."""
    if is_mask(text):
        nick = text.partition("@")[0].partition("!")[0] if "!" in text else "*"
        return f"{nick}!*@(hidden)"
    return "(hidden)" if _ADDRESS.fullmatch(text) else text


def without_addresses(text: str) -> str:
    """Return a server's own words (`Closing Link: ...`) without user names, hosts and addresses."""
    words = re.split(r"([\s()\[\]<>,]+)", text)
    return "".join(
        "(hidden)" if "@" in word or _ADDRESS.fullmatch(word) else word for word in words
    )
