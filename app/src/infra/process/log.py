"""Where log lines go and how they look: standard error, as text or as one JSON object a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Literal

from uvicorn.logging import ColourizedFormatter

from src.infra.http.episodes import Episodes
from src.infra.traces.current_trace import trace_id

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the names that collectors of logs know."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON; the time is as RFC 3339 has it."""
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if current := trace_id():
            line["trace_id"] = current
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class OnceAnEpisode(logging.Filter):
    """Lets the first warning of an episode through: callers may cause one with each request."""

    def __init__(self) -> None:
        super().__init__()
        self._episodes = Episodes()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        return record.levelno != logging.WARNING or self._episodes.begins(record.msg)


class TakenOver(logging.Filter):
    """Marks uvicorn's access log: its lines are written by AccessLog, or by nobody."""


def configure_logging(level: str, fmt: Literal["text", "json"]) -> bool:
    """Sends every log line, uvicorn's too, to standard error in one format, in UTF-8.

    Where the root logger has handlers already, a program around this one has decided otherwise.
    What uvicorn's own options say of its loggers stays: `--no-access-log`, a `--log-level` other
    than its default, and the handlers of a `--log-config`.

    Returns whether these allow an AccessLog. uvicorn itself writes none then: its lines cost more
    and tell less.
    """
    if isinstance(sys.stderr, TextIOWrapper) and not sys.stderr.isatty():
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if fmt == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler])
    if fmt == "json" and handler in logging.getLogger().handlers:
        logging.captureWarnings(capture=True)  # Python itself writes them as text
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        defaults = [each for each in logger.handlers if _is_uvicorns_default(each)]
        for each in defaults:
            logger.removeHandler(each)
        if defaults and not logger.handlers:
            logger.propagate = True
        if logger.level == logging.INFO:  # uvicorn's default, too
            logger.setLevel(logging.NOTSET)
    server = logging.getLogger("uvicorn.error")
    server.filters = [each for each in server.filters if not isinstance(each, OnceAnEpisode)]
    server.addFilter(OnceAnEpisode())
    return _takes_over(logging.getLogger("uvicorn.access"))


def _takes_over(access: logging.Logger) -> bool:
    """Whether access lines are wanted, and nobody else writes them."""
    is_ours = any(isinstance(each, TakenOver) for each in access.filters)
    if not is_ours and not access.propagate:
        return False  # `--no-access-log`, or handlers of one's own
    access.propagate = False
    if not is_ours:
        access.addFilter(TakenOver())
    return not access.handlers and access.isEnabledFor(logging.INFO)


def _is_uvicorns_default(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, ColourizedFormatter)
