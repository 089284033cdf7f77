"""Following refreshes: who finds a place."""

from contextlib import ExitStack, nullcontext

import pytest

from src.application.telling.room_for_followers import RoomForFollowers, TooManyFollowersError


def test_there_is_room_for_a_limited_number_of_followers() -> None:
    """One that leaves makes room."""
    room = RoomForFollowers(address="/refreshes", most=1)
    with room.place("a"), pytest.raises(TooManyFollowersError), room.place("b"):
        pass
    with room.place("b"):
        pass


def test_one_client_leaves_room_for_others() -> None:
    """A hundred requests of one client take a quarter of the places."""
    room = RoomForFollowers(address="/refreshes")
    with ExitStack() as places:
        for number in range(100):
            with nullcontext() if number < 25 else pytest.raises(TooManyFollowersError):
                places.enter_context(room.place("a"))
        with room.place("b"):
            pass
    with room.place("a"):
        pass
