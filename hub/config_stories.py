"""The sections of `madang.toml` about stories, and what other systems have to do with them."""

import re
from typing import Any

from pydantic import Field, field_validator

from hub.config_section import Section


class StoryBoardSection(Section):
    """`[storyboard]`: programs for StoryBoard, which log in at its address for it."""

    redirects: tuple[str, ...] = ()

    @field_validator("redirects", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("redirects")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        local = r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?"
        good = re.compile(rf"(?:https://[^\s/?#@\\]+|{local})(?:/[^\s?#\\]*)?")
        if not all(good.fullmatch(each) for each in value):
            raise ValueError(
                "should be https addresses, for example https://storyboard.example.org/, or of this"
                " machine: http://localhost"
            )
        return value


class HooksSection(Section):
    """`[hooks]`: what Gerrit and Zuul tell, and the channels in which changes are announced."""

    gerrit_secret_env: str = ""
    zuul_secret_env: str = ""
    gerritbot: str = ""
    network: str = ""


class AttachmentsSection(Section):
    """`[attachments]`: how large files of stories may be, in kB (1,000 bytes)."""

    largest_kb: int = Field(default=5_000, ge=1, le=9_000)
    per_story_kb: int = Field(default=50_000, ge=1)


class WebhooksSection(Section):
    """`[webhooks]`: whether programs in private networks may be told, on this machine among them."""

    allow_private: bool = False
