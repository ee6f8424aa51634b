"""SASL: what the bot answers when the server asks who it is.

Pure. Source: RFC 4616 (PLAIN), RFC 4422 appendix A (EXTERNAL), IRCv3 sasl-3.1 (400 byte chunks).
"""

from base64 import b64encode
from dataclasses import dataclass, field

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Login:
    """How the bot proves who it is. EXTERNAL needs no password: the TLS certificate proves it."""

    mechanism: str
    user: str = ""
    password: str = field(default="", repr=False)
    required: bool = True

    def response(self) -> list[str]:
        """Return the parameters of the AUTHENTICATE messages that answer the challenge."""
        if self.mechanism == "EXTERNAL":
            return chunks(self.user.encode())
        return chunks("\0".join((self.user, self.user, self.password)).encode())


def chunks(payload: bytes) -> list[str]:
    """Return the payload in base64, cut at 400; a `+` tells an end that would be missed."""
    text = b64encode(payload).decode()
    parts = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
    return parts if parts and len(parts[-1]) < _CHUNK else [*parts, "+"]
