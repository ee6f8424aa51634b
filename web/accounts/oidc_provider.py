"""A provider of logins by OpenID Connect: where it is asked, and who it says somebody is.

Source: OpenID Connect Core 1.0 (3.1), Discovery 1.0 (4), RFC 7636 (PKCE), RFC 9207 (the issuer in answers).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import anyio
import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from hub.config_people import OidcProvider
from web.accounts.oidc_attempt import Attempt
from web.accounts.oidc_wire import PATIENCE_S, client_options

_FRESH = timedelta(hours=1)
_NEW_KEYS = timedelta(seconds=30)
_LEEWAY_S = 60
_ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"),
]
_LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:/|$)")
_METHODS = ("client_secret_basic", "client_secret_post")


class ProviderDown(Exception):
    """The provider can't be asked now, or answers what no provider answers. For the log, not the reader."""


class NotProved(Exception):
    """The answer proves nobody's login: used up, too old, forged, or meant for another. For the log."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Who somebody is at a provider. Only `subject` counts; the rest is what they are called there."""

    subject: str
    login: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    at: datetime
    value: dict[str, Any]


class Provider:
    """One provider. Its addresses and keys are asked for once an hour, keys also when a new one signs."""

    def __init__(self, config: OidcProvider) -> None:
        self.config = config
        self._found: _Kept | None = None
        self._keys: _Kept | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.config.label or self.config.name

    async def way_in(self, attempt: Attempt, back: str, now: datetime) -> str:
        """Return the address where somebody logs in there. Raises: ProviderDown."""
        found = await self._discover(now)
        address = prepare_grant_uri(
            found["authorization_endpoint"], self.config.client_id, "code",
            redirect_uri=back, scope=" ".join(self.config.scopes), state=attempt.state,
            nonce=attempt.nonce, code_challenge_method="S256",
            code_challenge=create_s256_code_challenge(attempt.verifier),
        )  # fmt: skip
        return str(address)

    async def who(
        self, attempt: Attempt, answer: Mapping[str, str], back: str, now: datetime
    ) -> Stranger:
        """Return who has logged in there, by the answer that their browser brought.

        Raises: ProviderDown, NotProved.
        """
        found = await self._discover(now)
        self._check_sender(found, answer)
        told = await self._token(found, answer.get("code", ""), attempt.verifier, back)
        claims = await self._claims(told["id_token"], attempt.nonce, found, now)
        return _stranger(claims | await self._more(found, str(told.get("access_token")), claims))

    def _check_sender(self, found: Mapping[str, Any], answer: Mapping[str, str]) -> None:
        """Refuse another provider's answer (mix-up). Source: RFC 9207 2.4."""
        told = answer.get("iss")
        is_told = found.get("authorization_response_iss_parameter_supported") is True
        if (told is not None or is_told) and told != self.config.issuer:
            raise NotProved(f"the answer is from the issuer {told!r:.200}")

    async def _token(
        self, found: Mapping[str, Any], code: str, verifier: str, back: str
    ) -> dict[str, Any]:
        """Return what the provider gives for a code, an `id_token` among it."""
        fields = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "code_verifier": verifier,
        }  # fmt: skip
        address, headers, body = self._proof_of_us(found).prepare(
            "POST", found["token_endpoint"], {"Accept": "application/json"}, urlencode(fields)
        )
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, told = await _ask("POST", address, headers, body)
        if status in (400, 401) and isinstance(told, dict):
            error = str(told.get("error"))[:200]
            if error in {"invalid_client", "unauthorized_client"}:
                raise ProviderDown(f"it doesn't take our client_id and secret: {error}")
            raise NotProved(f"no token for the code: {error}")
        if status != 200 or not isinstance(told, dict) or not isinstance(told.get("id_token"), str):
            raise ProviderDown(f"its token endpoint answered {status} without an id_token")
        return told

    async def _claims(
        self, text: str, nonce: str, found: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Return what an id token says, once its signature and all that it must say are right."""
        try:
            claims = await self._signed(text, found, now)
            _rules(self.config, nonce, now).validate(claims)
        except (JoseError, ValueError) as error:
            raise NotProved(f"the id token is not good: {error!r}") from None
        if claims.get("azp", self.config.client_id) != self.config.client_id:
            raise NotProved("the id token was given to another client")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
            raise NotProved("the id token is for several clients and does not say whose")
        return claims

    async def _signed(self, text: str, found: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """Check the signature; a key that we don't know may be new (rotation), so ask once more."""
        try:
            keys = await self._key_set(found, now, _FRESH)
            return dict(jwt.decode(text, keys, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError):
            keys = await self._key_set(found, now, _NEW_KEYS)
            return dict(jwt.decode(text, keys, algorithms=_ALGORITHMS).claims)

    async def _key_set(self, found: Mapping[str, Any], now: datetime, fresh: timedelta) -> KeySet:
        if not _is_fresh(self._keys, now, fresh):
            self._keys = _Kept(now, await self._get(found["jwks_uri"]))
        assert self._keys is not None
        listed = self._keys.value.get("keys")
        keys = [
            JWKRegistry.import_key(key)
            for key in (listed if isinstance(listed, list) else [])
            if isinstance(key, dict)
            and key.get("kty") in {"RSA", "EC", "OKP"}
            and key.get("use", "sig") == "sig"
        ]
        return KeySet(keys)

    async def _more(
        self, found: Mapping[str, Any], access: str, claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what the provider tells of somebody beside the token; nothing when it doesn't."""
        address = found.get("userinfo_endpoint")
        if "name" in claims or not isinstance(address, str):
            return {}
        try:
            status, told = await _ask("GET", address, {"Authorization": f"Bearer {access}"})
        except ProviderDown:
            return {}
        if status != 200 or not isinstance(told, dict) or told.get("sub") != claims["sub"]:
            return {}
        names = ("name", "preferred_username", "nickname", "email", "email_verified")
        return {name: told[name] for name in names if name in told}

    async def _discover(self, now: datetime) -> dict[str, Any]:
        """Return the provider's discovery document, checked. Raises: ProviderDown."""
        if not _is_fresh(self._found, now, _FRESH):
            issuer = self.config.issuer
            found = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise ProviderDown(f"it calls itself {found.get('issuer')!r:.200}, not {issuer}")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                self._check_address(name, found.get(name))
            if "userinfo_endpoint" in found:
                self._check_address("userinfo_endpoint", found["userinfo_endpoint"])
            self._found = _Kept(now, found)
        assert self._found is not None
        return self._found.value

    def _check_address(self, name: str, address: object) -> None:
        """Take https addresses; plain ones on this machine where the issuer is one of those."""
        is_local = bool(_LOCAL.match(self.config.issuer))
        if isinstance(address, str) and (
            address.startswith("https://") or (is_local and _LOCAL.match(address))
        ):
            return
        raise ProviderDown(f"its {name} is {address!r:.200}, which is no https address")

    async def _get(self, address: str) -> dict[str, Any]:
        status, told = await _ask("GET", address, {"Accept": "application/json"})
        if status != 200 or not isinstance(told, dict):
            raise ProviderDown(f"{address} answered {status} without a JSON object")
        return told

    def _proof_of_us(self, found: Mapping[str, Any]) -> ClientAuth:
        """Return what proves a request to be ours, as the provider likes it. Raises: ProviderDown."""
        name = self.config.client_secret_env
        secret = os.environ.get(name, "") if name else ""
        if name and not secret:
            raise ProviderDown(f"the environment variable {name} with its client secret is empty")
        liked = found.get("token_endpoint_auth_methods_supported") or _METHODS
        method = next((each for each in _METHODS if each in liked), _METHODS[0])
        return ClientAuth(self.config.client_id, secret, method if secret else "none")


async def _ask(
    method: str, address: str, headers: Mapping[str, str], body: str | None = None
) -> tuple[int, Any]:
    """Return the status and the JSON (None for what is none) that a provider answers.

    Raises: ProviderDown.
    """
    try:
        with anyio.fail_after(PATIENCE_S):
            async with httpx.AsyncClient(**client_options()) as client:
                answer = await client.request(method, address, headers=headers, content=body)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        raise ProviderDown(f"{address} failed: {error!r}") from None
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, None


def _rules(config: OidcProvider, nonce: str, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": config.issuer},
        aud={"essential": True, "value": config.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )


def _stranger(claims: Mapping[str, Any]) -> Stranger:
    """Return who that is. Source: OpenID Connect Core 1.0, 2 (`sub`: at most 255 ASCII characters)."""
    subject = claims.get("sub")
    if not (isinstance(subject, str) and re.fullmatch(r"[\x21-\x7e]{1,255}", subject)):
        raise NotProved("the id token's subject is none")

    def word(name: str) -> str:
        value = claims.get(name)
        return value if isinstance(value, str) else ""

    login = word("preferred_username") or word("nickname")
    email = word("email") if claims.get("email_verified") is True else ""
    return Stranger(subject, login, word("name"), email)


def _is_fresh(kept: _Kept | None, now: datetime, fresh: timedelta) -> bool:
    return kept is not None and timedelta(0) <= now - kept.at < fresh
