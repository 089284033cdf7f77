"""Whether a client is on this machine, and which user of it has opened the connection."""

import os
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from pathlib import Path

ROOT = 0

# Linux lists its connections here (proc_pid_net(5)), each with the user who opened it. A client may
# use an IPv6 socket for an IPv4 address.
_CONNECTIONS = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]


def is_loopback(host: str) -> bool:
    """Whether this is an address of the machine itself, which no other machine can have."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback


def is_another_users(client_port: int, server_port: int) -> bool:
    """Whether a process of another user than this process's, or root, has opened a connection.

    The connection is known by its ports. False if that cannot be told, as on Windows and macOS.
    """
    user = _opener(client_port, server_port)
    return user is not None and user not in {ROOT, os.getuid()}


def _opener(client_port: int, server_port: int) -> int | None:
    for file in _CONNECTIONS:
        with suppress(OSError):
            for connection in file.read_text(encoding="ascii").splitlines()[1:]:
                _, local, remote, _, _, _, _, user, *_ = connection.split()
                if local.endswith(f":{client_port:04X}") and remote.endswith(f":{server_port:04X}"):
                    return int(user)
    return None
