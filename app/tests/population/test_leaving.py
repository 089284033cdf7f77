"""The end of a process while its callers wait for a population."""

from pathlib import Path

from src.domain.localities.territory import State
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.localities.ibge import Ibge
from tests.helpers.processes import ServiceProcess, not_on_windows, until
from tests.helpers.serving import client

SILENT = Behaviour(faults=(Fault(kind=Kind.SILENCE),))


@not_on_windows
async def test_a_caller_of_a_silent_upstream_does_not_keep_the_service_from_leaving(
    brazil: tuple[State, ...], tmp_path: Path
) -> None:
    """A request for a population that nobody answers gets a 503 at once; the log is clean."""
    async with Ibge(brazil[:2]) as places, Ibge(brazil[:2], behaviour=SILENT) as populations:
        with ServiceProcess(
            tmp_path / "log",
            ibge_base_url=places.base_url,
            ibge_aggregates_url=populations.aggregates_url,
            snapshot_store="memory:",
            snapshot_bundled=False,
        ) as service:
            async with client() as session:
                await service.get(session, "/api/v1/states")
            answering = await service.send("GET", "/api/v1/states/RO/population")
            await until(lambda: populations.figures.requests > 0)
            await service.leave()
            answer = await answering

    assert b" 503 " in answer.partition(b"\r\n")[0]
    assert b"application/problem+json" in answer
    assert "Traceback" not in service.log


@not_on_windows
async def test_a_population_that_was_answered_is_stored_before_the_end(
    brazil: tuple[State, ...], tmp_path: Path
) -> None:
    """SIGTERM right behind the first answer loses nothing: the next start asks nothing."""
    async with Ibge(brazil[:1]) as places, Ibge(brazil[:1]) as populations:
        answers = []
        for log in (tmp_path / "first.log", tmp_path / "second.log"):
            with ServiceProcess(
                log,
                ibge_base_url=places.base_url,
                ibge_aggregates_url=populations.aggregates_url,
                snapshot_store=f"file:{tmp_path}",
                snapshot_bundled=False,
            ) as service:
                async with client() as session:
                    await service.get(session, "/api/v1/states")
                    answers.append(await service.get(session, "/api/v1/states/RO/population"))
                await service.leave()
        requests = populations.figures.requests

    (first, population), (second, same) = answers
    assert first.status == second.status == 200
    assert population == same
    assert requests == 1
