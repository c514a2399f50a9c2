"""Webhooks: signed as Stripe's, sent until they are taken, and struck by faults that a seed decides."""

import json
import time
from collections import Counter

import pytest
import stripe

from sandbox.stripe import endpoints
from sandbox.stripe.faults import Faults
from sandbox.stripe.refusals import Refused
from sandbox.stripe.server import Stripe
from sandbox.stripe.world import World
from tests.sandbox.stripe.conftest import SECRET, URL, Donor, Endpoint

DAY = 24 * 3600
NEW = "whsec_another_one"


def ids(endpoint: Endpoint) -> list[str]:
    return [event.id for event in endpoint.events()]


def test_an_event_is_the_same_by_the_webhook_and_by_the_api(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.gift()
    sandbox.deliver()
    sent = endpoint.events()[-1]
    listed = donor.client.v1.events.retrieve(sent.id)
    assert (sent.type, sent.data.to_dict()) == (listed.type, listed.data.to_dict())
    assert (sent.api_version, sent.livemode) == (stripe.api_version, False)


def test_an_event_says_which_request_it_came_from(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.client.v1.customers.create({}, {"idempotency_key": "k"})
    sandbox.deliver()
    (event,) = endpoint.events()
    assert event.request is not None
    assert event.request.idempotency_key == "k"
    assert str(event.request.id).startswith("req_")


def test_the_body_is_compact_and_keeps_its_letters(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.client.v1.customers.create({"name": "Олена"})
    sandbox.deliver()
    assert '"name":"Олена"' in endpoint.bodies[0].decode()


def test_a_wrong_secret_or_an_altered_body_does_not_verify(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.client.v1.customers.create({})
    sandbox.deliver()
    body, signature = endpoint.bodies[0], endpoint.signatures[0]
    for changed, secret in ((body + b" ", SECRET), (body, NEW)):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(changed, signature, secret)


def test_while_a_secret_is_replaced_both_are_good(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    known = sandbox.listen(URL, SECRET)
    sandbox.do(endpoints.roll, known["id"], secret=NEW, keep_seconds=DAY)
    donor.client.v1.customers.create({})
    sandbox.deliver()
    for secret in (SECRET, NEW):
        stripe.Webhook.construct_event(endpoint.bodies[0], endpoint.signatures[0], secret)
    sandbox.advance(DAY)
    donor.client.v1.customers.create({})
    sandbox.deliver()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(endpoint.bodies[1], endpoint.signatures[1], SECRET)


def test_what_is_not_taken_is_sent_again_until_it_is(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    endpoint.statuses = [500, 302]
    made = donor.client.v1.customers.create({})
    assert [each["state"] for each in sandbox.deliver()] == ["waiting"]
    assert sandbox.deliver() == []
    sandbox.advance(DAY)
    assert [each["state"] for each in sandbox.deliver()] == ["waiting", "delivered"]
    assert [event.data.object["id"] for event in endpoint.events()] == [made.id] * 3


def test_after_three_days_an_event_is_given_up_and_still_listed(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    endpoint.statuses = [500] * 99
    donor.client.v1.customers.create({})
    sandbox.advance(3 * DAY)
    tried = sandbox.deliver()
    assert [each["state"] for each in tried].count("failed") == 1
    sandbox.advance(10 * DAY)
    assert sandbox.deliver() == []
    assert len(donor.client.v1.events.list({"delivery_success": False}).data) == 1


def test_what_was_under_way_when_the_sandbox_died_is_sent_again(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    def die(_url: str, _body: bytes, _headers: object) -> int:
        raise KeyboardInterrupt

    donor.client.v1.customers.create({})
    sandbox.courier.post = die
    with pytest.raises(KeyboardInterrupt):
        sandbox.deliver()
    sandbox.courier.post = endpoint.post
    assert sandbox.deliver() == []
    sandbox.courier.recover()
    assert [each["state"] for each in sandbox.deliver()] == ["delivered"]


def test_where_nobody_listens_it_is_tried_again() -> None:
    with Stripe() as alone:
        alone.listen("http://127.0.0.1:1/nobody", SECRET)
        alone.do(endpoints.register, url="http://127.0.0.1:1/other", secret=SECRET)
        alone.do(World.emit, "customer.created", {"object": "x"})
        assert [(each["status"], each["state"]) for each in alone.deliver()] == [
            (None, "waiting")
        ] * 2


def test_an_endpoint_gets_only_what_it_asked_for(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    sandbox.do(endpoints.register, url=URL, secret=SECRET, enabled_events=["charge.succeeded"])
    donor.gift()
    sandbox.deliver()
    assert endpoint.names() == ["charge.succeeded"]


def test_an_endpoint_may_ask_the_api_while_it_is_called(sandbox: Stripe, donor: Donor) -> None:
    seen: list[str] = []

    def ask(_url: str, body: bytes, _headers: object) -> int:
        event = json.loads(body)
        seen.append(donor.client.v1.customers.retrieve(event["data"]["object"]["id"]).id)
        return 200

    sandbox.courier.post = ask
    made = donor.client.v1.customers.create({})
    sandbox.deliver()
    assert seen == [made.id]


def suffered(seed: int, **shares: float) -> list[str]:
    """Send thirty events under a fault plan, and give the names that came, in their order."""
    endpoint = Endpoint()
    with Stripe(post=endpoint.post) as sandbox:
        sandbox.listen(URL, SECRET)
        sandbox.misfortune(Faults(seed=seed, **shares))  # type: ignore[arg-type]
        for number in range(30):
            sandbox.do(World.emit, "customer.created", {"n": number, "object": "x"})
        sandbox.deliver()
        sandbox.advance(DAY)
        sandbox.deliver()
    return [str(event.data.object["n"]) for event in endpoint.events()]


EVERY = [str(number) for number in range(30)]


def test_without_faults_each_comes_once_and_in_order() -> None:
    assert suffered(1) == EVERY


def test_some_are_dropped_for_good() -> None:
    came = suffered(1, drop=0.3)
    assert set(came) < set(EVERY)
    assert len(came) == len(set(came))


def test_some_come_twice() -> None:
    assert set(Counter(suffered(1, double=0.3)).values()) == {1, 2}


def test_some_come_twice_because_the_answer_was_lost() -> None:
    assert set(Counter(suffered(1, deaf=0.3)).values()) == {1, 2}


@pytest.mark.parametrize("share", ["delay", "reorder"])
def test_some_come_out_of_turn_but_all_come(share: str) -> None:
    came = suffered(1, **{share: 0.5})
    assert came != EVERY
    assert sorted(came) == sorted(EVERY)


def test_a_seed_decides_the_misfortunes() -> None:
    shares = {"drop": 0.2, "double": 0.2, "reorder": 0.4}
    assert suffered(3, **shares) == suffered(3, **shares) != suffered(4, **shares)


def test_an_event_is_sent_again_on_command(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.client.v1.customers.create({})
    sandbox.deliver()
    sandbox.courier.resend(ids(endpoint)[0])
    sandbox.deliver()
    assert len(ids(endpoint)) == 2


def test_a_test_may_sign_an_event_itself(donor: Donor, sandbox: Stripe) -> None:
    donor.client.v1.customers.create({})
    (event,) = sandbox.events()
    body, signature = sandbox.signed(event["id"], SECRET, moment=int(time.time()))
    assert stripe.Webhook.construct_event(body, signature, SECRET).id == event["id"]


def test_only_plain_http_is_called(sandbox: Stripe) -> None:
    with pytest.raises(Refused, match="http://"):
        sandbox.listen("https://example.org/hook", SECRET)


def test_an_event_that_waits_is_delivered_however_old_and_no_longer_listed(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.client.v1.customers.create({})
    sandbox.advance(31 * DAY)
    assert donor.client.v1.events.list().data == []
    sandbox.deliver()
    assert [event.type for event in endpoint.events()] == ["customer.created"]
    sandbox.advance(1)
    assert sandbox.events() == []


def test_a_year_at_once_delivers_each_renewal(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.plan()
    sandbox.advance(366 * DAY)
    sandbox.deliver()
    assert [event.type for event in endpoint.events()].count("invoice.paid") == 13
