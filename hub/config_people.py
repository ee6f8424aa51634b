"""The sections of `madang.toml` about people: who may join, other places to log in, and mails to them."""

import re
from email.utils import parseaddr
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from hub.config_section import Port, Section


class OidcProvider(Section):
    """`[[auth.oidc]]`: another place where people log in, by OpenID Connect."""

    name: str
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret_env: str = ""
    label: str = Field("", max_length=40)
    scopes: tuple[str, ...] = ("openid", "profile", "email")

    @field_validator("scopes", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("scopes")
    @classmethod
    def _is_oidc(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value or not all(
            re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", s) for s in value
        ):
            raise ValueError('should have "openid" among words without blanks')
        return value

    @field_validator("name")
    @classmethod
    def _is_a_slug(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", value):
            raise ValueError("should be a short word of a-z, 0-9 and -, for example example")
        if value == "callback":
            raise ValueError("should be another word: providers send people back to that address")
        return value

    @field_validator("issuer")
    @classmethod
    def _is_an_issuer(cls, value: str) -> str:
        local = r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?"
        if not re.fullmatch(rf"(?:https://[^\s/?#@]+|{local})(?:/[^\s?#]*)?", value):
            raise ValueError(
                "should be the provider's https address, for example https://login.example.org"
            )
        return value


class AuthSection(Section):
    """`[auth]`: who may join, and where else people may log in."""

    registration: Literal["open", "invite", "closed"] = "invite"
    oidc: tuple[OidcProvider, ...] = ()

    @field_validator("oidc", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class MailSection(Section):
    """`[mail]`: the SMTP server through which the hub writes to people; none without a host."""

    host: str = ""
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    tls_ca: str = ""
    user: str = ""
    password_file: str = ""
    sender: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "MailSection":
        if self.host and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", parseaddr(self.sender)[1]):
            raise ValueError(
                "needs sender, from whom the mails are: Our hub <hub@example.org>, for example"
            )
        if bool(self.user) != bool(self.password_file):
            raise ValueError("needs both user and password_file, or neither")
        if self.user and self.security == "none":
            raise ValueError(
                'should not send a password in the open: security = "starttls" or "tls"'
            )
        return self
