"""The stand-in answers for populations as the upstream does."""

from stand_in.population.aggregates import YEAR, PopulationContent, inhabitants

TABLE = "/6579/periodos/-1/variaveis/9324"
CONTENT = PopulationContent({"11": "Rondônia", "1100015": "Alta Floresta D'Oeste"})


def test_shape() -> None:
    """One variable with a series for each place."""
    rows = CONTENT.rows(f"{TABLE}?localidades=N6[1100015]")
    assert rows is not None
    assert rows[0]["resultados"][0]["series"] == [
        {
            "localidade": {
                "id": "1100015",
                "nivel": {"id": "N6", "nome": "Município"},
                "nome": "Alta Floresta D'Oeste",
            },
            "serie": {str(YEAR): str(inhabitants(1100015))},
        }
    ]


def test_quirks() -> None:
    """An unknown code has no series; without one there is an empty list."""
    both = CONTENT.rows(f"{TABLE}?localidades=N3[11|99]")
    assert both is not None
    assert [each["localidade"]["id"] for each in both[0]["resultados"][0]["series"]] == ["11"]
    assert CONTENT.rows(f"{TABLE}?localidades=N3[99]") == []
    assert CONTENT.rows(TABLE) is None
