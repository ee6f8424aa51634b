"""What all sections of `madang.toml` are: strict, frozen, and without keys that nobody knows."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port; 0 has the system choose a free one to listen on."""


class Section(BaseModel):
    """One table of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
