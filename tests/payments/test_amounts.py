"""What people type becomes minor units, and what we write can be typed again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import languages, limits
from payments import amounts
from payments.amounts import BadAmount, Fault
from payments.currencies import CURRENCIES

LANGUAGES = list(languages.BY_CODE)
each_currency = pytest.mark.parametrize("code", sorted(CURRENCIES))


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_what_is_written_can_be_typed_again_in_every_currency(
    language: str, data: st.DataObject
) -> None:
    currency = CURRENCIES[data.draw(st.sampled_from(sorted(CURRENCIES)))]
    amount = currency.step * data.draw(st.integers(1, 10**8 // currency.step))
    short = data.draw(st.booleans())
    text = amounts.said(amount, currency.code, language, short=short)
    assert amounts.parse(text, currency.code, language) == amount


@each_currency
def test_a_currency_is_read_and_written_with_its_own_decimals(code: str) -> None:
    currency = CURRENCIES[code]
    fifty = amounts.parse("50", code, "en")
    assert fifty == 50 * 10**currency.decimals
    assert fifty % currency.step == 0
    shown = amounts.said(fifty, code, "en")
    assert shown.endswith("50" + ("." + "0" * currency.shown_decimals).rstrip("."))


@each_currency
def test_a_currency_takes_no_finer_amount_than_its_step(code: str) -> None:
    currency = CURRENCIES[code]
    finer = {0: "50.50", 2: "50.55", 3: "50.555"}[currency.shown_decimals]
    if currency.step == 1 and currency.decimals:
        assert amounts.parse(finer, code, "en") == 5055
        return
    with pytest.raises(BadAmount) as bad:
        amounts.parse(finer, code, "en")
    assert bad.value.fault is Fault.TOO_FINE


@each_currency
def test_a_currency_has_a_least_and_a_largest_gift_that_stripe_takes(code: str) -> None:
    least, largest = CURRENCIES[code].least, amounts.largest(code)
    assert least % CURRENCIES[code].step == 0
    assert least < largest <= limits.GIFT_LARGEST
    assert amounts.check(least, code) == least
    for amount, fault in ((least - 1, Fault.TOO_SMALL), (largest + 1, Fault.TOO_LARGE)):
        with pytest.raises(BadAmount) as bad:
            amounts.check(amount, code)
        assert bad.value.fault is fault


@pytest.mark.parametrize(
    ("text", "code", "language", "minor"),
    [
        ("1,234.50", "EUR", "en", 123450),
        ("1.234,50", "EUR", "es", 123450),
        ("1\u202f234,50 €", "EUR", "fr", 123450),
        ("1 234,50", "EUR", "ru", 123450),
        ("١٬٢٣٤٫٥٠", "EUR", "ar", 123450),
        ("۱۲۳۴", "EUR", "ar", 123400),
        ("1'234.50", "CHF", "en", 123450),
        ("CHF 1’234.50", "CHF", "fr", 123450),
        ("$50", "USD", "en", 5000),
        ("US$ 50", "USD", "fr", 5000),
        ("50 usd", "USD", "es", 5000),
        ("12,5", "EUR", "en", 1250),
        ("12.5", "EUR", "fr", 1250),
        ("1.234", "EUR", "en", 123400),
        ("1,234", "EUR", "fr", 123400),
        ("1,234", "JPY", "en", 1234),
        ("1.234", "JPY", "en", 1234),
        ("1000.00", "JPY", "en", 1000),
        ("1.500", "KWD", "en", 1500),
        ("1,500", "KWD", "en", 1500000),
        ("１００", "EUR", "en", 10000),
        ("  50  ", "GBP", "en", 5000),
    ],
)
def test_amounts_are_read_as_people_type_them(
    text: str, code: str, language: str, minor: int
) -> None:
    assert amounts.parse(text, code, language) == minor


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["1.500", "1,500", "١٫٥٠٠", "KWD 20.000"])
def test_what_can_be_read_both_ways_is_refused_where_it_must_be_sure(
    text: str, language: str
) -> None:
    with pytest.raises(BadAmount) as bad:
        amounts.parse(text, "KWD", language, surely=True)
    assert bad.value.fault is Fault.UNREADABLE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "code"),
    [("1500", "KWD"), ("1.50", "KWD"), ("1,234.560", "KWD"), ("1.234", "EUR"), ("1,234", "JPY")],
)
def test_what_can_be_read_one_way_is_sure(text: str, code: str, language: str) -> None:
    known = amounts.parse(text, code, language)
    assert amounts.parse(text, code, language, surely=True) == known


@pytest.mark.parametrize(
    "text",
    ["", " ", "fifty", "-50", "+50", "5e3", "0x10", "1,23,456", "50 00", "1.2.3", "1,234,5", "50.",
     ".", ",5", "€", "€€50", "$50", "50€50", "½", "²", "1 234,567.8", "9" * 25, "inf", "NaN", "5_0"],
)  # fmt: skip
def test_what_is_no_amount_of_the_currency_is_refused(text: str) -> None:
    for language in LANGUAGES:
        with pytest.raises(BadAmount) as bad:
            amounts.parse(text, "EUR", language)
        assert bad.value.fault is Fault.UNREADABLE


@given(text=st.text(max_size=60), code=st.sampled_from(sorted(CURRENCIES)))
def test_any_text_is_an_amount_or_refused(text: str, code: str) -> None:
    try:
        amount = amounts.parse(text, code, "en")
    except BadAmount:
        return
    assert amount >= 0
    assert amount % CURRENCIES[code].step == 0


def test_cents_are_written_where_a_language_would_drop_them() -> None:
    assert amounts.said(5050, "ALL", "en") == "ALL\xa050.50"
    assert amounts.said(5000, "EUR", "en", short=True) == "€50"
    assert amounts.said(5050, "EUR", "fr", short=True) == "50,50\xa0€"
