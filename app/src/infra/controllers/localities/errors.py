"""The errors that only callers of the places may meet."""

from dataclasses import replace

from src.application.localities.place_lookup import UnknownPlaceError
from src.domain.localities.territory import State
from src.infra.controllers import errors
from src.infra.controllers.errors import ErrorRow, invalid_parameter
from src.infra.controllers.localities.parameters import ALLOWED
from src.infra.editions.localities.tree_formats import TERRITORY
from src.infra.editions.presentation import NotAcceptableError

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
    UnknownPlaceError("estado", "XX", []),
    404,
    _unknown,
    "O lugar não existe; a resposta sugere códigos parecidos",
    "/api/v1/states/XX",
)
NOT_ACCEPTABLE = replace(errors.NOT_ACCEPTABLE, example=NotAcceptableError(TERRITORY.available))
INVALID_DEPTH = invalid_parameter(ALLOWED, name="depth")
INVALID_PLACE = invalid_parameter(ALLOWED, name="city_id", instance="/api/v1/cities/abc")

ERRORS = [UNKNOWN_PLACE]

# Of what is looked up by code or by name.
LOOK_UP = (UNKNOWN_PLACE, NOT_ACCEPTABLE, INVALID_PLACE)
