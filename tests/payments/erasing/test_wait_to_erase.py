"""Nobody is erased while money of theirs is on its way, or their bank asks about it."""

import pytest

from payments import erasing
from payments.erasing import Erased
from payments.models.giving import PlanState
from sandbox.stripe import disputes
from tests.payments.applying.till import CARD, DEBIT, FAILING_DEBIT
from tests.payments.erasing.leaver import Leaver, everything
from tests.payments.plans.giver import DAY


def refused(boris: Leaver, sentence: str) -> None:
    """Press the button, which must change nothing, here or at Stripe."""
    before, asked = everything(), len(boris.sandbox.api.heard)
    with pytest.raises(erasing.NotYet, match=sentence):
        boris.erase()
    assert everything() == before
    assert len(boris.sandbox.api.heard) == asked


@pytest.mark.parametrize("account", [DEBIT, FAILING_DEBIT])
def test_a_debit_arrives_or_fails_first(boris: Leaver, account: str) -> None:
    boris.giver.given()
    boris.till.given(number=account)
    boris.giver.hear()
    refused(boris, "on its way")
    assert boris.giver.plan().state is PlanState.ACTIVE
    boris.giver.pass_days(14, step=7)
    boris.erase()
    assert boris.row().erased_at == boris.now


def test_a_debit_that_was_set_out_and_not_heard_of_is_found_at_stripe(boris: Leaver) -> None:
    boris.giver.given()
    boris.till.given(number=DEBIT)
    with pytest.raises(erasing.NotYet, match="on its way"):
        boris.erase()
    assert boris.row().erased_at is None
    assert boris.giver.plan().state is PlanState.ACTIVE


@pytest.mark.parametrize("inquiry", [False, True])
def test_a_dispute_or_an_inquiry_is_decided_first(boris: Leaver, *, inquiry: bool) -> None:
    _, intent = boris.till.given(number=CARD)
    told = boris.sandbox.do(disputes.begin, boris.till.charge_of(intent), inquiry=inquiry)
    boris.giver.hear()
    refused(boris, "bank asks")
    boris.sandbox.do(disputes.withdraw_inquiry if inquiry else disputes.lose, told["id"])
    boris.sandbox.advance(DAY)
    boris.giver.hear()
    assert boris.erase() == Erased(0, 2 - inquiry, 0)
