"""Records a collection that goes badly, for the page /fanout: `make recording`.

The service collects from the stand-in twice. The first collection goes well and is kept; during the
second, the stand-in fails in one way after the other. Its events are written as a file of the page.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp
import msgspec

from src.entrypoints.api import create_app
from src.entrypoints.features import Settings
from src.entrypoints.settings import APP_DIR
from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.controllers.pages_controller import FILES
from stand_in.contents import settings_at
from stand_in.faults import Behaviour, Fault, Kind
from stand_in.server import CONTROL_PATH
from tests.helpers.serving import client, free_port, served

Event = dict[str, Any]  # as the service sends it

REFRESHES = COLLECTION_WORDS.path
LATENCY_S = 0.1

# Times are kept in hundredths of a second: on the page, a dot of the picture stands for as much.
UNIT_MS = 10

# The one list that can never be had: its place is filled from the earlier collection.
LOST = Fault(kind=Kind.STATUS, status=404, path="/municipios/3106200/distritos")  # Belo Horizonte

# What somebody asks the service for, again and again, while its collection goes badly.
ASKED = "/api/v1/states/MG"


@dataclass(frozen=True)
class Step:
    """How the stand-in behaves once an event is like `begins`, and what the page says of that."""

    begins: Callable[[Event], bool]
    text: str
    faults: tuple[Fault, ...] = ()

    @property
    def behaviour(self) -> Behaviour:
        """The orders to the stand-in."""
        return Behaviour(latency_s=LATENCY_S, faults=(LOST, *self.faults))


STEPS = (
    Step(
        lambda _: True,
        "2% das respostas são erros: cada requisição que falhou é refeita após uma pausa.",
        faults=(Fault(kind=Kind.STATUS, share=0.02),),
    ),
    Step(
        lambda event: event["requisicoes"]["concluidas"] > 1000,
        "Uma em cada quatro é recusada (429): o limite cai.",
        faults=(Fault(kind=Kind.STATUS, status=429, share=1 / 4),),
    ),
    Step(
        lambda event: event["limites"]["requisicoes"] < event["limites"]["requisicoes_configurado"],
        "Tudo é respondido: o limite volta a subir, uma permissão por vez.",
    ),
    Step(
        lambda event: event["requisicoes"]["concluidas"] > 4200,
        "Fora do ar: o circuito se abre. Na pausa, nada é pedido.",
        faults=(Fault(kind=Kind.RESET),),
    ),
    Step(
        lambda event: event["limites"]["circuito_aberto"],
        "De volta: uma só requisição verifica, o circuito se fecha, e a coleta vai até o fim.",
    ),
)


@dataclass
class Recorded:
    """A collection during which the stand-in took all steps."""

    events: list[Event] = field(default_factory=list)
    chapters: list[Any] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)  # status and body, of ASKED

    @property
    def note(self) -> str:
        """What it meant for callers meanwhile, and for good.

        Raises ValueError if that is not what the page is to show: on a busy machine, the stand-in
        may fail for too long.
        """
        if {status for status, _ in self.answers} != {200} or len(set(self.answers)) > 1:
            raise ValueError("somebody who asked meanwhile did not get the earlier data")
        if (failed := self.events[-1]["requisicoes"]["falhas"]) != 1:
            raise ValueError(f"{failed} lists are missing, not one: try again")
        return (
            f"Durante a coleta, GET {ASKED} foi pedido {len(self.answers)}\u00a0vezes ao serviço: "
            "todas as respostas foram 200, com os dados da coleta anterior. Uma lista nunca veio "
            "(404): os distritos de Belo Horizonte continuam os da coleta anterior."
        )


async def collect_badly(url: str, stand_in: str) -> Recorded:
    """Collects twice, the second time badly."""
    recorded = Recorded()
    async with client(url) as session:
        await until_it_is_over(session)
        control = stand_in + CONTROL_PATH
        steps = list(STEPS)
        async with session.post(REFRESHES) as answer:
            refresh = (await answer.json())["id"]
        async with aclosing(events_of(session, refresh)) as told:
            async for event in told:
                recorded.events.append(event)
                if event["situacao"] == "em_andamento":
                    recorded.answers.append(await answer_to(session, ASKED))
                if steps and steps[0].begins(event):
                    step = steps.pop(0)
                    await behave(session, control, step.behaviour)
                    ms = round(event["segundos"] * 1000)
                    recorded.chapters.append({"ms": ms, "texto": step.text})
    return recorded


async def answer_to(session: aiohttp.ClientSession, path: str) -> tuple[int, bytes]:
    """The status and the body of what the service answers there."""
    async with session.get(path) as answer:
        return answer.status, await answer.read()


async def behave(session: aiohttp.ClientSession, control: str, behaviour: Behaviour) -> None:
    """Has the stand-in behave like this from now on."""
    async with session.put(control, data=msgspec.json.encode(behaviour)) as answer:
        answer.raise_for_status()


async def until_it_is_over(session: aiohttp.ClientSession) -> None:
    """Waits for the end of the collection that runs."""
    while True:
        async with session.get(REFRESHES) as answer:
            latest = (await answer.json())["atualizacoes"][:1]
        if latest and latest[0]["situacao"] != "em_andamento":
            return
        await asyncio.sleep(0.1)


async def events_of(session: aiohttp.ClientSession, refresh: str) -> AsyncGenerator[Event, None]:
    """The events of this refresh, from its start to its end."""
    async with session.get(f"{REFRESHES}/current/events") as answer:
        received = b""
        async for chunk in answer.content.iter_any():
            *lines, received = (received + chunk).split(b"\n")
            for line in lines:
                name, _, data = line.partition(b": ")
                event = msgspec.json.decode(data) if name == b"data" else None
                if event is None or event["id"] != refresh:
                    continue
                yield event
                if event["situacao"] != "em_andamento":
                    return


def recording(recorded: Recorded) -> dict[str, Any]:
    """What the page needs of it, in the form that recording.js reads.

    Attempts are in the order of their requests, and most numbers are differences to the one before:
    so they are small, and many are the same.
    """
    events = recorded.events
    attempts = sorted(
        ([*each[:4], *map(in_units, each[4:8]), *each[8:]] for each in all_attempts(events)),
        key=lambda each: (each[0], each[3]),
    )
    firsts = [each for each in attempts if each[3] == 1]
    last = {name: value for name, value in events[-1].items() if name != "tentativas"}
    return {
        "unidade_ms": UNIT_MS,
        "capitulos": recorded.chapters,
        "nota": recorded.note,
        "fim": last,
        "limites": [limits_at(event) for event in events[:-1]],
        "requisicoes": {
            "nivel": differences(each[1] for each in firsts),
            "acima": differences(each[2] for each in firsts),
            "raiz": differences(each[9] for each in firsts),
        },
        "tentativas": {
            "numero": [each[3] for each in attempts],
            "fila": differences(each[4] for each in firsts),
            "espera": [each[5] - each[4] for each in attempts],
            "rede": [each[6] - each[5] for each in attempts],
            "leitura": [each[7] - each[6] for each in attempts],
            "desfecho": [each[8] for each in attempts],
        },
    }


def all_attempts(events: Iterable[Event]) -> list[list[int]]:
    """The attempts in all of these events."""
    return [attempt for event in events for attempt in event["tentativas"]]


def in_units(ms: int) -> int:
    """A time in the units of the recording."""
    return round(ms / UNIT_MS)


def limits_at(event: Event) -> list[int]:
    """The moment, the limit, whether the circuit was open, and the most requests in flight."""
    limits = event["limites"] or {"requisicoes": 0, "circuito_aberto": False}
    return [
        round(event["segundos"] * 1000),
        limits["requisicoes"],
        int(limits["circuito_aberto"]),
        event["mais_em_voo"],
    ]


def differences(numbers: Iterable[int]) -> list[int]:
    """The first number, and of each other the difference to the one before."""
    return [after - before for before, after in pairwise([0, *numbers])]


@asynccontextmanager
async def stand_in() -> AsyncIterator[str]:
    """The address of a stand-in in a process of its own, as the upstream is."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["-m", "stand_in", "--port", str(port), "--latency-ms", str(round(LATENCY_S * 1000))]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=APP_DIR)
    try:
        await until_it_answers(url + CONTROL_PATH)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def until_it_answers(url: str) -> None:
    """Waits until somebody listens there."""
    async with client() as session:
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


async def record() -> Recorded:
    """A bad collection of the service over its stand-in."""
    async with stand_in() as upstream:
        chosen: dict[str, Any] = {
            **{name.lower(): value for name, value in settings_at(upstream).items()},
            "snapshot_store": "memory:",
            "snapshot_bundled": False,
            "refresh_min_interval_s": 0,
        }
        async with served(create_app(Settings(_env_file=None, **chosen))) as url:
            return await collect_badly(url, upstream)


def main() -> None:
    """Makes the recording, and says what is in it."""
    recorded = asyncio.run(record())
    file = FILES[COLLECTION_WORDS.page_recording]
    file.write_bytes(msgspec.json.encode(recording(recorded)) + b"\n")
    last = recorded.events[-1]
    print(f"{file.name}: {last['requisicoes']}, {last['situacao']} em {last['segundos']} s")


if __name__ == "__main__":
    main()
