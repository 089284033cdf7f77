"""A snapshot made ready to be answered: the tree written out, and every part at hand."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Generic

from fastapi import Response
from starlette.datastructures import Headers

from src.domain.snapshot import S
from src.infra.editions.presentation import LookUp, NotAcceptableError, Presentation
from src.infra.http.content_codings import CODINGS, IDENTITY, QUICK_COMPRESSORS, best_coding
from src.infra.http.media_types import JSON, best_media_type
from src.infra.http.representation import Representation, content_id, representation

# Smaller bodies are not worth compressing.
WORTH_COMPRESSING_BYTES = 500


class Edition(Generic[S, LookUp]):
    """One snapshot as it is answered.

    `tree` is the whole of it as JSON. `headers` go with each answer.
    """

    def __init__(
        self,
        snapshot: S,
        presentation: Presentation[S, LookUp],
        *,
        tree: bytes,
        headers: Mapping[str, str],
    ) -> None:
        self.snapshot = snapshot
        self.content_id = content_id(tree)
        self._presentation = presentation
        self._headers = headers
        self._tree: dict[str, Representation] = {}
        self._made: dict[tuple[Hashable, str], asyncio.Future[Representation]] = {}
        self._look_up: asyncio.Future[LookUp] | None = None
        self.add_coding(IDENTITY, tree)

    @property
    def bodies(self) -> dict[str, bytes]:
        """The tree's bytes in each coding that is ready."""
        return {coding: bytes(each.whole.body) for coding, each in self._tree.items()}

    def add_coding(self, coding: str, body: bytes) -> None:
        """From now on the tree is answered in this coding, too."""
        self._tree[coding] = self._representation(body, self.content_id, JSON, coding, {})

    def tree_at_hand(self, request: Headers) -> Response | None:
        """The tree as JSON in the best coding that is ready; None if another is wanted."""
        if self._presentation.format_for(request) != JSON:
            return None
        return self._json_tree(request)

    async def tree(self, request: Headers, media_type: str | None) -> Response:
        """The tree in this format, and in the coding that suits best.

        `media_type` is what `Presentation.format_for` gives. Raises NotAcceptableError.
        """
        if media_type == JSON:
            at_hand = self._json_tree(request)
            if at_hand is not None:
                return at_hand
        if media_type is None or media_type == JSON:
            # A coding of JSON that is not ready yet is not made in another way meanwhile: a strong
            # entity tag stands for the same bytes always.
            raise NotAcceptableError(self._presentation.available)
        tree_format = self._presentation.formats[media_type]
        write = partial(tree_format.write, self.snapshot.roots)
        return await self._kept(request, media_type, write, media_type, tree_format.headers)

    def _json_tree(self, request: Headers) -> Response | None:
        coding = best_coding(_accept_encoding(request), self._tree)
        return self._tree[coding].answer(request) if coding is not None else None

    async def look_up(self) -> LookUp:
        """What the parts of the snapshot are found by, made when it is first asked for."""
        if self._look_up is None:
            make = self._presentation.look_up
            self._look_up = asyncio.ensure_future(asyncio.to_thread(make, self.snapshot))
        return await asyncio.shield(self._look_up)  # hanging up does not stop it for others

    async def kept(self, request: Headers, key: Hashable, write: Callable[[], bytes]) -> Response:
        """The answer with the large JSON that `write` makes, once for all requests under this key.

        Raises NotAcceptableError.
        """
        self._require_json(request)
        return await self._kept(request, key, write, JSON, {})

    async def _kept(
        self,
        request: Headers,
        key: Hashable,
        write: Callable[[], bytes],
        media_type: str,
        headers: Mapping[str, str],
    ) -> Response:
        coding = self._coding(request)
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
        self._require_json(request)
        coding = None
        if len(body) < WORTH_COMPRESSING_BYTES:
            coding = best_coding(_accept_encoding(request), [IDENTITY])
        made = self._make(body, JSON, coding or self._coding(request), headers or {})
        return made.answer(request)

    def _make(
        self, body: bytes, media_type: str, coding: str, headers: Mapping[str, str]
    ) -> Representation:
        coded = body if coding == IDENTITY else QUICK_COMPRESSORS[coding](body)
        return self._representation(coded, content_id(body), media_type, coding, headers)

    def _representation(
        self, body: bytes, content: str, media_type: str, coding: str, headers: Mapping[str, str]
    ) -> Representation:
        return representation(
            body,
            content=content,
            media_type=media_type,
            coding=coding,
            last_modified=self.snapshot.collected_at,
            headers={**self._headers, **headers},
        )

    def _require_json(self, request: Headers) -> None:
        if best_media_type(",".join(request.getlist("accept")), (JSON,)) is None:
            raise NotAcceptableError(self._presentation.available)

    def _coding(self, request: Headers) -> str:
        coding = best_coding(_accept_encoding(request), CODINGS)
        if coding is None:
            raise NotAcceptableError(self._presentation.available)
        return coding


def _accept_encoding(request: Headers) -> str:
    return ",".join(request.getlist("accept-encoding"))
