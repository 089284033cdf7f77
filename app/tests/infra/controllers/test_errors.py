"""Every error has its status, and says what helps and nothing else."""

import importlib
import inspect
import pkgutil
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from src import application, domain
from src.application.localities.place_lookup import UnknownPlaceError
from src.application.on_demand.last_good_by_key import UnknownKeyError
from src.application.ports.snapshot_store import SnapshotStoreError
from src.application.ports.upstream_errors import UpstreamError
from src.application.ports.value_store import ValueStoreError
from src.application.refreshing.freshness import NoSnapshotError
from src.application.refreshing.refresh_snapshot import LostRefreshError
from src.domain.population.population import InvalidPopulationError
from src.domain.tree import InvalidTreeError
from src.entrypoints.api import error_rows
from src.entrypoints.features import FEATURES
from src.infra import controllers, editions, http
from src.infra.controllers.error_handlers import add_error_handlers
from src.infra.controllers.errors import ErrorRow
from src.infra.editions.presentation import NotAcceptableError
from src.infra.http.problem import PROBLEM_TYPE
from src.infra.http.url_limit import UrlTooLongError
from tests.helpers.localities.places import ALTA_FLORESTA, RONDONIA
from tests.helpers.serving import client, served

# Errors that reach no controller, subclasses included, and why. If one escapes nevertheless, it is
# our own fault: 500.
KEPT_INSIDE: dict[type[Exception], str] = {
    UpstreamError: "a collection turns it into a gap, or fails; Freshness serves what there is",
    LostRefreshError: "Freshness tries again, and serves what there is",
    SnapshotStoreError: "LastGoodSnapshot logs it and does without the store",
    InvalidPopulationError: "the gateway turns it into an error of its port; a store drops it",
    UnknownKeyError: "each feature says of what the upstream knows nothing",
    ValueStoreError: "SharedValues logs it and does without the store",
    InvalidTreeError: "gateways and stores turn it into errors of their ports",
}


def exceptions_in(package: Any) -> set[type[Exception]]:
    """The public exceptions that this package defines."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return {
        kind
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception)
        and kind.__module__ == module.__name__
        and not name.startswith("_")
    }


OURS = set[type[Exception]]().union(
    *map(exceptions_in, (application, domain, controllers, editions, http))
)


@pytest.mark.parametrize("kind", sorted(OURS, key=str))
def test_every_error_has_a_row_or_stays_inside(kind: type[Exception]) -> None:
    """A new error needs a decision: what callers get, or why it never reaches them."""
    answered = kind in {row.error for row in error_rows(FEATURES)}
    kept = issubclass(kind, tuple(KEPT_INSIDE))

    assert answered != kept


def test_the_tables_name_only_existing_errors() -> None:
    """Each row stands for one of our errors, or for one of FastAPI's or Python's own."""
    assert set(KEPT_INSIDE) <= OURS
    assert {row.error for row in error_rows(FEATURES)} - OURS == {RequestValidationError, Exception}


@pytest.mark.parametrize("row", error_rows(FEATURES), ids=lambda row: row.error.__name__)
def test_each_row_shows_an_error_of_its_kind(row: ErrorRow) -> None:
    """The documentation shows real answers: the detail is made from the row's example."""
    assert type(row.example) is row.error
    assert row.detail(row.example).endswith(".")
    assert not row.description.endswith(".")


def test_no_error_has_two_rows() -> None:
    """The second row would never be found."""
    assert len({row.error for row in error_rows(FEATURES)}) == len(error_rows(FEATURES))


BAD_LIMIT = {"loc": ("query", "limit"), "msg": "Input should be", "input": "segredo"}
BAD_OTHER = {"loc": ("body", "outro"), "msg": "Input should be", "input": "segredo"}


@pytest.mark.parametrize(
    ("error", "status", "title", "detail"),
    [
        (HTTPException(400, "inside"), 400, "Requisição inválida", "não pôde ser entendida"),
        (HTTPException(404), 404, "Não encontrado", "veja os recursos em /docs"),
        (HTTPException(418), 418, "Erro", "não pôde ser atendida"),
        (
            UnknownPlaceError("estado", "XX", []),
            404,
            "Não encontrado",
            "Não há estado com o código XX; as siglas estão em /api/v1/states.",
        ),
        (
            UnknownPlaceError("cidade", "9999999", []),
            404,
            "Não encontrado",
            "Não há cidade com o código 9999999; procure por nome em /api/v1/cities?q=.",
        ),
        (
            UnknownPlaceError("distrito", "999999999", []),
            404,
            "Não encontrado",
            "procure por nome em /api/v1/districts?q=.",
        ),
        (
            UnknownPlaceError("estado", "RX", [RONDONIA, ALTA_FLORESTA]),
            404,
            "Não encontrado",
            "Códigos parecidos: RO (Rondônia), 1100015 (Alta Floresta D'Oeste).",
        ),
        (
            NotAcceptableError("application/json e text/csv"),
            406,
            "Formato não disponível",
            "text/csv",
        ),
        (UrlTooLongError(), 414, "Endereço longo demais", "no máximo 2000 caracteres"),
        (
            RequestValidationError([BAD_LIMIT]),
            422,
            "Parâmetro inválido",
            "O parâmetro limit tem um valor inválido; use um inteiro de 1 a 100.",
        ),
        (
            RequestValidationError([BAD_LIMIT, BAD_OTHER]),
            422,
            "Parâmetro inválido",
            "de 1 a 100. O parâmetro outro tem um valor inválido; use outro valor.",
        ),
        (NoSnapshotError(7), 503, "Dados indisponíveis", "tente de novo em 7 s"),
        (ZeroDivisionError("inside"), 500, "Erro interno", "informe o id"),
        (UpstreamError("inside"), 500, "Erro interno", "informe o id"),
    ],
)
async def test_each_error_as_its_callers_see_it(
    error: Exception, status: int, title: str, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Callers get status, title and advice; from 500 on also an id, which the log line repeats."""
    app = FastAPI()
    add_error_handlers(app, error_rows(FEATURES))

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
