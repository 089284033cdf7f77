"""A few shelves to test with."""

from tests.sample_feature.shelves import Box, Item, Shelf

BOOKS = Box(1, "Livros").with_children([Item(1, "Atlas"), Item(2, "Dicionário")])
TOOLS = Box(2, "Ferramentas").with_children([Item(3, "Martelo")])
HIGH = Shelf(1, "A", "Alta").with_children([BOOKS, TOOLS])
TOYS = Box(3, "Brinquedos").with_children([Item(4, "Pião")])
LOW = Shelf(2, "B", "Baixa").with_children([TOYS])

TWO_SHELVES = (HIGH, LOW)
