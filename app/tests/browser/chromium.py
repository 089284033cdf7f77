"""Finds and starts the Chromium that is installed on this machine."""

import os

from playwright.async_api import Browser, Playwright

from tests.helpers.installed import installed

# The first is the same browser without windows; it opens a page in a quarter of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

# No requests to its maker, and no graphics card.
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def chromium_program() -> str | None:
    """The path of Chromium or Chrome; None if neither is installed."""
    return installed(*PROGRAMS)


async def launch_chromium(playwright: Playwright) -> Browser:
    """Starts Chromium without a window; fails if none is installed."""
    program = chromium_program()
    if program is None:
        raise FileNotFoundError(f"none of these is installed: {', '.join(PROGRAMS)}")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return await playwright.chromium.launch(
        executable_path=program,
        # Tests in containers run as root, for which its sandbox does not work.
        args=[*ARGUMENTS, "--no-sandbox"] if is_root else ARGUMENTS,
    )
