"""`/fanout` of a service that collects two things: places, and brands of cars."""

import pytest
from playwright.async_api import expect

from src.entrypoints.api import create_app
from src.entrypoints.feature import Feature
from src.entrypoints.features import Settings
from tests.browser.conftest import OpenPage
from tests.browser.test_fanout_of_any_feature import until_it_ended
from tests.helpers.fakes import FakeUpstream
from tests.helpers.places import TWO_STATES
from tests.helpers.serving import features_over, served
from tests.second_feature.feature import brands
from tests.second_feature.test_second_feature import LISTS, upstream

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_one_of_several_collections_is_chosen(open_page: OpenPage) -> None:
    """The first is shown; a link leads to the other one, and back."""
    async with upstream(LISTS) as source:
        features: list[Feature[Settings]] = [
            *features_over(FakeUpstream(TWO_STATES)),
            brands(source),
        ]
        async with served(create_app(Settings(snapshot_bundled=False), features=features)) as url:
            page = await open_page(f"{url}/fanout")
            choice = page.get_by_role("navigation", name="Coletas")
            current = choice.locator("[aria-current=page]")
            first = await current.text_content()

            await choice.get_by_role("link", name="Marcas, modelos e anos").click()
            await until_it_ended(page, "concluida")
            await expect(current).to_have_text("Marcas, modelos e anos da tabela de carros")
            await expect(page.locator("#outcome")).to_contain_text("2 marcas")
            await choice.get_by_role("link", name=str(first)).click()
            await expect(current).to_have_text(str(first))
            await page.context.close()
