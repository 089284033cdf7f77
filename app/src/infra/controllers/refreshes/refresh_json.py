"""The shape of what is answered about a refresh."""

from itertools import zip_longest
from typing import Any

import msgspec

from src.application.ports import upstream_errors
from src.application.ports.refresh_progress import Phase, Progress, Requests, RootPhase
from src.infra.controllers.errors import as_sentence
from src.infra.controllers.refreshes.refresh_words import RefreshWords

Answer = dict[str, Any]

PHASES = {
    Phase.RUNNING: "em_andamento",
    Phase.WHOLE: "concluida",
    Phase.PARTIAL: "incompleta",
    Phase.FAILED: "falhou",
    Phase.BROKEN_OFF: "interrompida",
}
ROOT_PHASES = {
    RootPhase.QUEUED: "na_fila",
    RootPhase.RUNNING: "em_andamento",
    RootPhase.WHOLE: "completo",
    RootPhase.PARTIAL: "incompleto",
}
# Of the upstream, by the kind of error; what it has said itself stays in the log. "De" and the
# article of its name are one word.
CAUSES = {
    upstream_errors.UpstreamConnectionError: "Não houve conexão com {}, ou ela caiu.",
    upstream_errors.UpstreamUnreachableError: "{} não aceitou a conexão a tempo.",
    upstream_errors.UpstreamTlsError: "A conexão TLS com {} falhou; veja no log o que fazer.",
    upstream_errors.UpstreamProxyError: "O proxy não deixou alcançar {}; veja no log o que fazer.",
    upstream_errors.UpstreamTimeoutError: "{} não respondeu a tempo.",
    upstream_errors.UpstreamStatusError: "{} respondeu com um erro.",
    upstream_errors.UpstreamMalformedError: "A resposta d{} não está como esperado.",
    upstream_errors.UpstreamTooMuchError: "As respostas d{} são grandes demais juntas.",
    upstream_errors.UpstreamUnavailableError: (
        "{} vem falhando; as requisições estão suspensas por enquanto."
    ),
    upstream_errors.UpstreamRestsError: "{} pediu uma pausa.",
}
INTERNAL = "Houve um erro interno; veja o log do serviço."


def refresh_answer(progress: Progress, words: RefreshWords) -> Answer:
    """A refresh as it is, without its attempts."""
    limits, outcome, roots = progress.limits, progress.outcome, words.roots.plural
    levels = [level.plural for level in words.levels]
    return {
        "id": progress.refresh,
        "numero": progress.number,
        "situacao": PHASES[progress.phase],
        "pedida": "por_pessoa" if progress.by_hand else "automaticamente",
        "plano": progress.plan,
        "inicio": progress.begun_at.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "segundos": round(progress.seconds, 3),
        "requisicoes": _requests(progress.requests),
        "mais_em_voo": progress.most_in_flight,
        f"{roots}_em_andamento": progress.roots_in_work,
        "limites": limits
        and {
            roots: limits.roots,
            "requisicoes": limits.requests,
            "requisicoes_configurado": limits.most_requests,
            "por_segundo": limits.requests_per_second,
            "circuito_aberto": limits.circuit_is_open,
        },
        roots: [
            {
                "id": root.id,
                **({words.short_name: root.short_name} if words.short_name else {}),
                "nome": root.nome,
                "situacao": ROOT_PHASES[root.phase],
                **_requests(root.requests),
            }
            for root in progress.roots
        ],
        "resultado": outcome
        and {
            **dict(zip_longest(levels, outcome.counts, fillvalue=0)),
            "sem_dados": outcome.missing,
            "mantidos": outcome.filled,
        },
        "motivo": _cause(progress.cause, words) if progress.phase is Phase.FAILED else None,
    }


def event(progress: Progress, words: RefreshWords) -> bytes:
    """The same as an event for streams, with the attempts that have ended since the one before."""
    answer = {**refresh_answer(progress, words), "tentativas": progress.attempts}
    event_id = f"{progress.refresh}-{progress.number}"
    return b"event: andamento\ndata: %b\nid: %b\n\n" % (
        msgspec.json.encode(answer),
        event_id.encode(),
    )


def _cause(cause: str | None, words: RefreshWords) -> str:
    text = next((text for error, text in CAUSES.items() if error.__name__ == cause), INTERNAL)
    return as_sentence(text.format(words.upstream))


def _requests(requests: Requests) -> Answer:
    return {
        "na_fila": requests.queued,
        "em_voo": requests.in_flight,
        "concluidas": requests.done,
        "repetidas": requests.retried,
        "falhas": requests.failed,
    }
