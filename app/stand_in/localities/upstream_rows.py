"""The upstream's rows: the service's flat tree, with everything that the IBGE nests around it."""

from src.domain.localities.regions import REGIONS
from src.domain.localities.territory import City, District, State
from stand_in.content import Row
from stand_in.localities.made_up_regions import immediate_region, microregion

# Since 2025; the only city without a microrregiao.
NEW_CITY = City(5101837, "Boa Esperança do Norte").with_children(
    [District(510183705, "Boa Esperança do Norte")]
)


def with_new_city(states: tuple[State, ...]) -> tuple[State, ...]:
    """The states with the city created in 2025, even if they lack it."""
    return tuple(
        state.with_children([city for city in state.cidades if city.id != NEW_CITY.id] + [NEW_CITY])
        if state.id == NEW_CITY.state_id
        else state
        for state in states
    )


def multiplied(states: tuple[State, ...], times: int) -> tuple[State, ...]:
    """The states with this many times their cities: copies under unused codes."""
    return tuple(_with_copies(state, times - 1) for state in states)


def _with_copies(state: State, copies: int) -> State:
    taken = {city.id for city in state.cidades}
    free = (id_ for id_ in range(state.id * 100_000, (state.id + 1) * 100_000) if id_ not in taken)
    made = [_copy(city, next(free)) for _ in range(copies) for city in state.cidades]
    return state.with_children([*state.cidades, *made])


def _copy(city: City, id_: int) -> City:
    districts = (District(id_ * 100 + each.id % 100, each.nome) for each in city.distritos or ())
    return City(id_, city.nome).with_children(districts)


def state_row(state: State) -> Row:
    """A row of /estados."""
    region = REGIONS[state.region_id]
    return {
        "id": state.id,
        "sigla": state.sigla,
        "nome": state.nome,
        "regiao": {"id": region.id, "sigla": region.sigla, "nome": region.nome},
    }


def city_row(city: City, state: State) -> Row:
    """A row of /estados/{UF}/municipios; its regions are made up."""
    uf = state_row(state)
    is_new = city.id == NEW_CITY.id
    return {
        "id": city.id,
        "nome": city.nome,
        "microrregiao": None if is_new else microregion(city, state, uf),
        "regiao-imediata": immediate_region(city, state, uf),
    }


def district_row(district: District, city: City, state: State) -> Row:
    """A row of /municipios/{id}/distritos, with the whole municipality nested in it."""
    return {"id": district.id, "nome": district.nome, "municipio": city_row(city, state)}
