"""What the documentation says of answers that many resources share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from src.application.refreshing.ask_for_refresh import TooSoonError
from src.infra.controllers.errors import (
    FAULT,
    INVALID_REFRESH,
    NO_SNAPSHOT,
    NOT_AUTHENTICATED,
    NOT_BEGUN,
    NOT_PERMITTED,
    SERVICE_ENDS,
    TOO_MANY_FOLLOWERS,
    TOO_SOON,
    UNKNOWN_REFRESH,
    UNREADABLE_JOURNAL,
    URL_TOO_LONG,
    ErrorRow,
)
from src.infra.http.media_types import EVENTS, JSON
from src.infra.http.problem import PROBLEM_TYPE, problem
from src.infra.http.security_headers import SECURITY_HEADERS

Responses = dict[int | str, dict[str, Any]]

# By which the log would know the errors that are shown.
_OCCURRENCE = "6f1d0d7b8c5e4f0f9d6a3c2b1e0f4a5d"


def _header(
    description: str, schema: dict[str, Any], example: object, *, always: bool = True
) -> dict[str, Any]:
    return {"description": description, "required": always, "schema": schema, "example": example}


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}

# Every header there is, for the components of the document. Those that are not always sent say
# when they are. Content-Encoding is not among them: a mock server would send the example with a
# body that is not coded. Zero as an example would make it leave the header out.
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": _header(
        "Muda só quando o conteúdo muda; igual em todas as instâncias, diferente por codificação",
        {"type": "string", "pattern": '^"[0-9a-f]{32}(-(br|zstd|gzip))?"$'},
        '"0f343b0931126a20f133d67c2b018a3b"',
    ),
    "Vary": _header(
        "Os cabeçalhos da requisição dos quais a resposta depende", _TEXT, "Accept, Accept-Encoding"
    ),
    "Last-Modified": _header(
        "Quando os dados foram coletados", _TEXT, "Tue, 31 Dec 2024 00:00:00 GMT"
    ),
    "Cache-Control": _header(
        "Por quanto tempo a resposta pode ficar em cache; fora dos dados, `no-store`",
        _TEXT,
        "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
    ),
    "X-Snapshot-Source": _header(
        "`live`: coletado da fonte; `bundled`: dados que acompanham o código",
        {"type": "string", "enum": ["live", "bundled"]},
        "live",
    ),
    "X-Snapshot-Missing": _header("Quantos estados e cidades têm dados faltando", _COUNT, 2),
    "X-Snapshot-Filled": _header("Quantos estados e cidades vêm de uma coleta anterior", _COUNT, 3),
    "X-Total-Count": _header("O total de resultados encontrados", _COUNT, 42),
    "Link": _header(
        "Os endereços da primeira página, da anterior, da próxima e da última (RFC 8288)",
        _TEXT,
        '</api/v1/cities?q=sao&limit=20&offset=20>; rel="next"',
    ),
    "Content-Disposition": _header(
        "Só em CSV: o nome com que o navegador salva o arquivo",
        _TEXT,
        'attachment; filename="estados-e-cidades.csv"',
        always=False,
    ),
    "X-Accel-Buffering": _header("Para o nginx enviar cada evento sem demora", _TEXT, "no"),
    "Location": _header(
        "O endereço da coleta, relativo ao da requisição", _TEXT, "refreshes/019a8f3c2b7d5e1f6a90"
    ),
    "WWW-Authenticate": _header("Como se autenticar (RFC 6750)", _TEXT, 'Bearer realm="coletas"'),
    "Retry-After": _header(
        "Quantos segundos esperar antes de pedir de novo", {"type": "integer", "minimum": 1}, 30
    ),
    "X-Content-Type-Options": _header(
        "O navegador não deve adivinhar outro tipo de conteúdo",
        _TEXT,
        SECURITY_HEADERS["X-Content-Type-Options"],
    ),
    "Content-Security-Policy": _header(
        "O navegador não executa nem carrega nada do que está na resposta",
        _TEXT,
        SECURITY_HEADERS["Content-Security-Policy"],
    ),
}

_ON_DATA = (
    "ETag",
    "Vary",
    "Last-Modified",
    "Cache-Control",
    "X-Snapshot-Source",
    "X-Snapshot-Missing",
    "X-Snapshot-Filled",
    *SECURITY_HEADERS,
)
_ON_PAGES = ("X-Total-Count", "Link")
_ON_OTHERS = ("Cache-Control", *SECURITY_HEADERS)


_REFRESHES = "/api/v1/refreshes"

# Of every resource.
_COMMON = (URL_TOO_LONG, FAULT)


def data_responses(
    description: str,
    example: object,
    *errors: ErrorRow,
    at: str,
    pages: bool = False,
    content: dict[str, Any] | None = None,
    headers: tuple[str, ...] = (),
) -> Responses:
    """The responses of a resource that answers data, one address of which is `at`.

    `errors` are those that only such a resource meets; `pages` says whether it comes page by page;
    `content` has its media types besides JSON, and `headers` the names of what goes with those.
    """
    names = (*_ON_DATA, *(_ON_PAGES if pages else ()), *headers)
    responses: Responses = {
        200: {
            "description": description,
            "headers": _references(*names),
            "content": {JSON: {"example": example}, **(content or {})},
        },
        304: {
            "description": "A cópia do cliente ainda vale; a resposta não tem corpo",
            "headers": _references(*names),
        },
        **error_responses(*errors, NO_SNAPSHOT, *_COMMON, at=at),
    }
    return dict(sorted(responses.items(), key=lambda item: str(item[0])))


def health_responses(description: str, *errors: ErrorRow) -> Responses:
    """The responses of a resource that tells of the service itself."""
    ok = {"description": description, "headers": _references(*_ON_OTHERS)}
    content = {JSON: {"example": {"status": "ok"}}}
    return {
        200: {**ok, "content": content},
        **error_responses(*_COMMON, *errors, at="/health/ready"),
    }


def refresh_responses(
    description: str, example: Mapping[str, Any], *, looks_up: bool = False, validates: bool = False
) -> Responses:
    """The responses of a resource that tells of refreshes."""
    ok = {"description": description, "headers": _references(*_ON_OTHERS)}
    return {
        200: {**ok, "content": {JSON: {"example": example}}},
        **error_responses(
            *((UNKNOWN_REFRESH,) if looks_up else ()),
            *((INVALID_REFRESH,) if validates else ()),
            UNREADABLE_JOURNAL,
            *_COMMON,
            at=_REFRESHES,
        ),
    }


def accepted_responses(description: str, example: Mapping[str, Any], upstream: str) -> Responses:
    """The responses to a request for a refresh; `upstream` is its name in Portuguese."""
    too_soon = replace(TOO_SOON, example=TooSoonError(42, upstream))
    headers = _references(*_ON_OTHERS, "Location")
    ok = {"description": description, "headers": headers, "content": {JSON: {"example": example}}}
    return {
        202: ok,
        **error_responses(
            *(NOT_AUTHENTICATED, NOT_PERMITTED, too_soon),
            *(UNREADABLE_JOURNAL, NOT_BEGUN, SERVICE_ENDS, *_COMMON),
            at=_REFRESHES,
        ),
    }


def event_responses(
    description: str, example: str, levels: str, *, looks_up: bool = False
) -> Responses:
    """The responses of a resource that streams events; `levels` explains their numbers."""
    ok = {
        "description": (
            f"{description}. Cada evento `andamento` traz a coleta como em "
            "`/api/v1/refreshes/{refresh_id}` e, em `tentativas`, as que terminaram desde o evento "
            f"anterior: `[requisição, tipo ({levels}), lugar, tentativa, na fila em, enviada em, "
            "respondida em, lida em, desfecho (0 respondida, 1 repetida, 2 abandonada)]`, com os "
            "tempos em ms desde o início. Com `EventSource`, feche a conexão ao receber o fim; "
            "senão o navegador reconecta"
        ),
        "headers": _references(*_ON_OTHERS, "X-Accel-Buffering"),
        "content": {EVENTS: {"schema": {"type": "string"}, "example": example}},
    }
    return {
        200: ok,
        **error_responses(
            *((UNKNOWN_REFRESH,) if looks_up else ()),
            *(INVALID_REFRESH, UNREADABLE_JOURNAL, TOO_MANY_FOLLOWERS, *_COMMON),
            at=_REFRESHES,
        ),
    }


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
            "headers": _references(*_ON_OTHERS, *headers),
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
    return problem(row.status, row.detail(row.example), row.instance or at, occurrence)


def _references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
