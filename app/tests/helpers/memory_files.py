"""Where files in memory alone can be had."""

import os

import pytest

needs_memory_files = pytest.mark.skipif(
    not hasattr(os, "memfd_create"), reason="this system, or this Python, has no such files"
)
