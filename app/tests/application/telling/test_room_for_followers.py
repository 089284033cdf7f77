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
    """A thousand requests of one client take a tenth of the places."""
    room = RoomForFollowers(address="/refreshes")
    with ExitStack() as places:
        for number in range(1000):
            with nullcontext() if number < 100 else pytest.raises(TooManyFollowersError):
                places.enter_context(room.place("a"))
        with room.place("b"):
            pass
    with room.place("a"):
        pass


def test_clients_that_cannot_be_told_from_each_other_may_take_all_places() -> None:
    """They come through a proxy on this machine that does not name them."""
    room = RoomForFollowers(address="/refreshes", most=3, most_of_one_client=1)
    with ExitStack() as places:
        for _ in range(3):
            places.enter_context(room.place(None))
        with pytest.raises(TooManyFollowersError):
            places.enter_context(room.place(None))
