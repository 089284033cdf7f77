"""The moments that were told last: what of them comes next."""

import pytest

from src.application.telling.recent_moments import (
    NOWHERE,
    PIECE_BYTES,
    Piece,
    Place,
    RecentMoments,
)

ONE, TWO = Place("1", -1), Place("2", -1)


def moments(*told: Piece, most_bytes: int = 10 * PIECE_BYTES) -> RecentMoments:
    """These moments, told one after the other."""
    recent = RecentMoments(most_bytes=most_bytes)
    for each in told:
        recent.add(each)
    return recent


def moment(refresh: str, number: int, written: bytes = b"x", *, has_ended: bool = False) -> Piece:
    """One moment."""
    return Piece(written, Place(refresh, number), has_ended)


def test_before_the_first_refresh_nothing_is_told() -> None:
    """There is no news behind the place where all begin."""
    assert moments().after(NOWHERE) == Piece(b"", NOWHERE)


def test_what_was_told_since_comes_in_one_piece() -> None:
    """In order, wherever one was; a later one is added to what was given before."""
    recent = moments(Piece(b"", ONE), moment("1", 0, b"a"), moment("1", 1, b"b"))
    assert recent.after(ONE) == Piece(b"ab", Place("1", 1))
    assert recent.after(Place("1", 0)) == Piece(b"b", Place("1", 1))

    recent.add(moment("1", 3, b"c"))
    assert recent.after(ONE) == Piece(b"abc", Place("1", 3))
    assert recent.after(Place("1", 2)) == Piece(b"c", Place("1", 3))


@pytest.mark.parametrize("number", [1, 2, 999])
def test_behind_the_last_there_is_no_news(number: int) -> None:
    """A client may name a moment that was never told."""
    recent = moments(Piece(b"", ONE), moment("1", 0), moment("1", 1))
    assert recent.after(Place("1", number)) == Piece(b"", Place("1", number))


def test_each_refresh_is_a_piece_of_its_own() -> None:
    """Also if it has no end, or none has come of the next one."""
    recent = moments(
        Piece(b"", ONE), moment("1", 0, b"a"), Piece(b"", TWO), moment("2", 0, b"b", has_ended=True)
    )
    assert recent.after(ONE) == Piece(b"a", Place("1", 0))
    assert recent.after(Place("1", 0)) == Piece(b"b", Place("2", 0), has_ended=True)
    assert moments(Piece(b"", ONE)).after(NOWHERE) == Piece(b"", ONE)


def test_nothing_follows_the_end_in_one_piece() -> None:
    """Whoever follows that refresh only has all of it."""
    recent = moments(Piece(b"", ONE), moment("1", 0, b"a", has_ended=True), moment("1", 1, b"b"))
    assert recent.after(ONE) == Piece(b"a", Place("1", 0), has_ended=True)


def test_a_piece_has_a_bound() -> None:
    """The next one goes on; a larger moment is a piece by itself."""
    half, large = b"x" * (PIECE_BYTES // 2), b"y" * (PIECE_BYTES + 1)
    recent = moments(Piece(b"", ONE), *(moment("1", number, half) for number in range(3)))
    recent.add(moment("1", 3, large))

    assert recent.after(ONE) == Piece(half + half, Place("1", 1))
    assert recent.after(Place("1", 1)) == Piece(half, Place("1", 2))
    assert recent.after(Place("1", 2)) == Piece(large, Place("1", 3))


def test_the_oldest_are_forgotten() -> None:
    """What may be missing is not given; the last moment stays, however large."""
    recent = moments(Piece(b"", ONE), *(moment("1", n, b"xx") for n in range(3)), most_bytes=4)
    assert recent.after(ONE) is None
    assert recent.after(Place("1", 1)) == Piece(b"xx", Place("1", 2))

    recent.add(moment("1", 3, b"large"))
    assert recent.after(Place("1", 2)) is None
    assert recent.after(Place("1", 3)) == Piece(b"", Place("1", 3))


def test_another_refresh_is_not_known() -> None:
    """It may have moments that were never read."""
    assert moments(Piece(b"", ONE), moment("1", 0)).after(TWO) is None
