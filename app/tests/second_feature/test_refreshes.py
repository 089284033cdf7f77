"""A feature's refreshes have an address and words of their own, beside those of the places."""

import json

import jsonschema_rs

from src.entrypoints.api import create_api
from src.entrypoints.feature import Feature
from src.entrypoints.features import FEATURES, Settings
from tests.helpers.services import ask, ended
from tests.second_feature.feature import WORDS, brands
from tests.second_feature.test_second_feature import LISTS, service, upstream

PLACES = "/api/v1/refreshes"
UNKNOWN = "0123456789abcdef0123"


async def test_each_feature_tells_of_its_own_refreshes() -> None:
    """Each is asked for at its own address, and told in the words of its feature."""
    async with upstream(LISTS) as url, service(url, refresh_min_interval_s=0) as session:
        asked = await ask(session, WORDS.path, method="POST")
        cars = await ended(session, f"/api/v1/brands/{asked.headers['Location']}")
        places = await ended(session, f"{PLACES}/current")
        kept = await ask(session, WORDS.path)
        others = await ask(session, f"{PLACES}/{cars['id']}")

    assert asked.status == 202
    assert cars["resultado"] == {
        "marcas": 2,
        "modelos": 3,
        "anos": 3,
        "sem_dados": 0,
        "mantidos": 0,
    }
    assert [brand["nome"] for brand in cars["marcas"]] == ["A", "B"]
    assert [state["sigla"] for state in places["estados"]] == ["RO", "DF"]
    assert cars["id"] in {each["id"] for each in kept.json["atualizacoes"]}
    assert others.status == 404


async def test_errors_name_the_address_of_the_feature() -> None:
    """Who looks for a refresh in vain learns where those of the same feature are."""
    async with upstream(LISTS) as url, service(url) as session:
        cars = await ask(session, f"{WORDS.path}/{UNKNOWN}")
        events = await ask(session, f"{WORDS.path}/{UNKNOWN}/events")
        places = await ask(session, f"{PLACES}/{UNKNOWN}")

    assert (cars.status, events.status, places.status) == (404, 404, 404)
    assert cars.json["detail"].endswith(f"as últimas estão em {WORDS.path}.")
    assert events.json["detail"] == cars.json["detail"]
    assert places.json["detail"].endswith(f"as últimas estão em {PLACES}.")


def test_the_documentation_of_both_stands_side_by_side() -> None:
    """Names are unique, those of the places stay, and nothing about cars names another address."""
    alone = create_api(Settings(), features=FEATURES).openapi()
    features: list[Feature[Settings]] = [*FEATURES, brands("http://127.0.0.1:9")]
    both = json.loads(json.dumps(create_api(Settings(), features=features).openapi()))
    cars = {path: item for path, item in both["paths"].items() if path.startswith(WORDS.path)}
    names = [each["operationId"] for item in both["paths"].values() for each in item.values()]

    assert len(names) == len(set(names))
    assert {path: both["paths"][path] for path in alone["paths"]} == alone["paths"]
    assert "followCurrentRefreshOfBrands" in names
    assert len(cars) == 5
    assert PLACES not in json.dumps(cars)


def test_the_suggested_example_matches_the_suggested_schema() -> None:
    """A feature that only names its levels is documented truly, with or without short names."""
    for short_name in ("", "sigla"):
        from_levels = type(WORDS)(
            path=WORDS.path, upstream=WORDS.upstream, levels=WORDS.levels, short_name=short_name
        )
        schema = from_levels.schema.model_json_schema()

        jsonschema_rs.validate(schema, from_levels.example)
        assert set(from_levels.example) == set(schema["required"])
        assert set(schema["$defs"]["RootInRefreshOfBrands"]["required"]) == set(
            from_levels.example["marcas"][0]
        )
        assert '"tentativas"' in from_levels.event_example
        assert from_levels.list_example["atualizacoes"][0]["situacao"] == "concluida"
