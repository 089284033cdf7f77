"""IBGE, as the tests have it: a stand-in at the addresses that the service's settings name."""

from typing import Any

from src.domain.localities.territory import State
from stand_in.contents import contents_of, settings_at
from stand_in.server import StandIn


class Ibge(StandIn):
    """Serves these states and the populations of their places, with the options of StandIn."""

    def __init__(self, states: tuple[State, ...], **options: Any) -> None:
        super().__init__(*contents_of(states), **options)
        self.states = states

    @property
    def base_url(self) -> str:
        """The address to set as IBGE_BASE_URL."""
        return settings_at(self.url)["IBGE_BASE_URL"]

    @property
    def aggregates_url(self) -> str:
        """The address to set as IBGE_AGGREGATES_URL."""
        return settings_at(self.url)["IBGE_AGGREGATES_URL"]

    def serve_states(self, states: tuple[State, ...]) -> None:
        """Answers with this tree from the next request on."""
        self.serve(*contents_of(states))
        self.states = states
