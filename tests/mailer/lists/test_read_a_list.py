"""Lists as people and programs save them, and as somebody who means harm does."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import limits
from mailer.lists import table
from mailer.lists.reading import Unreadable
from mailer.lists.table import Table


def read(content: str | bytes) -> Table:
    return table.read(io.BytesIO(content.encode() if isinstance(content, str) else content))


def rows(content: str | bytes) -> list[list[str]]:
    return [row.cells for row in read(content).rows]


def faults(content: str | bytes) -> list[tuple[int, str]]:
    return [(row.line, row.fault) for row in read(content).rows]


class Generated:
    """A file that is made while it is read: pieces, each so many times."""

    def __init__(self, *pieces: tuple[bytes, int]) -> None:
        self._pieces = iter([piece for piece, times in pieces for _ in range(times)])

    def read(self, size: int, /) -> bytes:
        return next(self._pieces, b"")[:size]


GOOD = {
    "utf-8": "email,note\na@example.org,Łódź\n".encode(),
    "a byte order mark": "\ufeffemail,note\na@example.org,Łódź\n".encode(),
    "utf-16 little end first": "\ufeffemail,note\na@example.org,Łódź\n".encode("utf-16-le"),
    "utf-16 big end first": "\ufeffemail,note\na@example.org,Łódź\n".encode("utf-16-be"),
    "utf-16 without a mark": "email,note\na@example.org,Łódź\n".encode("utf-16-le"),
    "utf-16, big, without a mark": "email,note\na@example.org,Łódź\n".encode("utf-16-be"),
    "carriage returns": "email,note\r\na@example.org,Łódź\r\n".encode(),
    "carriage returns alone": "email,note\ra@example.org,Łódź\r".encode(),
    "semicolons": "email;note\na@example.org;Łódź\n".encode(),
    "tabs": "email\tnote\na@example.org\tŁódź\n".encode(),
    "Excel's hint": "sep=;\nemail;note\na@example.org;Łódź\n".encode(),
    "blank lines": "\n\nemail,note\n\na@example.org,Łódź\n   \n".encode(),
    "quotes": '"email","note"\n"a@example.org","Łódź"\n'.encode(),
    "no line break at the end": "email,note\na@example.org,Łódź".encode(),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_list_is_read_as_it_was_saved(content: bytes) -> None:
    opened = read(content)
    assert opened.columns == ["email", "note"]
    assert [row.cells for row in opened.rows] == [["a@example.org", "Łódź"]]


def test_windows_1252_is_read_line_by_line() -> None:
    content = b"email,note\na@example.org,caf\xe9\nb@example.org,caf\xc3\xa9\n"
    assert rows(content) == [["a@example.org", "café"], ["b@example.org", "café"]]


def test_a_quoted_cell_keeps_its_line_breaks_and_the_next_row_its_number() -> None:
    opened = read('email,note\na@example.org,"one\r\n\ntwo, ""three"""\nb@example.org,x\n')
    first, second = opened.rows
    assert first.cells == ["a@example.org", 'one\r\n\ntwo, "three"']
    assert (first.line, second.line) == (2, 5)


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    content = 'email,note\na@example.org,"oh\nb@example.org,x\nc@example.org,y\n'
    assert faults(content) == [(2, "a quote is opened that is not closed"), (3, ""), (4, "")]


def test_an_open_quote_swallows_no_more_lines_than_a_row_may_have() -> None:
    many = "".join(f"r{n}@example.org,x\n" for n in range(3 * limits.LIST_ROW_LINES))
    found = faults(f'email,note\na@example.org,"oh\n{many}z@example.org,"end"\n')
    assert [line for line, fault in found if fault] == [2]
    assert len(found) == 3 * limits.LIST_ROW_LINES + 2


def test_nul_is_refused_with_its_line() -> None:
    content = b"email,note\na@example.org,x\nb\0@example.org,y\nc@example.org,z\n"
    assert faults(content)[1] == (3, "the line contains NUL, as text never does")
    assert [bool(fault) for _, fault in faults(content)] == [False, True, False]


def test_a_long_line_is_refused_by_its_number_and_the_next_one_is_read() -> None:
    long = b"x" * (limits.LIST_LINE_BYTES + 1)
    found = faults(b"email,note\n" + long + b"\nb@example.org,x\n")
    assert found == [(2, f"the line is longer than {limits.LIST_LINE_BYTES:,} bytes"), (3, "")]


@pytest.mark.parametrize("length", [limits.LIST_LINE_BYTES - 1, limits.LIST_LINE_BYTES])
def test_a_line_of_the_longest_length_is_read(length: int) -> None:
    assert faults(b"email\n" + b"x" * length + b"\ny") == [(2, ""), (3, "")]


BAD = {
    "nothing": (b"", "The file is empty."),
    "blank lines alone": (b"\n \n\r\n", "The file is empty."),
    "a spreadsheet": (b"PK\x03\x04" + bytes(range(256)), "save the list as CSV"),
    "bytes of any kind": (bytes(range(256)) * 40, "Line 1 should name the columns"),
    "zeros": (b"\0" * 300_000, "longer than"),
    "ten thousand columns": (",".join(f"c{n}" for n in range(10_000)).encode(), "10,000 columns"),
    "an open quote at the start": (b'"email,note\na@example.org,x\n', "a quote is opened"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_what_is_no_list_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        read(content)
    assert "\n" not in str(refused.value)


def test_a_gigabyte_without_a_line_break_is_one_refused_line() -> None:
    block = b"x" * limits.LIST_BLOCK_BYTES
    stream = Generated((b"email\n", 1), (block, 16 * 1024), (b"\nb@example.org\n", 1))
    found = [(row.line, bool(row.fault)) for row in table.read(stream).rows]
    assert found == [(2, True), (3, False)]


def _cells() -> st.SearchStrategy[str]:
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
    return text | st.sampled_from(['"', '""', "a\nb", "a\r\nb", ",", ";", "'=1", " x "])


@given(st.lists(st.tuples(_cells(), _cells()), max_size=8))
def test_what_csv_writes_is_what_is_read(written: list[tuple[str, str]]) -> None:
    page = io.StringIO(newline="")
    csv.writer(page).writerows([("email", "note"), *(("x@example.org" + a, b) for a, b in written)])
    expected = [["x@example.org" + a, b] for a, b in written]
    assert rows(page.getvalue()) == expected


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    def lines() -> Iterator[int]:
        yield from (row.line for row in read(content).rows)

    try:
        found = list(lines())
    except Unreadable:
        return
    assert found == sorted(set(found))
