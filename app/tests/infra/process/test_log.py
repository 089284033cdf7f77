"""Log lines go to standard error, as text or as JSON."""

import json
import logging
from collections.abc import Iterator

import pytest

from src.infra.process.log import configure_logging


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Restores the root logger after each test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


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
    assert error["mensagem"] == "Não deu certo"
    assert error["nivel"] == "ERROR"
    assert "ValueError: falhou" in error["erro"]
    assert info["origem"] == "src"
    assert "erro" not in info
