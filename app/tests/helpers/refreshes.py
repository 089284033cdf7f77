"""Moments of refreshes to test with."""

from dataclasses import replace
from datetime import datetime
from typing import Any

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
    attempts=[Attempt(0, 0, 0, 1, 0, 1, 2, 3, Fate.ANSWERED)],
)


def moment(
    refresh: int = 1, number: int = 0, *, begun_at: datetime = NOON, **more: Any
) -> Progress:
    """A moment, by the numbers of its refresh and its own."""
    return replace(BEGUN, refresh=f"{refresh:020x}", number=number, begun_at=begun_at, **more)


def told(refresh: int, *phases: Phase) -> list[Progress]:
    """The moments of a refresh that goes through these phases."""
    return [moment(refresh, number, phase=phase) for number, phase in enumerate(phases)]
