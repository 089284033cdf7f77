"""The errors that only callers of populations may meet."""

from src.application.population.population_of_a_place import NoPopulationError
from src.application.population.ports import Kind, Place
from src.infra.controllers.errors import ErrorRow, invalid_parameter

# By name of the parameter; for the documentation and for errors.
ALLOWED = {
    "uf": "a sigla de um estado (`SP`, `sp`) ou seu código (`35`)",
    "city_id": "o código do IBGE com 7 dígitos, ou só os 6 primeiros",
}

NO_POPULATION = ErrorRow(
    NoPopulationError(Place(Kind.CITY, 5300108, "Brasília")),
    404,
    lambda error: f"O IBGE não publica a população de {error.place.nome}.",
    "O IBGE não publica a população deste lugar",
)

INVALID_PLACE = invalid_parameter(ALLOWED, name="city_id", instance="/api/v1/cities/abc/population")

ERRORS = [NO_POPULATION]
