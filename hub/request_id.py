"""The request id that ties everything together that one request caused."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Set by the web shell for each request; read by the logs."""
