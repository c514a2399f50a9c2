import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mailbox import headers, reading
from tests.sandbox.mailbox.mails import HOSTILE
from tests.sandbox.mailbox.running import RunningMailbox

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_shown_in_every_view(mailbox: RunningMailbox, name: str) -> None:
    to = f"{re.sub('[^a-z0-9]', '-', name.lower())}@example.org"
    mailbox.deliver(to, HOSTILE[name])
    path = f"/messages/{mailbox.id_for(to)}"
    answers = [mailbox.get(path + view) for view in ("", "/html", "/text", "/headers", "/raw")]
    assert [answer.status for answer in answers] == [200] * 5
    assert not [answer for answer in answers if "<script" in answer.text]
    assert not [
        answer for answer in answers if re.search('href="(?!http|mailto|/|#main)', answer.text)
    ]
    assert mailbox.get(f"/?q={to}").status == 200
    assert mailbox.get(f"/api{path}").status == 200
    assert mailbox.get(f"{path}/attachments/0").status in {200, 404}


def test_a_mail_whose_parts_cannot_be_read_says_so_and_shows_its_bytes() -> None:
    deep = reading.read(HOSTILE["deep"])
    assert headers.first(deep.fields, "subject") == "deep"
    assert deep.trouble is not None
    assert "raw bytes" in deep.trouble


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("an 8-bit header", "caf\u00e9 \u00ff"),
        ("a NUL", "a\ufffdb"),
        ("no colon", "still here"),
        ("no header", ""),
        ("broken encoded words", "=?utf-8?b?!!!?= =?x?q?=ZZ?= =?utf-8?b?abc"),
    ],
)
def test_a_broken_subject_is_shown_as_well_as_it_can_be(name: str, subject: str) -> None:
    assert headers.first(headers.fields(HOSTILE[name]), "subject") == subject


@pytest.mark.parametrize("name", ["an unknown charset", "a lying charset", "a charset with a NUL"])
def test_a_wrong_charset_still_gives_text(name: str) -> None:
    mail = reading.read(HOSTILE[name])
    assert mail.trouble is None
    assert mail.text or mail.html


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    mail = reading.read(noise)
    shown = "".join([*map("".join, mail.fields), mail.text or "", mail.html or "", *mail.links])
    for each in (shown, reading.raw_text(noise)):
        assert not any(letter < " " and letter not in "\n\t" for letter in each.encode().decode())


@given(st.lists(st.sampled_from(sorted(HOSTILE.values(), key=len)[:-2]), min_size=2, max_size=4))
def test_hostile_mails_joined_break_it_neither(pieces: list[bytes]) -> None:
    mail = reading.read(
        b"Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n" + b"\r\n--z\r\n".join(pieces)
    )
    assert all(isinstance(each.content, bytes) for each in mail.attachments)
    assert "\0" not in f"{mail.text}{mail.html}"


@given(TEXT, st.sampled_from(["utf-8", "utf-16", "UTF-8*en"]))
def test_encoded_words_come_out_as_they_went_in(text: str, charset: str) -> None:
    data = text.encode(charset.partition("*")[0])
    by_b64 = f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    by_q = f"=?{charset}?q?{''.join(f'={byte:02X}' for byte in data)}?="
    assert headers.decoded(f"{by_b64} {by_q}") == text + text
    assert headers.decoded(f"a {by_b64} b") == f"a {text} b"


@given(st.text(st.sampled_from("ab.:/?()<>, http"), max_size=60))
def test_splitting_at_links_loses_nothing(text: str) -> None:
    assert "".join(piece for piece, _ in reading.split_links(text)) == text


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/a_(b)!", "https://example.org/a_(b)"),
        ("<https://example.org/?a=1&b=2>", "https://example.org/?a=1&b=2"),
    ],
)
def test_a_link_ends_where_the_address_ends(text: str, link: str) -> None:
    assert [piece for piece, is_link in reading.split_links(text) if is_link] == [link]
