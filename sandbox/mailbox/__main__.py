"""Starts and stops the sandbox mailbox: `python -m sandbox.mailbox --help` says how."""

import argparse
import asyncio
import errno
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Final, NamedTuple

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.mailbox import page, smtp, store

BACKLOG: Final = 128
"""Connections that may wait to be taken."""
HTTP_SECONDS: Final = 10
"""How long a browser may take to say what it wants."""
STOP_SECONDS: Final = 5
"""How long the page is waited for when the mailbox stops."""
HIGHEST_PORT: Final = 65_535


class CannotListen(Exception):
    """An address cannot be listened on; the text says why and what to do."""


class Address(NamedTuple):
    """Where to listen: a host and a port, 0 for any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Request(WSGIRequestHandler):
    """One HTTP request; says nothing on the terminal, and waits for no slow client."""

    timeout = HTTP_SECONDS
    server_version = "sandbox-mailbox"
    sys_version = ""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: `make run` shows the product's own lines."""


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        smtp_socket = _listening(options.smtp, "--smtp")
        page_socket = _listening(options.page, "--page")
        kept = store.Store(options.dir, keep=options.keep)
    except (CannotListen, store.StoreUnusable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        asyncio.run(_serve(kept, smtp_socket, page_socket))
    except KeyboardInterrupt:  # before the signal handlers stood
        pass
    finally:
        kept.close()
    return 0


async def _serve(kept: store.Store, smtp_socket: socket.socket, page_socket: socket.socket) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    smtp.quiet()
    receiver = smtp.Receiver(kept)
    server = await loop.create_server(
        lambda: smtp.protocol(receiver), sock=smtp_socket, backlog=BACKLOG
    )
    pages, thread = _page_server(kept, _bound(smtp_socket), page_socket)
    sys.stdout.write(
        f"Sandbox mailbox: SMTP on {_bound(smtp_socket)}, page at http://{_bound(page_socket)}/, "
        f"{len(kept.newest_first())} messages in it.\n"
    )
    sys.stdout.flush()
    await stopped.wait()
    server.close()
    await asyncio.to_thread(pages.shutdown)
    thread.join(STOP_SECONDS)


def _page_server(
    kept: store.Store, smtp_address: Address, page_socket: socket.socket
) -> tuple[BaseWSGIServer, threading.Thread]:
    host, port = _bound(page_socket)
    app = page.create_app(kept, smtp_address=str(smtp_address), port=port)
    server = make_server(
        host, port, app, threaded=True, request_handler=Request, fd=page_socket.fileno()
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="page", daemon=True)
    thread.start()
    return server, thread


def _listening(address: Address, option: str) -> socket.socket:
    """Open a listening socket; werkzeug and asyncio would each fail in their own words."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's delay on and pipelined clients wait 40 ms a mail.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "another program uses it" if taken else (error.strerror or str(error))
        raise CannotListen(
            f"The mailbox cannot listen on {address} ({reason}): "
            f"{'stop that program or ' if taken else ''}give another address with {option}."
        ) from error
    return opened


def _bound(opened: socket.socket) -> Address:
    host, port = opened.getsockname()[:2]
    return Address(host, port)


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port[:6]) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT such as 127.0.0.1:1025")
    return Address(host.strip("[]"), int(port))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of messages")
    return int(text[:9])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.mailbox",
        description="Receives mail over SMTP, keeps it, and shows it on a page of its own.",
    )
    parser.add_argument("--smtp", type=_address, default="127.0.0.1:1025", metavar="HOST:PORT")
    parser.add_argument("--page", type=_address, default="127.0.0.1:8025", metavar="HOST:PORT")
    parser.add_argument("--dir", type=Path, default=Path("var/mail"), metavar="FOLDER")
    parser.add_argument("--keep", type=_count, default=store.KEPT_MESSAGES, metavar="N")
    return parser


if __name__ == "__main__":
    sys.exit(main())
