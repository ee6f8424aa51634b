"""The postman: hands letters to the SMTP server, one after another, in a thread."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio
import anyio.to_thread

from hub.accounts.letters import Letter, Writer, drop_letter, is_due, take_letter
from hub.app import App
from hub.mail import Hopeless, send

_log = logging.getLogger(__name__)
_LOOK_S = 15.0


@dataclass(slots=True)
class Postman:
    """A part of the process that works. Several may run: a letter is one postman's at a time."""

    app: App
    writers: Mapping[str, Writer] = field(default_factory=dict)
    name: str = "mail"
    restarts: bool = True

    async def run(self) -> None:
        """Run until cancelled: send what is due, then wait for more."""
        mail = self.app.config.mail
        _log.info("mail: sending by %s:%s", mail.host, mail.port)
        while True:
            count = self.app.pulse.count
            if not await self.deliver():
                await self.app.pulse.after(count, _LOOK_S)

    async def close(self) -> None:
        """Nothing is in the air that would not come again."""

    async def deliver(self) -> bool:
        """Send one letter; tell whether one was due."""
        app, now = self.app, self.app.clock()
        if not await app.read(lambda s: is_due(s, now)):
            return False
        letter = await app.write(
            lambda s: take_letter(s, app.config, writers=self.writers, now=now)
        )
        if letter is not None and await self._is_done_with(letter):
            await app.write(lambda s: drop_letter(s, letter.id))
        return True

    async def _is_done_with(self, letter: Letter) -> bool:
        """Send a letter; tell whether it need not come again."""
        app = self.app
        try:
            await anyio.to_thread.run_sync(
                send, app.config.mail, letter.mail, app.clock(), abandon_on_cancel=True
            )
        except Hopeless as error:
            _log.warning("mail: letter %d can't be sent and is dropped: %s", letter.id, error)
        except (OSError, ValueError) as error:
            app.metrics.add("madang_mail_failures_total")
            _log.warning("mail: letter %d was not sent, trying again later: %s", letter.id, error)
            return False
        else:
            app.metrics.add("madang_mails_total")
        return True
