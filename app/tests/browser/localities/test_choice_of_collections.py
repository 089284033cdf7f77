"""`/fanout` of a service that collects two things: places, and shelves."""

import pytest
from playwright.async_api import expect

from src.entrypoints.api import create_app
from src.entrypoints.feature import Feature
from src.entrypoints.features import Settings
from tests.browser.conftest import OpenPage
from tests.browser.test_fanout_of_any_feature import until_it_ended
from tests.helpers.localities.places import TWO_STATES
from tests.helpers.localities.services import features_over
from tests.helpers.localities.upstream import FakeUpstream
from tests.helpers.serving import served
from tests.sample_feature.feature import shelves
from tests.sample_feature.test_sample_feature import LISTS
from tests.sample_feature.upstream import Storeroom

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_one_of_several_collections_is_chosen(open_page: OpenPage) -> None:
    """The first is shown; a link leads to the other one, and back."""
    async with Storeroom(LISTS) as upstream:
        features: list[Feature[Settings]] = [
            *features_over(FakeUpstream(TWO_STATES)),
            shelves(upstream.base_url),
        ]
        async with served(create_app(Settings(snapshot_bundled=False), features=features)) as url:
            page = await open_page(f"{url}/fanout")
            choice = page.get_by_role("navigation", name="Coletas")
            current = choice.locator("[aria-current=page]")
            first = await current.text_content()

            await choice.get_by_role("link", name="Estantes, caixas e itens").click()
            await until_it_ended(page, "concluida")
            await expect(current).to_have_text("Estantes, caixas e itens do estoque")
            await expect(page.locator("#outcome")).to_contain_text("2 estantes")
            await choice.get_by_role("link", name=str(first)).click()
            await expect(current).to_have_text(str(first))
            await page.context.close()
