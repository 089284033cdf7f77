"""The pictures of the fan-out show what happened, compared dot by dot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from main import create_app
from src.application.localities.gateways import Level
from src.application.ports.refresh_progress import (
    Attempt,
    Fate,
    Limits,
    Outcome,
    Phase,
    Requests,
    RootPhase,
    RootProgress,
)
from src.domain.localities.territory import State
from src.entrypoints.features import Settings
from src.infra.process.clock import utc_now
from src.infra.storage.journals.file_journal import FileJournal
from stand_in.faults import Behaviour
from tests.browser.conftest import OpenPage
from tests.browser.localities.test_fanout import until_it_ended, watching
from tests.helpers.localities.ibge import Ibge
from tests.helpers.localities.stores import file_store
from tests.helpers.localities.upstream import live
from tests.helpers.refreshes import moment
from tests.helpers.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Notes at each frame how full a state's tile is, and the values of the gauges.
WATCH = """(sigla) => {
  window.seen = { done: [], requests: [], states: [] };
  const now = (id) => Number(document.getElementById(id).getAttribute("aria-valuenow"));
  const look = () => {
    const tile = document.querySelector(`.tile[data-root=${sigla}]`);
    window.seen.done.push(parseInt(getComputedStyle(tile).backgroundSize.split(" ")[1]));
    window.seen.requests.push(now("requests-gauge"));
    window.seen.states.push(now("roots-gauge"));
    requestAnimationFrame(look);
  };
  look();
}"""

# The share of a canvas's dots that nearly have the colour of this name.
SHARE = """([selector, name]) => {
  const canvas = document.querySelector(selector);
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
  probe.fillRect(0, 0, 1, 1);
  const wanted = probe.getImageData(0, 0, 1, 1).data;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let dot = 0; dot < data.length; dot += 4) {
    const isIt = [0, 1, 2].every((part) => Math.abs(data[dot + part] - wanted[part]) < 24);
    found += isIt && data[dot + 3] > 128;
  }
  return found / (data.length / 4);
}"""


async def share(page: Page, canvas: str, colour: str) -> float:
    """The share of a canvas, once it is drawn, that has this colour of the page, from 0 to 1."""
    await expect(page.locator("#timeline")).to_have_attribute("data-pictures", "drawn")
    found: float = await page.evaluate(SHARE, [canvas, f"--{colour}"])
    return found


async def test_a_tile_fills_and_the_gauges_rise(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """The tile shows the share that is done, the gauges the requests and states in work."""
    async with Ibge(brazil[:6], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream, ibge_cities_limit=20) as page:
            await until_it_ended(page, "concluida")
            upstream.behave(Behaviour(latency_s=0.25))  # so that a slow browser sees many moments
            await page.evaluate(WATCH, brazil[4].sigla)
            await page.get_by_role("button", name="Atualizar agora").click()
            await until_it_ended(page, "em_andamento")
            await until_it_ended(page, "concluida")
            seen: dict[str, list[int]] = await page.evaluate("window.seen")

    halfway = {done for done in seen["done"] if 0 < done < 100}
    assert len(halfway) > 3
    assert seen["done"][-1] == 100
    assert max(seen["requests"]) == 20
    assert max(seen["states"]) == 6


@asynccontextmanager
async def showing(
    brazil: tuple[State, ...], attempts: list[Attempt], open_page: OpenPage, folder: Path
) -> AsyncIterator[Page]:
    """The page of a service that made this collection of the first state, and begins no other.

    It has the whole country stored: less would not be credible, and be collected anew.
    """
    states = brazil[:1]
    told = moment(
        phase=Phase.WHOLE,
        begun_at=utc_now(),
        seconds=1.0,
        requests=Requests(done=len({attempt.request for attempt in attempts})),
        most_in_flight=len(attempts),
        limits=Limits(26, 500, 500, 0, circuit_is_open=False),
        roots=[
            RootProgress(state.id, state.sigla, state.nome, RootPhase.WHOLE, Requests())
            for state in states
        ],
        outcome=Outcome([len(states)], missing=0, filled=0),
        attempts=attempts,
    )
    await file_store(folder).save(live(brazil, utc_now()))
    await FileJournal(folder / "refreshes").append(told)
    settings = Settings(snapshot_store=f"file:{folder}", ibge_base_url="http://127.0.0.1:9")
    async with served(create_app(settings)) as url:
        page = await open_page(f"{url}/fanout")
        await until_it_ended(page, "concluida")
        yield page
        await page.context.close()


async def shares(page: Page, canvas: str) -> dict[str, float]:
    """Each phase's share of all dots in phase colours on a canvas, once it is drawn."""
    phases = ("waiting", "wire", "reading", "retry")
    while True:
        found = {phase: await share(page, canvas, phase) for phase in phases}
        if (all_of_it := sum(found.values())) > 0:
            return {phase: each / all_of_it for phase, each in found.items()}


async def test_the_phases_are_drawn_in_proportion(
    brazil: tuple[State, ...], open_page: OpenPage, tmp_path: Path
) -> None:
    """Each request was a quarter in the queue, a half on the wire, and a quarter reading."""
    rondonia, *_ = brazil
    attempts = [
        Attempt(number, Level.DISTRICTS, city.id, 1, 0, 250, 750, 1000, Fate.ANSWERED, rondonia.id)
        for number, city in enumerate(rondonia.cidades)
    ]
    expected = pytest.approx({"waiting": 0.25, "wire": 0.5, "reading": 0.25, "retry": 0}, abs=0.03)
    async with showing(brazil, attempts, open_page, tmp_path) as page:
        assert await shares(page, "#waterfall") == expected
        await page.locator(f".tile[data-root={rondonia.sigla}]").click()
        await expect(page.get_by_role("slider")).to_be_visible()
        assert await shares(page, "#rows canvas") == expected


async def test_retries_are_drawn_in_their_colour(
    brazil: tuple[State, ...], open_page: OpenPage, tmp_path: Path
) -> None:
    """Each request failed for half of the time; its retry took the other half."""
    rondonia, *_ = brazil
    attempts = [
        attempt
        for number, city in enumerate(rondonia.cidades)
        for attempt in (
            Attempt(
                number, Level.DISTRICTS, city.id, 1, 0, 0, 500, 500, Fate.TRIED_AGAIN, rondonia.id
            ),
            Attempt(
                number,
                Level.DISTRICTS,
                city.id,
                2,
                500,
                500,
                1000,
                1000,
                Fate.ANSWERED,
                rondonia.id,
            ),
        )
    ]
    expected = pytest.approx({"waiting": 0, "wire": 0.5, "reading": 0, "retry": 0.5}, abs=0.03)
    async with showing(brazil, attempts, open_page, tmp_path) as page:
        assert await shares(page, "#waterfall") == expected
        await page.locator(f".tile[data-root={rondonia.sigla}]").click()
        await expect(page.get_by_role("slider")).to_be_visible()
        assert await shares(page, "#rows canvas") == expected


async def test_the_curve_shows_the_number_in_flight(
    brazil: tuple[State, ...], open_page: OpenPage, tmp_path: Path
) -> None:
    """If all requests but one end at half time, the area is half as large."""
    rondonia, *_ = brazil
    areas = []
    for end in (1000, 500):
        attempts = [
            Attempt(
                number, Level.DISTRICTS, city.id, 1, 0, 0, ended, ended, Fate.ANSWERED, rondonia.id
            )
            for number, city in enumerate(rondonia.cidades)
            for ended in (1000 if number == 0 else end,)
        ]
        async with showing(brazil, attempts, open_page, tmp_path / str(end)) as page:
            await shares(page, "#in-flight")
            areas.append(await share(page, "#in-flight", "wire"))

    assert areas[1] / areas[0] == pytest.approx(0.5, abs=0.05)


async def test_the_attempts_are_evaluated_correctly(
    whole_country: str, open_page: OpenPage
) -> None:
    """For four known ones: the number in flight over time, and the time that all took together."""
    page = await open_page(f"{whole_country}/fanout")
    known = {
        "size": 4,
        "queued": [0, 0, 0, 5],
        "sent": [0, 1, 4, 5],
        "answered": [3, 3, 6, 8],
        "ended": [4, 4, 7, 9],
        "outcome": [0, 0, 0, 0],
    }

    in_flight, together, alone = await page.evaluate(
        """async (attempts) => {
          const base = document.querySelector("script[type=module]").src;
          const made = await import(new URL("analysis.js", base));
          const alone = made.oneAfterAnother(attempts);
          return [[...made.inFlightByMs(attempts, 9)], made.timeSpent(attempts), alone.all];
        }""",
        known,
    )

    assert in_flight[:10] == [1, 2, 2, 2, 1, 2, 2, 1, 1, 0]
    assert together == {"waiting": 5, "wire": 10, "reading": 4}
    assert alone == 4 * 3


async def test_the_figures_compare_with_requests_one_after_another(
    brazil: tuple[State, ...], open_page: OpenPage
) -> None:
    """The comparison names the number of requests."""
    async with Ibge(brazil[:4], behaviour=Behaviour(latency_s=0.1)) as upstream:
        async with watching(open_page, upstream) as page:
            await until_it_ended(page, "concluida")
            said: Any = await page.locator("#one-by-one-why").text_content()

    assert str(upstream.figures.lists) in said
