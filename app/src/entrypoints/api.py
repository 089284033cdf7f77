"""The application that is served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from src import VERSION
from src.entrypoints.composition import Collecting, serving
from src.entrypoints.settings import Settings, load_settings
from src.infra.controllers import (
    documentation_controller,
    errors,
    health_controller,
    pages_controller,
    parameters,
)
from src.infra.controllers.dependencies import LifespanState
from src.infra.controllers.error_handlers import add_error_handlers
from src.infra.controllers.localities import (
    cities_controller,
    districts_controller,
    states_controller,
)
from src.infra.controllers.localities import errors as localities_errors
from src.infra.controllers.localities import parameters as localities_parameters
from src.infra.controllers.openapi import describe
from src.infra.controllers.refreshes import refreshes_controller
from src.infra.http.fast_path import FastPath
from src.infra.http.head_as_get import HeadAsGet
from src.infra.http.security_headers import SecurityHeaders
from src.infra.http.url_length import refuse_long_urls
from src.infra.process.freed_memory import give_back_large_blocks
from src.infra.process.log import configure_logging

DESCRIPTION = """
Todos os estados, cidades e distritos do Brasil em um só GET, coletados da API de localidades do
IBGE e disponíveis mesmo quando ela está lenta ou fora do ar.
"""


# All errors that callers may meet.
ERRORS = [
    *errors.ERRORS,
    *localities_errors.ERRORS,
    errors.invalid_parameter(
        {**parameters.ALLOWED, **localities_parameters.ALLOWED},
        name="refresh_id",
        instance="/api/v1/refreshes/abc",
    ),
]


def create_app(
    settings: Settings | None = None, *, collecting: Collecting | None = None
) -> ASGIApp:
    """The application, ready to be served; nothing is opened before its lifespan starts.

    `settings` default to those of the environment, a bad one of which ends the process with a
    line that names it; `collecting` gives the use case, for tests without an upstream.
    """
    chosen = settings or load_settings()
    api = create_api(chosen, collecting=collecting)
    app: ASGIApp = FastPath(api, {states_controller.PATH: states_controller.states_at_hand})
    if chosen.cors_origins:
        app = CORSMiddleware(
            app,
            allow_origins=chosen.cors_origins.split(","),
            allow_methods=["GET", "HEAD"],
            allow_headers=["If-None-Match", "If-Modified-Since"],
            expose_headers=["*"],
        )
    return app


def create_api(settings: Settings, *, collecting: Collecting | None = None) -> FastAPI:
    """All of the application but what only goes around it."""
    configure_logging(settings.log_level, settings.log_format)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        give_back_large_blocks()
        async with serving(settings, collecting) as state:
            yield state

    api = FastAPI(
        title="Estados e cidades do Brasil",
        description=DESCRIPTION,
        version=VERSION,
        openapi_url=None,  # the document and its pages have a controller of their own
        lifespan=lifespan,
        dependencies=[Depends(refuse_long_urls)],
        redirect_slashes=False,  # it would send people to whatever host the request names
    )
    api.add_middleware(SecurityHeaders)
    api.add_middleware(HeadAsGet)
    add_error_handlers(api, ERRORS)
    for controller in (
        states_controller,
        cities_controller,
        districts_controller,
        refreshes_controller,
        health_controller,
        pages_controller,
        documentation_controller,
    ):
        api.include_router(controller.router)
    describe(api)
    return api
