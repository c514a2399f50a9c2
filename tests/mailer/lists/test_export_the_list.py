"""The list goes out whole, safe to open, and comes back in as it was."""

import csv
import io
import json

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from db.session import transaction
from mailer.lists import cells, exporting
from mailer.lists.exporting import ExportBroken, Format
from mailer.models.subscribers import SubscriberState
from tests import builders
from tests.cast import AMIRA, BORIS, EVE
from tests.conftest import empty_tables
from tests.mailer.lists.conftest import HEADER, PROOF, Lists

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def export(kind: Format = Format.CSV) -> str:
    with transaction() as session:
        return "".join(exporting.written(session, kind))


def rows(page: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(page, newline="")))[1:]


def test_csv_has_the_columns_that_an_import_takes(lists: Lists) -> None:
    lists.take(f'{HEADER}{AMIRA},releases;courts,es,{PROOF},"I ask, please."\n')
    page = export()
    assert page.splitlines()[0] + "\n" == HEADER
    assert rows(page) == [[AMIRA, "releases;courts", "es", PROOF, "I ask, please."]]


def test_json_lines_have_a_list_of_topics(lists: Lists) -> None:
    lists.take(f"{HEADER}{AMIRA},releases;courts,es,{PROOF},\n{BORIS},courts,,{PROOF},\n")
    first, second = map(json.loads, export(Format.JSONL).splitlines())
    assert first == {
        "email": AMIRA,
        "topics": ["releases", "courts"],
        "language": "es",
        "confirmed_at": PROOF,
        "consent_note": "",
    }  # fmt: skip - read as one row
    assert second["email"] == BORIS


def test_only_who_may_be_mailed_is_in_it(app: Flask) -> None:
    builders.subscriber(AMIRA)
    builders.subscriber(BORIS, state=SubscriberState.PENDING)
    builders.subscriber(EVE, state=SubscriberState.ENDED)
    builders.subscriber("cleo@example.org", topic_slugs=())
    builders.suppressed("dora@example.org")
    assert [row[0] for row in rows(export())] == [AMIRA]


def test_an_empty_list_has_its_header(app: Flask) -> None:
    assert export() == HEADER.replace("\n", "\r\n")
    assert export(Format.JSONL) == ""


def test_an_address_that_was_moved_stops_the_export_by_number(app: Flask) -> None:
    builders.subscriber(AMIRA)
    id_ = builders.subscriber(BORIS)
    with transaction() as session:
        moved = "(SELECT address FROM subscriber WHERE id <> :id)"
        session.execute(
            text(f"UPDATE subscriber SET address = {moved} WHERE id = :id"),  # noqa: S608 - our own words
            {"id": id_},
        )
    with pytest.raises(ExportBroken, match=f"subscriber {id_} "):
        export()


@given(st.text())
def test_no_cell_begins_a_formula_and_each_is_read_back(cell: str) -> None:
    assert not cells.safe(cell).startswith(FORMULA)
    assert cells.plain(cells.safe(cell)) == cell


@given(st.sampled_from(FORMULA), st.text(), st.sampled_from(["", "'", "''"]))
def test_a_formula_is_marked_and_read_back(first: str, rest: str, marks: str) -> None:
    cell = marks + first + rest
    assert cells.safe(cell) == f"'{cell}"
    assert cells.plain(cells.safe(cell)) == cell


_LOCAL = st.from_regex(r"[A-Za-z0-9=+'_-]{1,20}", fullmatch=True)
_NOTE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_MEMBERS = st.dictionaries(
    _LOCAL.map(str.lower),
    st.tuples(
        st.sampled_from(["releases", "courts", "releases;courts"]),
        st.sampled_from(["en", "es", "ru"]),
        _NOTE | st.sampled_from(["=1+1", "'@x", 'a "b",\r\nc']),
    ),
    min_size=1,
    max_size=5,
)


def as_csv(members: dict[str, tuple[str, str, str]]) -> str:
    """Return a list that a careful program wrote."""
    page = io.StringIO(newline="")
    csv.writer(page).writerow(HEADER.strip().split(","))
    for local, (topics, language, note) in members.items():
        values = (f"{local}@example.org", topics, language, PROOF, note)
        csv.writer(page).writerow([cells.safe(value) for value in values])
    return page.getvalue()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(members=_MEMBERS)
def test_what_was_exported_is_imported_as_it_was(
    lists: Lists, members: dict[str, tuple[str, str, str]]
) -> None:
    empty_tables()
    builders.topic()
    builders.topic("courts", "Courts")
    lists.take(as_csv(members))
    first = export()
    assert {cells.plain(row[0]) for row in rows(first)} == {f"{m}@example.org" for m in members}
    with transaction() as session:
        session.execute(text("TRUNCATE subscriber CASCADE"))
    assert lists.take(first + "\n").added == len(members)
    assert export() == first
