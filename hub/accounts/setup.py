"""Tells the operator at start how to become the first administrator, as long as there is none."""

import logging
import sys
from dataclasses import dataclass

from hub.accounts.registration import begin_setup
from hub.app import App

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SetupLink:
    """A part of the hub's process that says one thing and is done.

    address: where the pages are, without a slash at the end. The link goes to the terminal where there is
    one, else into the log: whoever can read that runs the hub.
    """

    app: App
    address: str
    name: str = "setup"
    restarts: bool = False

    async def run(self) -> None:
        """Make a new link and tell it; the links of earlier starts are worth nothing from then on."""
        code = await self.app.write(lambda session: begin_setup(session, now=self.app.clock()))
        if code is None:
            return
        link = f"{self.address}/setup/{code}"
        if sys.stdout.isatty():
            print(_WORDS.format(link=link), flush=True)
        else:
            _log.warning(
                "setup: nobody administers this hub yet; whoever opens %s first does", link
            )

    async def close(self) -> None:
        """Nothing is in the air."""


_WORDS = """
Nobody administers this hub yet. Open this to become its administrator (it works once, until the next start):

  Set up {link}
"""
