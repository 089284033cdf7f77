"""Moments of refreshes to test with, and the events that tell of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import msgspec

from src.application.ports.refresh_progress import Attempt, Fate, Phase, Progress, Requests
from tests.helpers.fakes import NOON

BEGUN = Progress(
    refresh=f"{1:020x}",
    number=0,
    phase=Phase.RUNNING,
    by_hand=False,
    asked_by_hand_at=None,
    plan="",
    begun_at=NOON,
    seconds=0.0,
    requests=Requests(),
    most_in_flight=0,
    roots_in_work=0,
    limits=None,
    roots=[],
    outcome=None,
    cause=None,
    attempts=[Attempt(0, 0, 0, 1, 0, 1, 2, 3, Fate.ANSWERED, 0)],
)


def moment(
    refresh: int = 1, number: int = 0, *, begun_at: datetime = NOON, **more: Any
) -> Progress:
    """A moment, by the numbers of its refresh and its own."""
    return replace(BEGUN, refresh=f"{refresh:020x}", number=number, begun_at=begun_at, **more)


def told(refresh: int, *phases: Phase) -> list[Progress]:
    """The moments of a refresh that goes through these phases."""
    return [moment(refresh, number, phase=phase) for number, phase in enumerate(phases)]


async def events(
    session: aiohttp.ClientSession, path: str, headers: dict[str, str] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """The events of a stream, one after the other, each with its id as `event_id`."""
    async with session.get(path, headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        fields: dict[str, str] = {}
        async for line in answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields.get("event") == "andamento":
                yield {"event_id": fields["id"], **msgspec.json.decode(fields["data"])}
                fields = {}
