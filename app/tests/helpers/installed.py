"""The programs that some tests need, if this machine has them."""

import os
import shutil


def installed(*names: str) -> str | None:
    """The path of the first of these programs; None if there is none of them.

    With WITHOUT_PROGRAMS in the environment there is none: so CI shows that the rest of the suite
    needs them neither to pass nor for its coverage.
    """
    if "WITHOUT_PROGRAMS" in os.environ:
        return None
    return next(filter(None, map(shutil.which, names)), None)
