"""What goes wrong on the way: what may have been done is tried again under its key, and done once."""

import socket
import threading
from datetime import UTC, datetime

import pytest

from config import limits
from payments import gateway
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Kind, Trouble
from tests.payments.gateway.conftest import KEY, Giver

EVER = datetime.fromtimestamp(0, UTC)
ALL_TRIES = limits.STRIPE_RETRIES + 1


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "html"])
def test_one_trouble_is_lived_through(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe, kind: Kind
) -> None:
    sandbox.api.troubles.order(Trouble(kind))
    made = giver.session("k1")
    assert [each.id for each in stripe.sessions(since=EVER)] == [made.id]


@pytest.mark.parametrize(("kind", "done"), [("error_before", 0), ("error_after", 1)])
def test_a_500_is_kept_under_its_key_whatever_was_done(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe, kind: Kind, done: int
) -> None:
    sandbox.api.troubles.order(Trouble(kind))
    with pytest.raises(gateway.TemporaryFailure):
        giver.session("k1")
    assert len(list(stripe.sessions(since=EVER))) == done
    assert giver.session("k2").status == "open"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "error_after", "html", "busy"])
def test_more_than_that_is_a_temporary_failure_and_one_page_at_most(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe, kind: Kind
) -> None:
    sandbox.api.troubles.order(Trouble(kind, count=ALL_TRIES))
    with pytest.raises(gateway.TemporaryFailure, match="ask again"):
        giver.session("k1")
    assert len(list(stripe.sessions(since=EVER))) <= 1


def test_after_a_reset_the_same_key_finds_what_was_done(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe
) -> None:
    intent = giver.gift()
    sandbox.api.troubles.order(Trouble("reset_after", path="/v1/refunds", count=ALL_TRIES))
    with pytest.raises(gateway.TemporaryFailure):
        stripe.refund(intent.id, 2500, key="r1")
    made = stripe.refund(intent.id, 2500, key="r1")
    assert [each.id for each in stripe.refunds(since=EVER)] == [made.id]


def test_what_is_under_way_under_its_key_is_a_temporary_failure(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe
) -> None:
    sandbox.api.troubles.order(Trouble("slow", seconds=60))
    asked = giver.request()
    first = threading.Thread(target=stripe.open_session, args=[asked], kwargs={"key": "k1"})
    first.start()
    while not list(stripe.sessions(since=EVER)):
        pass
    with pytest.raises(gateway.TemporaryFailure, match="409"):
        stripe.open_session(asked, key="k1")
    sandbox.api.troubles.end()
    first.join()
    assert len(list(stripe.sessions(since=EVER))) == 1


def test_an_answer_that_takes_too_long_is_a_temporary_failure(
    sandbox: Stripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STRIPE_ANSWER_SECONDS", 0.1)
    sandbox.api.troubles.order(Trouble("slow", method="GET", count=ALL_TRIES, seconds=60))
    with pytest.raises(gateway.TemporaryFailure):
        StripeGateway(KEY, base=sandbox.base, secrets=(), live=False).balance()


def test_nobody_there_is_a_temporary_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    away = StripeGateway(KEY, base=f"http://127.0.0.1:{port}", secrets=(), live=False)
    with pytest.raises(gateway.TemporaryFailure):
        away.balance()
    with pytest.raises(gateway.TemporaryFailure):
        next(away.events(since=EVER))


def test_a_list_that_breaks_off_says_so(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe
) -> None:
    giver.gift()
    sandbox.api.troubles.order(Trouble("busy", path="/v1/events", method="GET"))
    with pytest.raises(gateway.TemporaryFailure):
        list(stripe.events(since=EVER))


def test_a_key_that_stripe_does_not_take_is_a_refusal(sandbox: Stripe) -> None:
    other = StripeGateway("rk_live_0123456789", base=sandbox.base, secrets=(), live=True)
    with pytest.raises(gateway.PermanentFailure) as caught:
        other.balance()
    assert caught.value.code == "AuthenticationError"
    assert "rk_live" not in str(caught.value)


def test_a_refusal_says_nothing_of_a_person(giver: Giver) -> None:
    with pytest.raises(gateway.PermanentFailure) as caught:
        giver.session(customer="amira@example.org", customer_email="amira@example.org")
    assert "amira" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "request req_" in str(caught.value)
