"""Where log lines go and how they look: standard error, as text or as one JSON object a line."""

import json
import logging
from datetime import UTC, datetime
from typing import Literal

from uvicorn.logging import ColourizedFormatter

from src.infra.http.episodes import Episodes

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time in UTC, level, logger, message, and a traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON."""
        line = {
            "hora": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "nivel": record.levelname,
            "origem": record.name,
            "mensagem": record.getMessage(),
        }
        if record.exc_info:
            line["erro"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class OnceAnEpisode(logging.Filter):
    """Lets the first warning of an episode through: callers may cause one with each request."""

    def __init__(self) -> None:
        super().__init__()
        self._episodes = Episodes()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        return record.levelno != logging.WARNING or self._episodes.begins(record.msg)


def configure_logging(level: str, fmt: Literal["text", "json"]) -> None:
    """Sends every log line, uvicorn's too, to standard error in one format.

    Where the root logger has handlers already, a program around this one has decided otherwise.
    What uvicorn's own options say of its loggers stays: `--no-access-log`, a `--log-level` other
    than its default, and the handlers of a `--log-config`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if fmt == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler])
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


def _is_uvicorns_default(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, ColourizedFormatter)
