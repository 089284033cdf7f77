"""Each error that a caller may meet, once: how it is answered, and what the documentation says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError

from src.application.experimenting.experiment import LATENCIES_MS, LIMITS, NotAChoiceError
from src.application.on_demand.last_good_by_key import NothingKnownError
from src.application.ports.refresh_journal import RefreshJournalError
from src.application.refreshing.ask_for_refresh import NotBegunError, ServiceEndsError, TooSoonError
from src.application.refreshing.freshness import NoSnapshotError
from src.application.telling.refreshes import UnknownRefreshError
from src.application.telling.room_for_followers import TooManyFollowersError
from src.infra.controllers.callers_right import (
    NotAuthenticatedError,
    NotPermittedError,
)
from src.infra.editions.presentation import NotAcceptableError
from src.infra.http.media_types import JSON
from src.infra.http.middleware.url_limit import LONGEST_URL, UrlTooLongError

# When to retry what should work again soon, in seconds.
RETRY_SOON_S = 5

# What is allowed of the core's parameters, by name; features add theirs.
ALLOWED = {
    "refresh_id": "o id de uma das últimas coletas, ou `current`",
    "Last-Event-ID": "o id do último evento recebido",
    "any_change": "`true` ou `false`",
}

_SOME_REFRESHES = "/api/v1/refreshes"  # the documentation names those of the feature
_SOME_REFRESH = "/019a8f3c2b7d5e1f6a90"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One kind of error."""

    # An error of this kind; the row is for its class and the subclasses of that, and the
    # documentation shows its detail.
    example: Exception
    status: int  # of the response
    detail: Callable[[Any], str]  # what happened and what to do next, in Portuguese
    description: str  # what the documentation says of it
    instance: str | None = None  # the address at which the documentation shows it; None for any
    below: str = ""  # without an instance: what follows the address of the resource there
    # Of the response, besides those of every problem.
    headers: Callable[[Any], Mapping[str, str]] = lambda _: {}
    # What the log says of it, besides its status and address.
    log_detail: Callable[[Exception], str] = lambda error: type(error).__name__

    @property
    def error(self) -> type[Exception]:
        """The class that the row is for."""
        return type(self.example)


def as_sentence(text: object) -> str:
    """The text with a capital at its beginning."""
    text = str(text)
    return text[0].upper() + text[1:]


def _no_right(error: NotAuthenticatedError) -> str:
    setting = error.purpose.setting
    if error.has_token:
        return f"O token não é o deste serviço; confira o valor de {setting}."
    return (
        f"Para {error.purpose.to}, envie Authorization: Bearer com o token do serviço ({setting})."
    )


def _challenge(error: NotAuthenticatedError) -> dict[str, str]:
    # RFC 6750, section 3: what is wrong is named only if there was a token.
    wrong = ', error="invalid_token"' if error.has_token else ""
    return {"WWW-Authenticate": f'Bearer realm="{error.purpose.realm}"{wrong}'}


def _any_of(numbers: Iterable[int]) -> str:
    *others, last = map(str, numbers)
    return f"{', '.join(others)} ou {last}"


def _retry_after(error: Exception) -> dict[str, str]:
    return {"Retry-After": str(getattr(error, "retry_after_s", RETRY_SOON_S))}


def invalid_parameter(
    allowed: Mapping[str, str], *, name: str, instance: str | None = None, below: str = ""
) -> ErrorRow:
    """The row of parameters that are not allowed; `allowed` says by name what is.

    The documentation shows it for the parameter with this name, at the address that `instance` or
    `below` gives, as in a row.
    """

    def refused(error: Mapping[str, Any]) -> str:
        _, parameter, *_ = error["loc"]  # where it was sent, and then its name
        what = allowed.get(parameter, "outro valor").replace("`", "")
        return f"O parâmetro {parameter} tem um valor inválido; use {what}."

    return ErrorRow(
        RequestValidationError([{"loc": ("path", name)}]),
        422,
        lambda error: " ".join(dict.fromkeys(map(refused, error.errors()))),
        "Um parâmetro tem um valor inválido",
        instance,
        below,
    )


NOT_AUTHENTICATED = ErrorRow(
    NotAuthenticatedError(has_token=True),
    401,
    _no_right,
    "É necessário um token válido",
    headers=_challenge,
)
NOT_PERMITTED = ErrorRow(
    NotPermittedError(),
    403,
    str,
    "Não é permitido pedir a partir deste endereço",
)
UNKNOWN_REFRESH = ErrorRow(
    UnknownRefreshError(_SOME_REFRESHES),
    404,
    lambda error: (
        "Não há essa coleta: nenhuma começou ainda, ou ela já foi descartada; as últimas estão em "
        f"{error.address}."
    ),
    "A coleta não existe ou já foi descartada",
    below=_SOME_REFRESH,
)
URL_TOO_LONG = ErrorRow(
    UrlTooLongError(),
    414,
    lambda _: f"O endereço pode ter no máximo {LONGEST_URL} caracteres.",
    f"O endereço tem mais de {LONGEST_URL} caracteres",
)
INVALID_REFRESH = invalid_parameter(ALLOWED, name="refresh_id", below="/abc")
INVALID_ANY_CHANGE = invalid_parameter(ALLOWED, name="any_change")
TOO_SOON = ErrorRow(
    TooSoonError(42, "a fonte dos dados"),
    429,
    lambda error: f"{as_sentence(error)}; tente de novo em {error.retry_after_s} s.",
    "Outra coleta foi pedida há pouco tempo",
    headers=_retry_after,
)
FAULT = ErrorRow(
    Exception(),
    500,
    lambda _: "O erro foi registrado; ao relatá-lo, informe o id.",
    "Erro interno, registrado no log com o `id` da resposta",
)
NOT_A_CHOICE = ErrorRow(
    NotAChoiceError(LIMITS),
    422,
    lambda error: (
        f"Envie um objeto com limite ({_any_of(error.limits)}), latencia_ms "
        f"({_any_of(LATENCIES_MS)}) e uma falha de opcoes."
    ),
    "Estas condições não podem ser escolhidas",
)
NO_SNAPSHOT = ErrorRow(
    NoSnapshotError(30),
    503,
    lambda error: f"Ainda não há dados; tente de novo em {error.retry_after_s} s.",
    "Ainda não há dados; tente de novo após `Retry-After` segundos",
    headers=_retry_after,
    log_detail=str,
)
NOTHING_KNOWN = ErrorRow(
    NothingKnownError(30),
    503,
    lambda error: (
        "A fonte não respondeu, e ainda não há uma resposta anterior; tente de novo em "
        f"{error.retry_after_s} s."
    ),
    "A fonte não respondeu, e ainda não há uma resposta anterior",
    headers=_retry_after,
    log_detail=str,
)
UNREADABLE_JOURNAL = ErrorRow(
    RefreshJournalError(),
    503,
    lambda _: f"Não foi possível ler o andamento; tente de novo em {RETRY_SOON_S} s.",
    "Não foi possível ler o andamento; tente de novo após `Retry-After` segundos",
    below="/current",
    headers=_retry_after,
    log_detail=str,
)
NOT_BEGUN = ErrorRow(
    NotBegunError(_SOME_REFRESHES),
    503,
    lambda error: (
        "A coleta foi pedida, mas ainda não há notícia dela; consulte "
        f"{error.address}/current em instantes."
    ),
    "A coleta foi pedida, mas ainda não há notícia dela",
    headers=_retry_after,
)
SERVICE_ENDS = ErrorRow(
    ServiceEndsError(),
    503,
    lambda _: f"O serviço está sendo encerrado; tente de novo em {RETRY_SOON_S} s.",
    "O serviço está sendo encerrado",
    headers=_retry_after,
)
TOO_MANY_FOLLOWERS = ErrorRow(
    TooManyFollowersError(_SOME_REFRESHES),
    503,
    lambda error: (
        "Há clientes demais acompanhando as coletas; tente de novo em instantes ou consulte "
        f"{error.address}/current."
    ),
    "Há clientes demais acompanhando as coletas",
    below="/current/events",
    headers=_retry_after,
)

NOT_ACCEPTABLE = ErrorRow(
    NotAcceptableError(JSON),
    406,
    lambda error: (
        f"Nenhum dos formatos aceitos está disponível. Há {error.available}, nas codificações br, "
        "zstd, gzip e identity."
    ),
    "Nenhum dos formatos ou codificações aceitos está disponível",
)

# All but invalid parameters: that row has to know the parameters of the features, too.
ERRORS = [
    *(NOT_AUTHENTICATED, NOT_PERMITTED, UNKNOWN_REFRESH, NOT_ACCEPTABLE, URL_TOO_LONG, TOO_SOON),
    *(
        FAULT,
        NO_SNAPSHOT,
        NOTHING_KNOWN,
        UNREADABLE_JOURNAL,
        NOT_BEGUN,
        SERVICE_ENDS,
        TOO_MANY_FOLLOWERS,
        NOT_A_CHOICE,
    ),
]
