"""`…/refreshes/experiment`: the conditions of the next collection, if there are experiments.

They are there only for people who try out the demo, so the documentation does not have them.
"""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from src.application.experimenting.experiment import (
    LATENCIES_MS,
    Conditions,
    Experiment,
    Fault,
    NotAChoiceError,
)
from src.application.ports.upstream_errors import UpstreamError
from src.infra.controllers.refreshes.dependencies import CurrentRefreshes

FAULTS = {
    Fault.NONE: "nenhuma",
    Fault.ERRORS: "erros",
    Fault.RATE: "limite_de_taxa",
    Fault.DOWN: "fora_do_ar",
}


class _Choice(msgspec.Struct):
    limite: int
    latencia_ms: int
    falha: str


# async, though it waits for nothing: FastAPI would run a plain function in a thread.
async def _current(opened: CurrentRefreshes) -> Experiment:
    if opened.experiment is None:
        raise HTTPException(404)
    return opened.experiment


async def _permitted(
    request: Request, opened: CurrentRefreshes, experiment: Annotated[Experiment, Depends(_current)]
) -> Experiment:
    opened.right.require(request)
    return experiment


Current = Annotated[Experiment, Depends(_current)]
Permitted = Annotated[Experiment, Depends(_permitted)]


def add_experiment(router: APIRouter) -> None:
    """Adds the resource to that of a feature's refreshes; without experiments it is a 404."""
    for method, endpoint in (
        ("GET", get_experiment),
        ("PUT", choose_conditions),
        ("DELETE", stop_experiment),
    ):
        router.add_api_route(
            "/experiment", endpoint, methods=[method], include_in_schema=False, name=method
        )


async def get_experiment(experiment: Current) -> Response:
    """Retorna o que pode ser escolhido, o que foi escolhido e o que valeu na última coleta."""
    return _answer(experiment)


async def choose_conditions(request: Request, experiment: Permitted) -> Response:
    """Escolhe as condições da próxima coleta."""
    try:
        choice = msgspec.json.decode(await request.body(), type=_Choice)
        fault = next(fault for fault, name in FAULTS.items() if name == choice.falha)
    except (ValueError, StopIteration) as error:
        raise NotAChoiceError(experiment.limits) from error
    experiment.choose(Conditions(choice.limite, choice.latencia_ms, fault))
    return _answer(experiment)


async def stop_experiment(experiment: Permitted) -> Response:
    """Interrompe a coleta em andamento e volta às condições de sempre."""
    try:
        await experiment.stop()
    except UpstreamError as error:
        raise HTTPException(502) from error
    return _answer(experiment)


def _answer(experiment: Experiment) -> Response:
    in_force = experiment.in_force
    content = {
        "opcoes": {
            "limite": experiment.limits,
            "latencia_ms": LATENCIES_MS,
            "falha": list(FAULTS.values()),
        },
        "escolha": _conditions(experiment.chosen),
        "na_ultima_coleta": _conditions(in_force) if in_force is not None else None,
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _conditions(conditions: Conditions) -> dict[str, Any]:
    return {
        "limite": conditions.limit,
        "latencia_ms": conditions.latency_ms,
        "falha": FAULTS[conditions.fault],
    }
