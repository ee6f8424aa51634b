"""Sends one request to an address of somebody's choice, and nowhere else.

The name is looked up once, every address that it has is checked, and the connection goes to a checked one:
a name that answers otherwise the second time leads nowhere. Nothing follows a redirect. All is over within a
bounded time, whatever the receiver does.
Source: OWASP's Server-Side Request Forgery Prevention Cheat Sheet; GitHub's headers for webhooks.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from hub import __version__
from hub.errors import Refused
from hub.webhooks.queue import Outcome, Parcel

PATIENCE_S = 10.0
_MOST_READ = 4096
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def signature(secret: str, body: bytes) -> str:
    """Return what proves that a body comes from who knows the secret."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the open Internet, in whatever it is wrapped."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def addresses_of(host: str, port: int, *, allow_private: bool) -> Sequence[str]:
    """Return the IP addresses of a host.

    Raises: Refused when one of them is not public, OSError when it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not allow_private and not all(map(is_public, addresses)):
        raise Refused(
            f"{host} leads into a private network. An operator can allow that: [webhooks] allow_private."
        )
    return addresses


def send(
    parcel: Parcel, *, allow_private: bool, trust: ssl.SSLContext, patience_s: float = PATIENCE_S
) -> Outcome:
    """Send a parcel and return what came of it; whatever goes wrong is an outcome, too."""
    began = time.monotonic()

    def outcome(status: int | None, text: str, *, is_final: bool = False) -> Outcome:
        return Outcome(status, int((time.monotonic() - began) * 1000), text, is_final)

    try:
        status, text = _post(parcel, allow_private, trust, began + patience_s)
    except Refused as error:
        return outcome(None, str(error), is_final=True)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() - began >= patience_s:
            return outcome(None, f"No answer within {patience_s:g} s.")
        return outcome(None, f"{type(error).__name__}: {error}")
    if 300 <= status < 400:
        text = f"Redirects are not followed.\n{text}"
    return outcome(status, text)


def _post(
    parcel: Parcel, allow_private: bool, trust: ssl.SSLContext, deadline: float
) -> tuple[int, str]:
    parts = urlsplit(parcel.url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    addresses = addresses_of(host, port, allow_private=allow_private)
    sock = _connect(addresses, port, deadline)
    tls = None
    if is_tls:  # what is cut is what is read from: the plain socket is no more once it is wrapped
        sock = tls = trust.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    watch = threading.Timer(max(deadline - time.monotonic(), 0), _cut, [sock])
    watch.daemon = True
    watch.start()
    try:
        if tls is not None:
            tls.do_handshake()
        return _talk(sock, parcel, host, port)
    finally:
        watch.cancel()
        sock.close()


def _connect(addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
    last: OSError = OSError("No address.")
    for address in addresses[:4]:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            last = error
    raise last


def _talk(sock: socket.socket, parcel: Parcel, host: str, port: int) -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port)
    connection.sock = sock
    parts = urlsplit(parcel.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    is_usual = port == (443 if parts.scheme == "https" else 80)
    headers = {
        "Host": named if is_usual else f"{named}:{port}",
        "User-Agent": f"Madang/{__version__}",
        "Content-Type": "application/json",
        "X-Madang-Event": parcel.kind,
        "X-Madang-Delivery": parcel.name,
        "X-Hub-Signature-256": signature(parcel.secret, parcel.body),
        "Connection": "close",
    }
    connection.request("POST", path, parcel.body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read(_MOST_READ).decode("utf-8", "replace")


def _cut(sock: socket.socket) -> None:
    """End a connection from another thread: who waits on it wakes with an error."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # over already
