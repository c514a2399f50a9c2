"""How fast the donation form is: shown at a steady rate, and posted until Stripe's page is open.

A sandbox's Stripe answers on this machine, in a process of its own: the real one's distance is not in it.
"""

import re
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from typing import Final
from urllib.parse import urlencode

from bench import house, report
from bench.report import Goal
from config import limits

SHOWN_RATE, SHOWN = 100, 1000
RATE, GIFTS, WARM = 10, 200, 60
KEY: Final = "sk_test_0123456789abcdef"


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        stripe = house.free_port()
        ours.start("sandbox.stripe", "--port", str(stripe))
        house.wait_for(stripe)
        ours.environ |= {"STRIPE_API_KEY": KEY, "STRIPE_API_BASE": f"http://127.0.0.1:{stripe}"}
        port = ours.serve("wsgi:app")
        shown(port)
        posted(port)


def shown(port: int) -> None:
    """Ask for the form at a steady rate; report the slowest."""
    for _ in range(WARM):
        fields(port)
    steady("donate-form-p99", SHOWN_RATE, [lambda: fields(port)] * SHOWN)


def posted(port: int) -> None:
    """Post forms at a steady rate, each filled in for as long as a person needs; report the slowest."""
    forms = [fields(port) for _ in range(WARM + GIFTS)]
    time.sleep(limits.GIVE_SECONDS + 1)
    for form in forms[:WARM]:
        give(port, form)
    steady("donate-p99", RATE, [partial(give, port, form) for form in forms[WARM:]])


def steady(name: str, rate: int, acts: Sequence[Callable[[], object]]) -> None:
    """Do something so many times a second; report the slowest of a hundred, waiting included."""
    taken, began = [], time.monotonic()
    for number, act in enumerate(acts):
        moment = began + number / rate
        time.sleep(max(0, moment - time.monotonic()))
        act()
        taken.append(time.monotonic() - moment)
    centiles = statistics.quantiles(taken, n=100)
    report.say(
        f"{name}-at-{rate}-a-second",
        centiles[98] * 1000,
        "ms",
        Goal(100, at_least=False),
        median=round(centiles[49] * 1000, 1),
        times=len(taken),
    )


def fields(port: int) -> dict[str, str]:
    """Return what a fresh form sends besides the address."""
    with _asked(port, "GET", {}) as answer:
        html = answer.read().decode()
    found = dict(re.findall(r'name="(form_nonce|shown)" value="([^"]+)"', html))
    if len(found) < len(("form_nonce", "shown")):
        sys.exit("the donation form has no nonce; has its page changed?")
    return {**found, "currency": "EUR", "amount": "5000", "language": "en"}


def give(port: int, form: Mapping[str, str]) -> None:
    """Post a form for somebody who gives for the first time; exit where they are not led to Stripe."""
    address = f"donor{secrets.token_hex(4)}@example.org"
    with _asked(port, "POST", {**form, "address": address}) as answer:
        if answer.status != HTTPStatus.SEE_OTHER:
            sys.exit(f"the donation form answered {answer.status}")


@contextmanager
def _asked(port: int, method: str, form: Mapping[str, str]) -> Iterator[HTTPResponse]:
    """Ask for /donate from a network of its own, over a connection of its own."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1",
    }
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, "/donate", urlencode(form), headers)
        yield connection.getresponse()


if __name__ == "__main__":
    main()
