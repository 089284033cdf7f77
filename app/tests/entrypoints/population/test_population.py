"""The population of places, over real sockets, while its upstream is well and while it is ill."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from src.application.population.ports import Kind as PlaceKind
from src.domain.localities.territory import State
from src.domain.population.population import Population
from src.entrypoints.api import create_app
from src.entrypoints.feature import Feature
from src.entrypoints.features import PlacesOfTheTerritory, Settings
from src.entrypoints.localities.feature import localities
from src.entrypoints.population.asking import gateway
from src.entrypoints.population.feature import population
from src.infra.process.clock import utc_now
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.population.aggregates import inhabitants
from tests.helpers.fakes import Clock
from tests.helpers.localities.ibge import Ibge
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import collecting_from
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.redis_server import RedisServer
from tests.helpers.services import Answer, ask
from tests.helpers.serving import client, served

CITY, STATE = "/api/v1/cities/1100015/population", "/api/v1/states/ro/population"
PATH_OF_CITY = "/6579/periodos/-1/variaveis/9324?localidades=N6[1100015]"


@asynccontextmanager
async def service(
    upstream: Ibge,
    *,
    places: FakeUpstream | None = None,
    places_at: datetime | None = None,
    wait_s: float = 10,
    **settings: Any,
) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with a service of two states, with the populations of this upstream."""
    chosen = Settings(
        **{
            "snapshot_bundled": False,
            "ibge_aggregates_url": upstream.aggregates_url,
            **settings,
        }
    )
    features: list[Feature[Settings]] = [
        localities(
            collecting_from(
                places or FakeUpstream(TWO_STATES), now=lambda: places_at or Clock().time
            )
        ),
        population(PlacesOfTheTerritory, wait_s=wait_s),
    ]
    async with served(create_app(chosen, features=features)) as url, client(url) as session:
        yield session


def ill(kind: Kind, **more: Any) -> Behaviour:
    """An upstream that answers everything so."""
    return Behaviour(faults=(Fault(kind=kind, **more),))


async def test_a_city_and_a_state() -> None:
    """With our own name, the year, the source and the age."""
    async with Ibge(TWO_STATES) as upstream, service(upstream) as session:
        city, state = await ask(session, CITY), await ask(session, STATE)
        by_six_digits = await ask(session, "/api/v1/cities/110001/population")

    assert city.json == {
        "id": 1100015,
        "nome": "Alta Floresta D'Oeste",
        "ano": 2025,
        "habitantes": inhabitants(1100015),
        "fonte": "IBGE, Estimativas da população (agregado 6579)",
    }
    assert (state.json["id"], state.json["nome"]) == (11, "Rondônia")
    assert by_six_digits.json == city.json
    assert city.headers["Age"] == "0"
    assert city.headers["Cache-Control"] == "public, max-age=2592000, stale-if-error=86400"
    assert upstream.asked_for(PATH_OF_CITY) == 1


async def test_conditions_and_codings() -> None:
    """As for all data: 304 for the tag and the date, and the coding that the client likes best."""
    async with Ibge(TWO_STATES) as upstream, service(upstream) as session:
        whole = await ask(session, CITY)
        by_tag = await ask(session, CITY, {"If-None-Match": whole.headers["ETag"]})
        by_date = await ask(session, CITY, {"If-Modified-Since": whole.headers["Last-Modified"]})
        coded = await ask(session, CITY, {"Accept-Encoding": "gzip, identity;q=0"})
        head = await ask(session, CITY, method="HEAD")
        refused = await ask(session, CITY, {"Accept": "text/csv"})

    assert (by_tag.status, by_date.status, by_tag.body) == (304, 304, b"")
    assert coded.headers["Content-Encoding"] == "gzip"
    assert coded.headers["ETag"] != whole.headers["ETag"]
    assert (head.status, head.body) == (200, b"")
    assert refused.status == 406


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/cities/9999999/population", 404),
        ("/api/v1/states/XX/population", 404),
        ("/api/v1/cities/abc/population", 422),
    ],
)
async def test_a_place_that_is_none_is_not_asked_for(path: str, status: int) -> None:
    """Our own data know it."""
    async with Ibge(TWO_STATES) as upstream, service(upstream) as session:
        answer = await ask(session, path)

    assert answer.status == status
    assert upstream.figures.requests == 0


async def test_a_place_without_a_population_is_404() -> None:
    """The upstream knows nothing of it, and is not asked again at once."""
    async with Ibge(TWO_STATES[1:]) as upstream, service(upstream) as session:
        answers = [await ask(session, CITY) for _ in range(3)]

    assert {answer.status for answer in answers} == {404}
    assert answers[0].json["detail"] == (
        "O IBGE não publica a população deste lugar: Alta Floresta D'Oeste."
    )
    assert upstream.figures.requests == 1


async def test_forty_clients_make_one_request() -> None:
    """All of them get the same answer."""
    async with Ibge(TWO_STATES, behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with service(upstream) as session:
            await ask(session, "/api/v1/states")
            answers = await asyncio.gather(*(ask(session, CITY) for _ in range(40)))

    assert {answer.body for answer in answers} == {answers[0].body}
    assert upstream.asked_for(PATH_OF_CITY) == 1


ILL = [
    pytest.param(ill(Kind.STATUS, status=500), id="500"),
    pytest.param(ill(Kind.STATUS, status=429), id="429"),
    pytest.param(ill(Kind.GARBAGE), id="HTML"),
    pytest.param(ill(Kind.WRONG_TYPES), id="wrong types"),
    pytest.param(ill(Kind.SILENCE), id="silence"),
    pytest.param(ill(Kind.CUT), id="cut"),
    pytest.param(ill(Kind.RESET), id="reset"),
]


async def known_population(session: aiohttp.ClientSession) -> Answer:
    """The city's population; on a busy machine the first callers may wait in vain for it."""
    async with asyncio.timeout(20):
        while (answer := await ask(session, CITY)).status != 200:
            await asyncio.sleep(0.01)
    return answer


@pytest.mark.parametrize("behaviour", ILL)
async def test_an_ill_upstream_touches_nothing_that_is_known(behaviour: Behaviour) -> None:
    """The last population with its age, the places as ever; what is not known yet is 503."""
    async with Ibge(TWO_STATES) as upstream:
        async with service(upstream, wait_s=0.5, population_ttl_s=0) as session:
            before, places = await known_population(session), await ask(session, "/api/v1/states")
            upstream.behave(behaviour)

            known, unknown = await asyncio.gather(ask(session, CITY), ask(session, STATE))
            again = await ask(session, "/api/v1/states")

    assert (known.status, known.body) == (200, before.body)
    assert (unknown.status, unknown.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(unknown.headers["Retry-After"]) >= 1
    assert again.body == places.body


@pytest.mark.parametrize("status", [429, 503])
async def test_a_rest_that_is_asked_for_at_one_place_holds_for_all(status: int) -> None:
    """An hour without a request, whichever place is wanted; what is known is answered."""
    async with Ibge(TWO_STATES) as upstream:
        async with service(upstream, population_ttl_s=0) as session:
            before = await known_population(session)
            upstream.behave(ill(Kind.STATUS, status=status, retry_after=3600))
            first = await ask(session, STATE)
            requests = upstream.figures.requests
            upstream.behave(Behaviour())
            others = [
                await ask(session, f"/api/v1/states/{uf}/population") for uf in ("df", "ro", "df")
            ]
            known = await ask(session, CITY)

    assert upstream.figures.requests == requests
    assert (known.status, known.body) == (200, before.body)
    for answer in (first, *others):
        assert answer.status == 503
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("status", [429, 503])
async def test_callers_that_wait_for_their_turn_are_let_go_when_a_rest_begins(
    status: int, brazil: tuple[State, ...]
) -> None:
    """Eight requests are in flight when one is told to rest; those behind them are never sent."""
    acre = tuple(state for state in brazil if state.sigla == "AC")
    known, *others = [f"/api/v1/cities/{city.id}/population" for city in acre[0].cidades]
    resting = Fault(kind=Kind.STATUS, status=status, retry_after=3600)
    async with Ibge(acre) as upstream:
        async with service(upstream, places=FakeUpstream(acre), population_ttl_s=0) as session:
            before = await ask(session, known)
            upstream.behave(Behaviour(latency_s=0.3, faults=(resting,)))
            answers = await asyncio.gather(*(ask(session, path) for path in others))
            sent = upstream.figures.requests - 1
            upstream.behave(Behaviour())
            answers += [await ask(session, path) for path in others]
            kept = await ask(session, known)

    assert 0 < sent <= 8
    assert upstream.figures.requests == 1 + sent
    assert (kept.status, kept.body) == (200, before.body)
    assert len(answers) == 2 * 21
    for answer in answers:
        assert answer.status == 503
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600


async def test_an_empty_answer_takes_no_population_away() -> None:
    """`[]` is what the upstream says of a code that it does not know."""
    async with Ibge(TWO_STATES) as upstream:
        async with service(upstream, population_ttl_s=0) as session:
            before = await ask(session, CITY)
            upstream.behave(ill(Kind.EMPTY))
            answers = [await ask(session, CITY) for _ in range(3)]

    assert {answer.body for answer in answers} == {before.body}


async def test_nobody_listening_is_503_in_time() -> None:
    """And the places are answered as ever."""
    async with Ibge(TWO_STATES) as upstream:
        await upstream.stop_listening()
        async with service(upstream) as session:
            answer, places = await ask(session, CITY), await ask(session, "/api/v1/states")
        await upstream.listen()

    assert (answer.status, places.status) == (503, 200)
    assert "ainda não há uma resposta anterior" in answer.json["detail"]


@pytest.mark.parametrize("store", ["file", "redis"])
async def test_what_is_known_outlives_a_restart(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From the same store as the places, without its upstream."""
    address = f"file:{tmp_path}"
    if store == "redis":
        redis: RedisServer = request.getfixturevalue("redis")
        address = redis.url
    async with Ibge(TWO_STATES) as upstream:
        async with service(upstream, snapshot_store=address) as session:
            before = await ask(session, CITY)
        upstream.behave(ill(Kind.STATUS, status=500))
        async with service(upstream, snapshot_store=address) as session:
            after = await ask(session, CITY)

    assert (after.status, after.body) == (200, before.body)
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]


async def test_a_silent_upstream_of_places_delays_no_population() -> None:
    """A name need not be fresh, though the settings ask for a collection at each request."""
    places = FakeUpstream(TWO_STATES)
    async with Ibge(TWO_STATES) as upstream:
        async with service(upstream, places=places, snapshot_ttl_s=0) as session:
            await ask(session, "/api/v1/states")
            places.held_level = "cities"
            async with asyncio.timeout(20):
                answer = await ask(session, CITY)

    assert answer.status == 200


async def test_a_place_that_was_read_later_makes_the_answer_newer() -> None:
    """Its name may have changed since the upstream was asked for its population."""
    later = utc_now() + timedelta(days=1)
    async with Ibge(TWO_STATES) as upstream:
        async with service(upstream, places_at=later) as session:
            answer = await ask(session, CITY)
            again = await ask(
                session, CITY, {"If-Modified-Since": format_datetime(utc_now(), usegmt=True)}
            )

    assert answer.headers["Last-Modified"] == format_datetime(later, usegmt=True)
    assert again.status == 200


async def test_without_places_there_is_no_population_either() -> None:
    """503, as for all that needs them; the upstream of populations is not asked."""
    nobody = FakeUpstream((), errors={0: ConnectionError("x")})
    async with Ibge(TWO_STATES) as upstream:
        chosen = Settings(snapshot_bundled=False, ibge_aggregates_url=upstream.aggregates_url)
        features: list[Feature[Settings]] = [
            localities(collecting_from(nobody)),
            population(PlacesOfTheTerritory),
        ]
        async with contextlib.AsyncExitStack() as stack:
            url = await stack.enter_async_context(served(create_app(chosen, features=features)))
            session = await stack.enter_async_context(client(url))
            answer = await ask(session, CITY)

    assert answer.status == 503
    assert upstream.figures.requests == 0


async def test_the_gateway_has_a_client_of_its_own() -> None:
    """With few connections: whatever becomes of it, the places have theirs."""
    async with Ibge(TWO_STATES, behaviour=Behaviour(latency_s=0.05)) as upstream:
        settings = Settings(ibge_aggregates_url=upstream.aggregates_url)
        async with gateway(settings) as opened:
            places = [state.id for state in TWO_STATES] * 10
            found = await asyncio.gather(*(opened.of(PlaceKind.STATE, each) for each in places))

    assert found == [Population(2025, inhabitants(each)) for each in places]
    assert upstream.figures.most_in_flight == 8
    assert upstream.figures.most_open_connections == 8
