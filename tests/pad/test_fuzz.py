"""Frames drawn by lot: whatever comes, the server says why it hangs up, and stays up for all others."""

import contextlib
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from pad import protocol
from pad.lib0 import Malformed, uint
from pad.update import Unfit
from tests.pad.frames import frame, item, states
from tests.pad.peers import Peers
from tests.pad.test_socket import address, close_code, stored
from tests.web.hub import Site

_SOUND = (
    frame(0, 0, b"\x00"),
    frame(0, 0, b"\x01\x07\x05"),
    frame(0, 1, item(0, "ab")),
    frame(0, 2, item(0, "한글😀", client=9)),
    frame(0, 2, item(2, "x", left=(7, 1))),
    protocol.presence(states((7, 1, '{"user":{"name":"Ann"},"cursor":null}'))),
    b"\x03",
)
_HUGE = (*(uint(2**bits - 1) for bits in (31, 32, 53)), b"\xff" * 12)


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    """A sound frame in which some bytes are others, or huge numbers; or one that ends early."""
    data = bytearray(draw(st.sampled_from(_SOUND)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data) - 1))
        put = draw(st.binary(min_size=1, max_size=1) | st.sampled_from(_HUGE))
        data[at : at + 1] = put
    return bytes(data[: draw(st.integers(1, len(data)))])


_REFUSALS = {4400, 4413, 4422, 4429, 1013}
_FRAMES = st.lists(_spoilt() | st.binary(max_size=60), min_size=1, max_size=5)


@given(data=_spoilt() | st.binary(max_size=200))
def test_bytes_are_a_message_or_refused(data: bytes) -> None:
    with contextlib.suppress(Malformed, Unfit):
        assert isinstance(protocol.read_message(data), protocol.Message)


def test_no_frames_stop_the_server(site: Site) -> None:
    with Peers(site.url) as peers:

        @settings(max_examples=100, deadline=None)
        @given(frames=_FRAMES)
        def attack(frames: list[bytes]) -> None:
            with connect(address(site, "wild", "?ack=1")) as wild:
                with contextlib.suppress(ConnectionClosed):
                    for data in frames:
                        wild.send(data)
                    wild.send(b"\xff")  # no message has that number
                assert close_code(wild) in _REFUSALS
            # Another one is let in as ever, and is told what is stored.
            other = peers.opened("wild")
            assert other.text == stored(site, "wild")
            other.do("leave")

        attack()


@pytest.mark.parametrize("length", [b"\xff" + b"\xff" * 8, b"\xff" + (1 << 40).to_bytes(8, "big")])
def test_a_frame_that_promises_too_much_is_not_waited_for(site: Site, length: bytes) -> None:
    with connect(address(site)) as wild:
        raw: socket.socket = wild.socket
        raw.sendall(b"\x82" + length + bytes(4))
        assert close_code(wild) in {1002, 1009}
    with Peers(site.url) as peers:
        ann, bob = peers.opened("calm"), peers.opened("calm")
        ann.insert(0, "alive")
        assert bob.shows("alive")
