"""Every place by its codes."""

from __future__ import annotations

from collections.abc import Iterable

from src.domain.localities.territory import City, District, State


class Gazetteer:
    """Finds places by their codes, each in one step; made once for a tree."""

    def __init__(self, states: Iterable[State]) -> None:
        self._states: dict[str, State] = {}
        self._cities: dict[str, City] = {}
        self._districts: dict[str, District] = {}
        for state in states:
            self._states[state.sigla] = self._states[str(state.id)] = state
            for city in state.cidades:
                # Many files hold city codes without the last digit, which is a check digit.
                code = str(city.id)
                self._cities[code] = self._cities[code[:-1]] = city
                for district in city.distritos or ():
                    self._districts[str(district.id)] = district

    def state(self, uf: str) -> State | None:
        """The state with this sigla, in either case, or this id."""
        return self._states.get(uf.upper())

    def city(self, code: str) -> City | None:
        """The city with this code of 7 digits, or of 6 without the check digit."""
        return self._cities.get(code)

    def district(self, code: str) -> District | None:
        """The district with this code."""
        return self._districts.get(code)
