"""The sandbox as a process, and its state over a restart."""

import json
import re
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from stripe import StripeClient

from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from tests.sandbox.stripe.conftest import CARD, KEY, SECRET, URL, Donor, Endpoint

ROOT = Path(__file__).parents[3]


def start(*options: str) -> tuple[subprocess.Popen[str], str]:
    """Start the process on a free port; gives it and where it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.stripe", "--port", "0", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"http://[0-9.:]+", process.stdout.readline())
    assert found is not None
    return process, found[0].removesuffix(":")


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def test_it_says_where_it_listens_and_ends_when_asked() -> None:
    process, base = start()
    client = StripeClient(KEY, base_addresses={"api": base})
    assert client.v1.events.list().data == []
    assert stop(process) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_second_start_has_the_data_of_the_first(tmp_path: Path, number: signal.Signals) -> None:
    state = ("--state", str(tmp_path / "var" / "stripe.db"))
    process, base = start(*state)
    made = StripeClient(KEY, base_addresses={"api": base}).v1.customers.create({"name": "A"})
    stop(process, number)
    process, base = start(*state)
    found = StripeClient(KEY, base_addresses={"api": base}).v1.customers.list().data
    stop(process)
    assert [each.id for each in found] == [made.id]


def urls(base: str) -> list[str]:
    """Give where the events of a sandbox go."""
    connection = HTTPConnection(base.removeprefix("http://"), timeout=30)
    connection.request("GET", "/_sandbox/state")
    state = json.loads(connection.getresponse().read())
    connection.close()
    return [each["url"] for each in state["endpoints"] if each["status"] == "enabled"]


def test_events_go_where_the_product_is_now_signed_with_a_secret_from_a_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    state = ("--state", str(tmp_path / "db"), "--secret-file", str(tmp_path / "secret"))
    for port in (1, 2, 1):
        process, base = start(*state, "--webhook", f"http://127.0.0.1:{port}/hook")
        found = urls(base)
        stop(process)
        assert found == [f"http://127.0.0.1:{port}/hook"]


def test_a_secret_without_a_webhook_is_refused(tmp_path: Path) -> None:
    options = [sys.executable, "-m", "sandbox.stripe", "--port", "0", "--secret", SECRET]
    ended = subprocess.run(options, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, "go together" in ended.stderr) == (2, True)


def test_two_sandboxes_have_no_ids_in_common() -> None:
    made = []
    for _ in range(2):
        process, base = start()
        made.append(StripeClient(KEY, base_addresses={"api": base}).v1.customers.create().id)
        stop(process)
    assert made[0] != made[1]


def test_a_taken_port_is_told() -> None:
    with Stripe() as sandbox:
        options = [sys.executable, "-m", "sandbox.stripe", "--port", str(sandbox.port)]
        ended = subprocess.run(options, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr.startswith(f"Port {sandbox.port}")) == (1, True)


def test_everything_goes_on_after_a_restart(tmp_path: Path) -> None:
    state, endpoint = tmp_path / "stripe.db", Endpoint(statuses=[500])
    with Stripe(state=state, post=endpoint.post) as first:
        first.listen(URL, SECRET)
        client = StripeClient(KEY, base_addresses={"api": first.base})
        kept = client.v1.customers.create({}, {"idempotency_key": "k"})
        intent = Donor(client, first).gift()
        first.deliver()
        moment = first.world.now()
    with Stripe(state=state, post=endpoint.post) as second:
        client = StripeClient(KEY, base_addresses={"api": second.base})
        assert second.world.now() == moment
        assert client.v1.customers.create({}, {"idempotency_key": "k"}).id == kept.id
        second.advance(5)
        assert [each["type"] for each in second.deliver()] == ["charge.updated", "customer.created"]
        assert Donor(client, second).charge(intent).balance_transaction is not None


def test_the_same_seed_gives_the_same_world() -> None:
    def run(seed: int) -> list[str]:
        with Stripe(seed=seed) as sandbox:
            donor = Donor(StripeClient(KEY, base_addresses={"api": sandbox.base}), sandbox)
            donor.gift()
            return [event["id"] for event in sandbox.events()]

    assert run(1) == run(1) != run(2)


def test_a_clock_that_ticks_settles_and_delivers_by_itself(endpoint: Endpoint) -> None:
    with Stripe(ticking=True, post=endpoint.post) as sandbox:
        sandbox.listen(URL, SECRET)
        donor = Donor(StripeClient(KEY, base_addresses={"api": sandbox.base}), sandbox)
        sandbox.do(paying.pay, donor.session().id, number=CARD)
        while "charge.updated" not in endpoint.names():
            time.sleep(0.05)


def test_a_ticking_clock_stays_ahead_after_it_was_set(tmp_path: Path) -> None:
    state = tmp_path / "stripe.db"
    with Stripe(ticking=True, state=state) as sandbox:
        sandbox.advance(100_000)
    with Stripe(ticking=True, state=state) as sandbox:
        assert sandbox.world.now() >= int(time.time()) + 100_000 - 5


def test_a_sandbox_that_has_stopped_says_nothing_on_an_open_connection() -> None:
    with Stripe() as sandbox:
        connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
        connection.request("GET", "/_sandbox/state")
        connection.getresponse().read()
    with pytest.raises(OSError, match=r"closed|reset|refused|pipe|abort"):
        ask_again(connection)
    connection.close()


def ask_again(connection: HTTPConnection) -> None:
    connection.auto_open = 0
    connection.request("GET", "/_sandbox/state")
    connection.getresponse()
