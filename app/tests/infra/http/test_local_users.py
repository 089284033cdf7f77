"""The user at the other end of a connection."""

import socket
import sys
from pathlib import Path

import pytest

from src.infra.http import local_users
from src.infra.http.local_users import is_another_users

# As Linux lists a connection from port 50,000 to port 8001, with the user's id in braces.
CONNECTION = "   0: 0100007F:C350 0100007F:1F41 01 00000000:00000000 00:00000000 00000000 {} 0 1\n"
HEAD = (
    "  sl  local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode\n"
)

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ids of users")


def test_a_connection_of_this_process_is_its_own_users() -> None:
    """Wherever the system lists connections, and where it does not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server_port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", server_port)) as client:
            assert not is_another_users(client.getsockname()[1], server_port)


@unix_only
@pytest.mark.parametrize(("user", "is_anothers"), [("0", False), ("1000", False), ("33", True)])
def test_another_user_is_neither_root_nor_this_processs(
    user: str, *, is_anothers: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second file is read, too, and other connections do not count."""
    empty, listed = tmp_path / "tcp", tmp_path / "tcp6"
    empty.write_text(HEAD)
    listed.write_text(
        HEAD + CONNECTION.format("7").replace("C350", "C351") + CONNECTION.format(user)
    )
    monkeypatch.setattr(local_users, "_CONNECTIONS", [empty, listed])
    monkeypatch.setattr("os.getuid", lambda: 1000)

    assert is_another_users(50_000, 8001) is is_anothers


def test_a_system_that_lists_nothing_finds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows and macOS have no such files."""
    monkeypatch.setattr(local_users, "_CONNECTIONS", [tmp_path / "none"])

    assert not is_another_users(50_000, 8001)
