"""One resource with the whole of a feature's tree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import Headers

from src.application.refreshing.freshness import Freshness
from src.application.refreshing.roots_as_they_come import RootsAsTheyCome
from src.domain.snapshot import S
from src.domain.tree import Leaf
from src.infra.controllers.documented_responses import data_responses
from src.infra.controllers.errors import NOT_ACCEPTABLE
from src.infra.editions.edition import Edition
from src.infra.editions.presentation import (
    LookUp,
    NotAcceptableError,
    TreeFormats,
    format_for,
)
from src.infra.editions.tree_formats import WHOLE_TREE, as_ndjson
from src.infra.http.media_types import NDJSON_NAMES
from src.infra.http.middleware.fast_path import AtHand


@dataclass(frozen=True, slots=True)
class OpenedTree(Generic[S, LookUp]):
    """What the lifespan opens for a tree, and every request finds in `request.state`."""

    freshness: Freshness[Edition[S, LookUp]]
    roots_as_they_come: RootsAsTheyCome[Any, Edition[S, LookUp]]


async def answer_tree(
    request: Headers, opened: OpenedTree[S, LookUp], formats: TreeFormats
) -> Response:
    """The tree in the one of these formats that suits the client best.

    `formats` are some of its presentation. During the first collection NDJSON has each root as soon
    as it is whole.

    Raises NotAcceptableError or NoSnapshotError.
    """
    media_type = format_for(request, formats)
    if media_type in NDJSON_NAMES:
        roots = await opened.roots_as_they_come.begin()
        if roots is not None:
            write = formats[media_type].write
            return StreamingResponse(
                (write([root]) async for root in roots),
                media_type=media_type,
                headers={"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"},
            )
    edition = await opened.freshness.edition()
    return await edition.tree(request, formats)


def tree_at_hand(name: str, formats: TreeFormats) -> AtHand:
    """Returns the response of `answer_tree` if it is ready; None if that would wait, or refuse.

    `name` is that of the opened tree among all that the lifespan opens.
    """

    def at_hand(state: Mapping[str, Any], request: Headers) -> Response | None:
        opened: OpenedTree[Any, Any] = state[name]
        edition = opened.freshness.at_hand()
        return edition.tree_at_hand(request, formats) if edition is not None else None

    return at_hand


def tree_router(
    path: str, *, name: str, root: type[Leaf], example: Leaf, title: str, tag: str
) -> APIRouter:
    """The resource at `path`, which answers the tree that is opened under `name`.

    `root`, `example` and `title` are for the documentation: the class of the roots, one of them,
    and in Portuguese what they are. `tag` is the heading above the resource there.
    """
    shown = msgspec.to_builtins(example)
    lines = {"schema": {"type": "string"}, "example": as_ndjson([example]).decode()}

    async def list_roots(request: Request) -> Response:
        """Retorna a árvore inteira, em JSON ou NDJSON (uma linha por item), conforme `Accept`.

        Durante a primeira coleta, o NDJSON traz cada item assim que fica pronto; essa resposta vem
        sem `ETag`, `Last-Modified` e `X-Snapshot-*`, e não fica em cache.
        """
        opened: OpenedTree[Any, None] = getattr(request.state, name)
        return await answer_tree(request.headers, opened, WHOLE_TREE.formats)

    router = APIRouter(tags=[tag])
    router.add_api_route(
        path,
        list_roots,
        operation_id=f"list{name.capitalize()}",
        summary=title,
        response_model=list[root],  # type: ignore[valid-type]  # known at run time only
        responses=data_responses(
            title,
            [shown],
            replace(NOT_ACCEPTABLE, example=NotAcceptableError(WHOLE_TREE.available)),
            at=path,
            content=dict.fromkeys(NDJSON_NAMES, lines),
        ),
    )
    return router
