"""What `flask donations prove` stands a seed on: a sandbox Stripe, a scratch database, our webhook served.

The machine itself is `payments/proving`, which speaks HTTP alone: so the product imports nothing of the
sandbox, which is started here as a program of its own. Tests give the machine a sandbox in their process.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from random import Random
from typing import IO, Final, cast
from urllib.parse import urlsplit

from flask import Flask
from pydantic import SecretStr
from werkzeug.serving import make_server

from config.settings import ROOT, Settings
from db.base import db
from db.session import transaction
from payments.gateway import Gateway
from payments.proving import seeds
from payments.proving.ground import Ground
from payments.proving.operator import Operator
from payments.proving.rules import Proof
from wiring.core import CORE
from wiring.scratch import Scratch

_HOST: Final = "127.0.0.1"
_SECRET: Final = "whsec_made_up_for_a_proof"  # noqa: S105 - of a sandbox that lives for seconds
_KEY: Final = "sk_test_made_up_for_a_proof"
_HOOK: Final = "/hooks/stripe"
_SECONDS: Final = 30


class NoSandbox(Exception):
    """The sandbox's Stripe did not start."""


def prove(settings: Settings, scratch: Scratch, seed: int) -> Proof:
    """Prove one seed on a database and a Stripe of its own; raise NoSandbox."""
    from web.app import create_app  # noqa: PLC0415 - it registers the commands, this one among them

    with _sandbox(seed) as base, scratch.copied() as database_url:
        there = {
            "database_url": database_url,
            "stripe_api_base": base,
            "stripe_api_key": SecretStr(_KEY),
            "stripe_webhook_secret": SecretStr(_SECRET),
        }
        app = create_app(settings.model_copy(update=there))
        with _served(app) as url, app.app_context():
            try:
                return seeds.prove(_ground(app, base, url, seed), seed)
            finally:
                for engine in db.engines.values():
                    engine.dispose()


def _ground(app: Flask, base: str, url: str, seed: int) -> Ground:
    def post(body: bytes, headers: Mapping[str, str]) -> int:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=_SECONDS)
        try:
            connection.request("POST", _HOOK, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()

    stripe = cast(Gateway, app.extensions[CORE].stripe)
    dice = Random(seed)  # noqa: S311 - a story, no secret
    return Ground(transaction, stripe, Operator(base), post, url, _SECRET, dice)


@contextmanager
def _sandbox(seed: int) -> Iterator[str]:
    """Run the sandbox's Stripe; give its address."""
    argv = [sys.executable, "-m", "sandbox.stripe", "--port", "0", "--seed", str(seed)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            yield _said_address(cast(IO[str], process.stdout))
        finally:
            process.terminate()


def _said_address(said: IO[str]) -> str:
    """Read where it listens from the one line that it says when it does."""
    found = re.search(r"http://[\d.]+:\d+", said.readline())
    if found is None:
        raise NoSandbox("The sandbox's Stripe did not start: is sandbox/ there?")
    return found[0]


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    """Serve the app on this machine; give the address of its webhook."""
    server = make_server(_HOST, 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{_HOST}:{server.server_port}{_HOOK}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
