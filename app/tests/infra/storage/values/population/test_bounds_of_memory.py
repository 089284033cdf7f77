"""The bounds of memory, with the populations of all places."""

from src.application.ports.value_store import Kept
from src.domain.population.population import Population
from src.infra.storage.values.memory_values import MemoryValues
from src.infra.storage.values.value_format import ValueFormat
from tests.helpers.fakes import NOON

FORMAT = ValueFormat(Population)
ONE = Kept(Population(2025, 1_000), NOON)


async def test_the_country_stays_within_the_bounds_of_memory() -> None:
    """Every city and state, with room to spare."""
    memory = MemoryValues(FORMAT)
    for number in range(5_571 + 27):
        await memory.put(f"cidade-{1_100_015 + number}", ONE)

    assert await memory.get("cidade-1100015") == ONE
