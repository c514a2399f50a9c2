"""The small parts by themselves: forms, money, the clock, the shelf."""

import contextlib
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sandbox.stripe import forms, money
from sandbox.stripe.clock import Clock
from sandbox.stripe.refusals import Invalid
from sandbox.stripe.shelf import Shelf
from sandbox.stripe.things import Thing

NAMES = some.text("abc_", min_size=1, max_size=4)
PARAMS = some.recursive(
    some.text(max_size=5),
    lambda inner: some.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=10,
)


@given(some.dictionaries(NAMES, PARAMS, max_size=4))
def test_a_form_is_read_as_it_was_written(params: Thing) -> None:
    assert forms.decode(urlencode(forms.flat(params))) == params


@pytest.mark.parametrize(
    "text", ["a=1&a[b]=2", "[a]=1", "a[b=1", "a]=1", "a[[b]]=1", "a" + "[b]" * 12 + "=1"]
)
def test_a_form_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        forms.decode(text)


@given(some.text(max_size=60))
def test_no_form_is_more_than_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert isinstance(forms.decode(text), dict)


@pytest.mark.parametrize(
    ("amount", "currency", "worth"),
    [
        (2500, "usd", (2500, "usd", None)),
        (2500, "eur", (2500, "eur", None)),
        (3000, "jpy", (2010, "usd", 0.0067)),
        (-3000, "jpy", (-2010, "usd", 0.0067)),
        (10_000, "kwd", (3250, "usd", 3.25)),
        (1000, "sek", (500, "usd", 0.5)),
    ],
)
def test_money_settles_at_a_rate(
    amount: int, currency: str, worth: tuple[int, str, float | None]
) -> None:
    assert money.settled(amount, currency) == worth


@pytest.mark.parametrize(("amount", "fee"), [(2500, 103), (50, 31), (0, 30)])
def test_a_card_costs_a_share_and_a_fixed_part(amount: int, fee: int) -> None:
    assert money.fee(amount, debit=False) == fee


def test_a_debit_costs_no_more_than_five() -> None:
    assert money.fee(10_000_000, debit=True) == 500


def test_a_clock_does_not_go_back() -> None:
    clock = Clock(now=100)
    clock.move_to(150)
    assert clock.now() == 150
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move_to(149)


def test_what_is_undone_was_never_there(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf.db")
    kept = shelf.put({"object": "x", "id": "1", "colour": "red"})
    shelf.save()
    shelf.remember(kept)
    kept["colour"] = "blue"
    shelf.put({"object": "x", "id": "2"})
    shelf.undo()
    shelf.close()
    again = Shelf(tmp_path / "shelf.db")
    assert list(again.all("x")) == [{"object": "x", "id": "1", "colour": "red"}]
    again.close()
