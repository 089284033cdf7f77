"""`/fanout` over trees that differ from the usual: two levels, known roots, unknown limits."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, expect

from src.entrypoints.api import create_app
from src.entrypoints.feature import Feature, Opened
from src.entrypoints.features import Settings
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_words import RefreshWords
from tests.browser.conftest import OpenPage
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOOKS = RefreshWords(
    path="/api/v1/books/refreshes",
    upstream="o catálogo",
    levels=[Noun("livro", "livros"), Noun("capítulo", "capítulos")],
    roots_are_requested=False,
    short_name="sigla",
)
NUMBERS = range(1, 13)
REQUESTS = {"na_fila": 0, "em_voo": 0, "concluidas": 0, "repetidas": 0, "falhas": 0}
NOTHING: Mapping[int, str] = {}


def event(
    number: int,
    *,
    ended: int,
    limits: bool = True,
    names: Mapping[int, str] = NOTHING,
    pages: int = 1,
    **others: Any,
) -> str:
    """An event of a collection of twelve books, four of which may be in work at a time.

    Each takes a request for each of its `pages`. Those in `names` have these and no short ones;
    `others` are further fields of the event.
    """
    is_over = ended == len(NUMBERS)
    in_work = 0 if is_over else 4
    books = [
        {
            **REQUESTS,
            "id": each,
            "sigla": "" if each in names else f"L{each}",
            "nome": names.get(each, f"Livro {each}"),
            "situacao": "completo" if each <= ended else "na_fila",
            "concluidas": pages if each <= ended else 0,
            "em_voo": int(ended < each <= ended + in_work),
        }
        for each in NUMBERS
    ]
    told = {
        **BOOKS.example,
        "numero": number,
        "situacao": "concluida" if is_over else "em_andamento",
        "requisicoes": {**REQUESTS, "concluidas": ended * pages, "em_voo": in_work},
        "mais_em_voo": 4,
        "livros_em_andamento": in_work,
        "limites": {**BOOKS.example["limites"], "livros": 4} if limits else None,
        "livros": books,
        "resultado": {"livros": 12, "capítulos": 90, "sem_dados": 0, "mantidos": 0}
        if is_over
        else None,
        "tentativas": [
            [(each - 1) * pages + page, 1, each, 1, 10, 20, 90, 100, 0, each]
            for each in NUMBERS
            for page in range(pages)
            if is_over and each <= ended
        ],
        **others,
    }
    return f"retry: 3600000\nevent: andamento\ndata: {json.dumps(told)}\n\n"


@asynccontextmanager
async def telling(
    open_page: OpenPage, *events: str, situation: str = "concluida"
) -> AsyncIterator[Page]:
    """The page of a feature that tells these events of its refreshes, the last like this."""

    @asynccontextmanager
    async def opened(_: Settings, __: Mapping[str, Any]) -> AsyncIterator[Opened]:
        yield Opened(state={})

    books = Feature(open=opened, routers=[], refreshes=BOOKS)
    async with served(create_app(Settings(), features=[books])) as url:
        page = await open_page(f"{url}/docs")
        await page.route(
            "**/events",
            lambda route: route.fulfill(content_type="text/event-stream", body="".join(events)),
        )
        await page.route("**/refreshes", lambda route: route.fulfill(json=BOOKS.list_example))
        await page.goto(f"{url}/fanout")
        await expect(page.locator(f"#outcome[data-situation={situation}]")).to_be_visible()
        yield page
        await page.context.close()


async def test_two_levels_without_a_request_for_the_list(open_page: OpenPage) -> None:
    """Each root has one request, so that the roots' limit is the reason; there is no list."""
    async with telling(open_page, event(0, ended=0), event(1, ended=12)) as page:
        await expect(page.locator("#outcome")).to_contain_text("12 livros, 90 capítulos")
        await expect(page.locator("#answer")).to_contain_text(
            "Não foram mais porque é uma por livro, e só 4 livros ficam em andamento por vez."
        )
        await expect(page.locator("#limits")).to_have_text("Aqui são 4 livros e 5 requisições.")
        await expect(page.locator("#least")).to_contain_text("12 requisições, 4 por vez, são 3")
        await expect(page.locator(".lead")).to_contain_text(
            "ao mesmo tempo, uma requisição por livro traz os capítulos."
        )
        await page.locator("#waterfall").hover(position={"x": 200, "y": 3})
        await expect(page.locator("#detail")).to_contain_text("L1 Livro 1: 1 de 1")

        await page.locator("#tiles .tile").first.click()
        await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
        await page.get_by_role("slider").press("ArrowDown")
        await expect(page.locator("#detail")).to_contain_text("Livro 1, capítulos: 1ª tentativa")


async def test_two_levels_whose_lists_have_pages(open_page: OpenPage) -> None:
    """A root has as many requests as pages, so that the page does not say that it has one."""
    first, last = event(0, ended=0, pages=3), event(1, ended=12, pages=3)
    async with telling(open_page, first, last) as page:
        await expect(page.locator("#tiles .tile").first).to_contain_text("3")
        await expect(page.locator("#answer")).to_contain_text(
            "Não foram mais porque só 4 livros ficam em andamento por vez; os outros esperaram."
        )
        await expect(page.locator("#least")).to_contain_text(
            "36 requisições de capítulos, 5 por vez, são 8"
        )


async def test_limits_that_are_not_known_are_not_named(open_page: OpenPage) -> None:
    """The page has neither reasons nor shares that it would have to make up."""
    last = event(1, ended=12, limits=False)
    async with telling(open_page, event(0, ended=0, limits=False), last) as page:
        await expect(page.locator("#answer")).to_have_text(
            "No pico, 4 requisições estiveram em andamento ao mesmo tempo: enviadas e ainda sem "
            "resposta."
        )
        await expect(page.locator("#requests-gauge-text")).to_have_text("4 requisições no pico")
        await expect(page.locator("#limits")).to_have_text("")
        await expect(page.locator("#in-flight-said")).not_to_contain_text("limite")


async def test_data_may_be_missing_without_a_failure(open_page: OpenPage) -> None:
    """The page counts what has no data and what was kept, and names no failures."""
    result = {"livros": 12, "capítulos": 90, "sem_dados": 1, "mantidos": 17}
    last = event(1, ended=12, situacao="incompleta", resultado=result)
    async with telling(open_page, last, situation="incompleta") as page:
        await expect(page.locator("#outcome")).to_have_text(
            "Coleta incompleta, em 342 ms: 12 livros, 90 capítulos. 1 item ficou sem dados. "
            "17 itens ficaram como na coleta anterior."
        )


async def test_a_limit_that_nobody_waited_for_is_only_named(open_page: OpenPage) -> None:
    """As many requests as permits were in flight, which need not be the reason."""
    async with telling(open_page, event(0, ended=12, mais_em_voo=5)) as page:
        await expect(page.locator("#answer")).to_have_text(
            "No pico, 5 requisições estiveram em andamento ao mesmo tempo: enviadas e ainda sem "
            "resposta. É o limite do semáforo, um contador de permissões: 5."
        )


async def test_names_may_have_any_signs_or_none(open_page: OpenPage) -> None:
    """Signs are shown as they are; a root without a name goes by its id."""
    names = {1: "O *grande* `livro`", 2: ""}
    async with telling(open_page, event(0, ended=12, names=names)) as page:
        await page.locator("#tiles .tile").first.click()
        await expect(page.locator("#tiles-hint strong")).to_have_text(names[1])

        await page.get_by_text("Os números").click()
        await expect(page.locator("#numbers tbody th").nth(1)).to_have_text("livro 2")
        await expect(page.locator("#tiles .tile b").nth(1)).to_have_text("livro 2")
