"""The relay: where mail is handed over, as one URL says it."""

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final, Literal, Self, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from config import limits

StartTls = Literal["required", "never", "offered"]

PORTS: Final = {"smtp": 25, "smtps": 465}
OPTIONS: Final = {"starttls", "hello", "ca", "weight"}
HELLO: Final = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server that takes our mail.

    `implicit_tls` is TLS from the first byte (smtps); else `starttls` says whether the session
    must, may or must not be upgraded. `hello` is the name to greet with, None for the caller's;
    `ca` is a file of certificates to trust in place of the system's. Of several relays, each takes a
    share of the mails by its `weight`.
    """

    host: str
    port: int
    implicit_tls: bool = False
    starttls: StartTls = "required"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    hello: str | None = None
    ca: str | None = None
    weight: int = 1

    @property
    def name(self) -> str:
        """The relay as tables and people name it: host and port, never a password."""
        return f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Say whether the relay is on this machine, where nobody can listen in between."""
        return _loopback(self.host)

    @property
    def verified(self) -> bool:
        """Say whether the relay must prove its name by certificate.

        A local relay that offers STARTTLS with whatever certificate its package made is no worse
        than in clear; anywhere else, and wherever TLS or a CA was asked for, an unproven name ends
        the session.
        """
        return not (self.loopback and self.starttls == "offered" and self.ca is None)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read smtp://[user:password@]host[:port] or smtps://; ?starttls=, &hello=, &ca=, &weight=.

        `starttls` is required, never or offered; without it, offered on loopback and required
        elsewhere. ValueError with a sentence that says what to change, and never the password.
        """
        parts, port = _split(url)
        options = _options(parts)
        user, password = _credentials(parts)
        host = parts.hostname or ""
        relay = cls(
            host=host,
            port=PORTS[parts.scheme] if port is None else port,
            implicit_tls=parts.scheme == "smtps",
            starttls=_starttls(parts.scheme, host, options.get("starttls")),
            user=user,
            password=password,
            hello=options.get("hello"),
            ca=options.get("ca"),
            weight=_weight(options.get("weight", "1")),
        )
        relay._check_secrecy()
        return relay

    @classmethod
    def parse_all(cls, text: str) -> tuple[Self, ...]:
        """Read one relay or several, spaces or line breaks between them; ValueError as `parse`."""
        urls = text.split() or [""]
        relays = tuple(
            cls._parse_nth(url, n if len(urls) > 1 else 0) for n, url in enumerate(urls, 1)
        )
        if len({relay.name for relay in relays}) < len(relays):
            raise ValueError("A relay is named twice: give each host and port once, with a weight.")
        return relays

    @classmethod
    def _parse_nth(cls, url: str, number: int) -> Self:
        """Read one of several relays, and say which one is wrong; of a single one the number is 0."""
        try:
            return cls.parse(url)
        except ValueError as error:
            where = f"Relay {number} of the list: " if number else ""
            raise ValueError(f"{where}{error}") from None

    def _check_secrecy(self) -> None:
        clear = not self.implicit_tls and self.starttls == "never" and not self.loopback
        if self.user is not None and clear:
            raise ValueError(
                "A password would travel in clear: remove starttls=never, or the user."
            )


def _split(url: str) -> tuple[SplitResult, int | None]:
    if not url.isprintable() or " " in url:
        raise ValueError("Write the relay's URL without spaces or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:  # its words may quote the URL, and with it the password
        raise ValueError(
            "The host or port in the relay's URL is not one; in a password write / as %2F and # as %23."
        ) from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise ValueError("Write the relay as smtp://host:port or smtps://host:port.")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(
            "Only options may follow the relay's host; in a password write / as %2F and # as %23."
        )
    return parts, port


def _options(parts: SplitResult) -> dict[str, str]:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    options = dict(pairs)
    if len(options) != len(pairs) or not options.keys() <= OPTIONS or "" in options.values():
        raise ValueError(
            "The relay's options are starttls, hello, ca and weight, each once and with a value."
        )
    if not HELLO.fullmatch(options.get("hello", "localhost")):
        raise ValueError("The relay's option hello is a host name, such as mail.example.org.")
    return options


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    if parts.username is None and parts.password is None:
        return None, None
    try:
        user = unquote(parts.username or "", errors="strict")
        password = unquote(parts.password or "", errors="strict")
    except UnicodeDecodeError:
        raise ValueError("Write the relay's user and password in UTF-8.") from None
    if not user or not password or "\0" in user + password:
        raise ValueError("Give the relay's user and password both, as user:password@host.")
    return user, password


def _weight(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= limits.RELAY_WEIGHT:
        raise ValueError(
            f"The relay's option weight is a number from 1 to {limits.RELAY_WEIGHT:,}."
        )
    return int(text)


def _starttls(scheme: str, host: str, wish: str | None) -> StartTls:
    if wish is not None and scheme == "smtps":
        raise ValueError("smtps is TLS from the first byte: remove the option starttls.")
    if wish is None:
        return "offered" if scheme == "smtp" and _loopback(host) else "required"
    for choice in get_args(StartTls):
        if wish == choice:
            return choice  # type: ignore[no-any-return] # get_args of a Literal is typed loosely
    raise ValueError("The relay's option starttls is required, never or offered.")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
