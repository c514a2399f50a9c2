"""Idempotency keys: what is repeated, what is refused, and what is forgotten."""

import threading

import pytest
import stripe
from stripe import StripeClient

from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.sandbox.stripe.conftest import KEY

A_DAY = 24 * 3600


def make(client: StripeClient, key: str, name: str = "A") -> stripe.Customer:
    return client.v1.customers.create({"name": name}, {"idempotency_key": key})


def headers(customer: stripe.Customer) -> dict[str, str]:
    answered = customer.last_response
    assert answered is not None
    return {name.lower(): value for name, value in (answered.headers or {}).items()}


def test_the_same_key_gives_the_same_object(client: StripeClient) -> None:
    first, second = make(client, "k"), make(client, "k")
    assert first.id == second.id
    assert "idempotent-replayed" not in headers(first)
    assert headers(second)["idempotent-replayed"] == "true"
    assert len(client.v1.customers.list().data) == 1


def test_other_parameters_are_refused(client: StripeClient) -> None:
    make(client, "k")
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        make(client, "k", "B")
    assert caught.value.http_status == 400


def test_another_endpoint_is_refused(client: StripeClient) -> None:
    make(client, "k")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.products.create({"name": "A"}, {"idempotency_key": "k"})


def test_after_a_day_a_key_is_forgotten(client: StripeClient, sandbox: Stripe) -> None:
    first = make(client, "k")
    sandbox.advance(A_DAY)
    assert make(client, "k").id != first.id


def test_a_refusal_that_was_begun_is_repeated_and_invalid_parameters_are_not(
    client: StripeClient,
) -> None:
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.refunds.create({"charge": "ch_none"}, {"idempotency_key": "begun"})
    assert (caught.value.headers or {}).get("Idempotent-Replayed") == "true"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"email": ""}, {"idempotency_key": "k"})
    assert make(client, "k").name == "A"


def test_a_500_after_the_deed_is_repeated_under_its_key(
    client: StripeClient, sandbox: Stripe
) -> None:
    sandbox.api.troubles.order(Trouble("error_after"))
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            make(client, "k")
        assert caught.value.http_status == 500
    assert len(client.v1.customers.list().data) == 1


def test_after_a_reset_the_clients_own_retry_finds_what_was_done(sandbox: Stripe) -> None:
    client = StripeClient(KEY, base_addresses={"api": sandbox.base}, max_network_retries=2)
    sandbox.api.troubles.order(Trouble("reset_after"))
    made = client.v1.customers.create({"name": "A"})
    assert [each.id for each in client.v1.customers.list().data] == [made.id]


@pytest.mark.parametrize("kind", ["reset_before", "error_before", "busy", "html"])
def test_a_trouble_before_the_deed_leaves_nothing(
    client: StripeClient, sandbox: Stripe, kind: str
) -> None:
    sandbox.api.troubles.order(Trouble.parse({"kind": kind}))
    with pytest.raises(stripe.StripeError):
        make(client, "k")
    assert client.v1.customers.list().data == []


def test_a_key_that_is_under_way_is_409(client: StripeClient, sandbox: Stripe) -> None:
    sandbox.api.troubles.order(Trouble("slow", seconds=300))
    slow = threading.Thread(target=make, args=(client, "k"))
    slow.start()
    while not client.v1.customers.list().data:
        assert slow.is_alive()
    # The client has no name of its own for a 409.
    with pytest.raises(stripe.APIError, match="in-progress request") as caught:
        make(client, "k")
    assert caught.value.http_status == 409
    sandbox.api.troubles.end()
    slow.join()
