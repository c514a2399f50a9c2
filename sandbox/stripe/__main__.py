"""Run the sandbox's Stripe: python -m sandbox.stripe --port N [--webhook URL --secret S] [--state FILE]."""

import argparse
import secrets
import signal
import sys
import threading
from pathlib import Path

from sandbox.stripe import endpoints
from sandbox.stripe.server import Stripe


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 for a free one")
    parser.add_argument("--webhook", help="where events go: http://127.0.0.1:8000/...")
    parser.add_argument("--secret", help="what signs them: whsec_...")
    parser.add_argument("--secret-file", type=Path, help="a file with it, which others cannot read")
    parser.add_argument("--state", type=Path, help="a file that keeps everything over a restart")
    parser.add_argument("--seed", type=int, help="what ids come from; by chance unless given")
    given = parser.parse_args()
    if given.secret_file is not None:
        given.secret = given.secret_file.read_text(encoding="utf-8").strip()
    if (given.webhook is None) != (given.secret is None):
        parser.error("--webhook and --secret or --secret-file go together")
    return given


def main() -> int:
    """Run until SIGTERM or SIGINT, and say on which port as soon as it is open."""
    given, stopped = options(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    # By chance: a state that is thrown away must not come back with ids that the product knows.
    seed = secrets.randbits(32) if given.seed is None else given.seed
    stripe = Stripe(port=given.port, seed=seed, ticking=True, state=given.state)
    try:
        stripe.start()
    except OSError as error:
        sys.stderr.write(f"Port {given.port} cannot be listened on ({error.strerror}).\n")
        return 1
    if given.webhook is not None:
        stripe.do(endpoints.leave, url=given.webhook)
        stripe.listen(given.webhook, given.secret)
    sys.stdout.write(f"The sandbox's Stripe listens at {stripe.base}: no real money.\n")
    sys.stdout.flush()
    stopped.wait()
    stripe.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
