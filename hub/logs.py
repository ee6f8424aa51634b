"""What the program tells its operator: one line for each record, as text or as JSON, with request ids."""

import json
import logging
import sys
from datetime import UTC, datetime

from hub.config import LogSection
from hub.request_id import request_id
from hub.terminal import on_one_line

_OWN = set(vars(logging.makeLogRecord({})))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, message, request_id and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            told["request_id"] = request_id.get()
        told |= {k: v for k, v in vars(record).items() if k not in _OWN and k != "message"}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """For the eye: time, level, logger, message, then what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text; a traceback follows on its own lines."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {k: v for k, v in vars(record).items() if k not in _OWN and k != "message"}
        if request_id.get():
            told = {"request_id": request_id.get()} | told
        extra = "".join(f" {key}={value}" for key, value in told.items() if key != "color_message")
        message = on_one_line(f"{record.getMessage()}{extra}")
        text = f"{at} {record.levelname.lower():7} {record.name}: {message}"
        if not record.exc_info:
            return text
        # Indented: an error's message may hold lines that a stranger wrote to look like records.
        traceback = self.formatException(record.exc_info).splitlines()
        return "\n".join([text, *(f"    {on_one_line(line)}" for line in traceback)])


def set_up(config: LogSection) -> None:
    """Send all logs to standard error as configured."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if config.format == "json" else TextFormatter())
    logging.basicConfig(level=config.level.upper(), handlers=[handler], force=True)
    logging.getLogger("irc").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
