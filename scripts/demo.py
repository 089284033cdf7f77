"""The service over a stand-in for the upstream, for people without a network: `make demo`."""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from src.entrypoints.features import FEATURES, load_settings
from stand_in.contents import settings_at
from stand_in.server import CONTROL_PATH

APP = Path(__file__).resolve().parents[1] / "app"
STAND_IN_URL = "http://127.0.0.1:8002"

# A resource that waits for the first collection, if there is one.
FIRST = next((path for feature in FEATURES for path in feature.at_hand), "/health/ready")


def main() -> None:
    """Starts both, prints the address once it answers, and ends the stand-in with the service."""
    port = load_settings().server_port
    if answers(port):
        sys.exit(f"A porta {port} já está em uso: encerre o que a ocupa ou defina SERVER_PORT.")
    environment = {
        **os.environ,
        **settings_at(STAND_IN_URL),
        "SERVER_RELOAD": "false",
        # The stand-in's data must not be kept as a good snapshot, and each demo has to collect.
        "SNAPSHOT_STORE": "memory:",
        # Experiments, one right after the other.
        "EXPERIMENTS_URL": STAND_IN_URL + CONTROL_PATH,
        "REFRESH_MIN_INTERVAL_S": "0",
    }
    # On SIGTERM from a supervisor, it ends the others as with Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    stand_in_command = [sys.executable, "-m", "stand_in", "--port", "8002", "--latency-ms", "100"]
    with (
        subprocess.Popen(stand_in_command, cwd=APP) as stand_in,
        subprocess.Popen([sys.executable, "main.py"], cwd=APP, env=environment) as service,
    ):
        try:
            while service.poll() is None and not answers(port):
                time.sleep(0.1)
            time.sleep(0.5)  # so that the address comes below the collection's log
            if service.poll() is None:
                print(f"http://localhost:{port}", flush=True)
            service.wait()
        except KeyboardInterrupt:
            service.wait()  # Ctrl+C went to all three
        finally:
            service.terminate()  # if only this process was ended
            stand_in.terminate()


def answers(port: int) -> bool:
    """Whether the service answers; its first answer waits for its first collection."""
    try:
        connection = HTTPConnection("localhost", port)
        connection.request("HEAD", FIRST)
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    else:
        return True


if __name__ == "__main__":
    main()
