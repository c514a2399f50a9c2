"""The loopback ports of the sandbox: which they are, whether they are free, what answers."""

import contextlib
import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.errors import SandboxError

HOST = "127.0.0.1"
_HIGHEST = 65535
_OK = 200


@dataclass(frozen=True)
class Ports:
    """Where the parts of the sandbox listen, all on loopback."""

    web: int = 8000
    smtp: int = 1025
    mailbox: int = 8025
    stripe: int = 8026


VARIABLES = {
    "web": "PORT",
    "smtp": "MAILBOX_SMTP_PORT",
    "mailbox": "MAILBOX_PORT",
    "stripe": "STRIPE_PORT",
}


def chosen(given: Mapping[str, str]) -> Ports:
    """Return the ports that the environment chose, the usual ones where it chose none."""
    numbers = {
        part: _number(variable, given[variable])
        for part, variable in VARIABLES.items()
        if given.get(variable)
    }
    return Ports(**numbers)


def _number(variable: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _HIGHEST:
        raise SandboxError(f"{variable} is '{text}'; give a number from 1 to {_HIGHEST}.")
    return int(text)


def refuse_taken(ports: Ports) -> None:
    """Raise SandboxError where a port cannot be had, or two of them are the same."""
    with contextlib.ExitStack() as held:
        for part, variable in VARIABLES.items():
            _try(held.enter_context(socket.socket()), variable, getattr(ports, part))


def _try(probe: socket.socket, variable: str, port: int) -> None:
    # As gunicorn does: a port whose last connections are only fading away is free.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((HOST, port))
        probe.listen()
    except PermissionError:
        raise SandboxError(
            f"Port {port} needs root's rights; choose one above 1023: make run {variable}=8000"
        ) from None
    except OSError:
        other = port + 10 if port + 10 <= _HIGHEST else port - 10
        raise SandboxError(
            f"Port {port} is in use; stop what uses it, or choose another: "
            f"make run {variable}={other}"
        ) from None


def answers(port: int, path: str) -> bool:
    """Tell whether a page on loopback answers 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
