"""A snapshot made ready to be answered: the tree written out, and every place at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping

from fastapi import Response
from starlette.datastructures import Headers

from src.application.localities.place_lookup import Places
from src.domain.localities.territory import State
from src.domain.snapshot import Snapshot
from src.infra.editions.tree_formats import as_csv, as_json, as_ndjson
from src.infra.http.content_codings import (
    CODINGS,
    IDENTITY,
    QUICK_COMPRESSORS,
    best_coding,
)
from src.infra.http.media_types import CSV, JSON, NDJSON, best_media_type
from src.infra.http.representation import Representation, content_id, representation

# The tree's formats, the one first that is answered where anything will do.
TREE_FORMATS = {JSON: as_json, NDJSON: as_ndjson, CSV: as_csv}

# Smaller bodies are not worth compressing.
WORTH_COMPRESSING_BYTES = 500

# What goes with one of the formats besides what goes with all answers.
_HEADERS_OF_FORMAT: dict[str, dict[str, str]] = {
    CSV: {"Content-Disposition": 'attachment; filename="estados-e-cidades.csv"'}
}


class NotAcceptableError(Exception):
    """The client refuses every media type, or every content coding, that there is."""


class Edition:
    """One snapshot as it is answered.

    `tree` is the whole of it as JSON. `headers` go with each answer.
    """

    def __init__(self, snapshot: Snapshot, tree: bytes, headers: Mapping[str, str]) -> None:
        self.content_id = content_id(tree)
        self._snapshot = snapshot
        self._headers = headers
        self._tree: dict[str, Representation] = {}
        self._made: dict[tuple[Hashable, str], asyncio.Future[Representation]] = {}
        self._places: asyncio.Future[Places] | None = None
        self.add_coding(IDENTITY, tree)

    @property
    def states(self) -> tuple[State, ...]:
        """The states of the snapshot."""
        return self._snapshot.states

    @property
    def bodies(self) -> dict[str, bytes]:
        """The tree's bytes in each coding that is ready."""
        return {coding: bytes(each.whole.body) for coding, each in self._tree.items()}

    def add_coding(self, coding: str, body: bytes) -> None:
        """From now on the tree is answered in this coding, too."""
        self._tree[coding] = self._representation(body, self.content_id, JSON, coding, {})

    def tree_at_hand(self, request: Headers) -> Response | None:
        """The tree as JSON in the best coding that is ready; None if another is wanted."""
        return self._json_tree(request) if tree_format(request) == JSON else None

    async def tree(self, request: Headers) -> Response:
        """The tree in the format and coding that suit best; raises NotAcceptableError."""
        media_type = tree_format(request)
        if media_type == JSON:
            at_hand = self._json_tree(request)
            if at_hand is not None:
                return at_hand
        if media_type is None or media_type == JSON:
            # A coding of JSON that is not ready yet is not made in another way meanwhile: a strong
            # entity tag stands for the same bytes always.
            raise NotAcceptableError
        write = TREE_FORMATS[media_type]
        return await self._kept(
            request,
            media_type,
            lambda: write(self._snapshot.states),
            media_type,
            _HEADERS_OF_FORMAT.get(media_type, {}),
        )

    def _json_tree(self, request: Headers) -> Response | None:
        coding = best_coding(_accept_encoding(request), self._tree)
        return self._tree[coding].answer(request) if coding is not None else None

    async def places(self) -> Places:
        """The places of the snapshot by code and by name, made when they are first asked for."""
        if self._places is None:
            self._places = asyncio.ensure_future(asyncio.to_thread(Places, self._snapshot.states))
        return await asyncio.shield(self._places)  # hanging up does not stop it for others

    async def kept(self, request: Headers, key: Hashable, write: Callable[[], bytes]) -> Response:
        """The answer with the large JSON that `write` makes, once for all requests under this key.

        Raises NotAcceptableError.
        """
        _require_json(request)
        return await self._kept(request, key, write, JSON, {})

    async def _kept(
        self,
        request: Headers,
        key: Hashable,
        write: Callable[[], bytes],
        media_type: str,
        headers: Mapping[str, str],
    ) -> Response:
        coding = _coding(request)
        making = self._made.get((key, coding))
        if making is None:
            making = asyncio.ensure_future(
                asyncio.to_thread(lambda: self._make(write(), media_type, coding, headers))
            )
            self._made[key, coding] = making
        return (await asyncio.shield(making)).answer(request)

    def answer(
        self, request: Headers, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer with this small body, and these headers besides; raises NotAcceptableError."""
        _require_json(request)
        coding = None
        if len(body) < WORTH_COMPRESSING_BYTES:
            coding = best_coding(_accept_encoding(request), [IDENTITY])
        made = self._make(body, JSON, coding or _coding(request), headers or {})
        return made.answer(request)

    def _make(
        self, body: bytes, media_type: str, coding: str, headers: Mapping[str, str]
    ) -> Representation:
        coded = body if coding == IDENTITY else QUICK_COMPRESSORS[coding](body)
        return self._representation(coded, content_id(body), media_type, coding, headers)

    def _representation(
        self,
        body: bytes,
        content: str,
        media_type: str,
        coding: str,
        headers: Mapping[str, str],
    ) -> Representation:
        return representation(
            body,
            content=content,
            media_type=media_type,
            coding=coding,
            last_modified=self._snapshot.collected_at,
            headers={**self._headers, **headers},
        )


def tree_format(request: Headers) -> str | None:
    """The tree's format that suits a client best; None where none does."""
    return best_media_type(_accept(request), tuple(TREE_FORMATS))


def _require_json(request: Headers) -> None:
    if best_media_type(_accept(request), (JSON,)) is None:
        raise NotAcceptableError


def _accept(request: Headers) -> str:
    return ",".join(request.getlist("accept"))


def _accept_encoding(request: Headers) -> str:
    return ",".join(request.getlist("accept-encoding"))


def _coding(request: Headers) -> str:
    coding = best_coding(_accept_encoding(request), CODINGS)
    if coding is None:
        raise NotAcceptableError
    return coding
