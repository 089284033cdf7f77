"""An error as the callers of a service see it."""

import re
from collections.abc import Iterable

import pytest
from fastapi import FastAPI

from src.infra.controllers.error_handlers import add_error_handlers
from src.infra.controllers.errors import ErrorRow
from src.infra.http.problem import PROBLEM_TYPE
from tests.helpers.serving import client, served


async def check_answer(
    error: Exception,
    rows: Iterable[ErrorRow],
    *,
    status: int,
    title: str,
    detail: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Checks what is answered with these rows when this error is raised, and what is logged.

    `detail` is part of what the answer says. It says nothing of what the error has inside, which is
    "inside" or "segredo".
    """
    app = FastAPI()
    add_error_handlers(app, rows)

    @app.get("/falha/é")
    async def fail() -> None:
        raise error

    async with served(app) as url, client(url) as session:
        async with session.get("/falha/é?x=1") as answer:
            text = await answer.text()
            problem = await answer.json(content_type=PROBLEM_TYPE)

    assert answer.status == problem["status"] == status
    assert (problem["type"], problem["title"]) == ("about:blank", title)
    assert detail in problem["detail"]
    assert problem["instance"] == "/falha/%C3%A9"
    assert "inside" not in text
    assert "segredo" not in text
    assert ("id" in problem) == (status >= 500)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Retry-After" in answer.headers) == (status == 503)
    if status >= 500:
        assert re.fullmatch("[0-9a-f]{32}", problem["id"])
        (line,) = (each for each in caplog.messages if problem["id"] in each)
        assert "inside" not in line
