"""The contents of this stand-in: the one place that names them all."""

import argparse
from collections.abc import Sequence

from stand_in.brands import BASE_PATH, CarTable
from stand_in.content import Content


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what can be chosen of the contents on the command line: nothing so far."""


def chosen_contents(_: argparse.Namespace) -> Sequence[Content]:
    """The contents that these arguments choose."""
    return [CarTable()]


def settings_at(url: str) -> dict[str, str]:
    """The settings with which the service asks a stand-in at this address, by name."""
    return {"CARS_URL": url + BASE_PATH}
