"""What can become of a message that was not accepted, sorted by what the ledger has to do next.

A refusal is an answer about one message. Everything else is silence, and what matters then is only
whether the final dot had left: before it nothing can have been accepted, after it everything can
(RFC 1047).
"""

from typing import Final, Literal

from mailer.smtp.replies import Reply

Scope = Literal["address", "mailbox", "policy", "message"]

SUBJECTS: Final[dict[str, Scope]] = {"1": "address", "2": "mailbox", "7": "policy"}
"""The second number of an enhanced status code (RFC 3463 section 4) and whom it speaks about."""

EXCEPTIONS: Final[dict[str, Scope]] = {
    # "Other address status" does not say whose address: a Postfix that holds its answer about the
    # sender back until RCPT says 5.1.0 there. Read as the reader's fault it would cost us the whole
    # list.
    "5.1.0": "message",
    "5.1.7": "policy",  # the sender's address is malformed: our fault, for every reader
    "5.1.8": "policy",  # the sender's domain is not known: our fault, for every reader
}


class Failure(Exception):
    """Tells that the relay has not accepted a message, or may not have."""


class Refusal(Failure):
    """Holds a definite answer about this message: it was not accepted.

    `code` is an enhanced status code such as '4.2.1' (RFC 3463). `text` is what the relay said,
    three digits first; relays like to repeat the address in it, so neither str() nor repr() shows
    it.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return f"The relay did not accept the message ({self.code})."

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"


class TemporaryFailure(Refusal):
    """Tells that this message was refused for now (4yz): defer it and try again later.

    `of_sender` says that it was the answer to MAIL, when no reader had been named yet: the relay
    speaks for itself, not for the reader's domain.
    """

    def __init__(self, code: str, text: str, *, of_sender: bool = False) -> None:
        super().__init__(code, text)
        self.of_sender = of_sender


class PermanentFailure(Refusal):
    """Tells that this message was refused for good (5yz), or cannot be offered: do not retry.

    `scope` says whom the refusal is about: the 'address' (it does not exist), the 'mailbox' (it
    exists but takes nothing), 'policy' (it is about us, not about the reader) or only this
    'message'.
    """

    def __init__(self, code: str, text: str, scope: Scope | None = None) -> None:
        super().__init__(code, text)
        self.scope: Scope = scope or scope_of(code)
        self.args = (code, text, self.scope)


class Silence(Failure):
    """Holds the `reason`, a sentence, why there is no answer about a message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(Silence):
    """Tells that the final dot was never handed over: surely not accepted, retry freely."""


class Uncertain(Silence):
    """Tells that the final dot was handed over and no verdict came: perhaps accepted."""


class RelayAway(Silence):
    """Tells that no session could be opened, so nothing was tried: wait, then connect again."""


def scope_of(code: str) -> Scope:
    """Return whom a permanent enhanced status code speaks about (RFC 3463 section 3)."""
    _, _, detail = code.partition(".")
    return EXCEPTIONS.get(code) or SUBJECTS.get(detail.partition(".")[0], "message")


def refusal(reply: Reply, *, of_sender: bool = False) -> Refusal:
    """Return the failure that a 4yz or 5yz reply means.

    `of_sender` marks an answer to MAIL, when no reader had been named yet: whatever its code says,
    it cannot be about the reader's address, mailbox or domain.
    """
    text = f"{reply.code} {reply.text}".rstrip()
    if reply.code < 500:  # noqa: PLR2004 - the border between 4yz and 5yz (RFC 5321 4.2.1)
        return TemporaryFailure(reply.enhanced, text, of_sender=of_sender)
    scope = scope_of(reply.enhanced)
    if of_sender and scope in {"address", "mailbox"}:
        scope = "policy"
    return PermanentFailure(reply.enhanced, text, scope)
