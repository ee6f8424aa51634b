"""The port between what has things to do and what has stories: an action or a pad's line becomes a story."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.people import Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become a story. source: the ref that it came out of. project: whose task it is, or empty.

    doers: the nicks, on `network`, of those who have said that they do it; on no network, people's names.
    story: the ref of the one whose task it is to become, or empty.
    """

    title: str
    text: str = ""
    source: str = ""
    project: str = ""
    network: str = ""
    doers: tuple[str, ...] = ()
    story: str = ""


FileWish = Callable[[Session, Actor, Wish, datetime], str]
"""Files a wish and returns the ref of the story, or of the task. Raises: NotFound, Refused, Invalid."""

HandOver = Callable[[Session, Actor, int, str, FileWish, datetime], str]
"""Lets the action of a number be filed, for a project (or ""), and closes it by the ref that it returns.

Raises: NotFound, Refused, Invalid, Conflict.
"""
