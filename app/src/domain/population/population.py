"""The population of a place."""

from dataclasses import dataclass


class InvalidPopulationError(ValueError):
    """A number that no population has, or a year in which it was not counted."""


@dataclass(frozen=True, slots=True)
class Population:
    """An official estimate: how many inhabitants a place had in a year.

    Raises InvalidPopulationError for what cannot be one.
    """

    year: int
    inhabitants: int

    def __post_init__(self) -> None:
        if not 1900 <= self.year <= 2200:
            raise InvalidPopulationError(f"ano inválido: {self.year}")
        if not 0 <= self.inhabitants < 1_000_000_000:
            raise InvalidPopulationError(f"população inválida: {self.inhabitants}")
