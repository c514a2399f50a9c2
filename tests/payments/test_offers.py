"""The setting of what is offered becomes amounts that may be given, or a sentence."""

import pytest

from config import giving
from payments import offers


def test_the_default_offers_four_currencies_in_minor_units() -> None:
    offered = offers.read(giving.OFFER)
    assert list(offered) == ["EUR", "USD", "GBP", "CHF"]
    assert offered["EUR"].amounts == (2000, 5000, 10000, 25000)


def test_whole_and_three_decimal_currencies_are_offered_in_their_own_units() -> None:
    offered = offers.read("JPY 3000, KWD 60, UGX 50000")
    assert [each.amounts for each in offered.values()] == [(3000,), (60000,), (5000000,)]


@pytest.mark.parametrize(
    ("text", "says"),
    [("XYZ 20", "takes no XYZ"), ("EUR 1", "too small"), ("EUR 20 999999", "too large")],
)
def test_an_offer_that_nobody_could_take_up_is_refused(text: str, says: str) -> None:
    with pytest.raises(offers.BadOffer, match=says):
        offers.read(text)
