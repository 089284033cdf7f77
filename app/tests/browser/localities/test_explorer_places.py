"""`/`: states, cities and districts are opened one from the other, and left again."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from src.application.ports.upstream_errors import UpstreamError
from src.infra.process.clock import utc_now
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import press_tab_to
from tests.helpers.localities.places import ALTA_FLORESTA, DIVISIONS, TWO_STATES
from tests.helpers.localities.services import application
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def heading(page: Page, name: str) -> None:
    """Waits until this place is shown, with the focus on its name for screen readers."""
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_focused()


async def test_a_state_leads_to_its_cities_and_they_to_their_districts(
    whole_country: str, open_page: OpenPage
) -> None:
    """Clicks are enough; each place has its code, and a link back up."""
    page = await open_page(whole_country)

    await page.get_by_role("link", name="RO Rondônia").click()
    await heading(page, "Rondônia")
    await expect(page.get_by_role("heading", name="52 cidades")).to_be_visible()
    await page.get_by_role("link", name="Alta Floresta D'Oeste").click()
    await heading(page, "Alta Floresta D'Oeste")

    for label in [
        "Copiar código 1100015 de Alta Floresta D'Oeste",
        "Copiar código 110001 de Alta Floresta D'Oeste, sem o dígito verificador",
        "Copiar código 110001515 de Filadélfia d'Oeste",
    ]:
        await expect(page.get_by_role("button", name=label)).to_be_visible()
    await page.get_by_role("link", name="Rondônia", exact=True).click()
    left = page.get_by_role("link", name=re.compile("^Alta Floresta D'Oeste"))
    await expect(left).to_be_focused()
    await page.get_by_role("link", name="Brasil", exact=True).click()
    await expect(page.get_by_role("link", name="RO Rondônia")).to_be_focused()


async def test_a_city_shows_its_regions_if_they_are_known(open_page: OpenPage) -> None:
    """Each has its code, which a click copies; the bundled data have none."""
    upstream = FakeUpstream(TWO_STATES, divisions=DIVISIONS)
    async with served(application(upstream, now=utc_now)) as url:
        page = await open_page(f"{url}/#/1100015")

        await expect(page.get_by_text("Cidade · Rondônia")).to_be_visible()
        micro = page.get_by_text("Microrregião: Cacoal 11006 · Mesorregião: Leste Rondoniense 1102")
        await expect(micro).to_be_visible()
        immediate = page.get_by_text("Região imediata: Cacoal 110005 · Região intermediária: Ji-")
        await expect(immediate).to_be_visible()
        await micro.get_by_role("button", name="Copiar código 11006 de Cacoal, microrreg").click()
        await expect(page.get_by_role("status").last).to_have_text("Código 11006 copiado.")


async def test_a_capital_is_marked(whole_country: str, open_page: OpenPage) -> None:
    """Its kind tells it from its namesake; regions that are not known are not mentioned."""
    page = await open_page(f"{whole_country}/#/1721000")

    await expect(page.get_by_text("Capital · Tocantins")).to_be_visible()
    await expect(page.get_by_text("rregião")).to_have_count(0)


async def test_the_map_opens_a_state_too(whole_country: str, open_page: OpenPage) -> None:
    """A click on a tile opens its state."""
    page = await open_page(whole_country)

    await page.locator(".map").get_by_text("RR").click()

    await heading(page, "Roraima")


async def test_the_keyboard_is_enough(whole_country: str, open_page: OpenPage) -> None:
    """It leads from typing a name to copying the code of a district."""
    page = await open_page(whole_country)

    await page.keyboard.type("rondônia")
    await page.keyboard.press("Enter")  # searches at once, and goes to the first result
    await expect(page.get_by_role("link", name="RO Rondônia")).to_be_focused()
    await page.keyboard.press("Enter")
    await heading(page, "Rondônia")
    await press_tab_to(page, page.get_by_role("searchbox", name="Filtrar 52 cidades"))
    await page.keyboard.type("alta floresta")
    await press_tab_to(page, page.get_by_role("link", name="Alta Floresta D'Oeste"))
    await page.keyboard.press("Enter")
    await heading(page, "Alta Floresta D'Oeste")
    name = "Copiar código 110001515 de Filadélfia d'Oeste"
    await press_tab_to(page, page.get_by_role("button", name=name))
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("status").last).to_have_text("Código 110001515 copiado.")


async def test_back_restores_the_earlier_view(whole_country: str, open_page: OpenPage) -> None:
    """The search still has its text, and the list is at the place that was opened from it."""
    page = await open_page(whole_country)
    await page.get_by_role("searchbox").fill("rond")
    await expect(page.get_by_role("status").first).to_contain_text("Resultado:")
    await page.get_by_role("link", name="RO Rondônia").click()
    await heading(page, "Rondônia")
    await page.get_by_role("link", name="Vilhena", exact=True).click()
    await heading(page, "Vilhena")

    await page.go_back()
    await expect(page.get_by_role("link", name="Vilhena", exact=True)).to_be_focused()
    await expect(page.get_by_role("link", name="Vilhena", exact=True)).to_be_in_viewport()
    await page.go_back()
    await expect(page.locator("#query")).to_have_value("rond")
    await expect(page.get_by_role("link", name="RO Rondônia")).to_be_focused()
    await page.go_forward()
    await heading(page, "Rondônia")


async def test_back_leads_to_the_place_at_which_typing_began(
    whole_country: str, open_page: OpenPage
) -> None:
    """The texts in between are skipped."""
    page = await open_page(f"{whole_country}/#/DF")
    await expect(page.get_by_role("heading", name="Distrito Federal")).to_be_visible()
    await page.get_by_role("searchbox").press_sequentially("recife", delay=200)
    await expect(page.get_by_role("link", name="Recife PE")).to_be_visible()

    await page.go_back()

    await expect(page.get_by_role("heading", name="Distrito Federal")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "name", "title"),
    [
        ("#/MG", "Minas Gerais", "Minas Gerais · Estados e cidades do Brasil"),
        ("#/mg", "Minas Gerais", "Minas Gerais · Estados e cidades do Brasil"),
        ("#/3106200", "Belo Horizonte", "Belo Horizonte, MG · Estados e cidades do Brasil"),
        ("#/310620025", "Belo Horizonte", "Belo Horizonte, MG · Estados e cidades do Brasil"),
        ("#content", "Os 27 estados", "Estados e cidades do Brasil"),
    ],
)
async def test_an_address_shows_its_place(
    whole_country: str, open_page: OpenPage, address: str, name: str, title: str
) -> None:
    """It can be sent to others; an address without a place shows the country."""
    page = await open_page(f"{whole_country}/{address}")

    await expect(page.get_by_role("heading", name=name)).to_be_attached()
    await expect(page).to_have_title(title)


async def test_a_district_that_was_found_is_marked_in_its_city(
    whole_country: str, open_page: OpenPage
) -> None:
    """It is one of the 96 of São Paulo."""
    page = await open_page(f"{whole_country}/#/?q=vila mariana")

    await page.get_by_role("link", name="Vila Mariana de São Paulo, SP").click()

    await heading(page, "São Paulo")
    await expect(page.get_by_role("heading", name="96 distritos")).to_be_visible()
    marked = page.locator("[aria-current=true]")
    await expect(marked).to_have_text("Vila MarianaJSON355030890")
    await expect(marked).to_be_in_viewport()


async def test_typing_filters_the_cities_of_a_state(
    whole_country: str, open_page: OpenPage
) -> None:
    """A name with or without accents will do, or a code; the number left is shown."""
    page = await open_page(f"{whole_country}/#/MG")
    cities = page.locator(".places").get_by_role("listitem")

    for text, name in [
        ("aguas verm", "Águas Vermelhas"),
        ("olhos dagua", "Olhos-d'Água"),
        ("3106200", "Belo Horizonte"),
    ]:
        await page.get_by_role("searchbox", name="Filtrar 853 cidades").fill(text)
        await expect(cities).to_contain_text([name])
    await expect(page.get_by_text("1 encontrada", exact=True)).to_be_visible()


async def test_a_place_that_is_opened_while_typing_stays_open(
    whole_country: str, open_page: OpenPage
) -> None:
    """The text is no longer searched for."""
    page = await open_page(whole_country)
    await page.clock.install()
    await page.clock.pause_at(utc_now() + timedelta(hours=1))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.get_by_role("searchbox").fill("reci")

    await page.get_by_role("link", name="RR Roraima").click()

    await heading(page, "Roraima")
    await page.clock.run_for(1_000)  # longer than the pause in typing that it waits for
    await page.evaluate("fetch('health/live').then((answer) => answer.text())")
    await expect(page.get_by_role("heading", name="Roraima")).to_be_visible()
    assert not any("q=reci" in url for url in asked)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "#/9999999",
            "Não há lugar com este código. Confira os dígitos ou procure pelo nome.",
        ),
        ("#/ZZ", "Não há estado com a sigla ZZ."),
        ("#/lugar", "Não há lugar neste endereço."),
    ],
)
async def test_an_address_without_a_place_says_so(
    whole_country: str, open_page: OpenPage, address: str, sentence: str
) -> None:
    """The states are still there, and a link back to the start."""
    page = await open_page(f"{whole_country}/{address}", requests_fail=True)

    await expect(page.get_by_role("status").first).to_have_text(sentence)
    await expect(page).to_have_title("Não encontrado · Estados e cidades do Brasil")
    await expect(page.get_by_role("link", name="MG Minas Gerais")).to_be_visible()
    await page.get_by_role("link", name="Voltar ao início").click()
    await expect(page.get_by_role("status").first).to_have_text("")
    await expect(page).to_have_title("Estados e cidades do Brasil")


@pytest.mark.parametrize(
    ("address", "name", "shown"),
    [
        ("#/RO", "Rondônia", '"sigla":"RO"'),
        ("#/3106200", "Belo Horizonte", '"id":3106200'),
        ("#/3106200", "Barreiro", '"id":310620025'),
    ],
)
async def test_a_place_leads_to_its_json(
    whole_country: str, open_page: OpenPage, address: str, name: str, shown: str
) -> None:
    """A state, a city and a district each have a link to the API's answer about them."""
    page = await open_page(f"{whole_country}/{address}")

    await page.get_by_role("link", name=f"JSON de {name}").first.click()

    await expect(page.locator("body")).to_contain_text(shown)


async def test_unknown_districts_are_called_unknown(open_page: OpenPage) -> None:
    """They are not shown as if there were none."""
    upstream = FakeUpstream(TWO_STATES, errors={ALTA_FLORESTA.id: UpstreamError()})
    async with served(application(upstream, now=utc_now)) as url:
        page = await open_page(f"{url}/#/RO")
        name = "Alta Floresta D'Oeste distritos ainda desconhecidos"
        await page.get_by_role("link", name=name).click()

        await heading(page, "Alta Floresta D'Oeste")
        await expect(
            page.get_by_role("heading", name="distritos ainda desconhecidos")
        ).to_be_visible()
        await expect(page.locator("#source")).to_contain_text(
            "Em 1 lugar, cidades ou distritos ainda são desconhecidos."
        )


async def test_live_data_is_dated(open_page: OpenPage) -> None:
    """The page gives the source, the age, and the time of collection in local time."""
    collected_at = utc_now() - timedelta(hours=2)
    app = application(FakeUpstream(TWO_STATES), now=lambda: collected_at)
    async with served(app) as url:
        page = await open_page(url)

        in_brasilia = collected_at - timedelta(hours=3)
        sentence = f"Dados do IBGE, coletados há 2 horas ({in_brasilia.day} de "
        await expect(page.locator("#source")).to_contain_text(sentence)
        await expect(page.locator("#source")).to_contain_text(f"{in_brasilia:às %H:%M}).")


async def test_bundled_data_is_called_a_copy(open_page: OpenPage) -> None:
    """The page gives its date, and the reason why it is shown."""
    upstream = FakeUpstream(TWO_STATES, errors={0: UpstreamError()})
    async with served(application(upstream, snapshot_bundled=True)) as url:
        page = await open_page(url)

        await expect(page.locator("#source")).to_have_text(
            "Cópia de 31 de dezembro de 2024 que acompanha o serviço: o IBGE ainda não pôde ser "
            "consultado."
        )
