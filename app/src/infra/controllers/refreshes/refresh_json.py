"""The shape of what is answered about a refresh."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from src.application.telling.refresh_progress import Phase, Progress, Requests, StatePhase

Answer = dict[str, Any]

PHASES = {
    Phase.RUNNING: "em_andamento",
    Phase.WHOLE: "concluida",
    Phase.PARTIAL: "incompleta",
    Phase.FAILED: "falhou",
    Phase.BROKEN_OFF: "interrompida",
}
STATE_PHASES = {
    StatePhase.QUEUED: "na_fila",
    StatePhase.RUNNING: "em_andamento",
    StatePhase.WHOLE: "completo",
    StatePhase.PARTIAL: "incompleto",
}
# By the kind of error; what the upstream has said stays in the log.
CAUSES = {
    "UpstreamConnectionError": "Não houve conexão com o IBGE, ou ela caiu.",
    "UpstreamUnreachableError": "O IBGE não aceitou a conexão a tempo.",
    "UpstreamTlsError": "A conexão TLS com o IBGE falhou; veja no log o que fazer.",
    "UpstreamTimeoutError": "O IBGE não respondeu a tempo.",
    "UpstreamStatusError": "O IBGE respondeu com um erro.",
    "UpstreamMalformedError": "A resposta do IBGE não está como esperado.",
    "UpstreamUnavailableError": "O IBGE vem falhando; as requisições estão suspensas por enquanto.",
    "InvalidTerritoryError": "A resposta do IBGE não está como esperado.",
}
INTERNAL = "Houve um erro interno; veja o log do serviço."


def refresh_answer(progress: Progress) -> Answer:
    """A refresh as it is, without its attempts."""
    limits, outcome = progress.limits, progress.outcome
    return {
        "id": progress.refresh,
        "numero": progress.number,
        "situacao": PHASES[progress.phase],
        "pedida": "por_pessoa" if progress.by_hand else "automaticamente",
        "plano": progress.plan,
        "inicio": _time(progress.begun_at),
        "segundos": round(progress.seconds, 3),
        "requisicoes": _requests(progress.requests),
        "mais_em_voo": progress.most_in_flight,
        "estados_em_andamento": progress.states_in_work,
        "limites": limits
        and {
            "estados": limits.states,
            "requisicoes": limits.requests,
            "requisicoes_configurado": limits.most_requests,
            "por_segundo": limits.requests_per_second,
            "circuito_aberto": limits.circuit_is_open,
        },
        "estados": [
            {
                "id": state.id,
                "sigla": state.sigla,
                "nome": state.nome,
                "situacao": STATE_PHASES[state.phase],
                **_requests(state.requests),
            }
            for state in progress.states
        ],
        "resultado": outcome
        and {
            "estados": outcome.states,
            "cidades": outcome.cities,
            "distritos": outcome.districts,
            "sem_dados": outcome.missing,
            "mantidos": outcome.filled,
        },
        "motivo": CAUSES.get(progress.cause or "", INTERNAL)
        if progress.phase is Phase.FAILED
        else None,
    }


def event_answer(progress: Progress) -> Answer:
    """The same, with the attempts that have ended since the event before."""
    return {**refresh_answer(progress), "tentativas": progress.attempts}


def _requests(requests: Requests) -> Answer:
    return {
        "na_fila": requests.queued,
        "em_voo": requests.in_flight,
        "concluidas": requests.done,
        "repetidas": requests.retried,
        "falhas": requests.failed,
    }


def _time(time: datetime) -> str:
    return time.replace(microsecond=0).isoformat().replace("+00:00", "Z")
