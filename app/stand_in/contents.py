"""The contents of this stand-in: the one place that names them all."""

import argparse
from collections.abc import Sequence

from src.domain.localities.territory import State
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot
from stand_in.content import Content
from stand_in.localities import content as localities
from stand_in.localities.upstream_rows import multiplied, with_new_city
from stand_in.population import aggregates as population


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what can be chosen of the contents on the command line."""
    parser.add_argument("--times", type=int, default=1, help="multiply the cities by this number")


def chosen_contents(arguments: argparse.Namespace) -> Sequence[Content]:
    """The contents that these arguments choose, over the bundled data."""
    return contents_of(multiplied(with_new_city(bundled_snapshot().states), arguments.times))


def contents_of(states: tuple[State, ...]) -> Sequence[Content]:
    """These states, and the populations of their places."""
    names = {str(place.id): place.nome for state in states for place in (state, *state.cidades)}
    return localities.LocalitiesContent(states), population.PopulationContent(names)


def settings_at(url: str) -> dict[str, str]:
    """The settings with which the service asks a stand-in at this address, by name."""
    return {
        "IBGE_BASE_URL": url + localities.BASE_PATH,
        "IBGE_AGGREGATES_URL": url + population.BASE_PATH,
    }
