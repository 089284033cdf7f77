"""`make compare`: the ways differ in what they cost, not in what they collect."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from rich.console import Console

from bench import measuring
from compare import free_threading, runs
from compare.__main__ import notes, table
from compare.asking import Upstream
from compare.blocking import BlockingUpstream, HttpClientSession
from compare.chart import chart
from compare.free_threading import free_threaded_python
from compare.one_run import Stopwatch
from compare.rows import Row, place
from compare.runs import (
    EVERY_WAY,
    NEED_MANY_FILES,
    Outcome,
    check,
    possible_ways,
    with_estimate,
)
from compare.thread_chart import LIMITS, least_s, thread_chart
from compare.threads import FREE_THREADED, threads
from compare.ways import (
    CITIES_100,
    ONE_AFTER_ANOTHER,
    SEMAPHORES,
    SESSION_PER_REQUEST,
    STATE_PLAN,
    UNBOUNDED,
    WAYS,
    one_after_another,
    semaphores,
)
from compare.with_requests import RequestsSession
from src.domain.localities.territory import State
from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.localities.ibge import Ibge


@pytest.fixture
async def upstream(brazil: tuple[State, ...]) -> AsyncIterator[Ibge]:
    """A stand-in with three states, one with a single city, which is answered without a list."""
    states = tuple(
        state.with_children(state.cidades[:30])
        for state in brazil
        if state.sigla in {"RO", "MG", "DF"}
    )
    async with Ibge(states, behaviour=Behaviour(latency_s=0.002)) as running:
        yield running


def served(upstream: Ibge) -> list[Row]:
    """The tree of the stand-in, as the ways keep it."""
    rows = msgspec.json.decode(msgspec.json.encode(upstream.states))
    return [place(row, cidades=row["cidades"]) for row in rows]


@pytest.mark.parametrize("way", [way for way in WAYS if way != ONE_AFTER_ANOTHER])
async def test_every_way_collects_the_whole_tree(upstream: Ibge, way: str) -> None:
    """However the requests are made, the places are the same."""
    assert await WAYS[way](Upstream(upstream.base_url)) == served(upstream)


async def test_one_after_another_collects_all_of_it_or_a_sample(upstream: Ibge) -> None:
    """The sample has cities of each state, and they equal those of the whole."""
    whole = await one_after_another(Upstream(upstream.base_url))
    sample = await WAYS[ONE_AFTER_ANOTHER](Upstream(upstream.base_url))

    assert whole == served(upstream)
    assert [len(state["cidades"]) for state in sample] == [1, 1, 1]
    check({ONE_AFTER_ANOTHER: sample, SEMAPHORES: whole})


async def test_one_after_another_needs_one_connection(upstream: Ibge) -> None:
    """The next request is made when the one before is answered."""
    await one_after_another(Upstream(upstream.base_url))
    assert upstream.figures.connections == upstream.figures.most_in_flight == 1


async def test_unbounded_asks_for_all_at_once(upstream: Ibge) -> None:
    """That is at least all cities of a state, which become known together."""
    asking = Upstream(upstream.base_url)
    await WAYS[UNBOUNDED](asking)
    assert asking.most_under_way >= 30


async def test_semaphores_bound_what_the_server_sees(upstream: Ibge) -> None:
    """Each level has its own limit, and there is a connection for each request within both."""
    upstream.behave(Behaviour(latency_s=0.1))  # long enough for all that are allowed to meet there
    asking = Upstream(upstream.base_url)
    assert await semaphores(asking, states_at_once=2, cities_at_once=5) == served(upstream)
    figures = upstream.figures
    assert figures.most_in_flight_by_heading["municipios"] == 2
    assert figures.most_in_flight_by_heading["distritos"] == 5
    assert figures.connections <= 7
    assert asking.most_under_way <= 7


async def test_the_state_plan_makes_two_requests_for_each_state(upstream: Ibge) -> None:
    """It does not matter how many cities the state has."""
    await WAYS[STATE_PLAN](Upstream(upstream.base_url))
    assert upstream.figures.requests == 1 + 2 * 3


async def test_a_session_per_request_is_a_connection_per_request(upstream: Ibge) -> None:
    """No connection is used twice."""
    await WAYS[SESSION_PER_REQUEST](Upstream(upstream.base_url))
    assert upstream.figures.connections == upstream.figures.requests == 1 + 3 + 61


@pytest.mark.parametrize("way", WAYS)
async def test_failed_requests_are_counted(upstream: Ibge, way: str) -> None:
    """They leave a gap in the tree, but do not end the run."""
    upstream.behave(Behaviour(faults=(Fault(kind=Kind.RESET, path="/estados/53/.*"),)))
    asking = Upstream(upstream.base_url)
    states = await WAYS[way](asking)
    assert [bool(state["cidades"]) for state in states] == [True, True, False]
    assert len(asking.failures) == (2 if way == STATE_PLAN else 1)


SESSIONS = pytest.mark.parametrize("session", [HttpClientSession, RequestsSession])
Session = type[HttpClientSession] | type[RequestsSession]


@SESSIONS
async def test_threads_collect_the_whole_tree(upstream: Ibge, session: Session) -> None:
    """No more of them are at work than the pool has, each over one connection."""
    upstream.behave(Behaviour(latency_s=0.1))  # long enough for all threads to meet there
    with closing(BlockingUpstream(lambda: session(upstream.base_url))) as asking:
        collected = await asyncio.to_thread(threads, asking, at_once=5)
    assert collected == served(upstream)
    assert asking.most_under_way == upstream.figures.most_in_flight == 5
    assert upstream.figures.connections == 6  # one is of the thread that asks for the states


@SESSIONS
@pytest.mark.parametrize("kind", [Kind.RESET, Kind.STATUS])
async def test_requests_that_fail_in_threads_are_counted(
    upstream: Ibge, session: Session, kind: Kind
) -> None:
    """They leave a gap in the tree, and the thread goes on with the next request."""
    upstream.behave(Behaviour(faults=(Fault(kind=kind, path="/estados/53/.*"),)))
    with closing(BlockingUpstream(lambda: session(upstream.base_url))) as asking:
        states = await asyncio.to_thread(threads, asking, at_once=1)
    assert [bool(state["cidades"]) for state in states] == [True, True, False]
    assert len(asking.failures) == 1


async def test_threads_need_nothing_installed(upstream: Ibge) -> None:
    """A Python with free threading has none of the project's dependencies."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", "-m", "compare.threads", upstream.base_url),
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    run = json.loads(printed)
    assert run["states"] == served(upstream)
    assert run["idle_s"] is None  # there is no event loop


@pytest.mark.skipif(sys.platform == "win32", reason="the event loop of Windows is of another kind")
def test_an_event_loop_tells_how_long_it_had_nothing_to_do() -> None:
    """Waiting counts; computing does not."""
    stopwatch = Stopwatch()
    with asyncio.Runner(loop_factory=stopwatch.event_loop) as runner:
        runner.run(asyncio.sleep(0.05))
        idle_s = stopwatch.run([], 0, []).idle_s
        runner.run(computing(turns=1000))
        assert stopwatch.run([], 0, []).idle_s == idle_s
    assert idle_s is not None
    assert idle_s > 0


async def computing(turns: int) -> None:
    """Never waits, but lets the event loop look at its sockets."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def test_ways_with_different_trees_are_not_compared(upstream: Ibge) -> None:
    """A way that collects something else does other work."""
    tree, other = served(upstream), served(upstream)
    other[0]["cidades"][0]["distritos"].pop()
    check({SEMAPHORES: tree, STATE_PLAN: tree, ONE_AFTER_ANOTHER: tree})
    with pytest.raises(AssertionError, match="different trees"):
        check({SEMAPHORES: tree, STATE_PLAN: other})
    with pytest.raises(AssertionError, match="other cities or districts"):
        check({SEMAPHORES: tree, ONE_AFTER_ANOTHER: other})


OUTCOMES = [
    Outcome(
        way=way,
        seconds=2.0,
        cpu_s=1.0,
        idle_s=None if way not in WAYS else 0.5,
        megabytes=60,
        at_once=500,
        requests=1000,
        connections=501,
        python="3.14.2",
    )
    for way in EVERY_WAY
]


def test_the_samples_times_are_scaled_to_all_requests() -> None:
    """Its memory is not shown, because it kept only part of the tree."""
    sample = replace(OUTCOMES[0], requests=10)
    estimate, *others = with_estimate([sample, *OUTCOMES[1:]])
    assert estimate == replace(
        sample, seconds=200, cpu_s=100, idle_s=50, megabytes=0, requests=1000, sample=10
    )
    assert others == OUTCOMES[1:]


def test_the_table_says_what_is_estimated_and_what_failed() -> None:
    """Readers need not guess what a figure means."""
    estimate = replace(OUTCOMES[0], seconds=600, sample=10)
    failed = replace(OUTCOMES[1], failures=["Too many open files"] * 7)
    outcomes = [estimate, failed, *OUTCOMES[2:]]
    printed = StringIO()
    Console(file=printed, width=100).print(table(outcomes), *notes(outcomes), sep="\n")
    text = printed.getvalue()
    assert "≈ 10.0 min" in text
    assert f"{ONE_AFTER_ANOTHER}: times estimated from a sample of 10 requests." in text
    assert f"{FREE_THREADED}: Python 3.14.2." in text
    assert "25%" in text  # idle
    assert f"{UNBOUNDED}: 7 requests failed: Too many open files" in text


def test_the_chart_has_every_way_and_says_which_bar_is_cut() -> None:
    """The SVG is also well-formed."""
    drawn = chart([replace(OUTCOMES[0], seconds=600, sample=10), *OUTCOMES[1:]], "a & b")
    root = ET.fromstring(drawn)  # noqa: S314  # our own
    text = " ".join(root.itertext())
    assert all(way in text for way in EVERY_WAY)
    assert "the bar would be 300 times as long" in text


def test_the_chart_of_the_thread_has_every_limit() -> None:
    """It says how long the thread slept, and how long it has to at least."""
    drawn = thread_chart(OUTCOMES, "a & b")
    text = " ".join(ET.fromstring(drawn).itertext())  # noqa: S314  # our own
    assert all(f"{limit:,} at once" in text for limit in LIMITS.values())
    assert "2.00 s: asleep for 0.50 s (25%); at least 0.97 s" in text


def test_the_least_time_is_that_of_full_permits() -> None:
    """5,571 cities, 100 at once, and a tenth of a second for each answer."""
    outcome = next(outcome for outcome in OUTCOMES if outcome.way == CITIES_100)
    assert least_s(replace(outcome, requests=5599)) == pytest.approx(5.571)


def test_the_chart_of_the_thread_leaves_out_what_is_not_known() -> None:
    """As on Windows, where the event loop does not tell."""
    drawn = thread_chart([replace(outcome, idle_s=None) for outcome in OUTCOMES], "a & b")
    assert "at once" not in " ".join(ET.fromstring(drawn).itertext())  # noqa: S314  # our own


def test_a_python_with_free_threading_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table says why there is none, or why one will not do."""
    monkeypatch.setattr(measuring, "not_measured", [])
    monkeypatch.setattr(free_threading, "NAMES", ["no-such-python"])
    assert free_threaded_python() is None
    assert "there is no such Python" in measuring.not_measured[-1]

    monkeypatch.setattr(free_threading, "WITHOUT_LOCK", {})  # for Pythons that cannot do without
    monkeypatch.setattr(free_threading, "PROBE", "import sys; sys.exit('it has the lock')")
    assert free_threaded_python(sys.executable) is None
    assert "it has the lock" in measuring.not_measured[-1]

    monkeypatch.setattr(free_threading, "PROBE", "")
    assert free_threaded_python(sys.executable) == sys.executable


def test_ways_that_need_too_many_open_files_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table says so instead of showing how they fail."""
    monkeypatch.setattr(measuring, "not_measured", [])
    monkeypatch.setattr(runs, "open_files", lambda _: 1024)
    monkeypatch.setattr(runs, "free_threaded_python", lambda named: named)
    found = possible_ways("python3.14t")
    assert list(found) == [way for way in EVERY_WAY if way not in NEED_MANY_FILES]
    assert found.pop(FREE_THREADED) == "python3.14t"
    assert set(found.values()) == {sys.executable}
    assert len(measuring.not_measured) == len(NEED_MANY_FILES)
    monkeypatch.setattr(runs, "open_files", lambda wanted: wanted)
    assert list(possible_ways()) == [way for way in EVERY_WAY if way != FREE_THREADED]
