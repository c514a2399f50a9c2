import dataclasses
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import limits
from mailer import pattern, render
from mailer.parts import Contact, Parts
from tests.golden import mails

TEXT = st.text(st.characters(), max_size=300)
LETTERS = "abcXYZ019:/._~-?="
URLS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=limits.HOLE_URL_LENGTH)
FILLED = mails.READER | {"list_unsubscribe": "<https://example.org/u>"}
HOLE = pattern.marker("unsubscribe_url")
MANAGE_HOLE = pattern.marker("manage_url")


def parsed(message: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(message)


def content(message: bytes, subtype: str) -> str:
    part = parsed(message).get_body((subtype,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def filled(mail: render.Mail, url: str) -> bytes:
    return pattern.pattern(mail, headers=mails.HEADERS).fill(**FILLED, unsubscribe_url=url)


def well_formed(message: bytes) -> bool:
    lines = message.split(b"\r\n")
    body = message.partition(b"\r\n\r\n")[2].split(b"\r\n")
    bare = any(b"\r" in line or b"\n" in line for line in lines)
    return (
        not bare and message.isascii() and max(map(len, lines)) <= 998 and max(map(len, body)) <= 76
    )


@settings(deadline=None, max_examples=60)
@given(TEXT, TEXT, TEXT, TEXT, URLS)
def test_any_release_comes_back_exactly_with_its_hole_filled(
    headline: str, body: str, name: str, boilerplate: str, url: str
) -> None:
    parts = Parts(
        f"H{headline}", body, contacts=(Contact(name, name, name),), boilerplate=boilerplate
    )
    mail = mails.release(parts, HOLE)
    message = filled(mail, url)
    assert well_formed(message)
    assert content(message, "plain") == mail.text.replace(HOLE, url)
    assert content(message, "html") == mail.html.replace(HOLE, url)
    assert parsed(message)["Subject"] == mail.subject


@settings(deadline=None)
@given(
    st.lists(st.text(st.sampled_from("ab =.~é漢\n\t"), max_size=120), min_size=1, max_size=6), URLS
)
def test_holes_anywhere_in_a_line_are_filled_exactly(texts: list[str], url: str) -> None:
    mail = render.Mail("S", HOLE.join(texts), HOLE.join(reversed(texts)), "en")
    keep = pattern.pattern(mail, headers={})
    message = keep.fill(
        **{name: url if name == "unsubscribe_url" else mails.READER[name] for name in keep.holes}
    )
    assert well_formed(message)
    assert content(message, "plain") == url.join(texts)
    assert content(message, "html") == url.join(reversed(texts))


@settings(deadline=None)
@given(st.text(st.sampled_from('ab é=?_ «漢م,;:"<>@()'), min_size=1, max_size=300))
def test_any_subject_comes_back(words: str) -> None:
    subject = " ".join(f"S {words}".split())
    mail = render.Mail(subject, "t\n", "h\n", "en")
    message = pattern.pattern(mail, headers={}).fill(**mails.READER)
    assert parsed(message)["Subject"] == subject
    assert max(map(len, message.split(b"\r\n"))) <= 998


def test_the_same_mail_makes_the_same_bytes() -> None:
    assert mails.message(mails.ENGLISH) == mails.message(mails.ENGLISH)
    other = dataclasses.replace(mails.ENGLISH, headline="Another")
    boundaries = {parsed(mails.message(each)).get_boundary() for each in (mails.ENGLISH, other)}
    assert len(boundaries) == 2


def test_the_message_is_text_then_html_with_its_headers() -> None:
    message = parsed(mails.message(mails.ARABIC))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Content-Language"] == "ar"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == f"<{mails.UNSUBSCRIBE_URL}>"
    assert message["To"] == "amira@example.org"
    assert not message.defects


def test_a_plain_mail_is_its_text_in_one_part_with_the_same_headers_and_holes() -> None:
    mail = mails.release(mails.ENGLISH, HOLE, MANAGE_HOLE)
    whole, plain = (
        pattern.pattern(mail, headers=mails.HEADERS, plain=plain) for plain in (False, True)
    )
    urls = {"unsubscribe_url": "https://example.org/u", "manage_url": "https://example.org/m"}
    message = plain.fill(**FILLED, **urls)
    assert plain.holes == whole.holes
    assert (well_formed(message), b"<html" in message) == (True, False)
    assert parsed(message).get_content_type() == "text/plain"
    for hole, url in ((HOLE, urls["unsubscribe_url"]), (MANAGE_HOLE, urls["manage_url"])):
        mail = dataclasses.replace(mail, text=mail.text.replace(hole, url))
    assert content(message, "plain") == mail.text
    assert set(parsed(message).keys()) - {"Content-Transfer-Encoding"} == set(
        parsed(whole.fill(**FILLED, **urls)).keys()
    )


def test_a_mail_without_one_click_has_no_list_unsubscribe() -> None:
    keep = pattern.pattern(mails.confirm(), headers={})
    assert keep.holes == {"date", "message_id", "to"}
    assert b"List-Unsubscribe" not in keep.fill(**mails.READER)


@pytest.mark.parametrize(
    ("given_value", "written"),
    [
        ("Émile, Inc. <a@example.org>", "Émile, Inc."),
        ("Example, Inc. <a@example.org>", "Example, Inc."),
        ('"Example, Inc." <a@example.org>', "Example, Inc."),
        ('Say "hi" <a@example.org>', 'Say "hi"'),
        ("منظمة الفانوس <a@example.org>", "منظمة الفانوس"),
    ],
)
def test_a_display_name_of_any_letters_comes_back(given_value: str, written: str) -> None:
    message = pattern.pattern(mails.confirm(), headers={"From": given_value}).fill(**mails.READER)
    address = parsed(message)["From"].addresses[0]
    assert (address.display_name, address.addr_spec) == (written, "a@example.org")
    assert message.isascii()


@pytest.mark.parametrize("value", ["a\r\nBcc: eve@example.org", "a\nb", "a\rb", "a\0b", ""])
def test_a_header_that_is_not_one_line_is_refused(value: str) -> None:
    for headers in ({"From": value}, {"X-Note": f"{value} <id>" if value else ""}):
        with pytest.raises(ValueError, match="must be one line"):
            pattern.pattern(mails.confirm(), headers=headers)
    with pytest.raises(ValueError, match="must be one line"):
        pattern.pattern(dataclasses.replace(mails.confirm(), subject=value), headers={})


@pytest.mark.parametrize("name", ["X\r\nBcc", "X:", "X Y", "", "Xé"])
def test_a_header_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be one line"):
        pattern.pattern(mails.confirm(), headers={name: "x"})


@pytest.mark.parametrize("name", ["To", "subject", "MESSAGE-ID", "Content-Type", "Date"])
def test_a_header_the_pattern_writes_itself_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"Leave .* out"):
        pattern.pattern(mails.confirm(), headers={name: "x"})


@pytest.mark.parametrize("hole", sorted(pattern.HOLES))
@pytest.mark.parametrize("bad", ["a\r\nBcc: b", "a\nb", "a\0b", "", "a" * 1000])
def test_a_hole_takes_no_value_that_breaks_the_line(hole: str, bad: str) -> None:
    urls = dict.fromkeys(pattern.URL_HOLES, "https://example.org/u")
    mail = mails.release(mails.ENGLISH, HOLE, MANAGE_HOLE)
    keep = pattern.pattern(mail, headers=mails.HEADERS)
    with pytest.raises(ValueError, match=r"must be|has only"):
        keep.fill(**FILLED | urls | {hole: bad})


@pytest.mark.parametrize(
    "bad", ["a@example.org, b@example.org", "A <a@example.org>", "a b@example.org"]
)
def test_one_reader_is_one_address(bad: str) -> None:
    with pytest.raises(ValueError, match="'to' must be"):
        pattern.pattern(mails.confirm(), headers={}).fill(**mails.READER | {"to": bad})


def test_an_address_that_needs_utf8_is_written_as_it_is() -> None:
    message = pattern.pattern(mails.confirm(), headers={}).fill(
        **mails.READER | {"to": "łucja@example.org"}
    )
    assert "\r\nTo: łucja@example.org\r\n".encode() in message
    assert message.replace("ł".encode(), b"l").isascii()


@pytest.mark.parametrize("holes", [{}, FILLED, FILLED | {"unsubscribe_url": "u", "cc": "x"}])
def test_every_hole_is_filled_and_no_other(holes: dict[str, str]) -> None:
    keep = pattern.pattern(mails.release(mails.ENGLISH, HOLE), headers=mails.HEADERS)
    with pytest.raises(ValueError, match="exactly these holes"):
        keep.fill(**holes)


def test_a_mail_has_no_hole_of_another_name() -> None:
    with pytest.raises(ValueError, match="no hole 'to'"):
        pattern.marker("to")
    with pytest.raises(ValueError, match="no hole 'x'"):
        pattern.pattern(render.Mail("S", "\ufdd0x\ufdd1", "h", "en"), headers={})


def test_words_that_look_like_a_hole_stay_words() -> None:
    mail = render.Mail("=[unsubscribe_url]", "=[unsubscribe_url]=\n", "h\n", "en")
    keep = pattern.pattern(mail, headers={})
    assert "unsubscribe_url" not in keep.holes
    message = keep.fill(**mails.READER)
    assert content(message, "plain") == mail.text
    assert parsed(message)["Subject"] == mail.subject
