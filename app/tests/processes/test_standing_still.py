"""A process that stands still for long, while another one goes on."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from src.application.keeping.standstills import Standstills
from src.infra.process.clock import utc_now
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.processes import ServiceProcess, not_on_windows, until
from tests.helpers.services import ended
from tests.helpers.serving import client
from tests.helpers.stores import Store, file_store
from tests.processes.many_shelves import LISTS, MANY, PROGRAM, storeroom
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.shelves import Shelf
from tests.sample_feature.upstream import ShelvesContent, items_path, lists_of

# From how many seconds on a process takes it for a standstill.
LEAST_S = Standstills(now=utc_now).least_s

Shelves = tuple[Shelf, ...]

# A collection that has everything but the last list.
NEARLY_DONE = Behaviour(
    faults=(Fault(kind=Kind.HELD, path=items_path(MANY[-1], (MANY[-1].caixas or ())[-1])),)
)


def shrunk(boxes: int) -> Shelves:
    """The shelves, each without its first boxes: this many are left."""
    return tuple(shelf.with_children((shelf.caixas or ())[-boxes:]) for shelf in MANY)


async def ask_for_refresh(session: aiohttp.ClientSession, service: ServiceProcess) -> str:
    """The address of the refresh that begins, or that runs already."""
    async with session.post(service.address + WORDS.path) as asked:
        return str(asked.url.join(URL(asked.headers["Location"])))


async def tree_of(session: aiohttp.ClientSession, service: ServiceProcess) -> Shelves:
    """The shelves as the service answers them."""
    return msgspec.json.decode((await service.get(session, TREE))[1], type=Shelves)


async def answers(session: aiohttp.ClientSession, service: ServiceProcess, tree: Shelves) -> None:
    """Waits until the service answers these shelves."""
    async with asyncio.timeout(60):
        while await tree_of(session, service) != tree:
            await asyncio.sleep(0.01)


async def holds(store: Store, tree: Shelves) -> bool:
    """Whether these shelves are stored."""
    stored = await store.load()
    return stored is not None and stored.snapshot.tree == tree


@not_on_windows
@pytest.mark.parametrize(
    ("collects", "steps"), [(False, (58, 56, 54)), (True, (58,))], ids=["idle", "collecting"]
)
async def test_what_was_lost_meanwhile_stays_lost(
    *, collects: bool, steps: tuple[int, ...], tmp_path: Path
) -> None:
    """Whoever wakes up takes what another one has stored, and drops what it had read before.

    An idle one would find all steps together incredible; one that collects would bring back what
    it had read, since that is little.
    """
    left = shrunk(steps[-1])
    store = file_store(tmp_path / "shelves")
    async with storeroom() as upstream, client() as session:
        settings: dict[str, Any] = {
            "program": PROGRAM,
            "shelves_url": upstream.base_url,
            "snapshot_store": f"file:{tmp_path}",
            "refresh_min_interval_s": 0,
        }
        with ServiceProcess(tmp_path / "frozen.log", **settings) as frozen:
            assert await tree_of(session, frozen) == MANY
            refresh = await ended(session, f"{frozen.address}{WORDS.path}/current")  # and stored
            address = f"{frozen.address}{WORDS.path}/{refresh['id']}"
            if collects:
                upstream.behave(NEARLY_DONE)
                address = await ask_for_refresh(session, frozen)
                await until(lambda: upstream.figures.requests >= 2 * LISTS)
                await until(lambda: upstream.figures.in_flight == 1)
            frozen.freeze()
            frozen_at = utc_now()
            upstream.behave(Behaviour())  # the last list is on its way

            with ServiceProcess(tmp_path / "awake.log", **settings, snapshot_ttl_s=1) as awake:
                for boxes in steps:  # each loses eight in all, which is credible
                    upstream.serve(ShelvesContent(lists_of(shrunk(boxes))))
                    await answers(session, awake, shrunk(boxes))
                while not await holds(store, left):
                    await asyncio.sleep(0.01)
                await until(lambda: (utc_now() - frozen_at).total_seconds() > LEAST_S)

                frozen.wake()
                waking_up = asyncio.create_task(answers(session, frozen, left))
                refreshing = asyncio.create_task(ended(session, address))
                while not (waking_up.done() and refreshing.done()):
                    assert await tree_of(session, awake) == left
                for _ in range(20):  # while both look at the store, again and again
                    await asyncio.sleep(0.1)
                    assert await tree_of(session, awake) == left
                    assert await tree_of(session, frozen) == left
                await ended(session, await ask_for_refresh(session, frozen))

                assert await tree_of(session, frozen) == left
                await asyncio.gather(waking_up, refreshing)
        assert "Este processo esteve parado" in frozen.log
