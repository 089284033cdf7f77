"""The API's description, for people and for generators of clients."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from src.infra.controllers.documented_responses import HEADERS
from src.infra.controllers.pages_controller import Page
from src.infra.http.media_types import EVENTS
from src.infra.http.problem import Problem

# The names are modules of generated clients, hence ASCII.
_TAGS = [
    {"name": "Coletas", "description": "Pedir uma nova coleta e acompanhar seu andamento."},
    {
        "name": "Monitoramento",
        "description": "Verificações para supervisores e balanceadores de carga.",
    },
]

# What holds for every resource and has no place of its own in OpenAPI.
_MANNERS = """
`HEAD` é aceito onde `GET` é; outros métodos recebem 405, com `Allow`. Os dados são enviados em
`br`, `zstd` ou `gzip`, conforme `Accept-Encoding`. Enquanto não mudam, requisições com
`If-None-Match` ou `If-Modified-Since` recebem 304. Parâmetros desconhecidos são ignorados. Os erros
seguem a RFC 9457 (`application/problem+json`).
"""

# Relative, so that the links hold behind a path prefix.
_PAGES = [("testar a API", "docs"), ("ler a documentação", "redoc")]


def describe(
    app: FastAPI,
    *,
    tags: Sequence[Mapping[str, str]],
    headers: Mapping[str, Any],
    pages: Iterable[Page],
) -> None:
    """Completes the description of `app` with what FastAPI cannot know.

    That is the shape of errors, the headers, and what holds for every resource. `tags`,
    `headers` and `pages` are those of the features.
    """
    generate = app.openapi
    listed = [(page.title, page.address) for page in pages if page.link]
    links = [*listed, *_PAGES]
    way = " · ".join(f"[{title}]({path})" for title, path in links)

    def openapi() -> dict[str, Any]:
        document = generate()  # made once; what is put in below is the same each time
        document["info"] |= {
            "description": f"{app.description.strip()}\n{_MANNERS}\nPáginas: {way}",
            "contact": {"name": "Os autores do projeto"},
            "license": {"name": "MIT", "identifier": "MIT"},
        }
        # Relative to the document's address (OpenAPI 3.1, "Relative References in URLs").
        document["servers"] = [{"url": ".", "description": "O serviço que publica este documento"}]
        document["tags"] = [*tags, *_TAGS]
        problem = Problem.model_json_schema()
        problem["properties"]["id"].pop("default")  # it is left out, never null
        document["components"]["schemas"]["Problem"] = problem
        document["components"]["headers"] = _sent(document, {**HEADERS, **headers})
        document["components"]["securitySchemes"] = {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "O valor de `REFRESH_TOKEN`, ou de `METRICS_TOKEN` em `/metrics`, "
                "se o serviço tem um",
            }
        }
        _restore_examples(document, app)
        for operations in document["paths"].values():
            for operation in operations.values():
                stream = operation["responses"].get("200", {}).get("content", {}).get(EVENTS)
                if stream is not None:
                    stream.pop("itemSchema", None)  # a word of OpenAPI 3.2, in a document of 3.1
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _sent(document: Mapping[str, Any], headers: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the headers that some response refers to: no service has to have all of them."""
    names = {
        name
        for operations in document["paths"].values()
        for operation in operations.values()
        for response in operation["responses"].values()
        for name in response.get("headers", {})
    }
    return {name: described for name, described in headers.items() if name in names}


def _restore_examples(document: dict[str, Any], app: FastAPI) -> None:
    """Puts the examples of responses in as they were given: FastAPI drops every null in them."""
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute) or not route.include_in_schema:
            continue
        for method in route.methods or ():
            described = document["paths"][route.path_format][method.lower()]["responses"]
            for status, response in route.responses.items():
                for media_type, content in response.get("content", {}).items():
                    shown = {key: content[key] for key in ("example", "examples") if key in content}
                    described[str(status)]["content"][media_type] |= shown
