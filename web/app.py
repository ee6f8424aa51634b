"""tmp"""

from starlette.applications import Starlette


def make_app(app):
    return Starlette()
