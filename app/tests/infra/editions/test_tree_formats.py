"""The same tree in each format."""

import re

import msgspec
from hypothesis import given

from src.infra.editions.tree_formats import WHOLE_TREE, as_json, as_ndjson
from tests.helpers.trees import shelves
from tests.sample_feature.shelves import Shelf

Shelves = tuple[Shelf, ...]


@given(shelves())
def test_all_formats_carry_the_same_tree(tree: Shelves) -> None:
    """JSON and NDJSON give the tree back, whatever the names."""
    lines = as_ndjson(tree).decode().split("\n")

    assert lines.pop() == ""
    assert tuple(msgspec.json.decode(line, type=Shelf) for line in lines) == tree
    assert msgspec.json.decode(as_json(tree), type=Shelves) == tree


def test_an_error_names_each_format() -> None:
    """A client that is refused learns every media type that there is."""
    named = re.findall("[a-z]+/[a-z-]+", WHOLE_TREE.available)

    assert named == list(WHOLE_TREE.formats)


def test_an_empty_tree_is_an_empty_body() -> None:
    """NDJSON has no line, JSON an empty array."""
    assert as_ndjson(()) == b""
    assert as_json(()) == b"[]"
