"""The addresses of masters that Sentinels know."""

import pytest

from src.infra.storage.redis_address import SentinelAddress


def test_all_parts_of_an_address_are_read() -> None:
    """User, password and name are percent-encoded; ports and database may be left out."""
    address = SentinelAddress.parse(
        "rediss+sentinel://eu:s%3Ae%2Fn%40h%25a@s1.test:5000,[::1],s3.test/o%20mestre/7"
        "?sentinel_username=ele&sentinel_password=se%26nha"
    )

    assert address == SentinelAddress(
        sentinels=[("s1.test", 5000), ("::1", 26379), ("s3.test", 26379)],
        master="o mestre",
        database=7,
        has_tls=True,
        username="eu",
        password="s:e/n@h%a",  # noqa: S106  # no secret
        sentinel_username="ele",
        sentinel_password="se&nha",  # noqa: S106  # as above
    )


def test_most_parts_may_be_left_out() -> None:
    """Without TLS or a user, and with the first database."""
    address = SentinelAddress.parse("redis+sentinel://s.test/mestre")

    assert (address.sentinels, address.master) == ([("s.test", 26379)], "mestre")
    assert (address.database, address.has_tls) == (0, False)
    assert (address.username, address.password) == (None, None)
    assert (address.sentinel_username, address.sentinel_password) == (None, None)


def test_a_password_may_do_without_a_user() -> None:
    """That of a server without users."""
    address = SentinelAddress.parse("redis+sentinel://:senha@s.test/mestre")

    assert (address.username, address.password) == (None, "senha")


@pytest.mark.parametrize(
    "address",
    [
        "redis://s.test/mestre",
        "redis+sentinel://s.test",
        "redis+sentinel://s.test/",
        "redis+sentinel:///mestre",
        "redis+sentinel://s.test,/mestre",
        "redis+sentinel://s.test:99999/mestre",
        "redis+sentinel://s.test/mestre/a",
        "redis+sentinel://s.test/mestre/-1",
        "redis+sentinel://s.test/mestre/0/1",
        "redis+sentinel://s.test/mestre?db=1",
        "redis+sentinel://s.test/mestre?sentinel_password=a&sentinel_password=b",
        "redis+sentinel://s.test/mestre#a",
        "redis+sentinel://s1.test,u:senha@s2.test/mestre",
    ],
)
def test_what_has_not_that_form_is_refused(address: str) -> None:
    """No Sentinel, no name, a database that is no number, unknown options, a user in the middle."""
    with pytest.raises(ValueError, match=r"."):
        SentinelAddress.parse(address)
