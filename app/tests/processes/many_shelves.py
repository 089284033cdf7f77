"""The upstream of these tests, and the service within the test's own process."""

from typing import Any

from starlette.types import ASGIApp

from stand_in.faults import Behaviour, Fault, Kind
from tests.helpers.services import application
from tests.sample_feature.__main__ import AT_ONCE
from tests.sample_feature.feature import shelves
from tests.sample_feature.upstream import Storeroom, lists_of, many_shelves

# The sample feature as a program.
PROGRAM = ("-m", "tests.sample_feature")

MANY = many_shelves(4, boxes=60)
LISTS = 1 + 4 + 4 * 60

# Keeps a collection half done: boxes are known, and no items come.
IN_THE_MIDDLE = Behaviour(faults=(Fault(kind=Kind.SILENCE, path=".*/items"),))

# On a busy machine, an answer may be late, be given up and be asked for again; a second collection
# would ask for every list again.
FEW = 0.2


def storeroom(behaviour: Behaviour | None = None) -> Storeroom:
    """An upstream with many shelves."""
    return Storeroom(lists_of(MANY), behaviour=behaviour)


def service_of(upstream: Storeroom, **settings: Any) -> ASGIApp:
    """A service that collects from this upstream, within this process."""
    feature = shelves(upstream.base_url, at_once=AT_ONCE, attempts=4, timeout_s=30)
    return application([feature], **settings)


def is_in_the_middle(upstream: Storeroom) -> bool:
    """Whether many lists of items were in flight at once."""
    return upstream.figures.most_in_flight_by_heading.get("items", 0) > 100
