"""What comes of a snapshot that another process has stored, by the rule for what is collected."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic

from src.domain.credible_change import ANY_CHANGE, CredibleChange
from src.domain.judgement import DISBELIEF
from src.domain.outline import RootOutline, may_follow, outline
from src.domain.snapshot import S, Snapshot
from src.domain.succession import succeed

log = logging.getLogger(__name__)


async def no_bundled() -> None:
    """Nothing ships with the code."""


class StoredSuccession(Generic[S]):
    """Says what counts of a stored snapshot: what it lacks beyond a credible `change` is kept.

    It is held against what is known here. If nothing is, or if that is too old because the process
    stood still, it is held against the `bundled` snapshot, unless a change in it was vouched for or
    confirmed. That snapshot takes long to load, so only its `bundled_outline` is looked at before
    the first answer, and `look_closely` does the rest.
    """

    def __init__(
        self,
        *,
        change: CredibleChange | None = None,
        bundled: Callable[[], Awaitable[S | None]] = no_bundled,
        bundled_outline: Callable[[], Sequence[RootOutline]] | None = None,
    ) -> None:
        self._change = change
        self._bundled = bundled
        self._bundled_outline = bundled_outline
        self._needs_a_closer_look = False

    async def of(self, known: S | None, stored: S, *, stood_still: bool = False) -> S | None:
        """What is stored, completed if it is not credible; None if what is known is newer."""
        if known is not None and _order(stored) < _order(known):
            return None
        if stood_still and known is not None:
            log.info("Este processo esteve parado; valem os dados que outro coletou nesse tempo")
            known = None
        if known is not None:
            if _is_answer(stored, known):
                return stored
            return await asyncio.to_thread(_succeeding, known, stored, self._change)
        self._needs_a_closer_look = stored.believed_at is None
        if self._needs_a_closer_look and not await asyncio.to_thread(self._may_follow, stored):
            return await self.look_closely(stored)
        return stored

    async def look_closely(self, taken: S) -> S:
        """The same, or what it is completed to beside the bundled snapshot, if that is open yet."""
        bundled = await self._bundled() if self._needs_a_closer_look else None
        self._needs_a_closer_look = False
        if bundled is None:
            return taken
        completed = await asyncio.to_thread(_succeeding, bundled, taken, self._change)
        if completed is taken:
            return taken
        for gap in [gap for gap in completed.filled if gap.reason in DISBELIEF][:1]:
            log.warning(
                "Os dados armazenados diferem demais dos que acompanham o código, que completam "
                "ou substituem o que não é plausível até a próxima coleta; o primeiro item é "
                "%s: %s. Se a mudança for real, peça uma coleta que a aceite: "
                "POST …/refreshes?any_change=true",
                gap.nome,
                gap.reason,
            )
        return completed

    def _may_follow(self, stored: S) -> bool:
        if self._bundled_outline is None:
            return True
        return may_follow(self._bundled_outline(), outline(stored.roots), self._change)


def _order(snapshot: Snapshot) -> tuple[datetime, int]:
    """Greater for a newer snapshot."""
    return snapshot.collected_at, snapshot.failures


def _is_answer(stored: Snapshot, known: Snapshot) -> bool:
    """Whether another process has completed, by this rule, the very collection known here."""
    return stored.collected_at == known.collected_at and stored.failures > known.failures


def _is_vouched_for(stored: Snapshot, known: Snapshot) -> bool:
    """Whether another process believed, for a reason, a change that is not known here."""
    if stored.believed_at is None:
        return False
    return known.believed_at is None or stored.believed_at > known.believed_at


def _succeeding(known: S, stored: S, change: CredibleChange | None) -> S:
    is_vouched_for = _is_vouched_for(stored, known)
    succeeding = succeed(known, stored, ANY_CHANGE if is_vouched_for else change)
    if succeeding.roots != stored.roots:
        # Newer than what is stored, so that processes which hold that take this one.
        return replace(succeeding, failures=max(succeeding.failures, stored.failures + 1))
    completed = stored.completed_from(known)
    if is_vouched_for or stored.believed_at == known.believed_at:
        return completed
    # Collected by a process that need not know why it is believed; a third one may ask.
    return replace(completed, believed_at=known.believed_at)
