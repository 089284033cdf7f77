"""Memory used for compressing goes back to the system."""

import ctypes
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from src.infra.process.freed_memory import give_back_large_blocks

# Frees twenty blocks of 4 MB, each followed by a small one that stays. Before, freeing one large
# block has raised the C library's own threshold.
PROGRAM = """
from pathlib import Path
from src.infra.process.freed_memory import give_back_large_blocks

def resident_kb():
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

{first}
before = resident_kb()
bytearray(32_000_000)
blocks = []
for _ in range(20):
    blocks.append(bytearray(b"x") * 4_000_000)
    blocks.append(bytearray(b"x") * 1_000)
del blocks[::2]
print(resident_kb() - before)
"""

APP_DIR = Path(__file__).resolve().parents[3]


def kept_mb(first: str) -> float:
    """The MB out of 80 that a process keeps if it begins with this line."""
    program = PROGRAM.format(first=first)
    command = [sys.executable, "-c", program]
    # Measuring coverage there would use memory, too.
    environment = {name: value for name, value in os.environ.items() if "COV" not in name}
    ended = subprocess.run(
        command, cwd=APP_DIR, env=environment, capture_output=True, text=True, check=True
    )
    return int(ended.stdout) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is about the GNU C library")
def test_large_blocks_are_given_back() -> None:
    """A process keeps them only without the call; some Pythons give them back anyway."""
    kept_unasked = kept_mb("")
    kept = kept_mb("give_back_large_blocks()")

    assert kept < kept_unasked / 4 if kept_unasked > 40 else kept <= 40


def test_a_library_without_mallopt_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens, and nothing fails."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    give_back_large_blocks()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """Their libraries give memory back by themselves."""
    asked: list[object] = []
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(ctypes, "CDLL", asked.append)

    give_back_large_blocks()

    assert asked == []
