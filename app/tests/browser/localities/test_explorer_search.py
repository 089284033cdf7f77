"""`/`: places are found while typing."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from src.infra.process.clock import utc_now
from tests.browser.conftest import OpenPage
from tests.browser.late_answer import LateAnswer
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import application
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")


def box(page: Page) -> Locator:
    """The search box."""
    return page.get_by_role("searchbox", name="Nome ou código de um lugar")


def found(page: Page, kind: str) -> Locator:
    """The results of one kind."""
    return page.locator("section").filter(has_text=kind).get_by_role("listitem")


async def test_the_first_view_is_the_country(whole_country: str, open_page: OpenPage) -> None:
    """It has 27 states with their codes, and a search box, which has the focus."""
    page = await open_page(whole_country)

    await expect(box(page)).to_be_focused()
    await expect(page.locator("#view").get_by_role("listitem")).to_have_count(27)
    await expect(page.get_by_role("link", name="MG Minas Gerais")).to_be_visible()
    await expect(
        page.get_by_role("button", name="Copiar código 31 de Minas Gerais")
    ).to_be_visible()


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("são josé dos cam", "Cidades", "São José dos Campos SP3549904"),
        ("SAO JOSE DOS CAM", "Cidades", "São José dos Campos SP3549904"),
        (
            "filadelfia d oeste",
            "Distritos",
            "Filadélfia d'Oeste de Alta Floresta D'Oeste, RO110001515",
        ),
        ("grande do sul", "Estados", "RS Rio Grande do Sul43"),
        ("df", "Estados", "DF Distrito Federal53"),
        ("31", "Estados", "MG Minas Gerais31"),
        ("310620", "Cidades", "Belo Horizonte MG3106200"),
        ("3106200", "Cidades", "Belo Horizonte MG3106200"),
        ("310620005", "Distritos", "Belo Horizonte de Belo Horizonte, MG310620005"),
    ],
)
async def test_a_place_is_found_while_typing(
    whole_country: str, open_page: OpenPage, text: str, kind: str, first: str
) -> None:
    """Part of its name in any spelling, its sigla or its code is enough; no other key is needed."""
    page = await open_page(whole_country)

    await box(page).press_sequentially(text)

    await expect(found(page, kind).first).to_have_text(first)
    await expect(page.get_by_role("status").first).to_contain_text("Resultado:")


async def test_more_is_shown_on_demand(whole_country: str, open_page: OpenPage) -> None:
    """All places of a name can be reached; the focus goes to the first new one."""
    page = await open_page(whole_country)
    await box(page).fill("bom jesus")
    cities = found(page, "Cidades")
    await expect(cities).to_have_count(10)

    await page.get_by_role("button", name="de cidades").click()

    await expect(cities).not_to_have_count(10)
    await expect(cities.nth(10).get_by_role("link")).to_be_focused()
    total = await cities.count()
    await expect(page.get_by_role("status").first).to_contain_text(f"{total} cidades")
    await expect(page.get_by_role("button", name="de cidades")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("xyzkw", "Nada encontrado para “xyzkw”. Confira a grafia, digite só o começo do nome"),
        ("!!!", "Nada encontrado para “!!!”."),
        ("<b>x</b>", "Nada encontrado para “<b>x</b>”."),
        ("310", "Um código tem 2 dígitos (estado), 6 ou 7 (cidade) ou 9 (distrito)."),
    ],
)
async def test_a_search_without_results_says_what_to_do(
    whole_country: str, open_page: OpenPage, text: str, sentence: str
) -> None:
    """The sentence is read aloud, and the states stay at hand."""
    page = await open_page(whole_country)

    await box(page).fill(text)

    await expect(page.get_by_role("status").first).to_contain_text(sentence)
    await expect(page.get_by_role("link", name="MG Minas Gerais")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("3106201", "Não há lugar com este código. Códigos parecidos: 3106200 (Belo Horizonte)"),
        ("999999999", "Não há lugar com este código. Confira os dígitos ou procure pelo nome."),
    ],
)
async def test_a_wrong_code_is_reported(
    whole_country: str, open_page: OpenPage, code: str, sentence: str
) -> None:
    """The message has similar codes, if there are any."""
    page = await open_page(whole_country, requests_fail=True)

    await box(page).fill(code)

    await expect(page.get_by_role("status").first).to_contain_text(sentence)


async def test_a_late_answer_is_not_shown(whole_country: str, open_page: OpenPage) -> None:
    """The results are those of the last text, in whatever order the answers come."""
    page = await open_page(whole_country)
    late = LateAnswer()
    await page.route("**/api/v1/cities?q=recife*", late.hold)
    await box(page).fill("recife")
    await late.is_asked.wait()
    await box(page).fill("belo horizonte")
    await expect(found(page, "Cidades")).to_have_text(["Belo Horizonte MG3106200"])
    await late.reach(page)

    await expect(found(page, "Cidades")).to_have_text(["Belo Horizonte MG3106200"])


async def test_what_is_typed_before_the_scripts_come_is_searched_for(
    whole_country: str, open_page: OpenPage
) -> None:
    """On a slow connection the field is there first."""
    page = await open_page(whole_country)
    script = LateAnswer()
    await page.route("**/explorer.js", script.hold)
    await page.goto("about:blank")
    await page.goto(whole_country, wait_until="commit")
    await box(page).fill("recife")
    await script.reach(page)

    await expect(found(page, "Cidades").first).to_contain_text("Recife")
    await expect(box(page)).to_have_value("recife")


async def test_a_late_answer_leaves_the_focus_to_the_one_who_types(
    whole_country: str, open_page: OpenPage
) -> None:
    """A place that was on its way is no longer shown."""
    page = await open_page(whole_country)
    late = LateAnswer()
    await page.route("**/api/v1/states/RR/cities", late.hold)
    await page.get_by_role("link", name="RR Roraima").click()
    await late.is_asked.wait()
    await page.clock.install()
    await page.clock.pause_at(utc_now() + timedelta(hours=1))  # in the middle of a word
    await box(page).press_sequentially("reci")
    await late.reach(page)

    await expect(box(page)).to_be_focused()


async def test_an_emptied_search_shows_the_country(whole_country: str, open_page: OpenPage) -> None:
    """The view is that of the start."""
    page = await open_page(f"{whole_country}/#/?q=recife")
    await expect(box(page)).to_have_value("recife")
    await expect(found(page, "Cidades").first).to_contain_text("Recife")

    await box(page).clear()

    await expect(page.get_by_role("link", name="MG Minas Gerais")).to_be_visible()


async def test_a_service_that_is_gone_is_reported(open_page: OpenPage) -> None:
    """The sentence says what to do, and the text stays."""
    async with served(application(FakeUpstream(TWO_STATES), now=utc_now)) as url:
        page = await open_page(url, requests_fail=True)
        await box(page).fill("ariquemes")
        await expect(found(page, "Cidades")).to_have_count(1)

    await box(page).fill("brasília")

    await expect(page.get_by_role("status").first).to_have_text(
        "O serviço não respondeu. Confira a conexão e tente de novo."
    )
    await expect(box(page)).to_have_value("brasília")


async def test_trying_again_helps_once_the_connection_is_back(
    whole_country: str, open_page: OpenPage
) -> None:
    """One click shows the results."""
    page = await open_page(whole_country, requests_fail=True)
    await page.context.set_offline(True)
    await box(page).fill("recife")
    again = page.get_by_role("button", name="Tentar de novo")
    await expect(again).to_be_visible()
    await page.context.set_offline(False)

    await again.click()

    await expect(found(page, "Cidades").first).to_contain_text("Recife")


async def test_a_refusal_is_shown_in_the_words_of_the_service(open_page: OpenPage) -> None:
    """Here the service has no data yet."""
    upstream = FakeUpstream(TWO_STATES, errors={0: RuntimeError()})
    async with served(application(upstream, snapshot_wait_s=0.1)) as url:
        page = await open_page(url, requests_fail=True)

        await box(page).fill("ariquemes")

        await expect(page.get_by_role("status").first).to_contain_text(
            "Ainda não há dados; tente de novo em"
        )
