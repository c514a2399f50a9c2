"""Files travel behind the words: whole, by any name, in the same bytes each time."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import pattern, render
from mailer.surroundings import File
from tests.golden import mails
from tests.mailer.render import test_pattern
from tests.mailer.render.test_pattern import FILLED, parsed, well_formed

NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=120)
URL = "https://example.org/u"


def carrying(*files: tuple[str, bytes]) -> render.Mail:
    attached = tuple(File(name, "application/pdf", len(b), "", b) for name, b in files)
    return dataclasses.replace(mails.release(mails.ENGLISH, test_pattern.HOLE), attached=attached)


@settings(deadline=None, max_examples=60)
@given(NAMES, st.binary(max_size=300))
def test_any_file_comes_back_by_its_name(name: str, content: bytes) -> None:
    message = test_pattern.filled(carrying((name, content)), URL)
    assert well_formed(message)
    (part,) = parsed(message).iter_attachments()
    assert (part.get_filename(), part.get_content()) == (name, content)
    assert part.get_content_type() == "application/pdf"


def test_the_words_are_first_and_the_same_as_without_files() -> None:
    mail = carrying(("a.pdf", b"%PDF-1"), ("b.pdf", b"%PDF-2"))
    message = parsed(test_pattern.filled(mail, URL))
    assert message.get_content_type() == "multipart/mixed"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["multipart/alternative", "application/pdf", "application/pdf"]
    bare = test_pattern.filled(dataclasses.replace(mail, attached=()), URL)
    for subtype in ("plain", "html"):
        whole = test_pattern.content(message.as_bytes(), subtype)
        assert whole == test_pattern.content(bare, subtype)
    assert not message.defects


def test_no_hole_is_behind_the_words() -> None:
    mail = carrying(("a.pdf", b"=[unsubscribe_url]"))
    made = pattern.pattern(mail, headers=mails.HEADERS)
    assert made.fill(**FILLED, unsubscribe_url=URL).count(b"https://example.org/u") == 3


def test_the_boundaries_differ_and_follow_from_the_content() -> None:
    one, same, other = (
        parsed(test_pattern.filled(carrying(("a.pdf", content)), URL))
        for content in (b"%PDF-1", b"%PDF-1", b"%PDF-2")
    )
    inner = next(one.iter_parts()).get_boundary()
    assert one.get_boundary() == same.get_boundary()
    assert len({one.get_boundary(), other.get_boundary(), inner}) == 3
