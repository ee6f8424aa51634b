"""The routes of accounts, for the shell."""

from starlette.routing import Route

from web.accounts.administering import administering_routes
from web.accounts.data import data_routes
from web.accounts.entering import entering_routes
from web.accounts.inbox import inbox_routes
from web.accounts.mailing import mailing_routes
from web.accounts.oidc import oidc_routes
from web.accounts.own import own_routes
from web.accounts.person import person_routes
from web.accounts.saved import saved_routes
from web.accounts.webhooks import webhook_routes


def account_routes() -> list[Route]:
    """Return the routes of all pages of accounts."""
    return [
        *entering_routes(),
        *mailing_routes(),
        *oidc_routes(),
        *own_routes(),
        *inbox_routes(),
        *saved_routes(),
        *data_routes(),
        *administering_routes(),
        *webhook_routes(),
        *person_routes(),
    ]
