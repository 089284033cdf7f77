"""What is recorded of a bad collection is what the page says about it."""

import json
from itertools import accumulate
from typing import Any

import pytest

from src.infra.controllers.localities.collection_words import COLLECTION_WORDS
from src.infra.controllers.pages_controller import FILES
from src.infra.storage.localities.bundled_snapshot import bundled_snapshot


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """The recording as the page receives it."""
    read: dict[str, Any] = json.loads(FILES[COLLECTION_WORDS.page_recording].read_bytes())
    return read


def chapter(recorded: dict[str, Any], words: str) -> int:
    """When the chapter with these words begins, in milliseconds."""
    found: int = next(each["ms"] for each in recorded["capitulos"] if words in each["texto"])
    return found


def test_its_result_lacks_one_list_that_an_earlier_collection_has(
    recorded: dict[str, Any],
) -> None:
    """All was collected but that, and nothing is without data."""
    last = recorded["fim"]
    assert last["situacao"] == "incompleta"
    assert (last["requisicoes"]["falhas"], last["requisicoes"]["em_voo"]) == (1, 0)
    assert (last["resultado"]["mantidos"], last["resultado"]["sem_dados"]) == (1, 0)
    assert last["resultado"]["estados"] == len(last["estados"]) == 27
    assert [root["sigla"] for root in last["estados"] if root["falhas"]] == ["MG"]


def test_those_who_asked_meanwhile_were_answered(recorded: dict[str, Any]) -> None:
    """The note counts one answer for each event, but for that at the end; the program compares."""
    assert f" {len(recorded['limites'])}\u00a0vezes" in recorded["nota"]
    assert "todas as respostas foram 200" in recorded["nota"]


def test_the_limit_falls_and_rises_again(recorded: dict[str, Any]) -> None:
    """It falls with the first refusals, and later goes up by single permits."""
    limits = [(ms, limit) for ms, limit, *_ in recorded["limites"] if limit]
    refused, answered = (chapter(recorded, words) for words in ("429", "Tudo é respondido"))
    down = chapter(recorded, "Fora do ar")
    fallen = min(limit for ms, limit in limits if refused < ms <= down)
    rising = [limit for ms, limit in limits if answered + 500 < ms <= down]

    assert {limit for ms, limit in limits if ms <= refused} == {500}
    assert fallen < 500 / 3
    assert rising == sorted(rising)
    assert rising[-1] > rising[0]


def test_the_circuit_opens_and_closes_again(recorded: dict[str, Any]) -> None:
    """It does so once: while the upstream is down, and not long after it is back."""
    down, back = (chapter(recorded, words) for words in ("Fora do ar", "De volta"))
    opened = [ms for ms, _, is_open, _ in recorded["limites"] if is_open]

    assert down < opened[0] <= back < opened[-1] < recorded["limites"][-1][0]


def test_each_request_has_all_its_attempts(recorded: dict[str, Any]) -> None:
    """Their number and outcomes agree with the counts of the result; times are within it."""
    last, attempts = recorded["fim"], recorded["tentativas"]
    counts = last["requisicoes"]
    outcomes = attempts["desfecho"]
    firsts = [number for number in attempts["numero"] if number == 1]

    assert len({len(column) for name, column in attempts.items() if name != "fila"}) == 1
    assert [outcomes.count(each) for each in range(3)] == [
        counts["concluidas"],
        counts["repetidas"],
        counts["falhas"],
    ]
    assert len(attempts["fila"]) == len(firsts) == counts["concluidas"] + counts["falhas"]
    assert min(*attempts["espera"], *attempts["rede"], *attempts["leitura"]) >= 0
    assert max(accumulate(attempts["fila"])) * recorded["unidade_ms"] < last["segundos"] * 1000


def test_errors_come_first_and_are_few(recorded: dict[str, Any]) -> None:
    """Before the first refusal, a small share of all attempts is made again."""
    unit, refused = recorded["unidade_ms"], chapter(recorded, "429")
    attempts = recorded["tentativas"]
    queued = accumulate(attempts["fila"])
    early = []
    ended = 0
    for number, waited, wire, reading, outcome in zip(
        *(attempts[name] for name in ("numero", "espera", "rede", "leitura", "desfecho")),
        strict=True,
    ):
        begun = next(queued) if number == 1 else ended
        ended = begun + waited + wire + reading
        if ended * unit <= refused:
            early.append(outcome)

    assert len(early) > 500
    assert 0 < early.count(1) < 0.05 * len(early)


def test_its_requests_are_those_of_places_that_exist(recorded: dict[str, Any]) -> None:
    """Names of places are shown for their ids."""
    requests = recorded["requisicoes"]
    levels, above, roots = (list(accumulate(requests[name])) for name in ("nivel", "acima", "raiz"))
    states = {state.id for state in bundled_snapshot().states}
    cities = {city.id for state in bundled_snapshot().states for city in state.cidades}

    assert (levels[0], above[0]) == (0, 0)
    assert set(roots) - {0} == states
    assert {each for level, each in zip(levels, above, strict=True) if level == 1} == states
    # The stand-in has a city that is newer than the bundled data.
    assert (
        len({each for level, each in zip(levels, above, strict=True) if level == 2} - cities) == 1
    )
