"""Lets a feature's collections be tried out under other conditions, over a stand-in only."""

from src.application.experimenting.experiment import LIMITS, Experiment
from src.application.telling.fan_out_counts import FanOutCounts
from src.entrypoints.settings import ServiceSettings
from src.infra.gateways.origins import is_same_origin
from src.infra.process.open_connections import possible_connections


class NotTheStandInError(ValueError):
    """A feature asks another upstream than the stand-in that is to be experimented with."""

    def __init__(self) -> None:
        super().__init__(
            "EXPERIMENTS_URL só pode ser definida se a fonte é o servidor simulado, na mesma origem"
        )


def experiment_with(
    settings: ServiceSettings, upstream_url: str, *, at_once: int, counts: FanOutCounts
) -> Experiment | None:
    """The experiments with the upstream at this address; None without EXPERIMENTS_URL.

    `at_once` is the usual limit, `counts` those of the feature's requests.

    Raises NotTheStandInError, so that no experiment ever meets the real upstream.
    """
    if not settings.experiments_url:
        return None
    if not is_same_origin(settings.experiments_url, upstream_url):
        raise NotTheStandInError
    from src.infra.gateways.stand_in_control import StandInControl  # noqa: PLC0415  # seldom needed

    return Experiment(
        usual_limit=at_once,
        # If there are fewer connections, higher limits cannot be chosen.
        most=possible_connections(LIMITS[-1], setting="EXPERIMENTS_URL", warns=False),
        behave=StandInControl(
            settings.experiments_url,
            proxy=settings.proxies.on_the_way_to(settings.experiments_url),
        ).behave,
        requests=lambda: counts.requests.done,
    )
