"""A webhook is believed where a secret of ours signed its very bytes, just now, in our mode."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stripe import WebhookSignature

from config import limits
from payments import gateway
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from tests.payments.gateway.conftest import NEW, OLD, Giver

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AGE = timedelta(seconds=limits.WEBHOOK_AGE_SECONDS)
TOLD: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "refund.created",
    "created": 1_700_000_000,
    "livemode": False,
    "api_version": "2026-10-28.endive",
    "data": {"object": {"id": "re_1", "object": "refund"}},
}


CHANGES: tuple[dict[str, object], ...] = (
    {"id": 1},
    {"id": "evt\0"},
    {"id": "\ud800"},
    {"id": "e" * 256},
    {"type": None},
    {"object": "v2.core.event"},
    {"created": 1.5},
    {"created": 10**18},
    {"created": "1"},
    {"livemode": 0},
    {"livemode": "false"},
    {"data": []},
    {"data": {"object": "re_1"}},
    {"data": {"object": {"id": 7, "object": "refund"}}},
    {"api_version": 3},
)


def signed(body: str, *, secret: str = NEW, at: datetime = NOW) -> str:
    return str(WebhookSignature.generate_signature_header(body, secret, int(at.timestamp())))


def read(stripe: StripeGateway, body: str, header: str | None = None) -> gateway.Event:
    return stripe.read_webhook(body.encode(), header or signed(body), now=NOW)


def refused(stripe: StripeGateway, body: str, header: str | None = None) -> str:
    with pytest.raises(gateway.BadWebhook) as caught:
        read(stripe, body, header)
    return str(caught.value)


def test_it_says_where_its_object_is_to_be_fetched(stripe: StripeGateway) -> None:
    assert read(stripe, json.dumps(TOLD)) == gateway.Event(
        id="evt_1",
        type="refund.created",
        object_kind="refund",
        object_id="re_1",
        api_version="2026-10-28.endive",
        livemode=False,
        made_at=datetime.fromtimestamp(1_700_000_000, UTC),
    )


def test_a_real_one_reads_as_its_line_in_the_list(
    giver: Giver, stripe: StripeGateway, sandbox: Stripe
) -> None:
    giver.gift()
    listed = {event.id: event for event in stripe.events(since=datetime.fromtimestamp(0, UTC))}
    for event in sandbox.events():
        body, header = sandbox.signed(event["id"], OLD, moment=int(NOW.timestamp()))
        assert stripe.read_webhook(body, header, now=NOW) == listed[event["id"]]


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_are_believed_while_one_is_replaced(
    stripe: StripeGateway, secret: str
) -> None:
    body = json.dumps(TOLD)
    assert read(stripe, body, signed(body, secret=secret)).id == "evt_1"


def test_one_of_several_signatures_is_enough(stripe: StripeGateway) -> None:
    body = json.dumps(TOLD)
    header = f"{signed(body, secret='whsec_another')},{signed(body).partition(',')[2]}"
    assert read(stripe, body, header).id == "evt_1"


def test_another_secret_is_not_believed(stripe: StripeGateway) -> None:
    body = json.dumps(TOLD)
    assert "no secret" in refused(stripe, body, signed(body, secret="whsec_another"))


def test_without_a_secret_nothing_is_believed(sandbox: Stripe) -> None:
    bare = StripeGateway("rk_test_0123456789", base=sandbox.base, secrets=(), live=False)
    assert refused(bare, json.dumps(TOLD))


@pytest.mark.parametrize("away", [-AGE, AGE])
def test_within_five_minutes_it_is_of_now(stripe: StripeGateway, away: timedelta) -> None:
    body = json.dumps(TOLD)
    assert read(stripe, body, signed(body, at=NOW + away)).id == "evt_1"


@pytest.mark.parametrize("away", [-AGE, AGE])
def test_a_stale_one_and_one_of_the_future_are_refused(
    stripe: StripeGateway, away: timedelta
) -> None:
    body = json.dumps(TOLD)
    at = NOW + away + (timedelta(seconds=1) if away > timedelta() else timedelta(seconds=-1))
    assert "not of now" in refused(stripe, body, signed(body, at=at))


def test_a_stale_signature_is_not_dated_anew_by_a_second_time(stripe: StripeGateway) -> None:
    body, fresh = json.dumps(TOLD), int(NOW.timestamp())
    stale = signed(body, at=NOW - timedelta(days=1))
    assert "not of now" in refused(stripe, body, f"{stale},t={fresh}")
    assert "no secret" in refused(stripe, body, f"t={fresh},{stale}")


@pytest.mark.parametrize(
    "header",
    ["", "t", "t=", "t=x", "v1=abc", "t=1" * 700, "t=" + "9" * 1990, "t=1,v1=\xe9", ",,,", "t=\n"],
)
def test_a_header_of_any_shape_is_refused(stripe: StripeGateway, header: str) -> None:
    with pytest.raises(gateway.BadWebhook):
        stripe.read_webhook(json.dumps(TOLD).encode(), header, now=NOW)


def test_a_signature_that_is_no_ascii_breaks_nothing(stripe: StripeGateway) -> None:
    with pytest.raises(gateway.BadWebhook):
        stripe.read_webhook(b"{}", f"t={int(NOW.timestamp())},v1=\xe9", now=NOW)


def test_the_other_mode_is_refused(stripe: StripeGateway) -> None:
    assert "mode" in refused(stripe, json.dumps(TOLD | {"livemode": True}))


def test_bytes_that_are_no_text_are_refused(stripe: StripeGateway) -> None:
    with pytest.raises(gateway.BadWebhook):
        stripe.read_webhook(b"\xff\xfe{}", signed("{}"), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", "1", '"x"', "{}", "[" * 100_000, '{"a":' * 50_000, "9" * 5_000,
        json.dumps(TOLD)[:-2],
        *(json.dumps({k: v for k, v in TOLD.items() if k != name}) for name in
          ("id", "object", "type", "created", "livemode", "data")),
        *(json.dumps(TOLD | changed) for changed in CHANGES),
    ],
    ids=lambda body: body[-40:],
)  # fmt: skip
def test_a_signed_body_that_is_no_event_is_refused(stripe: StripeGateway, body: str) -> None:
    assert refused(stripe, body)


def test_an_object_without_an_id_is_read(stripe: StripeGateway) -> None:
    about = {"data": {"object": {"object": "balance"}}, "api_version": None}
    found = read(stripe, json.dumps(TOLD | about))
    assert (found.object_kind, found.object_id, found.api_version) == ("balance", "", None)
