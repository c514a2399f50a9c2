"""Run a proxy: python -m sandbox.proxy --listen HOST:PORT --to HOST:PORT [--delay-ms 5]."""

import argparse
import sys
import threading

from sandbox.proxy.server import Proxy
from sandbox.proxy.target import Target


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.proxy", description=__doc__)
    parser.add_argument("--listen", type=Target.parse, required=True, help="port 0 for a free one")
    parser.add_argument("--to", type=Target.parse, required=True, help="or a socket's path")
    parser.add_argument("--delay-ms", type=float, default=0, help="each way")
    return parser.parse_args()


def main() -> None:
    """Run until Ctrl-C or a signal, and say on which port as soon as it is open."""
    given = options()
    listen: Target = given.listen
    proxy = Proxy(given.to, host=listen.host, port=listen.port, delay=given.delay_ms / 1000)
    try:
        with proxy:
            sys.stdout.write(f"The proxy listens on {proxy.host}:{proxy.port}.\n")
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
