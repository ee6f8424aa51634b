"""What the socket tells besides the text, to those who ask for acknowledgements: whose it is, and talk."""

import json

from sqlmodel import Session
from websockets.sync.client import ClientConnection, connect

from pad import protocol, talk
from pad.lib0 import Reader
from pad.pads import find_pad
from tests.pad.frames import frame, item
from tests.pad.scribbles import BOB, NOW, OPERATOR
from tests.pad.test_socket import address, told
from tests.web.hub import Site


def kinds_up_to(socket: ClientConnection, last: bytes) -> list[int]:
    """Return the kinds of all frames up to one."""
    kinds = []
    while True:
        got = socket.recv(timeout=10)
        assert isinstance(got, bytes)
        kinds.append(got[0])
        if got == last:
            return kinds


def content(got: bytes) -> object:
    """Return what a frame of JSON says."""
    reader = Reader(got)
    reader.uint()
    return json.loads(reader.string())


def speak(site: Site, text: str) -> None:
    """Say something beside the pad, as another process would."""

    def say(session: Session) -> None:
        pad = find_pad(session, "notes")
        assert pad is not None
        talk.say(session, OPERATOR, pad, text, BOB, now=NOW)

    site.app.db.write(say)
    site.app.pulse.beat()


def test_whose_letters_come_is_told_before_they_do(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as ann, connect(address(site)) as bob:
        told(bob, 0)
        bob.send(frame(0, 2, item(0, "tea", client=77)))
        grown = content(told(ann, 102))
        assert isinstance(grown, dict)
        ((client, clock, author),) = grown["writers"]
        assert (client, clock) == (77, 0)
        assert set(grown["authors"]) == {str(author)}
        assert told(ann, 0) == protocol.change(item(0, "tea", client=77))


def test_a_stock_client_hears_of_nothing_but_text_and_people(site: Site) -> None:
    with connect(address(site)) as stock, connect(address(site, query="?ack=1")) as own:
        told(own, 0)
        own.send(frame(0, 2, item(0, "tea", client=77)))
        told(own, 100)
        speak(site, "hello")
        told(own, 103)
        own.send(frame(0, 2, item(3, "s", client=77, left=(77, 2))))
        last = protocol.change(item(3, "s", client=77, left=(77, 2)))
        assert set(kinds_up_to(stock, last)) <= {0, 1}


def test_what_is_said_elsewhere_is_heard_here_once(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as ann:
        told(ann, 101)
        for number, text in enumerate(("떡?", "네")):
            speak(site, text)
            said = content(told(ann, 103))
            assert isinstance(said, list)
            assert [(one["number"], one["text"], one["guest"]) for one in said] == [
                (number, text, True)
            ]


def test_who_came_to_read_hears_no_talk(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as own:
        own.send(frame(0, 2, item(0, "tea", client=77)))
        told(own, 100)
        pad = site.app.db.read(lambda s: find_pad(s, "notes"))
        assert pad is not None
        with connect(address(site, f"r.{pad.reading}", "?ack=1")) as reader:
            told(reader, 101)
            speak(site, "between us")
            told(own, 103)
            own.send(frame(0, 2, item(3, "s", client=77, left=(77, 2))))
            last = protocol.change(item(3, "s", client=77, left=(77, 2)))
            assert 103 not in kinds_up_to(reader, last)
