"""The sandbox's Stripe as a server: in a thread of a test, or as a process of its own."""

import contextlib
import socket
import struct
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

from sandbox.stripe import control, deeds, deliveries, endpoints, payouts, signatures
from sandbox.stripe.api import API, Answer, Cut, Request
from sandbox.stripe.clock import Clock
from sandbox.stripe.deliveries import Courier, Post
from sandbox.stripe.faults import Faults
from sandbox.stripe.pages import site
from sandbox.stripe.refusals import Refused
from sandbox.stripe.shelf import Shelf
from sandbox.stripe.things import Thing
from sandbox.stripe.world import FIRST_SECOND, World

HOST: Final = "127.0.0.1"
LONGEST_BODY: Final = 1024 * 1024
HTTP_SECONDS: Final = 30
ROUND_SECONDS: Final = 0.5
"""How often what is due is looked for while the clock runs by itself."""
AT_ONCE: Final = struct.pack("ii", 1, 0)

WRONG: Final = Refused("The sandbox itself is wrong: see its log.", status=500, kind="api_error")

P = ParamSpec("P")
T = TypeVar("T")
Page = Callable[[Request], Answer | None]
"""Serves what is neither the API nor the operator's: the pages; None where it has no such page."""


class Stripe:
    """A whole Stripe: `with Stripe() as stripe: .. stripe.base .. stripe.do(paying.pay, id, number=..)`.

    The clock stands at `now` and moves by `advance` alone; with `ticking` it runs with the machine's
    and events are delivered by themselves. `state` is a file that keeps everything over a restart.
    `post` sends a webhook; a test may give one that calls the product without a socket.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        seed: int = 0,
        now: int | None = None,
        ticking: bool = False,
        state: Path | None = None,
        post: Post = deliveries.over_http,
    ) -> None:
        shelf = Shelf(state)
        self.world = World(shelf, _clock(shelf, now, ticking=ticking), seed=seed, deeds=deeds.DEEDS)
        self.api = API(self.world)
        self.courier = Courier(self.world, post)
        self.control = control.Control(self.world, self.api, self.courier)
        self.pages: Page = site.Pages(self.world, self.courier)
        self.port = port
        self._rounds = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def base(self) -> str:
        """Where it is: what the client library takes as `base_addresses["api"]`."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Listen; OSError where the port is taken."""
        self._server = _Server((HOST, self.port), self)
        self.port = int(self._server.server_address[1])
        with self.world.turn() as world:
            world.base = self.base
            payouts.open_books(world)
        self.courier.recover()
        self._begin("stripe", lambda: self._server.serve_forever(0.05))
        if self.world.clock.ticking:
            self._begin("stripe-rounds", self._go_round)

    def stop(self) -> None:
        """Stop listening, and let go of the state."""
        self._rounds.set()
        self.courier.close()
        self.api.troubles.end()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()
        self._server.reset()
        with self.world.lock:
            self.world.shelf.close()

    def do(self, act: Callable[Concatenate[World, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Let something happen in the world, and save it: `stripe.do(disputes.begin, charge_id)`."""
        with self.world.turn() as world:
            return act(world, *args, **kwargs)

    def listen(self, url: str, secret: str) -> Thing:
        """Send events to this address from now on, signed with this secret."""
        return self.do(endpoints.register, url=url, secret=secret)

    def advance(self, seconds: int) -> None:
        """Set the clock forward; what is due on the way happens at its moment."""
        with self.world.turn() as world:
            world.advance_to(world.now() + seconds)

    def deliver(self) -> list[Thing]:
        """Send the webhooks that are due; gives the tries."""
        return self.courier.deliver()

    def misfortune(self, faults: Faults) -> None:
        """Let webhooks suffer from now on."""
        self.courier.faults = faults

    def events(self, *names: str) -> list[Thing]:
        """List what has happened, the oldest first: all of it, or events of these types."""
        with self.world.lock:
            found = self.world.shelf.all("event")
            return [self.world.show(each) for each in found if not names or each["type"] in names]

    def signed(self, event_id: str, *secrets: str, moment: int) -> tuple[bytes, str]:
        """Give an event's body and its signature, for a test that delivers it itself."""
        body = self.courier.body(event_id)
        return body, signatures.sign(body, secrets, moment)

    def answer(self, request: Request) -> Answer:
        """Answer one request; raises Cut where the connection is to end instead."""
        if request.path.startswith(control.ROOT):
            return self.control.answer(request)
        return self.pages(request) or self.api.answer(request)

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _go_round(self) -> None:
        while not self._rounds.wait(ROUND_SECONDS):
            self.courier.deliver()


def _clock(shelf: Shelf, now: int | None, *, ticking: bool) -> Clock:
    """Go on at the moment that was kept, or begin."""
    kept = shelf.find("world", "world")
    if kept is None:
        return Clock(now=now if ticking else now or FIRST_SECOND, ticking=ticking)
    return Clock(now=kept["now"], ticking=ticking, ahead=kept["ahead"])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], stripe: Stripe) -> None:
        self.stripe = stripe
        self.open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def reset(self) -> None:
        """End the connections that clients keep open: a sandbox that has stopped says nothing."""
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sandbox-stripe"
    sys_version = ""
    timeout = HTTP_SECONDS
    # One write for head and body: two would wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        """Know the connection, so that the sandbox's end can end it."""
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, *_: object) -> None:
        """Say nothing: `make run` shows the product's own lines."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.send_error(413)
            return
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, target.path, target.query, self.rfile.read(length), headers)
        try:
            self._write(self.server.stripe.answer(request))
        except Cut:
            self._cut()
        except Exception:  # noqa: BLE001 - whatever it is, the client is answered and we are told
            traceback.print_exc()
            self._write(Answer(500, WRONG.body("")))

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - http.server looks for these names

    def _write(self, answer: Answer) -> None:
        content = answer.content
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.close_connection = True
