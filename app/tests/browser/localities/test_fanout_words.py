"""The text of the fan-out page: each number is that of the collection shown."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from src.domain.localities.territory import State
from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from stand_in.faults import Behaviour
from tests.browser.conftest import OpenPage
from tests.browser.localities.test_fanout import tile, until_it_ended, watching
from tests.helpers.localities.ibge import Ibge

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBER = r"\d+(?:\.\d{3})*(?:,\d+)?"
LATENCY_S = 0.05


async def explanations(page: Page) -> str:
    """All explanations beside the pictures, without the lines of code."""
    texts = await page.locator(".lead, .why p:not(.source)").all_text_contents()
    return " ".join(" ".join(texts).split())


def milliseconds(text: str) -> float:
    """The time that "612 ms" or "1,9 s" stands for."""
    number, unit = text.split()
    return float(number.replace(".", "").replace(",", ".")) * {"ms": 1, "s": 1000}[unit]


async def test_the_explanations_match_the_collection_shown(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """The limits and the latency are unusual, and the text has no other numbers."""
    states = brazil[:6]
    cities = sum(len(state.cidades) for state in states)
    waves = -(-cities // 20)
    limits: dict[str, Any] = {"ibge_states_limit": 4, "ibge_cities_limit": 20}
    async with Ibge(states, behaviour=Behaviour(latency_s=LATENCY_S)) as upstream:
        async with watching(open_page, upstream, **limits) as page:
            await until_it_ended(page, "concluida")
            said = await explanations(page)

    assert "Aqui, no pico, foram 20 ao mesmo tempo." in said
    assert "Aqui são 4 de 6: 2 ficam para depois." in said
    assert "Aqui são 4 estados e 20 requisições" in said
    least = re.search(
        rf"{cities} requisições de distritos, 20 por vez, são {waves} levas; "
        rf"a ({NUMBER} ms) cada uma, ({NUMBER} m?s)\.",
        said,
    )
    assert least is not None, said
    each, all_of_them = map(milliseconds, least.groups())
    assert each >= LATENCY_S * 1000 - 1  # times are cut to whole milliseconds
    assert all_of_them == pytest.approx(waves * each, abs=50)  # and seconds to tenths
    bars = re.search(
        rf"as 10% mais rápidas duram até ({NUMBER} m?s); metade, até ({NUMBER} m?s); "
        rf"a mais longa, ({NUMBER} m?s)\.",
        said,
    )
    assert bars is not None, said
    lengths = [milliseconds(text) for text in bars.groups()]
    assert LATENCY_S * 1000 - 1 <= lengths[0] <= lengths[1] <= lengths[2]
    # Two are statuses, one the share of the fastest.
    numbers = {"20", "4", "6", "2", str(cities), str(waves), "429", "503", "10"}
    numbers |= {text.split()[0] for text in (*least.groups(), *bars.groups())}
    assert set(re.findall(NUMBER, said)) == numbers


async def test_limits_that_nothing_reaches_are_explained(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """If everything fits in at once, the page says that nothing has to wait."""
    states = brazil[:2]
    cities = sum(len(state.cidades) for state in states)
    limits: dict[str, Any] = {"ibge_states_limit": 3, "ibge_cities_limit": 1000}
    async with Ibge(states, behaviour=Behaviour(latency_s=LATENCY_S)) as upstream:
        async with watching(open_page, upstream, **limits) as page:
            await until_it_ended(page, "concluida")
            said = await explanations(page)

    assert "Aqui o limite é 3, e nenhum precisa esperar." in said
    assert f"{cities} requisições de distritos, 1.000 por vez, cabem em uma só leva" in said


async def test_the_plan_for_states_is_explained(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """Each state takes two requests, and two states may be in work."""
    limits: dict[str, Any] = {"ibge_states_limit": 2, "ibge_plan": "state"}
    async with Ibge(brazil[:6], behaviour=Behaviour(latency_s=LATENCY_S)) as upstream:
        async with watching(open_page, upstream, **limits) as page:
            await until_it_ended(page, "concluida")
            said = await explanations(page)

    assert "12 requisições, 4 por vez, são 3 levas" in said


async def test_there_are_no_numbers_before_a_collection(
    whole_country: str, open_page: OpenPage
) -> None:
    """Until the limits are known, the explanations do without numbers."""
    page = await open_page(whole_country, requests_fail=True)
    await page.route("**/events", lambda route: route.abort())
    await page.goto(f"{whole_country}/fanout")
    await expect(page.locator("#connection")).to_contain_text("Sem conexão")

    assert set(re.findall(NUMBER, await explanations(page))) == {"429", "503"}


async def test_a_fixed_rate_is_among_the_reasons(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """If the limit is not reached, the page names the rate that may be why."""
    async with Ibge(brazil[1:2]) as upstream:
        async with watching(open_page, upstream, ibge_max_rps=200) as page:
            await until_it_ended(page, "concluida")

            await expect(page.locator("#answer")).to_contain_text(
                "não foi alcançado. São enviadas no máximo 200 por segundo (IBGE_MAX_RPS)."
            )


async def test_storing_is_a_phase_of_its_own(whole_country: str, open_page: OpenPage) -> None:
    """Once the last request has ended, the page says so, and gives both times."""
    page = await open_page(whole_country)
    attempts = [
        [0, 0, 0, 1, 0, 1, 101, 102, 0, 0],
        [1, 2, 5300108, 1, 110, 120, 1290, 1300, 0, 53],
    ]
    storing = {
        **COLLECTION_WORDS.example,
        "situacao": "em_andamento",
        "resultado": None,
        "segundos": 1.7,
        "tentativas": attempts,
    }
    event = f"retry: 3600000\nevent: andamento\ndata: {json.dumps(storing)}\n\n"
    await page.route(
        "**/events", lambda route: route.fulfill(content_type="text/event-stream", body=event)
    )
    await page.goto(f"{whole_country}/fanout")

    await expect(page.locator("#outcome")).to_have_text("Guardando o resultado…")
    await expect(page.locator("#requests-gauge-text")).to_have_text(
        "500 de 500 requisições no pico"
    )
    await expect(page.locator("#time")).to_have_text("1,7 s")
    await expect(page.locator("#time-why")).to_have_text(
        "1,3 s de requisições, 400 ms para guardar"
    )
    await expect(page.locator("#spent")).to_contain_text("Tudo isso coube em 1,3 s.")


@pytest.mark.parametrize("address", ["fanout", "#/RO", "#/?q=sul"])
async def test_numbers_and_units_stay_together(
    whole_country: str, open_page: OpenPage, address: str
) -> None:
    """No line breaks between them, on either page."""
    page = await open_page(f"{whole_country}/{address}")
    await page.wait_for_load_state("networkidle")

    said = await page.evaluate("document.querySelector('main').textContent")

    assert re.findall(r"\d (?:ms|s|min|h|requisi|estado|cidade|distrito|minuto)", said) == []


async def test_the_name_of_a_tile_is_its_visible_text(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """People who speak to their browser say what they see (WCAG 2.5.3)."""
    async with Ibge(brazil[:2]) as upstream, watching(open_page, upstream) as page:
        await until_it_ended(page, "concluida")

        for sigla in ("RO", "AC", "MG"):
            seen = (await tile(page, sigla).inner_text()).split()
            named = str(await tile(page, sigla).get_attribute("aria-label")).split()
            assert named[: len(seen)] == [*seen[:-1], f"{seen[-1]},"]


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
async def test_a_tile_leads_to_what_it_changes(
    brazil: tuple[State, ...], open_page: OpenPage, motion: str
) -> None:
    """The rows scroll into view with the focus above them, at once if motion is to be reduced."""
    async with Ibge(brazil[:2]) as upstream:
        async with watching(open_page, upstream, {"reduced_motion": motion}) as page:
            await until_it_ended(page, "concluida")

            top = await tile(page, "RO").evaluate(
                """(tile) => {
                  tile.click();
                  return document.querySelector("#timeline").getBoundingClientRect().top;
                }"""
            )

            assert (abs(top) < 1) == (motion == "reduce")
            await expect(page.get_by_role("slider")).to_be_in_viewport(ratio=0.5)
            title = page.get_by_role("heading", name="Rondônia: cada requisição")
            await expect(title).to_be_focused()
            await tile(page, "RO").click()
            await expect(page.locator("#waterfall-title")).to_have_text("Cada requisição")
