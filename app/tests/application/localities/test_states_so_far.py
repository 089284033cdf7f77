"""The states of the collection that runs, as they become whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from src.application.localities.states_so_far import StatesSoFar
from src.domain.localities.territory import State
from tests.helpers.places import DISTRITO_FEDERAL, RONDONIA


async def followed(so_far: StatesSoFar) -> list[State]:
    """All that a follower gets until the end."""
    return [state async for state in so_far.follow()]


async def test_followers_get_what_was_there_and_what_comes() -> None:
    """Each whole collection, whenever they joined it."""
    so_far = StatesSoFar()
    so_far.begin()
    early = asyncio.create_task(followed(so_far))
    await asyncio.sleep(0)
    so_far.add(DISTRITO_FEDERAL)
    late = asyncio.create_task(followed(so_far))
    await asyncio.sleep(0)
    so_far.add(RONDONIA)
    so_far.end()

    assert await early == await late == [DISTRITO_FEDERAL, RONDONIA]


async def test_who_comes_before_the_first_collection_waits_for_it() -> None:
    """And who comes after its end is still told of it."""
    so_far = StatesSoFar()
    early = asyncio.create_task(followed(so_far))
    await asyncio.sleep(0)

    so_far.begin()
    so_far.add(RONDONIA)
    so_far.end()

    assert await early == await followed(so_far) == [RONDONIA]


async def test_who_follows_a_collection_is_not_led_into_the_next() -> None:
    """Its states come once."""
    so_far = StatesSoFar()
    so_far.begin()
    so_far.add(RONDONIA)
    follower = asyncio.create_task(followed(so_far))
    await asyncio.sleep(0)

    so_far.end()
    so_far.begin()
    so_far.add(DISTRITO_FEDERAL)

    assert await follower == [RONDONIA]


async def test_what_is_not_believed_is_held_back() -> None:
    """A state that has lost too many of its places, beside what was known of it."""
    city = RONDONIA.cidades[0]
    many = [replace(city, id=1100000 + number, distritos=None) for number in range(15, 45)]
    known = replace(RONDONIA, cidades=tuple(many))
    so_far = StatesSoFar()
    so_far.begin([known, DISTRITO_FEDERAL])

    so_far.add(replace(known, cidades=known.cidades[:10]))
    so_far.add(DISTRITO_FEDERAL)
    so_far.end()

    assert await followed(so_far) == [DISTRITO_FEDERAL]
