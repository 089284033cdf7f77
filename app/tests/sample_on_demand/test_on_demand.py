"""Values that are asked for one by one, over real sockets."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import pytest

from src.application.ports.upstream_errors import UpstreamConnectionError
from tests.helpers.documentation import described, examples
from tests.helpers.redis_server import RedisServer
from tests.helpers.resources import decoded, detail_of
from tests.helpers.services import application, ask
from tests.helpers.serving import client, served
from tests.sample_on_demand.feature import PATH, Scales, weights

ITEM = f"{PATH}/1"


class FakeScales:
    """Scales that know one item; `opened` and `closed` count how often they were."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.opened = self.closed = 0
        self.is_down = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Scales]:
        self.opened += 1
        yield self.weigh
        self.closed += 1

    async def weigh(self, key: str) -> int | None:
        """The weight of an item."""
        self.asked[key] += 1
        if self.is_down:
            raise UpstreamConnectionError("sem conexão")
        return 250 if key == "1" else None


@asynccontextmanager
async def service(scales: FakeScales, **settings: Any) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service that weighs with these scales."""
    async with served(application([weights(scales)], **settings)) as url, client(url) as session:
        yield session


async def test_a_value_is_asked_for_once_and_then_kept() -> None:
    """The scales are opened for the first caller, and closed at the end."""
    scales = FakeScales()
    async with service(scales) as session:
        ready = await ask(session, "/health/ready")
        opened_before = scales.opened
        answers = await asyncio.gather(*(ask(session, ITEM) for _ in range(20)))
        await ask(session, f"{PATH}/2")
        opened, closed = scales.opened, scales.closed

    assert (ready.status, opened_before) == (200, 0)
    assert [answer.json for answer in answers] == [{"id": 1, "gramas": 250}] * 20
    assert scales.asked == {"1": 1, "2": 1}
    assert (opened, closed, scales.closed) == (1, 0, 1)


async def test_conditions_and_codings() -> None:
    """Age says how old it is; a current copy gets a 304, and each client its coding."""
    async with service(FakeScales()) as session:
        plain = await ask(session, ITEM)
        coded = await ask(session, ITEM, {"Accept-Encoding": "gzip, identity;q=0"})
        again = await ask(session, ITEM, {"If-None-Match": plain.headers["ETag"]})
        refused = await ask(session, ITEM, {"Accept": "text/csv"})
        unpacked = await ask(session, ITEM, {"Accept-Encoding": "*;q=0"})

    assert int(plain.headers["Age"]) >= 0
    assert plain.headers["Cache-Control"] == "public, max-age=3600, stale-if-error=86400"
    assert "Content-Encoding" not in plain.headers
    assert coded.headers["Content-Encoding"] == "gzip"
    assert decoded(coded) == plain.body
    assert (again.status, again.body) == (304, b"")
    assert "application/json" in detail_of(refused, 406, ITEM)
    assert unpacked.status == 406


async def test_what_nobody_knows_is_404() -> None:
    """The detail is the feature's own, as is what is allowed of its parameters."""
    async with service(FakeScales()) as session:
        unknown = await ask(session, f"{PATH}/9")
        invalid = await ask(session, f"{PATH}/0")

    assert detail_of(unknown, 404, f"{PATH}/9") == "O item não tem peso."
    assert "use o código de um item" in detail_of(invalid, 422, f"{PATH}/0")


async def test_without_an_earlier_value_an_ill_upstream_is_503() -> None:
    """The answer says when to ask again."""
    scales = FakeScales()
    scales.is_down = True
    async with service(scales) as session:
        answer = await ask(session, ITEM)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")


@pytest.mark.parametrize("store", ["file", "redis"])
async def test_a_value_outlives_a_restart(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It is stored in a folder of its own, or on a server."""
    address = f"file:{tmp_path}"
    if store == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        address = server.url
    async with service(FakeScales(), snapshot_store=address) as session:
        before = await ask(session, ITEM)
    scales = FakeScales()
    async with service(scales, snapshot_store=address) as session:
        after = await ask(session, ITEM)

    assert after.json == before.json
    assert not scales.asked


def test_it_is_described() -> None:
    """Age is among the headers, and each example matches its schema."""
    document = described([weights(FakeScales())])

    operation = document["paths"][f"{PATH}/{{item_id}}"]["get"]
    assert "Age" in operation["responses"]["200"]["headers"]
    assert "Age" in document["components"]["headers"]
    for schema, example in examples(document):
        whole = {**schema, "components": document["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(example)
