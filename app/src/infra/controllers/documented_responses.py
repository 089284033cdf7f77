"""What the documentation says of answers that many resources share, and how it shows examples."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.openapi.models import Example

from src.infra.controllers.errors import (
    FAULT,
    NO_SNAPSHOT,
    NOTHING_KNOWN,
    URL_TOO_LONG,
    ErrorRow,
)
from src.infra.http.media_types import JSON
from src.infra.http.problem import PROBLEM_TYPE, problem
from src.infra.http.security_headers import SECURITY_HEADERS

Responses = dict[int | str, dict[str, Any]]

# By which the log would know the errors that are shown.
_OCCURRENCE = "6f1d0d7b8c5e4f0f9d6a3c2b1e0f4a5d"


_TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}


def header(
    description: str, example: object, *, schema: dict[str, Any] = _TEXT, always: bool = True
) -> dict[str, Any]:
    """A header in the components of the document; `always` says whether it is always sent."""
    return {"description": description, "required": always, "schema": schema, "example": example}


# The core's headers, for the components of the document; features add theirs. Those that are not
# always sent say when they are. Content-Encoding is not among them: a mock server would send the
# example with a body that is not coded. Zero as an example would make it leave the header out.
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": header(
        "Muda só quando o conteúdo muda; igual em todas as instâncias, diferente por codificação",
        '"0f343b0931126a20f133d67c2b018a3b"',
        schema={"type": "string", "pattern": '^"[0-9a-f]{32}(-(br|zstd|gzip))?"$'},
    ),
    "Vary": header(
        "Os cabeçalhos da requisição dos quais a resposta depende", "Accept, Accept-Encoding"
    ),
    "Last-Modified": header("Quando os dados foram coletados", "Tue, 31 Dec 2024 00:00:00 GMT"),
    "Cache-Control": header(
        "Por quanto tempo a resposta pode ficar em cache; fora dos dados, `no-store`",
        "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
    ),
    "Age": header("Há quantos segundos a fonte foi consultada", 3600, schema=COUNT),
    "X-Snapshot-Source": header(
        "`live`: coletado da fonte; `bundled`: dados que acompanham o código",
        "live",
        schema={"type": "string", "enum": ["live", "bundled"]},
    ),
    "X-Snapshot-Missing": header("Quantos itens têm dados faltando", 2, schema=COUNT),
    "X-Snapshot-Filled": header("Quantos itens vêm de uma coleta anterior", 3, schema=COUNT),
    "X-Accel-Buffering": header("Para o nginx enviar cada evento sem demora", "no"),
    "Location": header(
        "O endereço da coleta, relativo ao da requisição", "refreshes/019a8f3c2b7d5e1f6a90"
    ),
    "WWW-Authenticate": header("Como se autenticar (RFC 6750)", 'Bearer realm="coletas"'),
    "Retry-After": header(
        "Quantos segundos esperar antes de pedir de novo",
        30,
        schema={"type": "integer", "minimum": 1},
    ),
    "X-Content-Type-Options": header(
        "O navegador não deve adivinhar outro tipo de conteúdo",
        SECURITY_HEADERS["X-Content-Type-Options"],
    ),
    "Content-Security-Policy": header(
        "O navegador não executa nem carrega nada do que está na resposta",
        SECURITY_HEADERS["Content-Security-Policy"],
    ),
}

_ALWAYS = ("Cache-Control", *SECURITY_HEADERS)
_ON_DATA = (
    *("ETag", "Vary", "Last-Modified"),
    *("X-Snapshot-Source", "X-Snapshot-Missing", "X-Snapshot-Filled"),
)


class Examples(dict[str, Example]):
    """Examples under the names by which Swagger UI offers them; it fills in the first."""


def examples(values: Mapping[str, object]) -> Examples:
    """Examples with these values, by name."""
    return Examples({name: {"value": value} for name, value in values.items()})


def responses(
    description: str,
    content: dict[str, Any],
    *errors: ErrorRow,
    at: str,
    status: int = 200,
    headers: Iterable[str] = (),
) -> Responses:
    """The responses of a resource, one address of which is `at`.

    `description`, `status`, `content` and `headers` are those of its success: `content` by media
    type, `headers` by name, besides those of every answer. `errors` are those that not every
    resource meets.
    """
    success = {"description": description, "headers": _references(headers), "content": content}
    return {status: success, **error_responses(*errors, URL_TOO_LONG, FAULT, at=at)}


def data_responses(
    description: str,
    example: object,
    *errors: ErrorRow,
    at: str,
    content: dict[str, Any] | None = None,
    headers: Iterable[str] = (),
) -> Responses:
    """The responses of a resource that answers data.

    `example` is an answer in JSON, or several by name: Examples. `content` has its media types
    besides JSON, and `headers` the names of its own headers.
    """
    several = isinstance(example, Examples)
    content = {JSON: {"examples" if several else "example": example}, **(content or {})}
    headers = (*_ON_DATA, *headers)
    return _cacheable(description, content, *errors, NO_SNAPSHOT, at=at, headers=headers)


def on_demand_responses(description: str, example: object, *errors: ErrorRow, at: str) -> Responses:
    """The responses of a resource that is requested by key, on demand."""
    content = {JSON: {"example": example}}
    headers = ("ETag", "Vary", "Last-Modified", "Age")
    return _cacheable(description, content, *errors, NOTHING_KNOWN, at=at, headers=headers)


def _cacheable(
    description: str,
    content: dict[str, Any],
    *errors: ErrorRow,
    at: str,
    headers: Iterable[str],
) -> Responses:
    """The responses of a resource that answers 304 if the client has its content already."""
    not_modified = {
        "description": "A cópia do cliente ainda vale; a resposta não tem corpo",
        "headers": _references(headers),
    }
    return {**responses(description, content, *errors, at=at, headers=headers), 304: not_modified}


def error_responses(*rows: ErrorRow, at: str) -> Responses:
    """The responses for these errors; a status that several of them have shows each.

    `at` is where those are shown that may happen anywhere.
    """
    responses: Responses = {}
    for status in dict.fromkeys(row.status for row in rows):
        same = [row for row in rows if row.status == status]
        headers = dict.fromkeys(name for row in same for name in row.headers(row.example))
        responses[status] = {
            "description": _description(same),
            "headers": _references(headers),
            "content": {
                PROBLEM_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    **_shown(same, at),
                }
            },
        }
    return responses


def _description(rows: Sequence[ErrorRow]) -> str:
    first, *others = (row.description for row in rows)
    return "; ou ".join([first, *(each[0].lower() + each[1:] for each in others)])


def _shown(rows: Sequence[ErrorRow], at: str) -> dict[str, Any]:
    if len(rows) == 1:
        return {"example": _document(rows[0], at)}
    return {
        "examples": {
            row.error.__name__.removesuffix("Error"): {
                "summary": row.description,
                "value": _document(row, at),
            }
            for row in rows
        }
    }


def _document(row: ErrorRow, at: str) -> dict[str, object]:
    occurrence = _OCCURRENCE if row.status >= 500 else None
    instance = row.instance or f"{at}{row.below}"
    return problem(row.status, row.detail(row.example), instance, occurrence)


def _references(headers: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_ALWAYS, *headers)}
