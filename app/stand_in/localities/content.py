"""The stand-in's answers for IBGE's localidades, as ready bytes."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec

from src.domain.localities.territory import State
from stand_in.content import Content, Row
from stand_in.localities.upstream_rows import city_row, district_row, state_row

BASE_PATH = "/api/v1/localidades"

_STATES = re.compile(r"/estados")
_CITIES = re.compile(r"/estados/([^/]+)/municipios")
_DISTRICTS = re.compile(r"/municipios/([^/]+)/distritos")
_STATE_DISTRICTS = re.compile(r"/estados/([^/]+)/distritos")
_ALL_DISTRICTS = re.compile(r"/distritos")


class LocalitiesContent(Content):
    """The answers for one tree.

    As at the upstream, an unknown id gets an empty list, and a single row has no list around it.
    """

    base_path = BASE_PATH

    def __init__(self, states: tuple[State, ...]) -> None:
        self.states = states
        self._renamings = 0
        self._ready: dict[str, bytes] = {}
        self._by_uf = {key: state for state in states for key in (str(state.id), state.sigla)}
        self._by_city = {str(city.id): (city, state) for state in states for city in state.cidades}
        self._paths: list[tuple[re.Pattern[str], Callable[[list[str]], list[Row]]]] = [
            (_STATES, self._state_rows),
            (_CITIES, self._city_rows),
            (_DISTRICTS, self._district_rows),
            (_STATE_DISTRICTS, self._district_rows_of_states),
            (_ALL_DISTRICTS, lambda _: self._district_rows_of(self.states)),
        ]

    def prepare(self) -> None:
        """Makes the answers of both plans ready, so that none is made while time is measured."""
        self.body("/estados")
        for state in self.states:
            self.body(f"/estados/{state.id}/municipios")
            self.body(f"/estados/{state.id}/distritos")
        for city in self._by_city:
            self.body(f"/municipios/{city}/distritos")

    def body(self, path: str) -> bytes | None:
        if path not in self._ready:
            rows = self.rows(path)
            if rows is None:
                return None
            self._ready[path] = msgspec.json.encode(rows[0] if len(rows) == 1 else rows)
        return self._ready[path]

    def rows(self, path: str) -> list[Row] | None:
        for pattern, rows in self._paths:
            if match := pattern.fullmatch(path):
                return rows([key for group in match.groups() for key in group.split("|")])
        return None

    def change(self, path: str) -> None:
        """Renames the first city of the first state whenever the states are asked for."""
        if path != "/estados":
            return
        self._renamings += 1
        state = self._by_uf[self.states[0].sigla]
        first, *others = state.cidades
        name = f"{self.states[0].cidades[0].nome} {self._renamings}"
        renamed = state.with_children([replace(first, nome=name), *others])
        self._by_uf[state.sigla] = self._by_uf[str(state.id)] = renamed
        for uf in (state.sigla, state.id):
            self._ready.pop(f"/estados/{uf}/municipios", None)

    def _state_rows(self, _: list[str]) -> list[Row]:
        return [state_row(state) for state in self.states]

    def _city_rows(self, ufs: list[str]) -> list[Row]:
        states = [self._by_uf[uf] for uf in ufs if uf in self._by_uf]
        return [city_row(city, state) for state in states for city in state.cidades]

    def _district_rows(self, ids: list[str]) -> list[Row]:
        return [
            district_row(district, city, state)
            for city, state in (self._by_city[each] for each in ids if each in self._by_city)
            for district in city.distritos or ()
        ]

    def _district_rows_of_states(self, ufs: list[str]) -> list[Row]:
        return self._district_rows_of(self._by_uf[uf] for uf in ufs if uf in self._by_uf)

    def _district_rows_of(self, states: Iterable[State]) -> list[Row]:
        # In order of the city's name, as at the upstream: nobody may rely on order by id.
        cities = ((city, state) for state in states for city in state.cidades)
        return [
            district_row(district, city, state)
            for city, state in sorted(cities, key=lambda pair: pair[0].nome)
            for district in city.distritos or ()
        ]
