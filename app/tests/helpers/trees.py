"""Trees of shelves made up by Hypothesis, with any name that can be stored."""

from hypothesis import strategies as st

from tests.sample_feature.shelves import Box, Item, Shelf

# Anything that UTF-8 can carry, with more of what formats and spreadsheets stumble over.
names = st.one_of(
    st.sampled_from(["=", "+", "-", "@", "'", '"', ""]).flatmap(
        lambda beginning: st.text(st.sampled_from(",;\"'\r\n\t =@ãé🙂"), min_size=1).map(
            lambda rest: beginning + rest
        )
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
).filter(str.strip)


_items = st.builds(Item, st.integers(1, 10**9), names)
_boxes = st.builds(
    Box, st.integers(1, 10**9), names, st.none() | st.lists(_items, max_size=2).map(tuple)
)
_shelves = st.builds(
    Shelf, st.integers(1, 99), names, names, st.none() | st.lists(_boxes, max_size=2).map(tuple)
)


def shelves() -> st.SearchStrategy[tuple[Shelf, ...]]:
    """Up to three shelves; of some shelves and boxes nothing is known, and others are empty."""
    return st.lists(_shelves, max_size=3).map(tuple)
