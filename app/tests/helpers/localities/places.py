"""Small territories to test with: a few real places."""

from src.domain.localities.regional_divisions import (
    ImmediateRegion,
    Microregion,
    RegionalDivisions,
    WiderRegion,
)
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

DIVISIONS = RegionalDivisions(
    (
        Microregion(11003, "Ariquemes", WiderRegion(1102, "Leste Rondoniense"), (ARIQUEMES.id,)),
        Microregion(11006, "Cacoal", WiderRegion(1102, "Leste Rondoniense"), (ALTA_FLORESTA.id,)),
        Microregion(53001, "Brasília", WiderRegion(5301, "Distrito Federal"), (BRASILIA.id,)),
    ),
    (
        ImmediateRegion(110002, "Ariquemes", WiderRegion(1101, "Porto Velho"), (ARIQUEMES.id,)),
        ImmediateRegion(110005, "Cacoal", WiderRegion(1102, "Ji-Paraná"), (ALTA_FLORESTA.id,)),
        ImmediateRegion(
            530001,
            "Distrito Federal",
            WiderRegion(5301, "Distrito Federal"),
            (BRASILIA.id,),
        ),
    ),
)
