"""Turns the bytes of a mail, well-formed or hostile, into what a person can look at.

Nothing here raises because of a mail's content: whoever writes the product writes broken mails on
the way, and a broken mail must be seen, not hidden behind an error page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from html import unescape
from typing import Final

from sandbox.mailbox import headers

LINKS_SHOWN: Final = 200
"""Links listed of one mail; more is a mistake or an attack."""
LINK_LENGTH: Final = 2_000
"""The longest link looked for, in characters: bounds the work of the patterns below."""
TEXT_SHOWN: Final = 1_000_000
"""Characters of one part shown on a page; the rest is in the raw file."""
NAME_LENGTH: Final = 200
"""Characters of a file name that are shown."""
PARTS_SHOWN: Final = 1_000
"""Parts of one mail that are looked at."""

_URL = re.compile(rf"https?://[^\s<>\"'\x00-\x1f]{{1,{LINK_LENGTH}}}", re.IGNORECASE)
_HREF = re.compile(
    rf"\bhref\s{{0,9}}=\s{{0,9}}[\"']?((?:https?://|mailto:)[^\s<>\"']{{1,{LINK_LENGTH}}})",
    re.IGNORECASE,
)
_CONNECTING_TAG = re.compile(r"<(link|iframe|frame)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a mail that is not shown as its text; `content` is decoded."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail taken apart for the page; `trouble` is a sentence where that did not go well."""

    fields: tuple[tuple[str, str], ...]
    text: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    links: tuple[str, ...] = ()
    trouble: str | None = None


def read(content: bytes) -> Mail:
    """Take a mail apart; raises nothing, whatever `content` is."""
    fields = headers.fields(content)
    try:
        return _taken_apart(content, fields)
    except Exception as error:  # noqa: BLE001 - the parser fails in many ways on hostile mails
        kind = type(error).__name__
        sentence = f"The parts of this mail could not be read ({kind}). Its raw bytes are complete."
        return Mail(fields=fields, trouble=sentence)


def raw_text(content: bytes) -> str:
    """Decode a whole mail for looking at, cut at `TEXT_SHOWN` characters."""
    return _body(content[: TEXT_SHOWN * 4], None)


def split_links(text: str) -> Iterator[tuple[str, bool]]:
    """Cut text into pieces, each with whether it is a link; joined they are the text again."""
    start = 0
    for found in _URL.finditer(text):
        url = _without_punctuation(found.group())
        yield text[start : found.start()], False
        yield url, True
        start = found.start() + len(url)
    yield text[start:], False


def framed(html: str) -> str:
    """Make a mail's HTML ready for the sandboxed frame: links open outside, nothing connects.

    The frame's policy stops every request, but Chromium opens the connection for `<link
    rel=preconnect>` and for a frame before it asks the policy. Neither can show anything here,
    so both are disarmed.
    """
    return '<base target="_blank">' + _CONNECTING_TAG.sub(r"<x-\1", html)


def _taken_apart(content: bytes, fields: tuple[tuple[str, str], ...]) -> Mail:
    text: str | None = None
    html: str | None = None
    attachments: list[Attachment] = []
    for part in _parts(message_from_bytes(content)):
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment"
        if kind == "text/plain" and text is None and not attached:
            text = _body(_payload(part), part.get_content_charset())
        elif kind == "text/html" and html is None and not attached:
            html = _body(_payload(part), part.get_content_charset())
        else:
            attachments.append(_attachment(part, kind))
    return Mail(fields, text, html, tuple(attachments), _links(text or "", html or ""))


def _parts(message: Message) -> Iterator[Message]:
    """Walk the leaves without recursion: a mail may be a thousand parts deep."""
    waiting = [message]
    for _ in range(PARTS_SHOWN):
        if not waiting:
            return
        part = waiting.pop()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting.extend(child for child in reversed(inner) if isinstance(child, Message))
        else:
            yield part


def _payload(part: Message) -> bytes:
    if part.is_multipart():  # message/rfc822 and its kin: the mail inside, as it stands
        inner = part.get_payload(0)
        return inner.as_bytes() if isinstance(inner, Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachment(part: Message, kind: str) -> Attachment:
    name = headers.one_line(headers.decoded(part.get_filename() or ""))[:NAME_LENGTH]
    return Attachment(
        name=name or "(no name)", content_type=headers.one_line(kind), content=_payload(part)
    )


def _body(data: bytes, charset: str | None) -> str:
    text = headers.characters(data, charset)[:TEXT_SHOWN]
    return headers.printable(text.replace("\r\n", "\n").replace("\r", "\n"))


def _links(text: str, html: str) -> tuple[str, ...]:
    """List each link once, in the order of the text and then of the HTML."""
    found = [piece for piece, is_link in split_links(text) if is_link]
    found += [unescape(href) for href in _HREF.findall(html)]
    return tuple(dict.fromkeys(found))[:LINKS_SHOWN]


def _without_punctuation(url: str) -> str:
    """Leave out what ends the sentence, not the address: `see https://example.org/a.`."""
    url = url.rstrip(".,;:!?")
    return url[:-1] if url.endswith((")", "]")) and "(" not in url and "[" not in url else url
