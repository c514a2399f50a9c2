"""A name and a home as they were typed become what HMRC's schedule wants, or are said to lack something."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import claimants
from payments.claimants import Home, Name

NAMES = {
    "Boris Example": Name("", "Boris", "Example"),
    "  Boris   Example ": Name("", "Boris", "Example"),
    "Dr. Anna Maria Example": Name("Dr", "Anna Maria", "Example"),
    "Prof B Example": Name("Prof", "B", "Example"),
    "Ludwig van der Example": Name("", "Ludwig", "van der Example"),
    "boris example": Name("", "boris", "example"),
    "Anna House-Martin": Name("", "Anna", "House Martin"),
    "B" * 40 + " " + "E" * 40: Name("", "B" * 35, "E" * 35),
}
HOMES = {
    "12 High Street\nBristol\nBS1 4DJ": Home("12", "BS1 4DJ"),
    "12a High Street, Bristol, bs14dj": Home("12a", "BS1 4DJ"),
    "12-14 High Street, Bristol BS1  4DJ": Home("12-14", "BS1 4DJ"),
    "12, High Street\nLondon EC4M 8AD\nUnited Kingdom": Home("12", "EC4M 8AD"),
    "Rose Cottage\nMill Lane\nBath BA1 1AA": Home("Rose Cottage", "BA1 1AA"),
    "Flat 3, 12 High Street\nBath\nBA1 1AA": Home("Flat 3, 12", "BA1 1AA"),
    "1st Floor\n12 High Street\nM1 1AE": Home("1st Floor, 12", "M1 1AE"),
    "The Very Old House With Its Very Long Name Indeed\nBA1 1AA": Home(
        "The Very Old House With Its Very Long Na", "BA1 1AA"
    ),
}


@pytest.mark.parametrize(("typed", "name"), NAMES.items())
def test_a_full_name_is_told_apart(typed: str, name: Name) -> None:
    assert claimants.name(typed) == name


@pytest.mark.parametrize("typed", ["", "Boris", "Mr Example", "Prof.", " "])
def test_half_a_name_is_none(typed: str) -> None:
    assert claimants.name(typed) is None


@pytest.mark.parametrize(("typed", "home"), HOMES.items())
def test_a_house_and_its_postcode_are_found(typed: str, home: Home) -> None:
    assert claimants.home(typed) == home


@pytest.mark.parametrize(
    "typed", ["", "12 High Street, Bristol", "BS1 4DJ", ",\n BS1 4DJ", "1 Rue X\n75001 Paris"]
)
def test_where_house_or_postcode_is_missing_there_is_no_home(typed: str) -> None:
    assert claimants.home(typed) is None


@given(st.text(), st.text())
def test_whatever_is_typed_is_read_or_not_and_never_too_long(name: str, home: str) -> None:
    read, lives = claimants.name(name), claimants.home(home)
    assert read is None or (read.first and read.last and len(read.last) <= 35)
    assert lives is None or (lives.house and len(lives.house) <= 40)


letters = st.sampled_from("ABDEFGHJLNPQRSTUWXYZ")
digits = st.sampled_from(string.digits)


@given(
    outward=st.tuples(letters, letters, digits),
    inward=st.tuples(digits, letters, letters),
    small=st.booleans(),
)
def test_any_postcode_comes_out_in_capitals_with_one_space(
    outward: tuple[str, ...], inward: tuple[str, ...], *, small: bool
) -> None:
    halves = "".join(outward), "".join(inward)
    typed = "".join(halves).lower() if small else "  ".join(halves)
    home = claimants.home(f"Rose Cottage\nMill Lane\n{typed}")
    assert home == Home("Rose Cottage", " ".join(halves))
