"""A service with the sample feature alone: `python -m tests.sample_feature`, as `main.py`.

SHELVES_URL is the address of its upstream.
"""

import os

from starlette.types import ASGIApp

import main
from tests.sample_feature.feature import shelves


def create_app() -> ASGIApp:
    """The application, with limits as for a large upstream."""
    feature = shelves(os.environ["SHELVES_URL"], at_once=AT_ONCE, attempts=4, timeout_s=30)
    return main.create_app(features=[feature])


# How many requests are in flight at most.
AT_ONCE = 150

if __name__ == "__main__":
    main.serve("tests.sample_feature.__main__:create_app")
