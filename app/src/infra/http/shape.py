"""The shapes of what is answered, for the API's documentation."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A shape that is only documented: nothing is validated or written with it.

    So its validator, which takes a tenth of a start's own time for all shapes, is not built.
    """

    model_config = ConfigDict(defer_build=True)
