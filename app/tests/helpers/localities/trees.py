"""Territories made up by Hypothesis: few places, with any name that can be stored."""

from hypothesis import strategies as st

from src.domain.localities.territory import SIGLAS, City, District, State
from tests.helpers.trees import names as any_names

# Those that a place may have.
names = any_names.filter(
    lambda name: len(name) <= 200 and name.strip().replace("\u00a0", " ").isprintable()
)


@st.composite
def _cities(draw: st.DrawFn, city_id: int) -> City:
    city = City(city_id, draw(names))
    numbers = draw(st.none() | st.sets(st.integers(0, 99), min_size=1, max_size=2))
    if numbers is None:
        return city
    return city.with_children([District(city_id * 100 + number, draw(names)) for number in numbers])


@st.composite
def _states(draw: st.DrawFn, state_id: int, sigla: str) -> State:
    # One city for each of these, so that 6 digits stand for one city, as in the IBGE's codes.
    tens = draw(st.sets(st.integers(0, 9_999), max_size=2))
    cities = [draw(_cities(state_id * 100_000 + ten * 10 + ten % 10)) for ten in tens]
    return State(state_id, sigla, draw(names)).with_children(cities)


@st.composite
def trees(draw: st.DrawFn) -> tuple[State, ...]:
    """Up to three states, in order; some have no cities, and some cities no districts."""
    ids = sorted(draw(st.sets(st.integers(10, 59), max_size=3)))
    return tuple(draw(_states(state_id, _sigla(state_id))) for state_id in ids)


def _sigla(state_id: int) -> str:
    # Those of states that do not exist begin with letters that no other sigla begins with.
    made_up = "FHIJKL"[state_id // 10] + chr(ord("A") + state_id % 10)
    return str(SIGLAS.get(state_id, made_up))
