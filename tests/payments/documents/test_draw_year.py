"""A year's statement lists every gift, on as many pages as it takes, and adds up each currency by itself."""

from datetime import date

from payments.documents import year
from payments.documents.parties import Recipient
from payments.documents.year import Entry, Total, Year
from tests.payments.documents import drawn


def entry(number: int, *, kept: int = 5_000, currency: str = "EUR") -> Entry:
    return Entry(date(2026, 3, 4), f"2026-{number:05}", 5_000, kept, currency)


def statement(*entries: Entry, language: str = "en") -> bytes:
    recipient = Recipient(name="Boris Example")
    said = Year(2026, entries, "2027-00001", date(2027, 1, 15), language, recipient)
    return year.pdf(said, drawn.EU)


def test_each_gift_stands_in_it_with_what_remains() -> None:
    text = drawn.text(statement(entry(1), entry(2, kept=3_000)))
    assert "2026-00001 €50.00 €0.00 €50.00" in text
    assert "2026-00002 €50.00 €20.00 €30.00" in text


def test_currencies_are_added_up_apart() -> None:
    listed = [entry(1), entry(2, kept=0), entry(3, currency="JPY")]
    assert year.totals(listed) == {"EUR": Total(10_000, 5_000), "JPY": Total(5_000, 5_000)}
    text = drawn.text(statement(*listed))
    assert "Together in EUR €100.00 €50.00 €50.00" in text
    assert "Together in JPY" in text


def test_a_long_year_takes_several_pages_and_loses_no_gift() -> None:
    pdf = statement(*(entry(number) for number in range(1, 201)), language="ar")
    text = drawn.text(pdf)
    assert len(drawn.reader(pdf).pages) > 3
    assert all(f"2026-{number:05}" in text for number in range(1, 201))


def test_a_year_without_gifts_says_so() -> None:
    assert "No gift of yours reached us in 2026." in drawn.text(statement())
