"""A feature's refreshes have an address and words of their own, beside those of another."""

import json
from dataclasses import replace

import jsonschema_rs
import pytest

from src.entrypoints.api import create_api
from src.entrypoints.features import Settings
from src.infra.controllers.refreshes.noun import Noun
from tests.helpers.documentation import described
from tests.helpers.services import application, ask, ended
from tests.helpers.serving import client, served
from tests.helpers.shelves import TWO_SHELVES
from tests.sample_feature.feature import WORDS, shelves
from tests.sample_feature.test_sample_feature import CUPBOARDS, LISTS, service
from tests.sample_feature.upstream import FakeUpstream, Storeroom

OTHERS = f"{CUPBOARDS}/refreshes"
UNKNOWN = "0123456789abcdef0123"


async def test_each_feature_tells_of_its_own_refreshes() -> None:
    """Each is asked for at its own address, and told in the words of its feature."""
    async with (
        Storeroom(LISTS) as upstream,
        service(upstream.base_url, refresh_min_interval_s=0) as session,
    ):
        asked = await ask(session, WORDS.path, method="POST")
        tree = await ended(session, f"/api/v1/shelves/{asked.headers['Location']}")
        other = await ended(session, f"{OTHERS}/current")
        kept = await ask(session, WORDS.path)
        elsewhere = await ask(session, f"{OTHERS}/{tree['id']}")

    assert asked.status == 202
    assert tree["resultado"] == {
        "estantes": 2,
        "caixas": 3,
        "itens": 3,
        "sem_dados": 0,
        "mantidos": 0,
    }
    assert [shelf["nome"] for shelf in tree["estantes"]] == ["Canto", "Do"]
    assert [shelf["nome"] for shelf in other["estantes"]] == ["Alta", "Baixa"]
    assert tree["id"] in {each["id"] for each in kept.json["atualizacoes"]}
    assert elsewhere.status == 404


async def test_errors_name_the_address_of_the_feature() -> None:
    """If a refresh is unknown, the error has the address of that feature's refreshes."""
    async with Storeroom(LISTS) as upstream, service(upstream.base_url) as session:
        tree = await ask(session, f"{WORDS.path}/{UNKNOWN}")
        events = await ask(session, f"{WORDS.path}/{UNKNOWN}/events")
        other = await ask(session, f"{OTHERS}/{UNKNOWN}")

    assert (tree.status, events.status, other.status) == (404, 404, 404)
    assert tree.json["detail"].endswith(f"as últimas estão em {WORDS.path}.")
    assert events.json["detail"] == tree.json["detail"]
    assert other.json["detail"].endswith(f"as últimas estão em {OTHERS}.")


def test_the_documentation_of_both_stands_side_by_side() -> None:
    """Names are unique, those of the first stay, and the other's name no other address."""
    first = shelves("http://127.0.0.1:9", name="cupboards")
    second = shelves("http://127.0.0.1:9")
    alone = described([first])
    both = described([first, second])
    others = {path: item for path, item in both["paths"].items() if path.startswith(WORDS.path)}
    names = [each["operationId"] for item in both["paths"].values() for each in item.values()]

    assert len(names) == len(set(names))
    assert {path: both["paths"][path] for path in alone["paths"]} == alone["paths"]
    assert "followCurrentRefreshOfShelves" in names
    assert len(others) == 5
    assert OTHERS not in json.dumps(others)


def test_the_suggested_example_matches_the_suggested_schema() -> None:
    """A feature that only names its levels is documented truly, with or without short names."""
    for short_name in ("", "letra"):
        from_levels = type(WORDS)(
            path=WORDS.path, upstream=WORDS.upstream, levels=WORDS.levels, short_name=short_name
        )
        schema = from_levels.schema.model_json_schema()

        jsonschema_rs.validate(schema, from_levels.example)
        assert set(from_levels.example) == set(schema["required"])
        assert set(schema["$defs"]["RootInRefreshOfShelves"]["required"]) == set(
            from_levels.example["estantes"][0]
        )
        assert '"tentativas"' in from_levels.event_example
        assert from_levels.list_example["atualizacoes"][0]["situacao"] == "concluida"


@pytest.mark.parametrize("name", ["currents", "events", "current"])
async def test_any_name_will_do(name: str) -> None:
    """The address is found, whatever the feature's name begins or ends with."""
    feature = shelves("", name=name, client=FakeUpstream(TWO_SHELVES))
    async with served(application([feature])) as url, client(url) as session:
        await ask(session, f"/api/v1/{name}")
        statuses = [
            (await ask(session, f"/api/v1/{name}/refreshes{end}")).status
            for end in ("", "/current", f"/{UNKNOWN}")
        ]

    assert statuses == [200, 200, 404]


@pytest.mark.parametrize("name", ["ready", "refreshes", "used-cars", "Cars", "", "a/b"])
def test_a_name_that_would_clash_is_refused(name: str) -> None:
    """It would be a state, a folder, an address or a name in the documentation."""
    with pytest.raises(ValueError, match="cannot be called"):
        shelves("", name=name)


async def test_two_features_of_one_name_do_not_start() -> None:
    """The error says which name it is."""
    twins = [shelves("", client=FakeUpstream(TWO_SHELVES)) for _ in range(2)]
    api = create_api(Settings(), features=twins)

    with pytest.raises(ValueError, match="two features use one name"):
        async with api.router.lifespan_context(api):
            pass


@pytest.mark.parametrize("plurals", [("itens", "itens"), ("limites", "itens"), ("id", "itens")])
def test_levels_have_plurals_of_their_own(plurals: tuple[str, str]) -> None:
    """They are fields of one JSON object, which has others."""
    with pytest.raises(ValueError, match="plurals of their own"):
        replace(WORDS, levels=[Noun("parte", plural) for plural in plurals])
