"""Each type that we ask Stripe for is one that Stripe has, and is applied by a module that can."""

from pathlib import Path
from typing import get_args

import pytest
from stripe.params import WebhookEndpointCreateParams

from config.settings import ROOT
from payments import dispatch
from payments.gateway import API_VERSION

MODULES = sorted(set(dispatch.MODULE_OF.values()) - {"tests.payments.events.recording"})


@pytest.mark.parametrize("name", MODULES)
def test_each_module_stands_in_its_room(name: str) -> None:
    assert Path(ROOT, *name.split(".")).with_suffix(".py").is_file()


def test_every_module_of_the_room_is_rung_for() -> None:
    there = {path.stem for path in (ROOT / "payments" / "applying").glob("*.py")}
    rung_for = {name.rpartition(".")[2] for name in MODULES}
    assert rung_for <= there


def test_twins_of_what_is_applied_are_left_alone() -> None:
    twins = {"invoice.payment_succeeded", "charge.refunded", "charge.succeeded"}
    assert not twins & set(dispatch.WANTED)


@pytest.mark.parametrize("type_", dispatch.WANTED)
def test_stripe_has_each_type(type_: str) -> None:
    (named,) = get_args(WebhookEndpointCreateParams.__annotations__["enabled_events"])
    assert type_ in get_args(named)


def test_the_page_names_what_the_endpoint_is_to_send() -> None:
    page = (ROOT / "docs" / "donations.md").read_text(encoding="utf-8")
    listed = [
        word for line in page.splitlines() if line.startswith("    ") for word in line.split()
    ]
    assert [word for word in listed if word in dispatch.WANTED] == dispatch.WANTED
    assert API_VERSION in page
