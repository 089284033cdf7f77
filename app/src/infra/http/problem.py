"""Errors as problem documents (RFC 9457)."""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
from fastapi import Response
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.types import Scope

from src.infra.http.security_headers import SECURITY_HEADERS

PROBLEM_TYPE = "application/problem+json"

TITLES = {
    400: "Requisição inválida",
    401: "Não autenticado",
    403: "Não permitido",
    404: "Não encontrado",
    405: "Método não permitido",
    406: "Formato não disponível",
    414: "Endereço longo demais",
    422: "Parâmetro inválido",
    429: "Aguarde para pedir de novo",
    431: "Cabeçalho grande demais",
    500: "Erro interno",
    503: "Dados indisponíveis",
}


class Problem(BaseModel):
    """Um erro, no formato da RFC 9457."""

    type: str = Field(description="Identifica o tipo de problema", examples=["about:blank"])
    title: str = Field(description="O problema em poucas palavras")
    status: int = Field(description="O status HTTP desta resposta")
    detail: str = Field(description="O que aconteceu e o que fazer")
    instance: str = Field(description="O endereço da requisição", examples=["/health/ready"])
    id: str | SkipJsonSchema[None] = Field(
        default=None, description="Só em erros 5xx: identifica a ocorrência no log do serviço"
    )


def problem(
    status: int, detail: str, instance: str, occurrence: str | None = None
) -> dict[str, object]:
    """The document; `occurrence` is the id by which the log knows this error, if it does."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Erro"),
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return document if occurrence is None else {**document, "id": occurrence}


def problem_response(document: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    """The response that carries a document, which no cache keeps."""
    return Response(
        msgspec.json.encode(document),
        status_code=int(str(document["status"])),
        # A 500 is answered outside of SecurityHeaders.
        headers={"Cache-Control": "no-store", **SECURITY_HEADERS, **headers},
        media_type=PROBLEM_TYPE,
    )


def instance_of(scope: Scope) -> str:
    """The address of a request as a URI reference (RFC 9457, section 3.1.5)."""
    return quote(scope["path"], safe="/:@!$&'()*+,;=")  # request.url has it without its escapes
