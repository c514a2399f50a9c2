"""A real browser: the Chromium of the machine, driven by Playwright, which downloads none.

Most people's windows are given no script, as ours ask for none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

PROGRAM = Path("/usr/bin/chromium")
HOST = "127.0.0.1"
PATIENCE_MS = 60_000
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What is not on this machine has no address, also for the browser's own errands.
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
)


@contextmanager
def running() -> Iterator[Browser]:
    """Run a browser for as long as the block lasts; skip the test where there is none."""
    if not PROGRAM.is_file():
        pytest.skip(f"there is no browser: {PROGRAM} is missing (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open somebody's own window, without script; at its end, fail where it asked another machine.

    The options are those of Playwright's `new_context`.
    """
    hosts: set[str | None] = set()
    context = browser.new_context(**{"java_script_enabled": False} | options)
    context.set_default_timeout(PATIENCE_MS)
    context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    try:
        yield context.new_page()
    finally:
        context.close()
    # A data: address has no host.
    assert hosts - {None} == {HOST}


def press(button: Locator) -> None:
    """Press a button or a link, and wait for the page that it leads to."""
    with button.page.expect_navigation():
        button.click()
