"""`/metrics`, over a whole service."""

import asyncio

from prometheus_client.parser import text_string_to_metric_families

from src.infra.metrics.catalogue import ALL
from tests.helpers.services import ask, ended, service
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import TREE, WORDS
from tests.sample_feature.upstream import FakeUpstream

Samples = dict[tuple[str, tuple[str, ...]], float]


def samples(text: str) -> Samples:
    """Each sample by its name and the values of its labels."""
    return {
        (each.name, tuple(each.labels.values())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


async def test_every_request_is_counted_by_its_route() -> None:
    """Those with an answer at hand, HEAD and what there is not included."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        await ended(session, f"{WORDS.path}/current")
        before = samples((await ask(session, "/metrics")).body.decode())
        for _ in range(3):
            await ask(session, TREE)
        async with session.head(f"{WORDS.path}/current") as answer:
            assert answer.status == 200
        await ask(session, "/no/such/place")
        text = (await ask(session, "/metrics")).body.decode()
    after = samples(text)

    def counted(route: str, status: str) -> float:
        key = "http_request_duration_seconds_count", (route, status)
        return after[key] - before.get(key, 0)

    assert counted(TREE, "200") == 3
    assert counted(f"{WORDS.path}/current", "200") == 1
    assert counted("", "404") == 1
    assert counted("/metrics", "200") == 1
    assert "/no/such" not in text


async def test_a_preflight_is_counted() -> None:
    """It is answered without a route, around everything else."""
    key = "http_request_duration_seconds_count", ("", "200")
    asks = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    async with service(FakeUpstream(TWO_SHELVES), cors_origins="*") as session:
        before = samples((await ask(session, "/metrics")).body.decode())
        answer = await ask(session, TREE, asks, method="OPTIONS")
        after = samples((await ask(session, "/metrics")).body.decode())

    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert after[key] - before.get(key, 0) == 1


async def test_refreshes_and_what_they_brought_are_shown() -> None:
    """With the age of what is served."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        await ended(session, f"{WORDS.path}/current")
        found = samples((await ask(session, "/metrics")).body.decode())

    data = TREE
    assert found["refreshes_total", (data, "whole")] >= 1
    # So that the first one is a change.
    assert found["refreshes_total", (data, "failed")] == 0
    assert found["followers", (data,)] == 0
    assert found["refresh_last_duration_seconds", (data,)] >= 0
    assert found["snapshot_age_seconds", (data,)] > 0
    assert found["snapshot_missing_parts", (data,)] == 0
    assert found["snapshot_filled_parts", (data,)] == 0


async def test_followers_count_while_they_follow() -> None:
    """Each counts until its stream has ended."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        await ended(session, f"{WORDS.path}/current")
        async with session.get(f"{WORDS.path}/current/events") as stream:
            await stream.content.readline()
            during = samples((await ask(session, "/metrics")).body.decode())
        async with asyncio.timeout(20):
            while samples((await ask(session, "/metrics")).body.decode())["followers", (TREE,)]:
                await asyncio.sleep(0.01)

    assert during["followers", (TREE,)] == 1


async def test_a_token_is_asked_for_where_there_is_one() -> None:
    """The answer says which."""
    async with service(FakeUpstream(TWO_SHELVES), metrics_token="abc") as session:  # noqa: S106  # of the test
        without = await ask(session, "/metrics")
        other = await ask(session, "/metrics", headers={"Authorization": "Bearer abd"})
        right = await ask(session, "/metrics", headers={"Authorization": "Bearer abc"})

    assert without.status == other.status == 401
    assert "Para ler as métricas" in without.json["detail"]
    assert "METRICS_TOKEN" in other.json["detail"]
    assert without.headers["WWW-Authenticate"] == 'Bearer realm="metricas"'
    assert right.status == 200
    assert right.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_without_a_token_they_are_for_this_machine_alone() -> None:
    """By the same rule as for refreshes."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        through = await ask(session, "/metrics", headers={"X-Forwarded-For": "8.8.8.8"})

    assert through.status == 403
    assert "METRICS_TOKEN" in through.json["detail"]


async def test_all_metrics_are_shown() -> None:
    """With their help, whether or not they have been met."""
    async with service(FakeUpstream(TWO_SHELVES)) as session:
        text = (await ask(session, "/metrics")).body.decode()

    for metric in ALL:
        assert f"# HELP {metric.name} {metric.help}\n" in text
