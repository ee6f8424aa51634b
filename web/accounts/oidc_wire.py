"""How other login providers are asked: briefly, in small answers, and nowhere but where they said.

A provider is somebody else's program. It may be slow, gone or talk nonsense; none of it may hold the hub up.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx

PATIENCE_S = 8.0
"""How long one answer may take, all in all."""

_MOST_BYTES = 300_000


class TooMuch(httpx.TransportError):
    """An answer that is larger than any honest one."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """A transport that gives up on answers that are too large or packed (a packed one can swell)."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is counted while it comes in."""
        request.headers["Accept-Encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise TooMuch("the answer is packed, though that was not asked for")
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Counted(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Counted(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MOST_BYTES
        async for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise TooMuch(f"the answer is larger than {_MOST_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def client_options() -> dict[str, Any]:
    """Return the options of every client that speaks to a provider: no redirects, no proxies, no cookies."""
    return {
        "transport": BoundedTransport(httpx.AsyncHTTPTransport(retries=0)),
        "timeout": PATIENCE_S,
        "follow_redirects": False,
        "trust_env": False,
    }
