"""The errors that only callers of populations may meet."""

from dataclasses import replace
from datetime import UTC, datetime

from src.application.population.population_of_a_place import NoPopulationError
from src.application.population.ports import Kind, Place
from src.infra.controllers.errors import ErrorRow, invalid_parameter

# By name of the parameter; for the documentation and for errors.
ALLOWED = {
    "uf": "a sigla de um estado (`SP`, `sp`) ou seu código (`35`)",
    "city_id": "o código do IBGE com 7 dígitos, ou só os 6 primeiros",
}

_SOME_DAY = datetime(2024, 12, 31, tzinfo=UTC)

NO_POPULATION = ErrorRow(
    NoPopulationError(Place(Kind.CITY, 5300108, "Brasília", _SOME_DAY)),
    404,
    lambda error: f"O IBGE não publica a população deste lugar: {error.place.nome}.",
    "O lugar não existe, ou o IBGE não publica a população dele",
)
NO_POPULATION_OF_STATE = replace(
    NO_POPULATION,
    example=NoPopulationError(Place(Kind.STATE, 53, "Distrito Federal", _SOME_DAY)),
)
INVALID_CITY = invalid_parameter(ALLOWED, name="city_id", instance="/api/v1/cities/abc/population")
INVALID_STATE = invalid_parameter(ALLOWED, name="uf", instance="/api/v1/states/1/population")

ERRORS = [NO_POPULATION]
