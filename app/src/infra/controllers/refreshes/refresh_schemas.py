"""The shapes of what is answered about refreshes, for the API's documentation.

A feature adds its own fields: what it collects on each level.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

_Phase = Literal["em_andamento", "concluida", "incompleta", "falhou", "interrompida"]
_ID = "^[0-9a-f]{20}$"


class Requests(BaseModel):
    """Requisições à fonte dos dados, por situação."""

    na_fila: int = Field(ge=0, description="Aguardando a vez")
    em_voo: int = Field(ge=0, description="Enviadas, ainda sem resposta")
    concluidas: int = Field(ge=0, description="Respondidas com sucesso")
    repetidas: int = Field(ge=0, description="Tentativas além da primeira")
    falhas: int = Field(ge=0, description="Abandonadas sem resposta válida")


class LimitsInForce(BaseModel):
    """Os limites em vigor."""

    requisicoes: int = Field(
        ge=1,
        description="Requisições em voo ao mesmo tempo, no máximo; diminui quando a fonte recusa",
    )
    requisicoes_configurado: int = Field(
        ge=1, description="O maior valor que `requisicoes` pode ter"
    )
    por_segundo: float = Field(
        ge=0, description="Requisições enviadas por segundo, no máximo; 0 é sem limite"
    )
    circuito_aberto: bool = Field(
        description="Se as requisições estão suspensas porque quase todas vêm falhando"
    )


class RefreshInList(BaseModel):
    """Uma das últimas coletas."""

    id: str = Field(pattern=_ID, description="Identifica a coleta; quanto mais nova, maior")
    situacao: _Phase = Field(description="Se está em andamento, ou como terminou")
    inicio: datetime = Field(description="Quando começou, em UTC")
    segundos: float = Field(ge=0, description="Há quanto tempo está em andamento, ou quanto levou")


class Refresh(RefreshInList):
    """Uma coleta dos dados, em andamento ou terminada."""

    numero: int = Field(ge=0, description="O número do último evento")
    pedida: Literal["automaticamente", "por_pessoa"] = Field(
        description="Se foi automática ou pedida por alguém"
    )
    requisicoes: Requests
    mais_em_voo: int = Field(ge=0, description="O pico de requisições em voo ao mesmo tempo")
    motivo: str | None = Field(description="O motivo da falha; `null` se não falhou")


class RefreshList(BaseModel):
    """As últimas coletas, e se o cliente pode pedir outra."""

    permitido: bool = Field(description="Se o cliente pode pedir uma coleta")
    precisa_de_token: bool = Field(description="Se é necessário um token para pedir")
    motivo: str | None = Field(description="Por que não pode pedir; `null` se pode")
    espera_s: int = Field(ge=0, description="Quantos segundos faltam para que se possa pedir outra")
    atualizacoes: list[RefreshInList] = Field(description="A mais nova primeiro")
