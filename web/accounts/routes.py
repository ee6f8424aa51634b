"""The routes of accounts, for the shell."""

from starlette.routing import Route

from web.accounts.administering import administering_routes
from web.accounts.entering import entering_routes
from web.accounts.own import own_routes


def account_routes() -> list[Route]:
    """Return the routes of all pages of accounts."""
    return [*entering_routes(), *own_routes(), *administering_routes()]
