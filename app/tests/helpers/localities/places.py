"""Small territories to test with: a few real places."""

from src.domain.localities.territory import City, District, State

ALTA_FLORESTA = City(1100015, "Alta Floresta D'Oeste").with_children(
    [
        District(110001505, "Alta Floresta D'Oeste"),
        District(110001515, "Filadélfia d'Oeste"),
    ]
)
ARIQUEMES = City(1100023, "Ariquemes").with_children([District(110002305, "Ariquemes")])
RONDONIA = State(11, "RO", "Rondônia").with_children([ALTA_FLORESTA, ARIQUEMES])
BRASILIA = City(5300108, "Brasília").with_children([District(530010805, "Brasília")])
DISTRITO_FEDERAL = State(53, "DF", "Distrito Federal").with_children([BRASILIA])

TWO_STATES = (RONDONIA, DISTRITO_FEDERAL)
