"""The gateways turn a response's bytes into places, or into one of our errors."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import msgspec
import pytest
from aioresponses import aioresponses

from src.application.localities.gateways import CitiesOfState
from src.application.ports.upstream_errors import UpstreamMalformedError, UpstreamStatusError
from src.domain.localities.regional_divisions import (
    ImmediateRegion,
    Microregion,
    RegionalDivisions,
    WiderRegion,
)
from src.domain.localities.territory import City, State
from src.infra.gateways.aiohttp_exchange import AiohttpExchange
from src.infra.gateways.localities.ibge_gateways import (
    IbgeCitiesGateway,
    IbgeDistrictsGateway,
    IbgeStatesGateway,
)
from src.infra.gateways.retrying_client import RetryingClient
from stand_in.localities.upstream_rows import NEW_CITY, city_row, district_row, state_row
from tests.helpers.clients import Manners, client_over
from tests.helpers.localities.places import ALTA_FLORESTA, ARIQUEMES, DISTRITO_FEDERAL, RONDONIA

BASE = "http://ibge.test/localidades"
STATES = f"{BASE}/estados"
CITIES = f"{BASE}/estados/11/municipios"
DISTRICTS = f"{BASE}/municipios/1100023/distritos"

BARE_RONDONIA = State(11, "RO", "Rondônia")
BARE_ARIQUEMES = City(1100023, "Ariquemes")


@pytest.fixture
async def client() -> AsyncIterator[RetryingClient]:
    """A client over aioresponses, with one request at a time."""
    async with aiohttp.ClientSession() as session:
        yield client_over(AiohttpExchange(session, base_url=BASE + "/"), Manners(at_once=1))


@pytest.fixture
def upstream() -> Iterator[aioresponses]:
    """The mocked upstream."""
    with aioresponses() as mocked:
        yield mocked


async def test_states_are_read(client: RetryingClient, upstream: aioresponses) -> None:
    """A row of /estados becomes a state without cities; its region is that of its code anyway."""
    upstream.get(STATES, body=msgspec.json.encode([state_row(RONDONIA)]))

    assert await IbgeStatesGateway(client).all() == (BARE_RONDONIA,)


async def test_cities_are_read_with_their_regions(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """Each region comes once, with all its cities in order."""
    rows = [city_row(city, RONDONIA) for city in reversed(RONDONIA.cidades)]
    upstream.get(CITIES, body=msgspec.json.encode(rows))

    read = await IbgeCitiesGateway(client).of_state(RONDONIA)

    cities = (ALTA_FLORESTA.id, ARIQUEMES.id)
    wider = WiderRegion(1101, ALTA_FLORESTA.nome)
    assert read.cities == tuple(City(city.id, city.nome) for city in reversed(RONDONIA.cidades))
    assert read.divisions == RegionalDivisions(
        (Microregion(11001, ALTA_FLORESTA.nome, wider, cities),),
        (ImmediateRegion(110001, ALTA_FLORESTA.nome, wider, cities),),
    )


async def test_the_newest_city_has_no_microregion(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """`microrregiao: null` is nothing special; its other region is known."""
    mato_grosso = State(51, "MT", "Mato Grosso").with_children([NEW_CITY])
    row = city_row(NEW_CITY, mato_grosso)
    assert row["microrregiao"] is None
    upstream.get(f"{BASE}/estados/51/municipios", body=msgspec.json.encode([row]))

    read = await IbgeCitiesGateway(client).of_state(mato_grosso)

    assert read.cities == (City(NEW_CITY.id, NEW_CITY.nome),)
    assert read.divisions.microrregioes == ()
    assert [region.cidades for region in read.divisions.regioes_imediatas] == [(NEW_CITY.id,)]


@pytest.mark.parametrize(
    "microregion",
    [
        b"null",
        b"[]",
        b"7",
        b'"Cacoal"',
        b"{}",
        b'{"id": 11006, "nome": "Cacoal"}',
        b'{"id": 11006, "nome": "Cacoal", "mesorregiao": null}',
        b'{"id": 11006, "nome": "Cacoal", "mesorregiao": {"id": 1102}}',
        b'{"id": 11006, "nome": "", "mesorregiao": {"id": 1102, "nome": "Leste"}}',
        b'{"id": 11006, "nome": "\xff", "mesorregiao": {"id": 1102, "nome": "Leste"}}',
        b'{"id": "11006", "nome": "Cacoal", "mesorregiao": {"id": 1102, "nome": "Leste"}}',
        b'{"id": 53006, "nome": "Cacoal", "mesorregiao": {"id": 5302, "nome": "Leste"}}',
        b'{"id": 11006, "nome": "Cacoal", "mesorregiao": {"id": 5302, "nome": "Leste"}}',
        b'{"id": 11006, "nome": "' + b"x" * 201 + b'", "mesorregiao": {"id": 1102, "nome": "L"}}',
        b'{"id": 11006, "nome": "a\\u202eb", "mesorregiao": {"id": 1102, "nome": "Leste"}}',
        b'{"id": 1' + b"0" * 30 + b', "nome": "Cacoal", "mesorregiao": {"id": 1102, "nome": "L"}}',
    ],
)
async def test_an_unusable_region_is_unknown(
    client: RetryingClient, upstream: aioresponses, microregion: bytes
) -> None:
    """The cities, and their other region, are none the worse."""
    body = (
        b'[{"id": 1100023, "nome": "Ariquemes", "microrregiao": ' + microregion + b", "
        b'"regiao-imediata": {"id": 110002, "nome": "Ariquemes", '
        b'"regiao-intermediaria": {"id": 1101, "nome": "Porto Velho"}}}]'
    )
    upstream.get(CITIES, body=body)

    read = await IbgeCitiesGateway(client).of_state(RONDONIA)

    assert read.cities == (BARE_ARIQUEMES,)
    assert read.divisions == RegionalDivisions(
        (), (ImmediateRegion(110002, "Ariquemes", WiderRegion(1101, "Porto Velho"), (1100023,)),)
    )


async def test_cities_may_come_without_any_region(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """An upstream may leave out what it has superseded."""
    upstream.get(CITIES, body=b'[{"id": 1100023, "nome": "Ariquemes"}]')

    read = await IbgeCitiesGateway(client).of_state(RONDONIA)

    assert read == CitiesOfState((BARE_ARIQUEMES,), RegionalDivisions())


async def test_a_city_that_comes_twice_lies_in_one_region(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """That it comes twice is for its state to refuse."""
    one, other = (city_row(city, RONDONIA) for city in RONDONIA.cidades)
    twice = {**other, "id": one["id"], "microrregiao": {**other["microrregiao"], "id": 11009}}
    upstream.get(CITIES, body=msgspec.json.encode([one, other, twice]))

    read = await IbgeCitiesGateway(client).of_state(RONDONIA)

    regions = {region.id: region.cidades for region in read.divisions.microrregioes}
    assert regions == {11001: (ARIQUEMES.id,), 11009: (ALTA_FLORESTA.id,)}


async def test_two_regions_of_one_code_are_one_at_most(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """The rows contradict each other: the second row's region is unknown."""
    one, other = (city_row(city, RONDONIA) for city in RONDONIA.cidades)
    other["microrregiao"] = {**one["microrregiao"], "nome": "Outra"}
    upstream.get(CITIES, body=msgspec.json.encode([one, other]))

    read = await IbgeCitiesGateway(client).of_state(RONDONIA)

    assert [region.cidades for region in read.divisions.microrregioes] == [(ALTA_FLORESTA.id,)]


async def test_districts_are_read_whatever_is_nested_in_them(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """The whole municipality that comes with each district is ignored."""
    districts = ALTA_FLORESTA.distritos or ()
    rows = [district_row(district, ALTA_FLORESTA, RONDONIA) for district in districts]
    upstream.get(f"{BASE}/municipios/1100015/distritos", body=msgspec.json.encode(rows))

    assert await IbgeDistrictsGateway(client).of_city(ALTA_FLORESTA) == districts


async def test_a_bare_object_is_a_list_of_one(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """At every level, a path may return a single row without a list around it."""
    upstream.get(STATES, body=msgspec.json.encode(state_row(RONDONIA)))
    upstream.get(CITIES, body=msgspec.json.encode(city_row(ARIQUEMES, RONDONIA)))
    (district,) = ARIQUEMES.distritos or ()
    row = district_row(district, ARIQUEMES, RONDONIA)
    upstream.get(DISTRICTS, body=msgspec.json.encode(row))

    assert await IbgeStatesGateway(client).all() == (BARE_RONDONIA,)
    assert (await IbgeCitiesGateway(client).of_state(RONDONIA)).cities == (BARE_ARIQUEMES,)
    assert await IbgeDistrictsGateway(client).of_city(ARIQUEMES) == ARIQUEMES.distritos


async def test_the_content_type_does_not_matter(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """Only the bytes count: JSON labelled as HTML is still JSON."""
    body = msgspec.json.encode([state_row(RONDONIA)])
    upstream.get(STATES, body=body, content_type="text/html")

    assert await IbgeStatesGateway(client).all() == (BARE_RONDONIA,)


async def test_lists_that_many_requests_wait_for_go_first(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """States and cities are requested before the districts of cities already known."""
    cities = [City(1100000 + number, "Cidade") for number in range(10)]
    districts = [f"{BASE}/municipios/{city.id}/distritos" for city in cities]

    async def hesitate(*_: object, **__: object) -> None:
        await asyncio.sleep(0.01)

    for url in (*districts, CITIES, STATES):
        upstream.get(url, status=404, callback=hesitate)

    await asyncio.gather(
        *(IbgeDistrictsGateway(client).of_city(city) for city in cities),
        IbgeCitiesGateway(client).of_state(RONDONIA),
        IbgeStatesGateway(client).all(),
        return_exceptions=True,
    )

    asked = [str(url) for _, url in upstream.requests]
    assert asked[:3] == [districts[0], CITIES, STATES]
    assert sorted(asked[3:]) == districts[1:]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sistema em manuten\xc3\xa7\xc3\xa3o</html>",
        b"null",
        b"[]",
        b"[null]",
        b'{"erro": "indispon\xc3\xadvel"}',
        b'[{"id": 110002305, "nome": "Ariquemes"}',
        b'[{"nome": "Ariquemes"}]',
        b'[{"id": null, "nome": "Ariquemes"}]',
        b'[{"id": "110002305", "nome": "Ariquemes"}]',
        b'[{"id": 110002305}]',
        b'[{"id": 110002305, "nome": ""}]',
        b'[{"id": 110002305, "nome": 7}]',
        b'[{"id": 0, "nome": "Ariquemes"}]',
        b'[{"id": 530010805, "nome": "Bras\xc3\xadlia"}]',
        b'[{"id": 110002305, "nome": "\xff"}]',
    ],
)
async def test_unusable_rows_are_malformed(
    client: RetryingClient, upstream: aioresponses, body: bytes
) -> None:
    """Nothing is defaulted: rows that are missing, incomplete or of another city are an error."""
    upstream.get(DISTRICTS, body=body)

    with pytest.raises(UpstreamMalformedError, match="/municipios/1100023/distritos") as caught:
        await IbgeDistrictsGateway(client).of_city(BARE_ARIQUEMES)
    assert isinstance(caught.value.__cause__, ValueError)


async def test_the_districts_of_a_state_are_read(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """They come in one response, in any order, and must belong to that state."""
    rows = [
        district_row(district, city, RONDONIA)
        for city in reversed(RONDONIA.cidades)
        for district in city.distritos or ()
    ]
    upstream.get(f"{BASE}/estados/11/distritos", body=msgspec.json.encode(rows))
    upstream.get(f"{BASE}/estados/53/distritos", body=msgspec.json.encode(rows))

    districts = await IbgeDistrictsGateway(client).of_state(RONDONIA)
    with pytest.raises(UpstreamMalformedError, match="não pertence a 53"):
        await IbgeDistrictsGateway(client).of_state(DISTRITO_FEDERAL)

    assert len(districts) == 3


async def test_cities_of_another_state_are_malformed(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """A list of cities must belong to the state that was asked for."""
    row = city_row(DISTRITO_FEDERAL.cidades[0], DISTRITO_FEDERAL)
    upstream.get(CITIES, body=msgspec.json.encode([row]))

    with pytest.raises(UpstreamMalformedError, match="5300108"):
        await IbgeCitiesGateway(client).of_state(RONDONIA)


@pytest.mark.parametrize("status", [204, 301, 403, 404, 429, 500, 503])
async def test_any_status_but_200_is_an_error(
    client: RetryingClient, upstream: aioresponses, status: int
) -> None:
    """Redirects are, too: the upstream is where the settings say, nowhere else."""
    body = msgspec.json.encode([state_row(RONDONIA)])
    upstream.get(STATES, body=body, status=status, headers={"Location": "http://other.test/"})

    with pytest.raises(UpstreamStatusError) as caught:
        await IbgeStatesGateway(client).all()
    assert caught.value.status == status


@pytest.mark.parametrize(
    "states",
    [
        [State(11, "XX", "Rondônia"), State(53, "XX", "Distrito Federal")],
        [State(11, "XX", "Rondônia")],
        [State(11, "AC", "Rondônia"), State(12, "RO", "Acre")],
        [State(18, "RO", "Novo Estado")],
    ],
)
async def test_a_state_keeps_its_own_sigla(
    client: RetryingClient, upstream: aioresponses, states: list[State]
) -> None:
    """A list with the sigla XX for all, or with one of another state, is malformed."""
    upstream.get(STATES, body=msgspec.json.encode([state_row(state) for state in states]))

    with pytest.raises(UpstreamMalformedError, match="sigla"):
        await IbgeStatesGateway(client).all()


async def test_a_new_state_may_have_a_new_sigla(
    client: RetryingClient, upstream: aioresponses
) -> None:
    """The table of siglas names today's 27 only."""
    tapajos = State(18, "TJ", "Tapajós")
    upstream.get(STATES, body=msgspec.json.encode([state_row(tapajos)]))

    assert await IbgeStatesGateway(client).all() == (tapajos,)


@pytest.mark.parametrize("name", ["x" * 50_000, "Acre\n", "A\x1bcre", "A\u202ecre", "A\u2028b"])
async def test_a_name_is_one_short_visible_line(
    client: RetryingClient, upstream: aioresponses, name: str
) -> None:
    """A name of kilobytes, or with control characters, is malformed; blanks around it are not."""
    row = {**state_row(BARE_RONDONIA), "nome": f"x{name}x"}
    upstream.get(STATES, body=msgspec.json.encode([row]))

    with pytest.raises(UpstreamMalformedError, match="nome"):
        await IbgeStatesGateway(client).all()


async def test_a_byte_order_mark_is_ignored(client: RetryingClient, upstream: aioresponses) -> None:
    """RFC 8259, section 8.1, lets a reader do so."""
    body = msgspec.json.encode([state_row(RONDONIA)])
    upstream.get(STATES, body=b"\xef\xbb\xbf" + body)

    assert await IbgeStatesGateway(client).all() == (BARE_RONDONIA,)
