"""`/metrics`: what Prometheus reads."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from src.infra.controllers.callers_right import CallersRight
from src.infra.controllers.documented_responses import responses
from src.infra.controllers.errors import NOT_AUTHENTICATED, NOT_PERMITTED
from src.infra.metrics.catalogue import exposition
from src.infra.metrics.metrics import TEXT
from src.infra.metrics.shared_numbers import SharedNumbers

router = APIRouter(tags=["Monitoramento"])

_EXAMPLE = """# HELP followers Quem acompanha coletas ao vivo agora
# TYPE followers gauge
followers{data="/api/v1/itens"} 2
"""


@dataclass(frozen=True, slots=True)
class OpenedMetrics:
    """What the lifespan opens for the metrics."""

    numbers: SharedNumbers
    right: CallersRight


@router.get(
    "/metrics",
    operation_id="readMetrics",
    summary="As métricas, no formato de texto do Prometheus",
    response_class=Response,
    openapi_extra={"security": [{"token": []}, {}]},
    responses=responses(
        "As métricas de todos os processos do serviço",
        {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        *(NOT_AUTHENTICATED, NOT_PERMITTED),
        at="/metrics",
    ),
)
async def read_metrics(request: Request) -> Response:
    """Retorna as métricas de todos os processos do serviço. Sem `METRICS_TOKEN`, só para quem está
    na mesma máquina, sem proxy.
    """
    opened: OpenedMetrics = request.state.metrics
    opened.right.require(request)
    body = exposition(opened.numbers)
    return Response(body, media_type=TEXT, headers={"Cache-Control": "no-store"})
