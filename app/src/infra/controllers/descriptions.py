"""What the documentation says of answers that many resources share."""

from __future__ import annotations

from typing import Any

from src.infra.controllers.problems import PROBLEM_TYPE
from src.infra.http.media_types import EVENTS, JSON
from src.infra.http.security_headers import SECURITY_HEADERS
from src.infra.http.url_length import LONGEST_URL

Responses = dict[int | str, dict[str, Any]]


def _header(
    description: str, schema: dict[str, Any], example: object, *, always: bool = True
) -> dict[str, Any]:
    return {
        "description": description,
        "required": always,
        "schema": schema,
        "example": example,
    }


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
        "`live`: coletado do IBGE; `bundled`: dados que acompanham o código",
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


def data_responses(
    description: str,
    example: object,
    *,
    pages: bool = False,
    looks_up: bool = False,
    validates: bool = True,
    content: dict[str, Any] | None = None,
    headers: tuple[str, ...] = (),
) -> Responses:
    """The responses of a resource that answers data.

    `pages` where it comes page by page; `looks_up` where the place may be unknown; `validates`
    where a parameter may be wrong; `content` has its media types besides JSON, and `headers` the
    names of what goes with those.
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
        406: _problem(
            "Nenhum dos formatos ou codificações aceitos está disponível",
            title="Formato não disponível",
            status=406,
            detail=(
                "Nenhum dos formatos aceitos está disponível. Há application/json (em "
                "/api/v1/states, também application/x-ndjson e text/csv), nas codificações br, "
                "zstd, gzip e identity."
            ),
            instance="/api/v1/states",
        ),
        503: NO_DATA_RESPONSE,
        **COMMON_RESPONSES,
    }
    if looks_up:
        responses[404] = _problem(
            "O lugar não existe; a resposta sugere códigos parecidos",
            title="Não encontrado",
            status=404,
            detail=("Não há estado com o código XX; as siglas estão em /api/v1/states."),
            instance="/api/v1/states/XX",
        )
    if validates:
        responses[422] = _problem(
            "Um parâmetro tem um valor inválido",
            title="Parâmetro inválido",
            status=422,
            detail=(
                "O parâmetro city_id tem um valor inválido; use o código do IBGE com 7 dígitos, ou "
                "só os 6 primeiros."
            ),
            instance="/api/v1/cities/abc",
        )
    return dict(sorted(responses.items(), key=lambda item: str(item[0])))


def health_responses(description: str) -> Responses:
    """The responses of a resource that tells of the service itself."""
    ok = {"description": description, "headers": _references(*_ON_OTHERS)}
    return {200: {**ok, "content": {JSON: {"example": {"status": "ok"}}}}, **COMMON_RESPONSES}


def refresh_responses(
    description: str, example: object, *, looks_up: bool = False, validates: bool = False
) -> Responses:
    """The responses of a resource that tells of refreshes."""
    ok = {"description": description, "headers": _references(*_ON_OTHERS)}
    responses: Responses = {200: {**ok, "content": {JSON: {"example": example}}}}
    return _about_refreshes(responses, looks_up=looks_up, validates=validates)


def accepted_responses(description: str, example: object) -> Responses:
    """The responses to who asks for a refresh."""
    headers = _references(*_ON_OTHERS, "Location")
    ok = {"description": description, "headers": headers, "content": {JSON: {"example": example}}}
    instance = "/api/v1/refreshes"
    return {
        202: ok,
        401: _problem(
            "É necessário um token válido",
            "WWW-Authenticate",
            title="Não autenticado",
            status=401,
            detail="O token não é o deste serviço; confira o valor de REFRESH_TOKEN.",
            instance=instance,
        ),
        403: _problem(
            "Não é permitido pedir a partir deste endereço",
            title="Não permitido",
            status=403,
            detail=(
                "Não é permitido pedir a partir deste endereço: sem REFRESH_TOKEN, só na máquina "
                "do próprio serviço, em http://localhost."
            ),
            instance=instance,
        ),
        429: _problem(
            "Outra coleta foi pedida há pouco tempo",
            "Retry-After",
            title="Aguarde para pedir de novo",
            status=429,
            detail=(
                "Outra coleta foi pedida há pouco tempo, ou o IBGE pediu uma pausa; tente de novo "
                "em 42 s."
            ),
            instance=instance,
        ),
        **_about_refreshes({}),
    }


def event_responses(description: str, example: str, *, looks_up: bool = False) -> Responses:
    """The responses of a resource that streams events."""
    ok = {
        "description": (
            f"{description}. Cada evento `andamento` traz a coleta como em "
            "`/api/v1/refreshes/{refresh_id}` e, em `tentativas`, as que terminaram desde o evento "
            "anterior: `[requisição, tipo (0 estados, 1 cidades, 2 distritos), lugar, tentativa, "
            "na fila em, enviada em, respondida em, lida em, desfecho (0 respondida, 1 repetida, "
            "2 abandonada)]`, com os tempos em ms desde o início. Com `EventSource`, feche a "
            "conexão ao receber o fim; senão o navegador reconecta"
        ),
        "headers": _references(*_ON_OTHERS, "X-Accel-Buffering"),
        "content": {EVENTS: {"schema": {"type": "string"}, "example": example}},
    }
    return _about_refreshes({200: ok}, looks_up=looks_up, validates=True)


def _about_refreshes(
    responses: Responses, *, looks_up: bool = False, validates: bool = False
) -> Responses:
    if looks_up:
        responses[404] = _problem(
            "A coleta não existe ou já foi descartada",
            title="Não encontrado",
            status=404,
            detail=(
                "Não há essa coleta: nenhuma começou ainda, ou ela já foi descartada; as últimas "
                "estão em /api/v1/refreshes."
            ),
            instance="/api/v1/refreshes/019a8f3c2b7d5e1f6a90",
        )
    if validates:
        responses[422] = _problem(
            "Um parâmetro tem um valor inválido",
            title="Parâmetro inválido",
            status=422,
            detail=(
                "O parâmetro refresh_id tem um valor inválido; use o id de uma das últimas "
                "coletas, ou current."
            ),
            instance="/api/v1/refreshes/abc",
        )
    responses[503] = _problem(
        "Não foi possível ler o andamento; tente de novo após `Retry-After` segundos",
        "Retry-After",
        title="Dados indisponíveis",
        status=503,
        detail="Não foi possível ler o andamento; tente de novo em 5 s.",
        instance="/api/v1/refreshes/current",
        id="6f1d0d7b8c5e4f0f9d6a3c2b1e0f4a5d",
    )
    return {**responses, **COMMON_RESPONSES}


def _references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem(description: str, *headers: str, **example: object) -> dict[str, Any]:
    return {
        "description": description,
        "headers": _references(*_ON_OTHERS, *headers),
        "content": {
            PROBLEM_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {"type": "about:blank", **example},
            }
        },
    }


NO_DATA_RESPONSE = _problem(
    "Ainda não há dados; tente de novo após `Retry-After` segundos",
    "Retry-After",
    title="Dados indisponíveis",
    status=503,
    detail="Ainda não há dados; tente de novo em 30 s.",
    instance="/api/v1/states",
    id="6f1d0d7b8c5e4f0f9d6a3c2b1e0f4a5d",
)

# Of every resource.
COMMON_RESPONSES: Responses = {
    414: _problem(
        f"O endereço tem mais de {LONGEST_URL} caracteres",
        title="Endereço longo demais",
        status=414,
        detail=f"O endereço pode ter no máximo {LONGEST_URL} caracteres.",
        instance="/api/v1/cities",
    ),
    500: _problem(
        "Erro interno, registrado no log com o `id` da resposta",
        title="Erro interno",
        status=500,
        detail="O erro foi registrado; ao relatá-lo, informe o id.",
        instance="/api/v1/cities",
        id="6f1d0d7b8c5e4f0f9d6a3c2b1e0f4a5d",
    ),
}
