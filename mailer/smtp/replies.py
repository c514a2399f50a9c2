"""What a relay says: replies, and the extensions it offers in one of them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from config import limits

LINE: Final = re.compile(rb"([2-5][0-9][0-9])(?:[ -](.*))?", re.DOTALL)
ENHANCED: Final = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+|$)")
CLOSING: Final = 421
"""The relay ends the session, whatever it was asked (RFC 5321 3.8)."""
CONTINUE: Final = 354
"""The relay waits for the message."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: three digits, enhanced status code, words.

    `enhanced` is the code of RFC 3463 where the relay gave one of the same class, else '2.0.0',
    '4.0.0' and so on. `text` is the words of all lines, one space between them, no control
    characters, at most SMTP_REPLY_TEXT_LENGTH characters. `lines` are the words line by line,
    enhanced codes and all.
    """

    code: int
    enhanced: str
    text: str
    lines: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Say whether this is a yes to MAIL, RCPT, RSET or the final dot.

        Only 25z is (RFC 5321 4.2.2). Another 2yz there, a 220 or a 221, answers some other
        question.
        """
        return self.code // 10 == 25  # noqa: PLR2004 - 25z

    @property
    def refused(self) -> bool:
        """Say whether this is a definite no, for now or for good."""
        return self.code // 100 in {4, 5}


@lru_cache(maxsize=512)
def parse(lines: tuple[bytes, ...]) -> Reply:
    """Make one reply of its lines, given without their line ends; ValueError when it is none.

    RFC 5321 4.2.1: every line starts with the same three digits, all but the last with a hyphen
    after them. A relay says the same few things to every message, so what was read is remembered.
    """
    found = [LINE.fullmatch(line) for line in lines]
    codes = {match[1] for match in found if match}
    if len(codes) != 1 or None in found:
        raise ValueError("What the relay said is not an SMTP reply.")
    digits = codes.pop().decode("ascii")
    words = tuple(_readable(match[2] or b"") for match in found if match)
    given = ENHANCED.match(words[0])
    enhanced = given[1] if given and given[1][0] == digits[0] else f"{digits[0]}.0.0"
    text = " ".join(filter(None, (word.removeprefix(enhanced).strip() for word in words)))
    return Reply(int(digits), enhanced, text[: limits.SMTP_REPLY_TEXT_LENGTH], words)


def _readable(words: bytes) -> str:
    """Decode words that may be anything: PostgreSQL stores no NUL, and a terminal obeys escapes."""
    text = words.decode("utf-8", "replace")
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the relay offers, as `"PIPELINING" in extensions`.

    `size` is the largest message in bytes (RFC 1870), None where no limit was named; `mechanisms`
    are the ways to sign in (RFC 4954), in capitals.
    """

    keywords: frozenset[str] = frozenset()
    size: int | None = None
    mechanisms: frozenset[str] = frozenset()

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.keywords

    @classmethod
    def parse(cls, reply: Reply) -> Self:
        """Read the lines of a reply to EHLO; its first names the relay (RFC 5321 4.1.1.1)."""
        offered = [line.upper().split() for line in reply.lines[1:] if line.strip()]
        named = {words[0]: words[1:] for words in offered}
        return cls(
            keywords=frozenset(named),
            size=_size(named.get("SIZE", [])),
            mechanisms=frozenset(named.get("AUTH", [])),
        )


def _size(words: list[str]) -> int | None:
    """Read the number after SIZE; nothing, nought or nonsense is no limit."""
    given = words[0] if words else ""
    return (int(given) or None) if re.fullmatch("[0-9]{1,20}", given) else None
