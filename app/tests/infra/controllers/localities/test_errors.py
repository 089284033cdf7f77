"""Every error of the places has its status, and says what helps and nothing else."""

import pytest
from fastapi.exceptions import RequestValidationError

from src.application.localities.place_lookup import UnknownPlaceError
from src.domain.localities.territory import InvalidTerritoryError
from src.entrypoints.api import error_rows
from src.entrypoints.localities.feature import localities
from src.infra.controllers.localities.errors import ERRORS
from tests.helpers.error_answers import check_answer
from tests.helpers.localities.places import ALTA_FLORESTA, RONDONIA
from tests.helpers.our_exceptions import exceptions_of

# Errors that reach no controller, subclasses included, and why.
KEPT_INSIDE: dict[type[Exception], str] = {
    InvalidTerritoryError: "gateways and stores turn it into errors of their ports",
}

OURS = exceptions_of("localities")


@pytest.mark.parametrize("kind", sorted(OURS, key=str))
def test_every_error_has_a_row_or_stays_inside(kind: type[Exception]) -> None:
    """A new error needs a decision: what callers get, or why it never reaches them."""
    assert (kind in {row.error for row in ERRORS}) != issubclass(kind, tuple(KEPT_INSIDE))


def test_the_tables_name_only_existing_errors() -> None:
    """Each row stands for one of the errors of the places."""
    assert {*KEPT_INSIDE, *(row.error for row in ERRORS)} <= OURS


BAD_LIMIT = {"loc": ("query", "limit"), "msg": "Input should be", "input": "segredo"}
BAD_OTHER = {"loc": ("body", "outro"), "msg": "Input should be", "input": "segredo"}


@pytest.mark.parametrize(
    ("error", "status", "title", "detail"),
    [
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
    ],
)
async def test_each_error_as_its_callers_see_it(
    error: Exception, status: int, title: str, detail: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Callers get status, title and advice."""
    rows = error_rows([localities()])
    await check_answer(error, rows, status=status, title=title, detail=detail, caplog=caplog)
