"""Answers questions about one place, and about places of a name."""

import string
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from src.application.localities.place_names import PlaceNames
from src.domain.localities.regional_divisions import (
    ImmediateRegion,
    Microregion,
    R,
    RegionalDivisions,
)
from src.domain.localities.territory import City, District, State

Place = TypeVar("Place", State, City, District)

# How many similar places an error suggests.
SUGGESTIONS = 3


class UnknownPlaceError(LookupError):
    """There is no such place.

    `kind` says in Portuguese what was looked for, `code` is what was asked, and `similar` has
    places whose codes differ from it in one character.
    """

    def __init__(self, kind: str, code: str, similar: Sequence[State | City | District]) -> None:
        super().__init__(f"não há {kind} com o código {code}")
        self.kind = kind
        self.code = code
        self.similar = similar


class Places:
    """The places of one snapshot by code and by name, each in one step; made once for it.

    Each look-up raises UnknownPlaceError if there is no such place.
    """

    def __init__(self, states: Sequence[State], divisions: RegionalDivisions | None = None) -> None:
        cities = [city for state in states for city in state.cidades]
        districts = [district for city in cities for district in city.distritos or ()]
        self._states = {code: state for state in states for code in (state.sigla, str(state.id))}
        # Many files hold city codes without the last digit, which is a check digit.
        self._cities = {code: city for city in cities for code in (str(city.id), str(city.id)[:-1])}
        self._districts = {str(district.id): district for district in districts}
        known = divisions or RegionalDivisions()
        self._microregions = _by_state(known.microrregioes)
        self._immediate_regions = _by_state(known.regioes_imediatas)
        self.cities = PlaceNames(cities, states)
        self.districts = PlaceNames(districts, states)

    def state(self, uf: str) -> State:
        """The state with this sigla, in either case, or this id."""
        return _known("estado", uf, self._states)

    def city(self, code: str) -> City:
        """The city with this code of 7 digits, or of 6 without the check digit."""
        return _known("cidade", code, self._cities)

    def district(self, code: str) -> District:
        """The district with this code."""
        return _known("distrito", code, self._districts)

    def state_of(self, place: City | District) -> State:
        """The state that a place of this snapshot belongs to."""
        return self._states[str(place.state_id)]

    def city_of(self, district: District) -> City:
        """The city that a district of this snapshot belongs to."""
        return self._cities[str(district.city_id)]

    def microregion_of(self, city: City) -> Microregion | None:
        """The microrregião of a city; None if it has none, or it is not known."""
        return _region_of(city, self._microregions)

    def immediate_region_of(self, city: City) -> ImmediateRegion | None:
        """The região imediata of a city; None if it is not known."""
        return _region_of(city, self._immediate_regions)


def _by_state(regions: Sequence[R]) -> Mapping[int, Sequence[R]]:
    by_state: defaultdict[int, list[R]] = defaultdict(list)
    for region in regions:
        by_state[int(str(region.id)[:2])].append(region)
    return by_state


def _region_of(city: City, by_state: Mapping[int, Sequence[R]]) -> R | None:
    # Some microseconds for a state's few hundred cities; each one at hand would take half a MB.
    regions = by_state.get(city.state_id, ())
    return next((region for region in regions if city.id in region.cidades), None)


def _known(kind: str, code: str, places: Mapping[str, Place]) -> Place:
    place = places.get(code.upper())
    if place is None:
        found = (places.get(other) for other in _one_off(code.upper()))
        similar = dict.fromkeys(other for other in found if other is not None)
        raise UnknownPlaceError(kind, code, list(islice(similar, SUGGESTIONS)))
    return place


def _one_off(code: str) -> Iterator[str]:
    """The codes that a slip of one character may have been meant for.

    Last characters first: a wrong check digit is the commonest slip.
    """
    for position in reversed(range(len(code))):
        others = string.digits if code[position].isdigit() else string.ascii_uppercase
        for other in others:
            if other != code[position]:
                yield code[:position] + other + code[position + 1 :]
