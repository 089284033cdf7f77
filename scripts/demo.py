"""The service over a stand-in of the upstream, for people without a network: `make demo`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[1] / "app"
STAND_IN_URL = "http://127.0.0.1:8002/api/v1/localidades"


def main() -> None:
    """Starts both, and ends the stand-in when the service ends."""
    command = [sys.executable, "-m", "stand_in", "--port", "8002", "--latency-ms", "100"]
    with subprocess.Popen(command, cwd=APP) as stand_in:
        environment = {
            **os.environ,
            "IBGE_BASE_URL": STAND_IN_URL,
            "SERVER_RELOAD": "false",
            # The stand-in's data are nobody's last good snapshot, and each demo is to collect.
            "SNAPSHOT_STORE": "memory:",
        }
        try:
            subprocess.run([sys.executable, "main.py"], cwd=APP, env=environment, check=False)
        except KeyboardInterrupt:
            pass  # Ctrl+C went to all three; the service has said goodbye itself.
        finally:
            stand_in.terminate()


if __name__ == "__main__":
    main()
