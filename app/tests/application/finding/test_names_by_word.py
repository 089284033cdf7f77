"""Names are found word by word, those with the words that were typed before others."""

from src.application.finding.names_by_word import NamesByWord

NAMES = ["Mesa Luiz", "Mesa Luís", "Mesa Lúcis", "Cama", "Mesa de Luís Novo"]


def test_each_name_is_found_once_by_the_closest_words() -> None:
    """First as typed, then by sound, then with other letters."""
    meant, sounding, near = NamesByWord(NAMES).matches("mesa luis")

    assert [NAMES[at] for at in meant] == ["Mesa Luís", "Mesa de Luís Novo"]
    assert [NAMES[at] for at in sounding] == ["Mesa Luiz"]
    assert [NAMES[at] for at in near] == ["Mesa Lúcis"]


def test_more_words_than_any_name_has_are_not_looked_for() -> None:
    """Neither are beginnings that tell too little."""
    names = NamesByWord(NAMES)

    for query in ("mesa de luis novo azul", "m l", "!!!", ""):
        assert [list(matched) for matched in names.matches(query)] == [[], [], []]
