"""`flask donations enter`, `… take-back` and `… import-offline` write gifts that came past Stripe."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import limits
from db.session import transaction
from payments.models.giving import Donation
from tests.cast import Staff
from tests.web.cli import commands
from tests.web.staff import members

DAY = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
GIFT = ("--amount", "50.00", "--currency", "EUR", "--channel", "cheque", "--received", DAY)
BY = ("--by", "dana@example.org")
HEAD = "date,amount,currency,channel,name,address,fund,note\n"
LINE = f"{DAY},20.00,EUR,cash,,,,from the box\n"


@pytest.fixture(autouse=True)
def dana(staff: Callable[..., Staff]) -> Staff:
    """Give a member who looks after the money."""
    return staff("dana", "finance")


@pytest.fixture
def book(app: Flask, tmp_path: Path) -> Callable[[str | bytes], tuple[str, ...]]:
    """Give what makes a file, and returns the command that imports it."""

    def made(content: str | bytes) -> tuple[str, ...]:
        file = tmp_path / "gifts.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ("donations", "import-offline", str(file), *BY)

    return made


Book = Callable[[str | bytes], tuple[str, ...]]


def entered() -> list[int]:
    with transaction() as session:
        return list(session.scalars(select(Donation.amount).order_by(Donation.id)))


def test_a_cheque_is_entered_with_its_receipt_and_audited(app: Flask) -> None:
    told = commands.value(app, "donations", "enter", *GIFT, *BY, "--name", "Boris Example")
    assert told["receipt"].endswith("-00001")
    assert entered() == [5_000]
    assert members.acts() == ["donation.enter"]


def test_a_gift_like_one_before_is_entered_only_when_it_is_said_to_be_another(app: Flask) -> None:
    first = commands.value(app, "donations", "enter", *GIFT, *BY)
    sentence = commands.refused(app, "donations", "enter", *GIFT, *BY)
    assert first["reference"] in sentence
    assert commands.run(app, "donations", "enter", *GIFT, *BY, "--again").exit_code == 0
    assert entered() == [5_000, 5_000]


def test_an_address_can_be_read_from_standard_input(app: Flask) -> None:
    words = ["donations", "enter", *GIFT, *BY, "--address", "-"]
    done = app.test_cli_runner().invoke(args=words, input="boris@example.org\n")
    assert done.exit_code == 0, done.output
    with transaction() as session:
        assert session.scalars(select(Donation)).one().donor_id is not None


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--amount", "9" * 23, "coins that the currency has"),
        ("--amount", "many", "write it in digits"),
        ("--currency", "EURO", "three letters"),
        ("--channel", "stripe", "cheque, transfer or cash"),
        ("--received", "yesterday", "2026-11-20"),
        ("--received", "1999-01-01", "days ago"),
        ("--address", "nobody", "does not look like"),
        ("--language", "xx", "language"),
        ("--fund", "nowhere", "no such fund"),
        ("--by", "eve@example.org", "No staff member"),
    ],
)
def test_what_cannot_be_entered_is_refused_in_a_sentence(
    app: Flask, option: str, value: str, says: str
) -> None:
    assert says in commands.refused(app, "donations", "enter", *GIFT, *BY, option, value)
    assert entered() == []


def test_an_amount_that_can_be_read_both_ways_is_refused(app: Flask) -> None:
    thousand = (*GIFT, *BY, "--currency", "KWD", "--amount")
    assert "unreadable" in commands.refused(app, "donations", "enter", *thousand, "1.000")
    assert commands.run(app, "donations", "enter", *thousand, "1000").exit_code == 0
    assert entered() == [1_000_000]


def test_only_who_looks_after_the_money_enters(app: Flask, staff: Callable[..., Staff]) -> None:
    staff("chen", "author")
    words = ("donations", "enter", *GIFT, "--by", "chen@example.org")
    assert "finance or admin" in commands.refused(app, *words)


def test_a_gift_is_taken_back_once_with_a_reason(app: Flask) -> None:
    reference = commands.value(app, "donations", "enter", *GIFT, *BY)["reference"]
    words = ("donations", "take-back", reference, "--reason", "it bounced", *BY)
    assert commands.run(app, *words).exit_code == 0
    assert "taken back before" in commands.refused(app, *words)
    assert members.acts() == ["donation.enter", "donation.take-back"]


def test_a_file_is_entered_whole_and_the_same_file_again_enters_nothing(
    app: Flask, book: Book
) -> None:
    words = book(HEAD + LINE + LINE + f"{DAY},30,eur,cheque,Boris Example,,,\n,,,,,,,\n")
    assert commands.value(app, *words) == {"entered": 3, "known": 0}
    assert commands.value(app, *words) == {"entered": 0, "known": 3}
    assert entered() == [2_000, 2_000, 3_000]
    assert members.acts() == ["donation.import", "donation.import"]


def test_a_file_of_a_spreadsheet_with_semicolons_is_read(app: Flask, book: Book) -> None:
    text = HEAD.replace(",", ";") + f'{DAY};"20,50";EUR;transfer;;;;\n'
    assert commands.value(app, *book(b"\xef\xbb\xbf" + text.encode()))["entered"] == 1
    assert entered() == [2_050]


def test_every_bad_line_is_named_and_nothing_is_entered(app: Flask, book: Book) -> None:
    bad = f"{DAY},none,EUR,cash,,,,\n" + LINE + f"soon,20,EUR,by-post,,,,\n{DAY},1,EUR,cash,,,x,\n"
    done = commands.run(app, *book(HEAD + LINE + bad))
    assert done.exit_code == 1
    places = [line.partition(":")[0] for line in done.stderr.splitlines()[1:]]
    assert places == ["line 3, amount", "line 5, channel", "line 5, date", "line 6, fund"]
    assert entered() == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "names the columns"),
        ("date,amount\n", "names the columns"),
        (HEAD.replace("note", "what"), "names the columns"),
        (HEAD + LINE.replace("\n", ",more\n"), "Line 2 has more cells"),
        (HEAD.encode() + b"\xff\n", "Line 2 is no UTF-8"),
        (HEAD + '"open', "no CSV"),
        (b"x" * (limits.OFFLINE_FILE_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_such_file_is_refused(
    app: Flask, book: Book, content: str | bytes, says: str
) -> None:
    assert says in commands.refused(app, *book(content))


def test_a_nul_in_a_line_is_refused_by_its_line(app: Flask, book: Book) -> None:
    done = commands.run(app, *book(HEAD + LINE.replace("box", "b\0x")))
    assert done.exit_code == 1
    assert "line 2, note" in done.stderr


def test_more_gifts_than_a_file_may_hold_are_refused(
    app: Flask, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "OFFLINE_FILE_GIFTS", 2)
    assert "at most 2 gifts" in commands.refused(app, *book(HEAD + LINE * 3))
    faults = commands.run(app, *book(f"{HEAD}soon,many,EURO,post,,,,\n")).stderr
    assert "to be mended: 3" in faults, "a line with many faults is one line"
