"""What the page /fanout does if the answers to its scripts come late, or in another order."""

import pytest
from playwright.async_api import Route, expect
from yarl import URL

from tests.browser.conftest import OpenPage
from tests.browser.test_fanout_of_any_feature import until_it_ended, watching
from tests.helpers.serving import client

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFRESHES = "/api/v1/shelves/refreshes"

# The id of a collection before all others: ids rise.
FIRST = "0" * 20

# Asks twice whether a collection may be started, and answers the second question first.
ASK_TWICE = """async () => {
  const { RefreshButton } = await import(new URL("assets/refresh_button.js", document.baseURI));
  const answers = [];
  window.fetch = () => new Promise((answer) => answers.push(answer));
  const form = document.getElementById("refresh").cloneNode(true);
  const button = new RefreshButton(form, { onStart() {}, onNone() {} });
  const both = [button.checkAvailability(), button.checkAvailability()];
  for (const seconds of [30, 0]) {
    const known = { permitido: true, precisa_de_token: false, espera_s: seconds };
    answers.pop()(Response.json({ ...known, atualizacoes: [{}] }));
  }
  await Promise.all(both);
  return form.querySelector("button").textContent;
}"""


async def test_a_collection_that_was_never_heard_of_is_not_awaited(open_page: OpenPage) -> None:
    """If the page missed the one that it started, a later one frees the button."""
    async with watching(open_page) as page:

        async def begin_unheard(route: Route) -> None:
            await route.fulfill(status=202, json={"id": FIRST})

        await page.route(f"**{REFRESHES}", begin_unheard)
        await page.get_by_role("button", name="Atualizar agora").click()
        await expect(page.get_by_role("button", name="Coleta em andamento")).to_be_visible()
        await page.unroute(f"**{REFRESHES}")
        async with client() as session, session.post(URL(page.url).with_path(REFRESHES)) as begun:
            assert begun.status == 202
        await expect(page.locator("#asked")).to_contain_text("pessoa")
        await until_it_ended(page, "concluida")

        await expect(page.get_by_role("button", name="Atualizar agora")).to_be_visible()


async def test_the_last_question_counts(open_page: OpenPage) -> None:
    """An answer to an earlier one, which comes later, does not end the wait for the next start."""
    async with watching(open_page) as page:
        assert await page.evaluate(ASK_TWICE) == "Aguarde 30\u00a0s"
