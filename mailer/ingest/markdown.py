"""Markdown's characters (CommonMark 0.31): text made safe for it, and Markdown made text again."""

import html
import re
from typing import Final

SPECIAL: Final = re.compile(r"[\\`*_\[\]<~|]|&(?=#?\w{1,32};)|!$", re.MULTILINE)
"""What means something inside a line. `!` only where a link may follow and make an image of it."""

LINE_START: Final = re.compile(
    r"(?:[-+](?=\s|$)|-+(?=\s*$)|=+(?=\s*$)|#{1,6}(?=\s|$)|>)|:(?=[\s:-]*$)"
)
NUMBERED: Final = re.compile(r"(\d{1,9})([.)])(?=\s|$)")

HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$", re.DOTALL)
CLOSING_HASHES: Final = re.compile(r"(?<=\s)#+$")
ITEM: Final = re.compile(r" {0,3}(?:[-+*•]|\d{1,9}[.)])\s+(?=\S)")
MARKS: Final = re.compile(r"(?<![\w*\\])\*{1,3}(?=\S)|(?<=[^\s\\])\*{1,3}(?![\w*])")
UNDERSCORES: Final = re.compile(r"(?<![^\W_])(?<!\\)_{1,3}(?=\S)|(?<=[^\s\\])_{1,3}(?![^\W_])")
LINK: Final = re.compile(
    r"(?<!\\)\[([^\[\]]{0,500})\]"
    r"\(\s?<?((?:[^()<>\s]|\([^()<>\s]{0,200}\)){0,2000})>?"
    r"(?:\s{1,9}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?\s?\)"
)
"""An inline link: its text, its target. Every repetition is bounded, so no input makes it slow."""

HIDDEN: Final = re.compile(
    r"\\([!-/:-@\[-`{-~])|(&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[^\W_]{2,32});)"
)
"""An escaped character, or a character reference: only one that a semicolon ends is one to Markdown."""
LONG_REFERENCE: Final = re.compile(r"&#(?=\d{8})")
"""A reference to a number no character has; Python refuses to read thousands of digits, so it stays text."""

WORD: Final = re.compile(r"[^\W_]+")


def escape(text: str) -> str:
    """Return Markdown that renders as this plain text; line feeds stay line feeds."""
    return SPECIAL.sub(lambda match: "\\" + match[0], text)


def escape_start(line: str) -> str:
    """Escape what would make a heading, list, quote, rule or table of a line already escaped inside."""
    if LINE_START.match(line):
        return "\\" + line
    return NUMBERED.sub(r"\1\\\2", line, count=1) if NUMBERED.match(line) else line


def plain(source: str) -> str:
    """Return Markdown as the text a reader sees, line by line; link targets and emphasis marks go."""
    text = LINK.sub(r"\1", source).replace("\\\n", "\n")
    if heading := HEADING.match(text):
        text = CLOSING_HASHES.sub("", heading[2] or "")
    text = UNDERSCORES.sub("", MARKS.sub("", text)) if "*" in text or "_" in text else text
    return unescape(text).strip()


def unescape(text: str) -> str:
    """Resolve escapes and character references as Markdown does, each once."""
    return HIDDEN.sub(lambda match: match[1] or html.unescape(match[2]), text)


def bounded_references(text: str) -> str:
    """Make text of the character references that are too long to be one."""
    return LONG_REFERENCE.sub("&amp;#", text)


def words(text: str) -> list[str]:
    """List the words of a text: runs of letters and digits."""
    return WORD.findall(text)
