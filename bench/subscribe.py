"""How fast the subscribe form is: against an empty view, at a steady rate, and until the mail arrives."""

import re
import secrets
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench import house, report
from bench.house import House
from bench.report import Goal
from db.session import transaction
from mailer import topics

SECONDS = 8
STEADY_RATE, STEADY_SECONDS = 100, 10
MAILS = 50
PATIENCE = 60
"""How many seconds a mail is waited for."""

_FLOOD = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
local n = 0
request = function()
  n = n + 1
  return wrk.format(nil, nil, nil, "%s&address=reader" .. n .. os.time() .. "@example.org")
end
"""


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        with transaction() as session:
            topics.add(session, slug="releases", name="Press releases")
        empty, port = ours.serve("bench.empty:app"), ours.serve("wsgi:app")
        ours.work("tx", 1)
        fields = form_fields(port)
        # Arrival first: after two hundred requests that nobody confirms the form holds this for an attack.
        arrival(ours, port, fields)
        steady(port, fields)
        ratio(ours, empty, port, fields)


def form_fields(port: int) -> dict[str, str]:
    """Return what the form sends besides the address."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/subscribe")
    html = connection.getresponse().read().decode()
    nonce = re.search(r'name="form_nonce" value="([^"]+)"', html)
    if nonce is None:
        sys.exit("the subscribe form has no nonce; has its page changed?")
    return {"form_nonce": nonce[1], "topic": "releases"}


@dataclass(frozen=True)
class Answer:
    """What the form answered: everything but its date, and the seconds it took, connecting included."""

    said: bytes
    seconds: float


def post(port: int, fields: dict[str, str], address: str) -> Answer:
    """Post the form once, from a network of its own."""
    began = time.perf_counter()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1",
    }
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/subscribe", urlencode({**fields, "address": address}), headers)
        answer = connection.getresponse()
        page = answer.read()
    if answer.status != HTTPStatus.OK:
        sys.exit(f"the form answered {answer.status}")
    del answer.headers["Date"]
    return Answer(bytes(answer.headers) + page, time.perf_counter() - began)


def steady(port: int, fields: dict[str, str]) -> None:
    """Post at a steady rate, and report the slowest of a hundred."""
    taken, began = [], time.monotonic()
    for number in range(STEADY_RATE * STEADY_SECONDS):
        time.sleep(max(0, began + number / STEADY_RATE - time.monotonic()))
        taken.append(post(port, fields, f"steady{number}@example.org").seconds)
    p99 = statistics.quantiles(taken, n=100)[98] * 1000
    report.say("subscribe-p99-at-100-a-second", p99, "ms", Goal(100, at_least=False))


def arrival(ours: House, port: int, fields: dict[str, str]) -> None:
    """Post, and wait for the mail in the sink; the first, which waits for the worker's start, is left out."""
    taken = []
    for number in range(MAILS + 1):
        address = f"arrival{number}@example{number}.example.org"
        began = time.time()
        post(port, fields, address)
        taken.append(arrived_at(ours, address) - began)
    report.say(
        "subscribe-mail-arrives",
        max(taken[1:]),
        "s, slowest",
        Goal(1, at_least=False),
        median=round(statistics.median(taken[1:]), 3),
    )


def arrived_at(ours: House, address: str) -> float:
    """Return when the sink took a mail to an address."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        for mail in reversed(ours.sink.accepted):
            if mail.recipient == address:
                return mail.at
        time.sleep(0.005)
    return float("inf")


def ratio(ours: House, empty: int, port: int, fields: dict[str, str]) -> None:
    """Compare the requests a second with those of an empty view under the same gunicorn."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing; install the package wrk to measure requests a second")
    script = ours.folder / "flood.lua"
    script.write_text(_FLOOD % urlencode(fields), encoding="utf-8")
    nothing = wrk(f"http://127.0.0.1:{empty}/", script)
    form = wrk(f"http://127.0.0.1:{port}/subscribe", script)
    report.say(
        "subscribe-against-empty-view",
        form / nothing,
        "of its requests a second",
        Goal(0.4),
        empty=nothing,
        form=form,
    )


def wrk(url: str, script: Path) -> float:
    """Return the requests a second that a URL answered."""
    done = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{SECONDS}s", "-s", str(script), url],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout:
        sys.exit(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    main()
