"""The levels of the territory, as requests ask for them."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """Which places a request asks the upstream for."""

    STATES = 0
    CITIES = 1  # of a state
    DISTRICTS = 2  # of a city, or of a state
