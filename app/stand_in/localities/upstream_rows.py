"""The upstream's rows: the service's flat tree, with everything that the IBGE nests around it."""

from src.domain.localities.territory import City, District, State
from stand_in.content import Row

# Since 2025; the only city without a microrregiao.
NEW_CITY = City(5101837, "Boa Esperança do Norte").with_children(
    [District(510183705, "Boa Esperança do Norte")]
)

_REGIONS = {
    1: ("N", "Norte"),
    2: ("NE", "Nordeste"),
    3: ("SE", "Sudeste"),
    4: ("S", "Sul"),
    5: ("CO", "Centro-Oeste"),
}


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
    number = state.id // 10
    sigla, name = _REGIONS[number]
    return {
        "id": state.id,
        "sigla": state.sigla,
        "nome": state.nome,
        "regiao": {"id": number, "sigla": sigla, "nome": name},
    }


def city_row(city: City, state: State) -> Row:
    """A row of /estados/{UF}/municipios.

    The tree has no regions between state and city: here each state is one region of each kind.
    """
    uf = state_row(state)
    meso = {"id": state.id * 100 + 1, "nome": state.nome, "UF": uf}
    micro = {"id": state.id * 1000 + 1, "nome": state.nome, "mesorregiao": meso}
    intermediate = {"id": state.id * 100 + 1, "nome": state.nome, "UF": uf}
    return {
        "id": city.id,
        "nome": city.nome,
        "microrregiao": None if city.id == NEW_CITY.id else micro,
        "regiao-imediata": {
            "id": state.id * 10_000 + 1,
            "nome": state.nome,
            "regiao-intermediaria": intermediate,
        },
    }


def district_row(district: District, city: City, state: State) -> Row:
    """A row of /municipios/{id}/distritos, with the whole municipality nested in it."""
    return {"id": district.id, "nome": district.nome, "municipio": city_row(city, state)}
