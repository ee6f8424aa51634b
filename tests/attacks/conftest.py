"""Coroutine tests run as they are."""

import asyncio
import inspect

import pytest

from tests.databases import app, database_url, postgres_app, sqlite_app, yard

__all__ = ["app", "database_url", "postgres_app", "sqlite_app", "yard"]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
