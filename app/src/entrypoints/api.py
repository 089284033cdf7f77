"""The application that is served, whatever its features are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Scope

from src import VERSION
from src.entrypoints.feature import Feature
from src.entrypoints.features import BRAND, DESCRIPTION, FEATURES, TITLE, Settings, load_settings
from src.infra.controllers import (
    documentation_controller,
    errors,
    health_controller,
    metrics_controller,
    pages_controller,
)
from src.infra.controllers.callers_right import READING_METRICS, CallersRight
from src.infra.controllers.error_handlers import add_error_handlers
from src.infra.controllers.metrics_controller import OpenedMetrics
from src.infra.controllers.openapi import describe
from src.infra.controllers.refreshes.fanout_page import fanout_page
from src.infra.controllers.refreshes.refreshes_controller import refreshes_router
from src.infra.controllers.source_page import source_page
from src.infra.http.middleware.fast_path import FastPath
from src.infra.http.middleware.head_as_get import HeadAsGet
from src.infra.http.middleware.in_one_piece import InOnePiece
from src.infra.http.middleware.one_at_a_time import OneAtATime
from src.infra.http.middleware.watched_cors import WatchedCORS
from src.infra.http.middleware.watched_requests import WatchedRequests
from src.infra.http.security_headers import SecurityHeaders
from src.infra.metrics import catalogue as metrics
from src.infra.process.access_log import AccessLog
from src.infra.process.bounded_connections import bound_connections
from src.infra.process.freed_memory import give_back_large_blocks
from src.infra.process.log import configure_logging
from src.infra.traces.current_trace import advise_if_missing, traces_are_on
from src.infra.traces.sending import providers, send_the_rest


def create_app(
    settings: Settings | None = None, *, features: Sequence[Feature[Settings]] = FEATURES
) -> ASGIApp:
    """The application, ready to be served; nothing is opened before its lifespan starts.

    `settings` default to those of the environment, a bad one of which ends the process with a
    line that names it.
    """
    chosen = settings or load_settings()
    may_write = configure_logging(chosen.log_level, chosen.log_format)
    access_log = AccessLog(chosen.log_format) if may_write and chosen.access_log else None

    def report(scope: Scope, route: str, status: int, seconds: float) -> None:
        metrics.REQUESTS.add(route, str(status), seconds=seconds)
        if access_log is not None:
            access_log.add(scope, status, seconds)

    api = create_api(chosen, features=features, access_log=access_log)
    in_turn = OneAtATime(api, [path for each in features for path in each.in_turn])
    at_hand = {address: answer for each in features for address, answer in each.at_hand.items()}
    app: ASGIApp = FastPath(InOnePiece(WatchedRequests(in_turn, report)), at_hand, report=report)
    if chosen.cors_origins:
        app = WatchedCORS(app, origins=chosen.cors_origins.split(","), report=report)
    return app


def create_api(
    settings: Settings,
    *,
    features: Sequence[Feature[Settings]] = FEATURES,
    access_log: AccessLog | None = None,
) -> FastAPI:
    """All of the application but what only goes around it, such as the writer of `access_log`."""
    bound_connections()
    others = providers()  # set by a program around this one, which also ends them

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        give_back_large_blocks()
        advise_if_missing()
        async with AsyncExitStack() as stack:
            if fastapis := [each for each in providers() if each not in others]:
                stack.push_async_callback(asyncio.to_thread, send_the_rest, fastapis)
            if access_log is not None:
                stack.callback(access_log.write)
            shared = stack.enter_context(metrics.shared())
            state: dict[str, Any] = {
                "ready": [],
                "is_traced": traces_are_on(),
                "metrics": OpenedMetrics(
                    shared, CallersRight(settings.metrics_token, READING_METRICS)
                ),
            }
            for feature in features:
                opened = await stack.enter_async_context(feature.open(settings, state))
                if twice := state.keys() & opened.state.keys():
                    raise ValueError(f"two features use one name: {', '.join(twice)}")
                state |= opened.state
                state["ready"].append(opened.require_data)
            yield state

    api = FastAPI(
        title=TITLE,
        description=DESCRIPTION,
        version=VERSION,
        openapi_url=None,  # the document and its pages have a controller of their own
        lifespan=lifespan,
        # Sends traces where the variables OTEL_* say. What FastAPI counts are not all requests.
        telemetry={"auto_configure": True, "metrics": False},
        redirect_slashes=False,  # it would send people to whatever host the request names
    )
    add_error_handlers(api, error_rows(features))
    api.add_middleware(SecurityHeaders)
    api.add_middleware(HeadAsGet)
    pages = [page for feature in features for page in feature.pages]
    if collected := [feature.refreshes for feature in features if feature.refreshes]:
        has_experiments = bool(settings.experiments_url)
        pages += [fanout_page(collected, has_experiments=has_experiments), source_page()]
    for router in (
        metrics_controller.router,  # FastAPI completes all routes before the one that it finds
        *(router for feature in features for router in _resources(feature)),
        health_controller.router,
        pages_controller.pages_router(pages, title=TITLE, brand=BRAND),
        documentation_controller.router,
    ):
        api.include_router(router)
    describe(
        api,
        tags=[tag for feature in features for tag in feature.tags],
        headers={name: each for feature in features for name, each in feature.headers.items()},
        pages=pages,
    )
    return api


def _resources(feature: Feature[Any]) -> list[APIRouter]:
    refreshes = [refreshes_router(feature.refreshes)] if feature.refreshes else []
    return [*feature.routers, *refreshes]


def error_rows(features: Sequence[Feature[Any]]) -> list[errors.ErrorRow]:
    """All errors that callers may meet."""
    allowed = dict(errors.ALLOWED)
    for feature in features:
        allowed |= feature.parameters
    invalid = errors.invalid_parameter(allowed, name="refresh_id", below="/abc")
    return [*errors.ERRORS, *(row for feature in features for row in feature.errors), invalid]
