"""Wires a feature that collects one tree in advance and serves it whole.

A feature that offers more wires these parts itself.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from src.application.collecting.fan_out import FanOut
from src.domain.credible_change import CredibleChange, any_number
from src.domain.snapshot import TreeSnapshot
from src.domain.tree import Branch
from src.entrypoints.experimenting import experiment_with
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.keeping_fresh import keeping_fresh
from src.entrypoints.settings import ServiceSettings
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from src.infra.controllers.tree_controller import OpenedTree, tree_at_hand, tree_router
from src.infra.editions.tree_formats import WHOLE_TREE
from src.infra.gateways.retrying_client import RetryingClient
from src.infra.gateways.upstream import Upstream, limits_in_force, open_client
from src.infra.process.clock import utc_now
from src.infra.traces.traced_fan_out import fan_out_counts

Settings = TypeVar("Settings", bound=ServiceSettings)
Root = TypeVar("Root", bound=Branch)


# Names that the core uses itself.
RESERVED = {"metrics", "ready", "refreshes"}


def _roots_at_will(change: CredibleChange) -> CredibleChange:
    """Lets any root come, go and have another name: the code names them, so that is on purpose."""
    return replace(
        change,
        losses=replace(change.losses, of_top=any_number),
        gains=replace(change.gains, of_top=any_number),
        names=lambda level, before: change.names(level, before) if level else before,
    )


def tree_feature(
    name: str,
    *,
    title: str,
    source: str,
    levels: Sequence[Noun],
    root: type[Root],
    example: Root,
    upstream: Callable[[Settings], Upstream],
    collect: Callable[[RetryingClient, FanOut[Root]], Awaitable[Sequence[Root]]],
    roots_at_once: int = 5,
    roots_are_requested: bool = True,
    short_name: str = "",
    change: CredibleChange | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Feature[Settings]:
    """The feature that answers its tree at `/api/v1/{name}`, and its refreshes below that.

    Raises ValueError if the name, or two levels of one name, would clash with something else.

    Args:
        name: one lower-case word, under which its data are kept apart, too.
        title: in Portuguese what the tree is, for the documentation.
        source: the upstream's name in Portuguese, with its article.
        levels: what the parts are called on each level, the top first.
        root: the class of the parts at the top.
        example: one of them, with all below it, for the documentation.
        upstream: the upstream that the settings describe; it gets the name of the source.
        collect: collects the roots with all below them, over a client of that upstream.
        roots_at_once: how many roots are in work at once.
        roots_are_requested: False if the code names the roots and no request lists them.
        short_name: the JSON field of a root's short name; empty if roots have none.
        change: how much may change from one snapshot to the next.
        now: tells the time, in UTC, at which a collection has ended.
    """
    if not re.fullmatch("[a-z][a-z0-9]*", name) or name in RESERVED:
        raise ValueError(f"a feature cannot be called {name!r}; use one other lower-case word")
    path = f"/api/v1/{name}"
    kind = TreeSnapshot[root]  # type: ignore[valid-type]  # known at run time only
    words = RefreshWords(
        path=f"{path}/refreshes",
        upstream=source,
        levels=levels,
        roots_are_requested=roots_are_requested,
        short_name=short_name,
        data=path,
    )

    @asynccontextmanager
    async def opened(settings: Settings, _: Mapping[str, Any]) -> AsyncIterator[Opened]:
        async def collected(on_root: Callable[[Root], None]) -> TreeSnapshot[Root]:
            fan_out = FanOut(roots_limit=roots_limit, watch=counts, on_root=on_root)
            roots = await collect(client, fan_out)
            if not roots_are_requested:
                fan_out.require_any(roots)  # the roots alone are nothing that was read
            return kind.collected(roots, at=now(), missing=fan_out.gaps(roots))

        asked = replace(upstream(settings), name=source)
        counts = fan_out_counts(path, clock=time.monotonic)
        roots_limit = asyncio.Semaphore(roots_at_once)
        experiment = experiment_with(settings, asked.base_url, at_once=asked.at_once, counts=counts)
        async with open_client(
            asked, proxies=settings.proxies, watch=counts, experiment=experiment
        ) as client:
            counts.bounded_by(lambda: limits_in_force(asked, client, roots=roots_at_once))
            async with keeping_fresh(
                settings,
                kind=kind,
                collect=collected,
                bundled=None,
                presentation=WHOLE_TREE,
                words=words,
                fan_out=counts,
                change=change
                if roots_are_requested
                else _roots_at_will(change or CredibleChange()),
                folder=name,
                experiment=experiment,
            ) as kept:
                yield Opened(
                    state={
                        name: OpenedTree(kept.freshness, kept.roots_as_they_come),
                        words.path: kept.refreshes,
                    },
                    require_data=kept.freshness.at_once,
                )

    tag = name.capitalize()
    return Feature(
        open=opened,
        routers=[
            tree_router(path, name=name, root=root, example=example, title=title, tag=tag),
        ],
        refreshes=words,
        tags=[{"name": tag, "description": f"{title}."}],
        at_hand={path: tree_at_hand(name, WHOLE_TREE.formats)},
    )
