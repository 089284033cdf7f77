"""The use case: tell how many people live in a place."""

from dataclasses import dataclass

from src.application.on_demand.last_good_by_key import LastGoodByKey, UnknownKeyError
from src.application.population.ports import Kind, Place, Places, PopulationGateway
from src.application.ports.value_store import Kept
from src.domain.population.population import Population


class NoPopulationError(LookupError):
    """The upstream knows no population of this place."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"não há população de {place.nome}")
        self.place = place


@dataclass(kw_only=True)
class PopulationOfAPlace:
    """Tells the last good estimate; a place that is not known is never asked for."""

    places: Places
    estimates: LastGoodByKey[Population]

    async def execute(self, kind: Kind, code: str) -> tuple[Place, Kept[Population]]:
        """The place with this code, and its population with the time at which it was asked for.

        Raises NoPopulationError, NothingKnownError, or what `places` raises.
        """
        place = await self.places.place(kind, code)
        try:
            return place, await self.estimates.get(key_of(place))
        except UnknownKeyError as error:
            raise NoPopulationError(place) from error


def key_of(place: Place) -> str:
    """The key under which the population of a place is kept."""
    return f"{place.kind}-{place.id}"


async def ask(gateway: PopulationGateway, key: str) -> Population | None:
    """What the upstream has for such a key. Raises UpstreamError."""
    kind, _, place_id = key.partition("-")
    return await gateway.of(Kind(kind), int(place_id))
