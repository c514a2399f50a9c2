"""One connection to the sink: each SMTP command is answered as the script or else the RFC says."""

import asyncio
import re
import ssl
from base64 import b64decode
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sandbox.sink.record import Record
from sandbox.sink.rules import Phase, Rule, Script
from sandbox.sink.talk import Gone, Talk

PATH: Final = re.compile(r"[^<]*<([^>]*)>")
ENDLESS: Final = "250-there is more to say\r\n" * 100


@dataclass(frozen=True, slots=True)
class Offer:
    """What a sink offers: `extensions` as EHLO names them, TLS with a context, its users.

    `implicit_tls` is TLS from the first byte instead of STARTTLS; `users` are passwords by name.
    """

    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 67108864")
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    users: Mapping[str, str] = field(default_factory=dict)
    mechanisms: str = "PLAIN LOGIN"


@dataclass(slots=True)
class Desk:
    """What all sessions share; `heard` is the last commands, `connections` a count."""

    offer: Offer
    record: Record
    script: Script
    heard: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    connections: int = 0


class Session:
    """The state of one connection: is it secured, who sends, to whom, how many it has taken."""

    def __init__(self, desk: Desk, talk: Talk) -> None:
        self._desk = desk
        self._talk = talk
        self._secured = desk.offer.implicit_tls
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._named: str | None = None
        self._taken = 0
        self._commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "QUIT": self._quit,
        }

    async def run(self) -> None:
        """Talk until one side has had enough: Gone, or a ConnectionError."""
        self._desk.connections += 1
        await self._answer("connect", "220 sink.example.org ESMTP")
        while True:
            line = (await self._talk.line()).decode("utf-8", "surrogateescape")
            self._desk.heard.append(line)
            verb, _, rest = line.partition(" ")
            await self._commands.get(verb.upper(), self._unknown)(rest)

    async def _answer(self, phase: Phase, usual: str) -> str:
        """Answer as the script says, or as usual; return what was said."""
        return await self._act(await self._choose(phase), usual)

    async def _choose(self, phase: Phase) -> Rule | None:
        seconds, rule = self._desk.script.choose(phase, self._named, self._taken)
        if seconds:
            await self._talk.flush()  # what was said before this phase is not held back with it
            await asyncio.sleep(seconds)
        return rule

    async def _act(self, rule: Rule | None, usual: str) -> str:
        said = rule.text if rule and rule.action == "reply" else usual
        match rule.action if rule else "reply":
            case "drop":
                await self._talk.flush()
                raise Gone
            case "stall":
                await self._talk.ignore()
            case "endless":
                await self._talk.flood((rule and rule.text) or ENDLESS)
            case "drip":
                await self._talk.drip(said, rule.seconds if rule else 0)
            case _:
                self._talk.say(said)
        if said.startswith(("421", "221")):
            await self._talk.flush()
            raise Gone
        return said

    async def _ehlo(self, _name: str) -> None:
        offer = self._desk.offer
        lines = ["sink.example.org", *offer.extensions]
        if offer.tls and not self._secured:
            lines.append("STARTTLS")
        if offer.users:
            lines.append(f"AUTH {offer.mechanisms}")
        marks = ["250-"] * (len(lines) - 1) + ["250 "]
        await self._answer(
            "ehlo", "\r\n".join(m + line for m, line in zip(marks, lines, strict=True))
        )

    async def _helo(self, _name: str) -> None:
        await self._answer("helo", "250 sink.example.org")

    async def _starttls(self, _rest: str) -> None:
        usual = "220 2.0.0 go on" if self._desk.offer.tls else "502 5.5.1 no TLS here"
        said = await self._answer("starttls", usual)
        if said.startswith("220") and self._desk.offer.tls:
            await self._talk.secure(self._desk.offer.tls)
            self._secured = True

    async def _auth(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = b64decode(initial).decode().split("\0")
        else:
            user, password = await self._ask("VXNlcm5hbWU6"), await self._ask("UGFzc3dvcmQ6")
        good = self._desk.offer.users.get(user) == password
        await self._answer("auth", "235 2.7.0 welcome" if good else "535 5.7.8 not known")

    async def _ask(self, question: str) -> str:
        self._talk.say(f"334 {question}")
        return b64decode(await self._talk.line()).decode()

    async def _mail(self, rest: str) -> None:
        self._forget()
        if (await self._answer("mail", "250 2.1.0 ok")).startswith("2"):
            self._sender = _path(rest)

    async def _rcpt(self, rest: str) -> None:
        self._named = _path(rest)
        usual = "503 5.5.1 MAIL comes first" if self._sender is None else "250 2.1.5 ok"
        if (await self._answer("rcpt", usual)).startswith("2"):
            self._recipients.append(self._named)

    async def _data(self, _rest: str) -> None:
        usual = "354 go on" if self._recipients else "554 5.5.1 no valid recipients"
        if (await self._answer("data", usual)).startswith("354"):
            await self._content()

    async def _content(self) -> None:
        rule = await self._choose("content")
        if rule:
            await self._act(rule, "")
        content = await self._talk.content()
        usual = "250 2.0.0 taken" if self._recipients else "554 5.5.1 no valid recipients"
        rule = await self._choose("dot")
        if self._recipients and (rule is None or rule.keeps):
            self._desk.record.add(self._sender or "", self._recipients, content)
            self._taken += 1
        self._forget()
        await self._act(rule, usual)

    async def _rset(self, _rest: str) -> None:
        self._forget()
        await self._answer("rset", "250 2.0.0 ok")

    async def _noop(self, _rest: str) -> None:
        self._talk.say("250 2.0.0 ok")

    async def _quit(self, _rest: str) -> None:
        await self._answer("quit", "221 2.0.0 bye")

    async def _unknown(self, _rest: str) -> None:
        self._talk.say("500 5.5.2 not a command")

    def _forget(self) -> None:
        self._sender, self._recipients, self._named = None, [], None


def _path(rest: str) -> str:
    """Return the address in 'FROM:<address> SIZE=1'."""
    found = PATH.match(rest)
    return found[1] if found else ""
