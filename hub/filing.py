"""The port between what has actions and what has stories: an action becomes a story, and is closed by it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.people import Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become a story. source: the ref that it came out of. project: whose task it is, or empty.

    doers: the nicks, on `network`, of those who have said that they do it.
    """

    title: str
    text: str = ""
    source: str = ""
    project: str = ""
    network: str = ""
    doers: tuple[str, ...] = ()


FileWish = Callable[[Session, Actor, Wish, datetime], str]
"""Files a wish and returns the story's ref. Raises: Refused, Invalid."""

HandOver = Callable[[Session, Actor, int, str, FileWish, datetime], str]
"""Lets the action of a number be filed, for a project (or ""), and closes it by the ref that it returns.

Raises: NotFound, Refused, Invalid, Conflict.
"""
