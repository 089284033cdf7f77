"""Log lines go to standard error, as text or as JSON."""

import json
import logging
import os
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from src.infra.process.log import configure_logging


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Restores the loggers after each test."""
    names = ["", "uvicorn", "uvicorn.error", "uvicorn.access"]
    loggers = [logging.getLogger(name) for name in names]
    before = [
        (each, each.handlers[:], each.filters[:], each.level, each.propagate) for each in loggers
    ]
    for logger in loggers:
        logger.filters.clear()
    logging.getLogger("uvicorn.access").propagate = True
    yield
    logging.captureWarnings(capture=False)
    for logger, handlers, filters, level, propagate in before:
        logger.handlers[:] = handlers
        logger.filters[:] = filters
        logger.setLevel(level)
        logger.propagate = propagate


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A line has time, level, logger and message; uvicorn's lines look the same."""
    logging.getLogger().handlers.clear()
    configure_logging("INFO", "text")

    logging.getLogger("uvicorn.error").info("Começou")
    logging.getLogger("src").debug("detalhe")

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO uvicorn.error: Começou")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line is one object, which includes the traceback."""
    logging.getLogger().handlers.clear()
    configure_logging("DEBUG", "json")

    try:
        raise ValueError("falhou")
    except ValueError:
        logging.getLogger("src").exception("Não deu %s", "certo")
    logging.getLogger("src").info("Pronto")

    error, info = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert error["message"] == "Não deu certo"
    assert error["level"] == "ERROR"
    assert "ValueError: falhou" in error["exception"]
    assert info["logger"] == "src"
    assert info["process"] == os.getpid()
    assert datetime.fromisoformat(info["timestamp"]).tzinfo == UTC
    assert "exception" not in info


def test_warnings_of_python_are_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that nobody catches; as text, Python's own way is good enough."""
    logging.getLogger().handlers.clear()
    configure_logging("INFO", "json")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning("obsoleto", UserWarning, "a.py", 7)

    (line,) = capsys.readouterr().err.splitlines()
    assert "UserWarning: obsoleto" in json.loads(line)["message"]


def test_a_standard_error_that_is_no_file_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program around this one may take the lines itself."""
    stream = StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logging.getLogger().handlers.clear()

    configure_logging("INFO", "text")
    logging.getLogger("src").info("Pronto")

    assert stream.getvalue().endswith("INFO src: Pronto\n")


def test_lines_are_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the system would write; what cannot be encoded is escaped."""
    stream = BytesIO()
    monkeypatch.setattr("sys.stderr", TextIOWrapper(stream, encoding="cp1252"))
    logging.getLogger().handlers.clear()

    configure_logging("INFO", "text")
    logging.getLogger("src").info("São João 🎉 \ud800")

    assert "São João 🎉 \\ud800" in stream.getvalue().decode()


# uvicorn's own options, as its command line hands them over before it loads the application.


def said(capsys: pytest.CaptureFixture[str], **options: Any) -> list[str]:
    """What is logged after uvicorn was started with these options.

    The first line is that of a request, which is not uvicorn's.
    """
    logging.getLogger().handlers.clear()
    uvicorn.Config("main:create_app", **options)
    may_write = configure_logging("INFO", "text")
    assert configure_logging("INFO", "text") == may_write  # each application does
    logging.getLogger("uvicorn.access").info("GET /")
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("uvicorn.error").warning("Invalid")
    logging.getLogger("src").info("Pronto")
    captured = capsys.readouterr()
    assert captured.out == ""
    return [ACCESS] * may_write + [
        line.partition(" INFO ")[2] or line.partition(" WARNING ")[2]
        for line in captured.err.splitlines()
    ]


ACCESS, STARTED, INVALID, OURS = (
    "access: GET /",
    "uvicorn.error: Started",
    "uvicorn.error: Invalid",
    "src: Pronto",
)


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({}, [ACCESS, STARTED, INVALID, OURS]),
        ({"log_config": None}, [ACCESS, STARTED, INVALID, OURS]),
        ({"access_log": False}, [STARTED, INVALID, OURS]),
        ({"access_log": False, "log_config": None}, [STARTED, INVALID, OURS]),
        ({"log_level": "warning"}, [INVALID, OURS]),
        ({"log_level": "critical"}, [OURS]),
        ({"log_level": "info"}, [ACCESS, STARTED, INVALID, OURS]),
        ({"log_level": "warning", "access_log": False}, [INVALID, OURS]),
    ],
)
def test_uvicorns_own_options_have_their_effect(
    options: dict[str, Any], lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What an operator switches off stays off; all else looks like our own lines."""
    assert said(capsys, **options) == lines


def test_handlers_of_a_configuration_of_ones_own_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log of accesses may go to a file by uvicorn, and then there is no other."""
    file = tmp_path / "access.log"
    own = {"class": "logging.FileHandler", "filename": str(file)}
    access = {"handlers": ["own"], "level": "INFO", "propagate": False}
    config = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"own": own},
        "loggers": {"uvicorn.access": access},
    }

    lines = said(capsys, log_config=config)
    for handler in logging.getLogger("uvicorn.access").handlers:
        handler.close()

    assert lines == [STARTED, INVALID, OURS]
    assert file.read_text(encoding="utf-8") == "GET /\n"


def test_a_log_of_warnings_has_no_lines_of_requests() -> None:
    """Those are of the level INFO."""
    logging.getLogger().handlers.clear()

    assert not configure_logging("WARNING", "text")


def test_a_warning_that_callers_cause_is_logged_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The server writes one for each request that it cannot read."""
    logging.getLogger().handlers.clear()
    configure_logging("INFO", "text")

    for _ in range(3_200):
        logging.getLogger("uvicorn.error").warning("Invalid")

    assert len(capsys.readouterr().err.splitlines()) == 1
