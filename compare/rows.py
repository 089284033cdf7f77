"""What the ways keep of the upstream's rows.

It imports nothing that has to be installed, as do the modules that a Python with free threading
runs.
"""

from typing import Any

Row = dict[str, Any]


def place(row: Row, **below: list[Row]) -> Row:
    """The kept part of a row and the places below; the IBGE nests all places above in each row."""
    return {"id": row["id"], "nome": row["nome"], **below}
