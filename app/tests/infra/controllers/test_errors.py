"""Every error has its status, and says what helps and nothing else."""

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from src.application.on_demand.last_good_by_key import UnknownKeyError
from src.application.ports.snapshot_store import SnapshotStoreError
from src.application.ports.upstream_errors import UpstreamError
from src.application.ports.value_store import ValueStoreError
from src.application.refreshing.freshness import NoSnapshotError
from src.application.refreshing.refresh_snapshot import LostRefreshError
from src.domain.tree import InvalidTreeError
from src.entrypoints.api import error_rows
from src.entrypoints.features import FEATURES
from src.infra.controllers.errors import ErrorRow
from src.infra.editions.presentation import NotAcceptableError
from src.infra.http.middleware.url_limit import UrlTooLongError
from tests.helpers.error_answers import check_answer
from tests.helpers.our_exceptions import exceptions_of

# Errors that reach no controller, subclasses included, and why. If one escapes nevertheless, it is
# our own fault: 500. Each feature's tests say so of its own errors.
KEPT_INSIDE: dict[type[Exception], str] = {
    UpstreamError: "a collection turns it into a gap, or fails; Freshness serves what there is",
    LostRefreshError: "Freshness tries again, and serves what there is",
    SnapshotStoreError: "FallibleStore logs it and does without the store",
    UnknownKeyError: "each feature says of what the upstream knows nothing",
    ValueStoreError: "SharedValues logs it and does without the store",
    InvalidTreeError: "gateways and stores turn it into errors of their ports",
}

CORE = exceptions_of(None)
ROWS = error_rows(())


@pytest.mark.parametrize("kind", sorted(CORE, key=str))
def test_every_error_has_a_row_or_stays_inside(kind: type[Exception]) -> None:
    """A new error needs a decision: what callers get, or why it never reaches them."""
    answered = kind in {row.error for row in error_rows(FEATURES)}
    kept = issubclass(kind, tuple(KEPT_INSIDE))

    assert answered != kept


def test_the_tables_name_only_existing_errors() -> None:
    """Each row stands for one of our errors, or for one of FastAPI's or Python's own."""
    assert set(KEPT_INSIDE) <= CORE
    assert {row.error for row in ROWS} - CORE == {RequestValidationError, Exception}


@pytest.mark.parametrize("row", error_rows(FEATURES), ids=lambda row: row.error.__name__)
def test_each_row_shows_an_error_of_its_kind(row: ErrorRow) -> None:
    """The documentation shows real answers: the detail is made from the row's example."""
    assert type(row.example) is row.error
    assert row.detail(row.example).endswith(".")
    assert not row.description.endswith(".")


def test_no_error_has_two_rows() -> None:
    """The second row would never be found."""
    assert len({row.error for row in error_rows(FEATURES)}) == len(error_rows(FEATURES))


BAD_ID = {"loc": ("path", "refresh_id"), "msg": "String should be", "input": "segredo"}
BAD_OTHER = {"loc": ("body", "outro"), "msg": "Input should be", "input": "segredo"}


@pytest.mark.parametrize(
    ("error", "status", "title", "detail"),
    [
        (HTTPException(400, "inside"), 400, "Requisição inválida", "não pôde ser entendida"),
        (HTTPException(404), 404, "Não encontrado", "veja os recursos em /docs"),
        (HTTPException(418), 418, "Erro", "não pôde ser atendida"),
        (
            NotAcceptableError("application/json e text/csv"),
            406,
            "Formato não disponível",
            "text/csv",
        ),
        (UrlTooLongError(), 414, "Endereço longo demais", "no máximo 2000 caracteres"),
        (
            RequestValidationError([BAD_ID]),
            422,
            "Parâmetro inválido",
            "O parâmetro refresh_id tem um valor inválido; use o id de uma das últimas coletas",
        ),
        (
            RequestValidationError([BAD_ID, BAD_OTHER]),
            422,
            "Parâmetro inválido",
            "ou current. O parâmetro outro tem um valor inválido; use outro valor.",
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
    await check_answer(error, ROWS, status=status, title=title, detail=detail, caplog=caplog)
