"""What a donor adds for the costs is enough, and not a step more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import giving
from payments import amounts, covering
from payments.currencies import CURRENCIES

codes = st.sampled_from(sorted(CURRENCIES))


@given(code=codes, data=st.data())
def test_what_is_left_after_the_costs_is_what_was_to_be_given(
    code: str, data: st.DataObject
) -> None:
    step = CURRENCIES[code].step
    amount = step * data.draw(st.integers(1, amounts.largest(code) // step))
    more = covering.added(amount, code)
    assert more % step == 0
    assert amount + more - covering.costs(amount + more, code) >= amount
    assert amount + more - step - covering.costs(amount + more - step, code) < amount


@given(code=codes, data=st.data())
def test_the_costs_are_less_than_the_gift(code: str, data: st.DataObject) -> None:
    amount = data.draw(st.integers(CURRENCIES[code].least, amounts.largest(code)))
    assert 0 < covering.added(amount, code) < amount


@pytest.mark.parametrize(
    ("amount", "code", "more"),
    [(5000, "EUR", 176), (10000, "USD", 330), (1000, "JPY", 61), (5000, "BHD", 150)],
)
def test_examples_by_hand(amount: int, code: str, more: int) -> None:
    assert covering.added(amount, code) == more


def test_the_default_offer_is_in_currencies_that_we_take() -> None:
    assert giving.parsed(giving.OFFER).keys() <= CURRENCIES.keys()


@pytest.mark.parametrize(
    "text", ["", "EUR", "EUR 0", "eur 20", "EUR 20,", "EUR 20 USD 50", "EUR 20, EUR 50", "EUR 2.5"]
)
def test_an_offer_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be currencies"):
        giving.parsed(text)
