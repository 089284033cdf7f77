"""The errors that only callers of the places may meet."""

from __future__ import annotations

from src.application.localities.place_lookup import UnknownPlaceError
from src.domain.localities.territory import State
from src.infra.controllers.errors import ErrorRow, invalid_parameter
from src.infra.controllers.localities.parameters import ALLOWED
from src.infra.editions.edition import NotAcceptableError

# Where to look instead.
_LISTS = {
    "estado": "/api/v1/states",
    "cidade": "/api/v1/cities?q=",
    "distrito": "/api/v1/districts?q=",
}


def _unknown(error: UnknownPlaceError) -> str:
    if not error.similar:
        where = "as siglas estão em" if error.kind == "estado" else "procure por nome em"
        return f"Não há {error.kind} com o código {error.code}; {where} {_LISTS[error.kind]}."
    similar = ", ".join(
        f"{place.sigla if isinstance(place, State) else place.id} ({place.nome})"
        for place in error.similar
    )
    return f"Não há {error.kind} com o código {error.code}. Códigos parecidos: {similar}."


UNKNOWN_PLACE = ErrorRow(
    UnknownPlaceError,
    404,
    _unknown,
    "O lugar não existe; a resposta sugere códigos parecidos",
    UnknownPlaceError("estado", "XX", []),
    "/api/v1/states/XX",
)
NOT_ACCEPTABLE = ErrorRow(
    NotAcceptableError,
    406,
    lambda _: (
        "Nenhum dos formatos aceitos está disponível. Há application/json (em /api/v1/states, "
        "também application/x-ndjson e text/csv), nas codificações br, zstd, gzip e identity."
    ),
    "Nenhum dos formatos ou codificações aceitos está disponível",
    NotAcceptableError(),
    "/api/v1/states",
)
INVALID_PLACE = invalid_parameter(ALLOWED, name="city_id", instance="/api/v1/cities/abc")

ERRORS = [UNKNOWN_PLACE, NOT_ACCEPTABLE]

# Of what is looked up by code or by name.
LOOK_UP = (UNKNOWN_PLACE, NOT_ACCEPTABLE, INVALID_PLACE)
