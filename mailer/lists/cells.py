"""Cells that no spreadsheet runs: what would be a formula gets an apostrophe before it, and loses it here.

OWASP, "CSV Injection": a cell that begins with one of = + - @ TAB CR NUL may be run. A cell that begins
with apostrophes and then one of these gets one more, so that what was written is what is read back.
"""

import re
from typing import Final

_RUN: Final = re.compile("'*[=+\\-@\t\r\0]")
_MARKED: Final = re.compile("'+[=+\\-@\t\r\0]")


def safe(text: str) -> str:
    """Return the cell as it may be opened."""
    return f"'{text}" if _RUN.match(text) else text


def plain(text: str) -> str:
    """Return what a safe cell says."""
    return text[1:] if text.startswith("'") and _MARKED.match(text) else text
