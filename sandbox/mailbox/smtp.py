"""Receives mail over SMTP, and misbehaves for addresses whose name asks for it.

aiosmtpd reads the commands; this module decides on each address and hands each message on. Messages
are written on the event loop itself: one write takes 0.1 ms, no more than asking a thread would.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox import headers, store

MESSAGE_BYTES: Final = 10 * 1024 * 1024
"""The largest message taken; a larger one is answered 552."""
RECIPIENTS: Final = 100
"""Recipients of one message; the least that RFC 5321 4.5.3.1.8 allows."""
GREYLIST_TRIES: Final = 2
"""Tries that are put off before a `slow` address is taken."""
GREYLIST_ADDRESSES: Final = 10_000
"""`slow` addresses remembered; the oldest is forgotten first."""
IDLE_SECONDS: Final = 300
"""How long a silent connection is kept (RFC 5321 4.5.3.2.7)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How addresses that begin with `prefix` fail: the SMTP reply, and what it stands for."""

    prefix: str
    reply: str
    meaning: str


SLOW: Final = Failure(
    "slow",
    "451 4.7.1 Greylisted: try again later",
    f"put off {GREYLIST_TRIES} times, then taken (greylisting)",
)
FAILURES: Final = (
    Failure(
        "bounce", "550 5.1.1 No such mailbox here", "refused for good: nobody has this address"
    ),
    Failure("full", "552 5.2.2 The mailbox is full", "refused: the mailbox is full"),
    SLOW,
    Failure(
        "policy", "550 5.7.1 Refused by policy", "refused: the receiver does not want our mail"
    ),
)


class Receiver:
    """Answers aiosmtpd's questions: which address is taken, and what becomes of a message."""

    def __init__(self, kept: store.Store) -> None:
        self._kept = kept
        self._tries: OrderedDict[str, int] = OrderedDict()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        """Announce PIPELINING too: aiosmtpd reads commands one by one from its buffer."""
        session.host_name = name
        return [*replies[:-1], "250-ENHANCEDSTATUSCODES", "250-PIPELINING", replies[-1]]

    async def handle_MAIL(  # noqa: N802 - as above
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take any sender whose address can be written down."""
        refusal = _unreadable(address, envelope)
        if refusal is not None:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - as above
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient, unless its name asks for a failure."""
        refusal = _unreadable(address, envelope) or self._failure(address)
        if refusal is not None:
            return refusal
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients: send the rest in another message"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write the message down, and only then say so."""
        try:
            entry = self._kept.add(
                mail_from=(envelope.mail_from or "").removeprefix("<>"),  # <> is nobody
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.original_content or b"",
            )
        except OSError as error:
            return f"452 4.3.1 The message could not be written: {error.strerror or error}"
        return f"250 2.0.0 OK: kept as {entry.id}"

    async def handle_exception(self, _error: Exception) -> str:
        """Answer a command that the address parser chokes on; its traceback helps nobody."""
        return "501 5.5.4 The command could not be read"

    def _failure(self, address: str) -> str | None:
        name = address.rpartition("@")[0].strip('"').casefold()
        failure = next((each for each in FAILURES if name.startswith(each.prefix)), None)
        if failure is None or (failure is SLOW and self._has_waited(address.casefold())):
            return None
        return failure.reply

    def _has_waited(self, address: str) -> bool:
        tries = self._tries[address] = self._tries.get(address, 0) + 1
        if len(self._tries) > GREYLIST_ADDRESSES:
            self._tries.popitem(last=False)
        return tries > GREYLIST_TRIES


def protocol(receiver: Receiver) -> SMTP:
    """Make the protocol of one connection, for `loop.create_server`."""
    return SMTP(
        receiver,
        data_size_limit=MESSAGE_BYTES,
        enable_SMTPUTF8=True,
        hostname="mailbox.localhost",  # unsaid, aiosmtpd would ask the DNS for this machine's name
        ident="sandbox mailbox: keeps mail, sends none",
        timeout=IDLE_SECONDS,
        loop=asyncio.get_running_loop(),
    )


def quiet() -> None:
    """Keep aiosmtpd's log to what is wrong with the server, not with what clients say."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)


def _unreadable(address: str, envelope: Envelope) -> str | None:
    """Refuse an address that could not be stored or shown; RFC 6531 asks for SMTPUTF8 first."""
    if headers.printable(address) != address:
        return "553 5.1.3 The address is not text"
    if not address.isascii() and not envelope.smtp_utf8:
        return "553 5.6.7 The address needs SMTPUTF8"
    return None
