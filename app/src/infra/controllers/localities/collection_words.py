"""The words for the collection of the territory, in responses about refreshes."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from src.infra.controllers.localities.schemas import Name, Sigla, StateCode
from src.infra.controllers.refreshes import refresh_schemas
from src.infra.controllers.refreshes.noun import Noun
from src.infra.controllers.refreshes.refresh_schemas import Requests
from src.infra.controllers.refreshes.refresh_words import Documented, RefreshWords, SettingNames


class StateInRefresh(Requests):
    """Um estado, com as requisições sobre ele, suas cidades e seus distritos."""

    id: StateCode
    sigla: Sigla
    nome: Name
    situacao: Literal["na_fila", "em_andamento", "completo", "incompleto"] = Field(
        description="Em que ponto está a coleta do estado"
    )


class LimitsInForce(refresh_schemas.LimitsInForce):
    """Os limites em vigor."""

    estados: int = Field(ge=1, description="Estados em andamento ao mesmo tempo, no máximo")


class Result(BaseModel):
    """O que a coleta trouxe."""

    estados: int = Field(ge=0, description="Quantos estados")
    cidades: int = Field(ge=0, description="Quantas cidades")
    distritos: int = Field(ge=0, description="Quantos distritos")
    sem_dados: int = Field(ge=0, description="Estados e cidades com dados faltando")
    mantidos: int = Field(ge=0, description="Estados e cidades que vêm de uma coleta anterior")


class Refresh(refresh_schemas.Refresh):
    """Uma coleta dos dados, em andamento ou terminada."""

    plano: Literal["city", "state"] = Field(
        description="Se os distritos são pedidos por cidade ou por estado (`IBGE_PLAN`)"
    )
    estados_em_andamento: int = Field(ge=0, description="Estados em andamento agora")
    limites: LimitsInForce | None = Field(description="`null` até a primeira requisição")
    estados: list[StateInRefresh] = Field(description="Vazio até chegar a lista de estados")
    resultado: Result | None = Field(description="`null` se a coleta não terminou ou falhou")


_REQUESTS = {"na_fila": 0, "em_voo": 0, "concluidas": 5599, "repetidas": 0, "falhas": 0}

_EXAMPLE: dict[str, Any] = {
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

COLLECTION_WORDS = RefreshWords(
    path="/api/v1/refreshes",
    data="/api/v1/states",
    upstream="o IBGE",
    levels=(
        Noun("estado", "estados"),
        Noun("cidade", "cidades", feminine=True),
        Noun("distrito", "distritos"),
    ),
    part=Noun("lugar", "lugares"),
    short_name="sigla",
    documented=Documented(Refresh, _EXAMPLE, attempt=[3, 2, 5300108, 1, 5, 6, 107, 107, 0, 53]),
    settings=SettingNames(
        roots="IBGE_STATES_LIMIT",
        requests="IBGE_CITIES_LIMIT",
        rate="IBGE_MAX_RPS",
        attempts="IBGE_ATTEMPTS",
    ),
    page_script="states_on_fanout.js",
    page_style="states_on_fanout.css",
    page_section="comparison_on_fanout.html",
    page_recording="bad_collection_of_states.json",
)
