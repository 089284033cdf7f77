"""What callers can repeat at will is logged once."""

from src.infra.http.episodes import Episodes


def test_an_episode_begins_again_after_some_quiet() -> None:
    """It lasts as long as there is no minute of quiet, and each kind has its own."""
    now = 0.0
    episodes = Episodes(quiet_s=60, clock=lambda: now)

    assert episodes.begins("a")
    assert episodes.begins("b")
    for _ in range(3_200):
        now += 59
        assert not episodes.begins("a")
    now += 60
    assert episodes.begins("a")
