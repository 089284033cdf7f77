"""The fan-out as a person watches it: a collection is started, runs and ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from main import create_app
from src.domain.localities.territory import State
from src.entrypoints.features import Settings
from stand_in.faults import Behaviour, Fault, Kind
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_tab_to
from tests.helpers.localities.ibge import Ibge
from tests.helpers.processes import ServiceProcess
from tests.helpers.serving import client, served

pytestmark = pytest.mark.asyncio(loop_scope="session")

WITH_TOKEN = {"refresh_token": "segredo"}
TILES = "#tiles .tile"
DISTRICTS = "/municipios/.*/distritos"


@asynccontextmanager
async def watching(
    open_page: OpenPage,
    upstream: Ibge,
    browser: dict[str, Any] | None = None,
    *,
    view: str = "fanout",
    **settings: Any,
) -> AsyncIterator[Page]:
    """The page of a service that collects from this upstream whenever it is asked.

    `browser` has options of the page. It is closed first: a server waits for its streams to end.
    """
    usual = {
        "ibge_base_url": upstream.base_url,
        "ibge_aggregates_url": upstream.aggregates_url,
        "refresh_min_interval_s": 0,
    }
    chosen = Settings(**{**usual, "snapshot_bundled": False, **settings})
    async with served(create_app(chosen)) as url:
        page = await open_page(f"{url}/{view}", **(browser or {}))
        try:
            yield page
        finally:
            await page.context.close()


async def until_it_ended(page: Page, situation: str) -> None:
    """Waits until the page shows this outcome."""
    await expect(page.locator(f"#outcome[data-situation={situation}]")).to_be_visible()


def tile(page: Page, sigla: str) -> Any:
    """The state's tile."""
    return page.locator(f"{TILES}[data-root={sigla}]")


async def test_a_collection_is_started_and_its_tiles_fill(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """It takes one click; tiles fill as requests are answered, and the figures are right."""
    states = brazil[:6]
    async with Ibge(states, behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream, ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")
            requests = upstream.figures.lists
            upstream.behave(Behaviour(faults=(Fault(kind=Kind.HELD, path=DISTRICTS),)))

            await page.get_by_role("button", name="Atualizar agora").click()
            await expect(page.get_by_role("button", name="Coleta em andamento")).to_be_visible()
            await expect(
                page.locator(f"{TILES}[data-situation=em_andamento]").first
            ).to_be_visible()
            upstream.behave(Behaviour(latency_s=0.1))
            await expect(page.locator(f"{TILES}[data-situation=completo]").first).to_be_visible()
            await until_it_ended(page, "concluida")

            await expect(page.locator(f"{TILES}[data-situation=completo]")).to_have_count(6)
            await expect(page.locator("#requests")).to_have_text(str(requests))
            await expect(page.locator("#asked")).to_contain_text("pessoa")
            await expect(page.get_by_role("button", name="Atualizar agora")).to_have_attribute(
                "aria-disabled", "false"
            )
        assert upstream.figures.requests >= 2 * requests


async def test_the_first_sentence_says_how_many_ran_at_once_and_why(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """It has the most requests in flight, and the limit that was reached."""
    async with Ibge(brazil[:6], behaviour=Behaviour(latency_s=0.05)) as upstream:
        async with watching(open_page, upstream, ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")

            await expect(page.locator("#answer")).to_contain_text("20 requisições")
            await expect(page.locator("#answer")).to_contain_text("IBGE_CITIES_LIMIT")
            gauge = page.get_by_role("meter", name="Requisições em andamento")
            await expect(gauge).to_have_attribute("aria-valuemax", "20")


async def test_a_state_that_fails_is_marked(brazil: tuple[State, ...], open_page: OpenPage) -> None:
    """Its tile says so, not only by colour; the others are complete."""
    faults = (Fault(kind=Kind.STATUS, status=404, path=f"/estados/{brazil[3].id}/municipios"),)
    async with Ibge(brazil[:6], behaviour=Behaviour(faults=faults)) as upstream:
        async with watching(open_page, upstream) as page:
            await until_it_ended(page, "incompleta")

            failed = tile(page, brazil[3].sigla)
            await expect(failed).to_have_attribute("data-situation", "incompleto")
            await expect(failed).to_contain_text("!")
            await expect(page.locator(f"{TILES}[data-situation=completo]")).to_have_count(5)
            await expect(page.locator("#failures")).to_have_text("1")


async def test_retries_are_counted(brazil: tuple[State, ...], open_page: OpenPage) -> None:
    """The page shows as many as the upstream has seen."""
    faults = (Fault(kind=Kind.STATUS, status=500, path="/municipios/.*", share=0.05),)
    async with Ibge(brazil[:6], behaviour=Behaviour(faults=faults)) as upstream:
        async with watching(open_page, upstream, ibge_attempts=10) as page:
            await until_it_ended(page, "concluida")

            await expect(page.locator("#retries")).to_have_text(str(upstream.figures.retries))
    assert upstream.figures.retries > 0


async def test_a_collection_that_fails_shows_the_reason(open_page: OpenPage) -> None:
    """A sentence with the reason takes the place of the result."""
    faults = (Fault(kind=Kind.GARBAGE),)
    async with Ibge((), behaviour=Behaviour(faults=faults)) as upstream:
        async with watching(open_page, upstream, ibge_attempts=1) as page:
            await until_it_ended(page, "falhou")

            await expect(page.locator("#outcome")).to_contain_text("não está como esperado")


async def test_the_page_says_why_a_collection_may_not_be_started(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """The button is marked as disabled, and the reason is beside it."""
    forwarded = {"extra_http_headers": {"X-Forwarded-For": "8.8.8.8"}}
    async with (
        Ibge(brazil[:2]) as upstream,
        watching(open_page, upstream, forwarded) as page,
    ):
        await until_it_ended(page, "concluida")

        button = page.get_by_role("button", name="Atualizar agora")
        await expect(button).to_have_attribute("aria-disabled", "true")
        await expect(page.locator("#refusal")).to_contain_text("proxy")


async def test_with_a_token_a_collection_is_started(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """A wrong token is refused with advice; the right one starts it."""
    async with Ibge(brazil[:2]) as upstream:
        async with watching(open_page, upstream, {"requests_fail": True}, **WITH_TOKEN) as page:
            await until_it_ended(page, "concluida")
            button = page.get_by_role("button", name="Atualizar agora")
            await expect(page.locator("#refusal")).to_contain_text("token")

            await page.get_by_label("Token").fill("outro")
            await button.click()
            await expect(page.locator("#refusal")).to_contain_text("confira")
            await page.get_by_label("Token").fill("segredo")
            await button.click()
            await expect(page.locator("#asked")).to_contain_text("pessoa")
            await until_it_ended(page, "concluida")


async def test_the_button_shows_how_long_to_wait_for_the_next_collection(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """The time that is left is counted down."""
    async with Ibge(brazil[:2]) as upstream:
        async with watching(open_page, upstream, refresh_min_interval_s=3600) as page:
            await until_it_ended(page, "concluida")
            await page.get_by_role("button", name="Atualizar agora").click()

            await expect(page.get_by_role("button", name="Aguarde 59 min")).to_be_visible()


async def test_each_request_of_a_state_can_be_reached_by_keyboard(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """A tile leads to the state's requests, and the arrow keys from one to the next."""
    async with Ibge(brazil[:4], behaviour=Behaviour(latency_s=0.02)) as upstream:
        async with watching(open_page, upstream) as page:
            await until_it_ended(page, "concluida")

            await tile(page, "RO").focus()
            await page.keyboard.press("Enter")
            await expect(tile(page, "RO")).to_have_attribute("aria-pressed", "true")
            await expect(page.get_by_role("slider")).to_be_in_viewport(ratio=0.5)
            await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
            await press_tab_to(page, page.get_by_role("slider"))
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("ArrowDown")

            await expect(page.locator("#detail")).to_contain_text("Alta Floresta D'Oeste")
            await expect(page.locator("#detail")).to_contain_text("na rede")


async def test_a_page_that_is_opened_later_shows_the_last_collection(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """It has every one of its requests."""
    async with Ibge(brazil[:4]) as upstream, watching(open_page, upstream) as first:
        await until_it_ended(first, "concluida")
        second = await first.context.new_page()
        await second.goto(first.url)
        await until_it_ended(second, "concluida")

        for page in (first, second):
            await expect(page.locator("#requests")).to_have_text(str(upstream.figures.lists))


async def test_a_service_that_ends_is_reported(
    brazil: tuple[State, ...], open_page: OpenPage, tmp_path: Path
) -> None:
    """The figures stay, and the service does not wait for its viewers."""
    async with Ibge(brazil[:2]) as upstream:
        with ServiceProcess(
            tmp_path / "log", ibge_base_url=upstream.base_url, snapshot_bundled=False
        ) as service:
            async with client() as session:
                await service.get(session, "/api/v1/states")
            url = f"{service.address}/fanout"
            page = await open_page(url, requests_fail=True)
            await until_it_ended(page, "concluida")
            await service.leave()

            await expect(page.locator("#connection")).not_to_have_text("")
            await expect(page.locator("#outcome")).to_contain_text("concluída")
