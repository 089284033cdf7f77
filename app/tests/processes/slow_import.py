"""The sample feature on a machine that imports slowly: `python -m tests.processes.slow_import`.

A worker takes longer than uvicorn's own health check allows. The settings are those of
`python -m tests.sample_feature`.
"""

import time

import main
from tests.sample_feature.__main__ import create_app

__all__ = ["create_app"]

if __name__ == "__main__":
    main.serve("tests.processes.slow_import:create_app")
elif __name__ == "__mp_main__":  # as multiprocessing imports it into each worker
    time.sleep(6)
