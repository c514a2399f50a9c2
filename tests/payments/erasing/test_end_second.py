"""Where two payment pages of one plan were paid, both of its subscriptions end before its donor is erased."""

from sqlalchemy import func, select

from db.session import transaction
from payments import plans
from payments.models.giving import Donation
from tests.payments.erasing.leaver import Leaver
from tests.payments.plans import test_end_second as second


def gifts() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Donation)) or 0


def test_nothing_is_collected_of_who_was_erased(boris: Leaver) -> None:
    boris.giver.given()
    second.pay_again(boris.giver)
    boris.erase()
    assert second.statuses(boris.giver) == ["canceled"] * 2
    assert boris.giver.tasks() == []
    assert [each["deleted"] for each in boris.customers()] == [True, True]
    before = gifts()
    boris.giver.pass_days(64, step=32)
    assert gifts() == before


def test_a_second_one_of_a_plan_that_has_ended_ends_too(boris: Leaver) -> None:
    plan = boris.giver.given()
    plans.cancel(boris.stripe, transaction, plan.id, now=boris.now)
    second.pay_again(boris.giver)
    boris.erase()
    assert second.statuses(boris.giver) == ["canceled"] * 2
