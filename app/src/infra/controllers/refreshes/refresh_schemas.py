"""The shapes of what is answered about refreshes, for the API's documentation."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

_Phase = Literal["em_andamento", "concluida", "incompleta", "falhou", "interrompida"]
_ID = "^[0-9a-f]{20}$"


class Requests(BaseModel):
    """Requisições ao IBGE, por situação."""

    na_fila: int = Field(ge=0, description="Aguardando a vez")
    em_voo: int = Field(ge=0, description="Enviadas, ainda sem resposta")
    concluidas: int = Field(ge=0, description="Respondidas com sucesso")
    repetidas: int = Field(ge=0, description="Tentativas além da primeira")
    falhas: int = Field(ge=0, description="Abandonadas sem resposta válida")


class StateInRefresh(Requests):
    """Um estado, com as requisições sobre ele, suas cidades e seus distritos."""

    id: int = Field(ge=10, lt=100, description="Código do IBGE, 2 dígitos")
    sigla: str = Field(pattern="^[A-Z]{2}$", description="Sigla da unidade da federação")
    nome: str = Field(description="Nome oficial")
    situacao: Literal["na_fila", "em_andamento", "completo", "incompleto"] = Field(
        description="Em que ponto está a coleta do estado"
    )


class LimitsInForce(BaseModel):
    """Os limites em vigor."""

    estados: int = Field(ge=1, description="Estados em andamento ao mesmo tempo, no máximo")
    requisicoes: int = Field(
        ge=1,
        description="Requisições em voo ao mesmo tempo, no máximo; diminui quando o IBGE recusa",
    )
    requisicoes_configurado: int = Field(
        ge=1,
        description="O maior valor que `requisicoes` pode ter",
    )
    por_segundo: float = Field(
        ge=0, description="Requisições enviadas por segundo, no máximo; 0 é sem limite"
    )
    circuito_aberto: bool = Field(
        description="Se as requisições estão suspensas porque quase todas vêm falhando"
    )


class Result(BaseModel):
    """O que a coleta trouxe."""

    estados: int = Field(ge=0, description="Quantos estados")
    cidades: int = Field(ge=0, description="Quantas cidades")
    distritos: int = Field(ge=0, description="Quantos distritos")
    sem_dados: int = Field(ge=0, description="Estados e cidades com dados faltando")
    mantidos: int = Field(ge=0, description="Estados e cidades que vêm de uma coleta anterior")


class Refresh(BaseModel):
    """Uma coleta dos dados, em andamento ou terminada."""

    id: str = Field(pattern=_ID, description="Identifica a coleta; quanto mais nova, maior")
    numero: int = Field(ge=0, description="O número do último evento")
    situacao: _Phase = Field(description="Se está em andamento, ou como terminou")
    pedida: Literal["automaticamente", "por_pessoa"] = Field(
        description="Se foi automática ou pedida por alguém"
    )
    plano: Literal["city", "state"] = Field(
        description="Se os distritos são pedidos por cidade ou por estado (`IBGE_PLAN`)"
    )
    inicio: datetime = Field(description="Quando começou, em UTC")
    segundos: float = Field(ge=0, description="Há quanto tempo está em andamento, ou quanto levou")
    requisicoes: Requests
    mais_em_voo: int = Field(ge=0, description="O pico de requisições em voo ao mesmo tempo")
    estados_em_andamento: int = Field(ge=0, description="Estados em andamento agora")
    limites: LimitsInForce | None = Field(description="`null` até a primeira requisição")
    estados: list[StateInRefresh] = Field(description="Vazio até chegar a lista de estados")
    resultado: Result | None = Field(description="`null` se a coleta não terminou ou falhou")
    motivo: str | None = Field(description="O motivo da falha; `null` se não falhou")


class RefreshInList(BaseModel):
    """Uma das últimas coletas."""

    id: str = Field(pattern=_ID, description="Identifica a coleta")
    situacao: _Phase = Field(description="Se está em andamento, ou como terminou")
    inicio: datetime = Field(description="Quando começou, em UTC")
    segundos: float = Field(ge=0, description="Há quanto tempo está em andamento, ou quanto levou")


class RefreshList(BaseModel):
    """As últimas coletas, e se o cliente pode pedir outra."""

    permitido: bool = Field(description="Se o cliente pode pedir uma coleta")
    precisa_de_token: bool = Field(description="Se é necessário um token para pedir")
    motivo: str | None = Field(description="Por que não pode pedir; `null` se pode")
    espera_s: int = Field(ge=0, description="Quantos segundos faltam para que se possa pedir outra")
    atualizacoes: list[RefreshInList] = Field(description="A mais nova primeiro")


_REQUESTS = {"na_fila": 0, "em_voo": 0, "concluidas": 5599, "repetidas": 0, "falhas": 0}

REFRESH_EXAMPLE: dict[str, Any] = {
    "id": "019a8f3c2b7d5e1f6a90",
    "numero": 17,
    "situacao": "concluida",
    "pedida": "por_pessoa",
    "plano": "city",
    "inicio": "2026-11-25T04:02:23Z",
    "segundos": 1.642,
    "requisicoes": _REQUESTS,
    "mais_em_voo": 500,
    "estados_em_andamento": 0,
    "limites": {
        "estados": 26,
        "requisicoes": 500,
        "requisicoes_configurado": 500,
        "por_segundo": 0.0,
        "circuito_aberto": False,
    },
    "estados": [
        {
            "id": 53,
            "sigla": "DF",
            "nome": "Distrito Federal",
            "situacao": "completo",
            **_REQUESTS,
            "concluidas": 2,
        }
    ],
    "resultado": {
        "estados": 27,
        "cidades": 5571,
        "distritos": 10769,
        "sem_dados": 0,
        "mantidos": 0,
    },
    "motivo": None,
}
REFRESHES_EXAMPLE: dict[str, Any] = {
    "permitido": True,
    "precisa_de_token": False,
    "motivo": None,
    "espera_s": 0,
    "atualizacoes": [
        {name: REFRESH_EXAMPLE[name] for name in ("id", "situacao", "inicio", "segundos")}
    ],
}
_ATTEMPT = [3, 2, 5300108, 1, 5, 6, 107, 107, 0]

EVENT_EXAMPLE = (
    "event: andamento\n"
    f"data: {json.dumps({**REFRESH_EXAMPLE, 'tentativas': [_ATTEMPT]})}\n"
    "id: 019a8f3c2b7d5e1f6a90-17\n\n"
)
