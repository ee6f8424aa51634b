"""What all of the archive's pages are made at: the hub, the addresses, the live pages."""

from dataclasses import dataclass
from datetime import UTC, date
from urllib.parse import quote

from sqlmodel import Session

from archive.addresses import ROOT, Addresses, Place, slug
from archive.entries import Channel
from archive.live import Live
from archive.queries import find_channel
from archive.shelves import Shelf, configured, shelf
from archive.watching import states
from hub.app import App
from hub.errors import NotFound
from hub.language import gettext

_FILES = {"channel": "", "latest": "latest.log.html", "feed": "feed.atom"}


@dataclass(frozen=True, slots=True)
class Desk:
    """One hub's archive, as its pages see it."""

    app: App
    addresses: Addresses
    live: Live

    def today(self) -> date:
        """Return the UTC day that it is."""
        return self.app.clock().astimezone(UTC).date()

    def address(self, place: Place) -> str:
        """Return the one address under which a place is served."""
        if place.page == "list":
            is_all = place.network in ("", self.addresses.main)
            return ROOT if is_all else f"{ROOT}{quote(place.network, safe='')}/"
        if place.day is not None:
            text = place.page == "text"
            return self.addresses.day(place.network, place.slug, place.day, text=text)
        channel = self.addresses.channel(place.network, place.slug)
        return channel + _FILES.get(place.page, place.page)

    def shelf(self, session: Session, place: Place, *, watched: bool = False) -> Shelf:
        """Return the channel that an address names, also one that is only to be logged yet.

        How the bots stand to it is read only when it is to be `watched`.

        Raises: NotFound when there is none, in the same words for one that is kept out of the archive.
        """
        config = self.app.config
        channel = find_channel(session, place.network, place.slug)
        wanted = configured(config, place.network, place.slug)
        if channel is None and not (wanted and wanted.log):
            raise NotFound(
                gettext("There is no such channel here. Start from the list of channels.")
            )
        known = states(session, self.app.clock()) if watched else {}
        return shelf(config, self.addresses, place.network, place.slug, channel, known)

    def stored(
        self, session: Session, place: Place, *, watched: bool = False
    ) -> tuple[Shelf, Channel]:
        """Return a channel that has an archive.

        Raises: NotFound when nothing was ever logged in it.
        """
        found = self.shelf(session, place, watched=watched)
        if found.channel is None:
            raise NotFound(
                gettext(
                    "Nothing has been logged in %(name)s yet. Look again later.", name=found.name
                )
            )
        return found, found.channel


def file_of(place: Place) -> str:
    """Return how the files of a channel begin, quoted: `%23chan`."""
    return quote(slug(place.slug), safe="")
