"""The application that is served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from src import VERSION
from src.entrypoints.composition import Collecting, serving
from src.entrypoints.log import configure_logging
from src.entrypoints.memory import give_back_large_blocks
from src.entrypoints.settings import Settings, load_settings
from src.infra.controllers import health_controller, states_controller
from src.infra.controllers.dependencies import LifespanState
from src.infra.controllers.docs_policy import DocsPolicy
from src.infra.controllers.fast_path import FastPath
from src.infra.controllers.head import HeadAsGet
from src.infra.controllers.problems import add_problem_handlers

DESCRIPTION = """
Todos os estados, cidades e distritos do Brasil em um só GET, coletados do serviço de
localidades do IBGE e respondidos mesmo quando ele está lento ou fora do ar.
"""


def create_app(
    settings: Settings | None = None, *, collecting: Collecting | None = None
) -> ASGIApp:
    """The application, ready to be served; nothing is opened before its lifespan starts.

    `settings` default to those of the environment, a bad one of which ends the process with a
    line that names it; `collecting` gives the use case, for tests without an upstream.
    """
    api = create_api(settings, collecting=collecting)
    return FastPath(api, {states_controller.PATH: states_controller.states_at_hand})


def create_api(
    settings: Settings | None = None, *, collecting: Collecting | None = None
) -> FastAPI:
    """All of the application but the fast path, which only goes around this."""
    chosen = settings or load_settings()
    configure_logging(chosen.log_level, chosen.log_format)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        give_back_large_blocks()
        async with serving(chosen, collecting) as freshness:
            yield LifespanState(freshness=freshness)

    # FastAPIOffline is FastAPI with the assets of /docs and /redoc served from here.
    api = FastAPIOffline(
        title="Estados e cidades do Brasil",
        description=DESCRIPTION,
        version=VERSION,
        lifespan=lifespan,
    )
    api.add_middleware(DocsPolicy)
    api.add_middleware(HeadAsGet)
    add_problem_handlers(api)
    api.include_router(states_controller.router)
    api.include_router(health_controller.router)
    return api
