"""The shapes of what is answered about refreshes, for the API's documentation.

A feature adds its own fields: what it collects on each level. `refresh_schema` makes them from the
levels, for a feature that does not describe them itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, Field, create_model

from src.infra.controllers.refreshes.noun import Noun

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


# How many parts a part has, in examples.
_EACH = 3

_REQUESTS = {"na_fila": 0, "em_voo": 0, "repetidas": 0, "falhas": 0}


def refresh_schema(levels: Sequence[Noun], *, short_name: str, suffix: str) -> type[Refresh]:
    """The shape of a refresh of a tree with these levels; `short_name` is as in RefreshWords.

    `suffix` is the end of all names in it, which must be unique in the documentation.
    """
    roots = levels[0]
    root: dict[str, Any] = {
        "id": (int, Field(description="Identifica o item no seu nível")),
        **({short_name: (str, Field(description="O nome curto"))} if short_name else {}),
        "nome": (str, Field(description="O nome na fonte")),
        "situacao": (
            Literal["na_fila", "em_andamento", "completo", "incompleto"],
            Field(description="Em que ponto está a coleta do item"),
        ),
    }
    limits: dict[str, Any] = {
        roots.plural: (
            int,
            Field(ge=0, description=f"{roots.plural.capitalize()} em andamento por vez, no máximo"),
        )
    }
    outcome: dict[str, Any] = {
        **{
            level.plural: (
                int,
                Field(ge=0, description=f"{level.agreeing('Quantos')} {level.plural}"),
            )
            for level in levels
        },
        "sem_dados": (int, Field(ge=0, description="Itens com dados faltando")),
        "mantidos": (int, Field(ge=0, description="Itens que vêm de uma coleta anterior")),
    }
    root_model = create_model(f"RootInRefresh{suffix}", __base__=Requests, **root)
    root_model.__doc__ = "Um item do primeiro nível, com as requisições sobre ele e o que contém."
    limits_model = create_model(f"LimitsInForce{suffix}", __base__=LimitsInForce, **limits)
    limits_model.__doc__ = LimitsInForce.__doc__
    outcome_model = create_model(f"Result{suffix}", __doc__="O que a coleta trouxe.", **outcome)
    fields: dict[str, Any] = {
        "plano": (str, Field(description="O modo de consultar a fonte; vazio se só há um")),
        f"{roots.plural}_em_andamento": (
            int,
            Field(ge=0, description=f"{roots.plural.capitalize()} em andamento agora"),
        ),
        "limites": (
            limits_model | None,
            Field(description="`null` se não são conhecidos"),
        ),
        roots.plural: (
            list[root_model],
            Field(description="Vazio até que se saiba o que há no primeiro nível"),
        ),
        "resultado": (
            outcome_model | None,
            Field(description="`null` se a coleta não terminou ou falhou"),
        ),
    }
    made = create_model(f"Refresh{suffix}", __base__=Refresh, **fields)
    made.__doc__ = Refresh.__doc__
    return cast("type[Refresh]", made)


def refresh_example(levels: Sequence[Noun], *, short_name: str) -> dict[str, Any]:
    """A refresh of a tree with these levels, as it is answered."""
    roots = levels[0]
    counts = {level.plural: _EACH ** (depth + 1) for depth, level in enumerate(levels)}
    each = sum(_EACH**depth for depth in range(len(levels) - 1))
    requests = 1 + _EACH * each
    return {
        "id": "019a8f3c2b7d5e1f6a90",
        "numero": 4,
        "situacao": "concluida",
        "pedida": "por_pessoa",
        "plano": "",
        "inicio": "2026-11-25T04:02:23Z",
        "segundos": 0.342,
        "requisicoes": {**_REQUESTS, "concluidas": requests},
        "mais_em_voo": min(5, requests),
        f"{roots.plural}_em_andamento": 0,
        "limites": {
            roots.plural: _EACH,
            "requisicoes": 5,
            "requisicoes_configurado": 5,
            "por_segundo": 0.0,
            "circuito_aberto": False,
        },
        roots.plural: [
            {
                "id": number,
                **({short_name: str(number)} if short_name else {}),
                "nome": f"{roots.singular.capitalize()} {number}",
                "situacao": "completo",
                **_REQUESTS,
                "concluidas": each,
            }
            for number in range(1, _EACH + 1)
        ],
        "resultado": {**counts, "sem_dados": 0, "mantidos": 0},
        "motivo": None,
    }
