"""Succession of the territory's snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from src.domain.localities.territory import State, in_order
from src.domain.snapshot import Gap, Snapshot
from src.domain.succession import Succession, branches, missing


def succeed(earlier: Snapshot, collected: Snapshot) -> Snapshot:
    """The collected snapshot, with all that it lacks and the earlier one has.

    Its `filled` names the states and cities that were kept or completed; its `missing` what neither
    of the two knows.
    """
    succession = Succession(unread={gap.key: gap.reason for gap in collected.missing})
    states = in_order(succession.of(earlier.states, collected.states))
    reasons = {gap.key: gap for gap in (*earlier.missing, *collected.missing)}
    unknown = tuple(sorted(missing(states, reasons), key=_key))
    filled = _in_order_and_known(succession.filled, unknown)
    failures = earlier.failures + 1 if unknown or filled else 0
    return replace(collected, states=states, missing=unknown, filled=filled, failures=failures)


def unread(earlier: Snapshot, reason: str) -> Snapshot:
    """The earlier snapshot after a collection that could read nothing at all: all of it is kept."""
    kept = [gap for state in earlier.states for gap in branches(state, reason)]
    return replace(
        earlier,
        filled=_in_order_and_known(kept, earlier.missing),
        failures=earlier.failures + 1,
    )


def is_credible(earlier: State, collected: State) -> bool:
    """Whether a state that was read whole may be believed as it is."""
    succession = Succession(unread={})
    succession.of((earlier,), (collected,))
    return not succession.filled


def _in_order_and_known(kept: Iterable[Gap], unknown: Iterable[Gap]) -> tuple[Gap, ...]:
    """What was kept, without the places of which nothing was there to keep."""
    keys = {gap.key for gap in unknown}
    return tuple(sorted((gap for gap in kept if gap.key not in keys), key=_key))


def _key(gap: Gap) -> tuple[int, int]:
    return gap.key
