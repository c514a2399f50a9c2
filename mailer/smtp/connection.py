"""One session with a relay, kept for many messages and driven phase by phase.

Envelope, content, verdict: the phase in which a session breaks decides what is known about the
message, so each phase turns what went wrong into its own failure. Where the relay pipelines, the
envelope of the next message travels behind the dot of the one before it (RFC 2920 3.1): a message
costs one write and one round trip. An envelope is not a message, so still only one is ever in doubt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from config import limits
from mailer.smtp import content, envelope, failures, handshake
from mailer.smtp.content import Content
from mailer.smtp.failures import NotSent, Refusal, Uncertain
from mailer.smtp.relay import Relay
from mailer.smtp.replies import CLOSING, CONTINUE, Extensions, Reply
from mailer.smtp.wire import Broken, Wire

MAIL: Final = 0
RCPT: Final = 1
DATA: Final = 2
"""Where each command stands in an envelope."""


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """One message for one recipient; an empty sender is the null path."""

    sender: str
    recipient: str
    content: Content


class Connection:
    """A session that takes one message after another.

    `extensions` is what the relay offers; `messages` counts the envelopes begun here, for who wants
    to change connections after so many.
    """

    def __init__(
        self, wire: Wire, extensions: Extensions, *, timeout: float, dot_timeout: float
    ) -> None:
        self.extensions = extensions
        self.messages = 0
        self.closed = False
        self._wire = wire
        self._timeout = timeout
        self._dot_timeout = dot_timeout
        self._pipelining = "PIPELINING" in extensions
        #: The parcel whose envelope has been written, and whose replies have not been read.
        self._announced: Parcel | None = None

    @classmethod
    def open(cls, relay: Relay, *, timeout: float, dot_timeout: float, hello: str) -> Self:
        """Connect, greet and, where the relay's URL asks for it, start TLS and sign in.

        `timeout` is how long each reply is waited for, `dot_timeout` the reply to the final dot, in
        seconds; `hello` is our host name. RelayAway when the relay cannot be reached or does not
        want us.
        """
        wire, extensions = handshake.shake(relay, timeout=timeout, hello=hello)
        return cls(wire, extensions, timeout=timeout, dot_timeout=dot_timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Say whether another message may be sent here: open, and nothing has come unasked."""
        return not self.closed and (self._announced is not None or self._wire.quiet())

    @property
    def awaited(self) -> bool:
        """Say whether an envelope has travelled for a message that has not."""
        return self._announced is not None

    def send(
        self, parcel: Parcel, *, before_dot: Callable[[], None], behind: Parcel | None = None
    ) -> Reply:
        """Hand one message to the relay for one recipient, and return its 250.

        1. Envelope: MAIL, RCPT and DATA, in one write where the relay pipelines; or it has travelled
           already, behind the message before.
        2. `before_dot()` is called when all is ready but the write that holds the final dot. When
           it raises, that write does not happen, the connection is closed and the exception goes on
           to the caller.
        3. Content and dot, and the envelope of the message `behind` it; then the verdict is waited for.

        TemporaryFailure and PermanentFailure are answers about this message; after them the
        connection is `alive` unless the relay ended it. NotSent and Uncertain close it. What was sent
        `behind` is what must be sent next: with anything else the connection ends first.
        """
        commands = () if parcel is self._announced else self._envelope(parcel)
        try:
            self._begin(parcel)
            self._offer(commands)
            self._hand_over(parcel.content, before_dot, self._behind(behind))
            return self._verdict()
        except Refusal:
            raise
        except BaseException:
            # Where the two sides stand is not known any more: another message would read this one's
            # replies.
            self._abandon()
            raise

    def close(self) -> None:
        """Say goodbye where that is possible, wait a moment for the answer, and close."""
        if self.alive and self._announced is None:  # behind an envelope the relay waits for content
            try:
                self._wire.write(b"QUIT\r\n", limits.SMTP_QUIT_SECONDS)
                self._wire.reply(limits.SMTP_QUIT_SECONDS)
            except Broken:
                pass  # the relay has forgotten us already, which is all a QUIT is for
        self._abandon()

    def _envelope(self, parcel: Parcel) -> tuple[bytes, bytes, bytes]:
        return envelope.commands(
            self.extensions,
            sender=parcel.sender,
            recipient=parcel.recipient,
            content=parcel.content,
        )

    def _behind(self, parcel: Parcel | None) -> bytes:
        """Return the envelope to write behind the dot; nothing where that cannot be, and it is said later."""
        if parcel is None or not self._pipelining:
            return b""
        try:
            written = b"".join(self._envelope(parcel))
        except Refusal:
            return b""  # it is raised again when its own turn comes
        self._announced = parcel
        return written

    def _begin(self, parcel: Parcel) -> None:
        announced, self._announced = self._announced, None
        if announced not in {None, parcel}:
            raise NotSent("Another message was announced here, so the connection had to end.")
        if announced is None and not self.alive:
            raise NotSent("The connection had ended before the message was begun.")
        self.messages += 1

    def _offer(self, commands: Sequence[bytes]) -> None:
        """Say the envelope where it has not travelled yet; return when the relay waits for the message."""
        try:
            if self._pipelining and commands:
                self._wire.write(b"".join(commands), self._timeout)
            for position in (MAIL, RCPT, DATA):
                if not self._pipelining:
                    self._wire.write(commands[position], self._timeout)
                self._judge(position, self._wire.reply(self._timeout))
        except Broken as fault:
            raise NotSent(str(fault)) from fault

    def _judge(self, position: int, reply: Reply) -> None:
        """Return when the relay said yes to the command at this position of the envelope."""
        if reply.code == CLOSING and position == MAIL:
            # As a rule this was said before MAIL, to a connection too old or too idle: not about
            # the message.
            raise NotSent("The relay ended the session before it looked at the message (421).")
        if reply.refused:
            self._back_out(position, reply)
            raise failures.refusal(reply, of_sender=position == MAIL)
        if not (reply.code == CONTINUE if position == DATA else reply.accepted):
            raise Broken(f"The relay answered out of turn ({reply.code}).")

    def _back_out(self, position: int, reply: Reply) -> None:
        """Leave the transaction so that the connection can take another one, or close it."""
        try:
            fit = reply.code != CLOSING and self._take_back(position)
        except Broken:
            fit = False
        if not fit:
            self._abandon()

    def _take_back(self, position: int) -> bool:
        if self._pipelining and not self._answer_the_rest(position):
            return False
        self._wire.write(b"RSET\r\n", self._timeout)
        return self._wire.reply(self._timeout).accepted

    def _answer_the_rest(self, refused: int) -> bool:
        """Read the replies to what was written behind the refused command; say whether all is well.

        A relay may refuse the recipient and yet wait for a message. RFC 2920 3.1: it gets a lone
        dot. But only where the recipient was refused in so many words: to any other the dot would
        be an empty mail.
        """
        if refused == DATA:
            return True
        nobody = refused > MAIL or self._next().refused
        if self._next().code != CONTINUE:
            return True
        if nobody:
            self._wire.write(content.END, self._timeout)
            self._wire.reply(self._dot_timeout)
        return nobody

    def _next(self) -> Reply:
        reply = self._wire.reply(self._timeout)
        if reply.code == CLOSING:
            raise Broken("The relay ends the session.")
        return reply

    def _hand_over(self, message: Content, before_dot: Callable[[], None], behind: bytes) -> None:
        """Write the message; until `before_dot` returns, its end has not left."""
        ahead, rest = content.halves(message)
        if ahead:
            self._write(ahead)
        if not self._wire.quiet():
            # Taken for the verdict, this would make a message count as accepted that nobody has.
            raise NotSent("The relay spoke, or left, before the message was complete.")
        try:
            before_dot()
        except BaseException:
            self._abandon()  # here too, in case what it raises is a Refusal
            raise
        try:
            self._wire.write(rest + behind, self._timeout)
        except Broken as fault:
            # Where an envelope stands behind it, the dot may have left though the last byte did not.
            raise (Uncertain if behind else NotSent)(str(fault)) from fault

    def _write(self, part: bytes) -> None:
        try:
            self._wire.write(part, self._timeout)
        except Broken as fault:
            raise NotSent(str(fault)) from fault

    def _verdict(self) -> Reply:
        try:
            reply = self._wire.reply(self._dot_timeout)
        except Broken as fault:
            raise Uncertain(str(fault)) from fault
        if reply.refused:
            if reply.code == CLOSING:
                self._abandon()
            raise failures.refusal(reply)
        if not reply.accepted:
            raise Uncertain(f"The relay answered the final dot out of turn ({reply.code}).")
        return reply

    def _abandon(self) -> None:
        self.closed, self._announced = True, None
        self._wire.close()
