"""Replies: one of many shapes, from a relay that may say anything."""

import socket
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import limits
from mailer.smtp import replies
from mailer.smtp.replies import Extensions, Reply
from mailer.smtp.wire import Broken, Wire

CODES = st.integers(200, 599)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


def heard(said: Sequence[bytes]) -> Reply:
    """Read one reply from the other end of a socket, written in these pieces."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for piece in said:
            theirs.sendall(piece)
        theirs.shutdown(socket.SHUT_WR)
        return Wire(ours).reply(5)


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"250 2.1.5 ok", (250, "2.1.5", "ok")),
        (b"250", (250, "2.0.0", "")),
        (b"250 ", (250, "2.0.0", "")),
        (b"250 ok", (250, "2.0.0", "ok")),
        (b"550 5.1.1", (550, "5.1.1", "")),
        (b"550 4.2.2 classes differ", (550, "5.0.0", "4.2.2 classes differ")),
        (b"550 5.1.1.1 is no code", (550, "5.0.0", "5.1.1.1 is no code")),
        (b"450 5 is no code", (450, "4.0.0", "5 is no code")),
        (b"550 5.7.515 Access denied", (550, "5.7.515", "Access denied")),
        (b"554 \x1b[31m\x00\xe9", (554, "5.0.0", "\ufffd[31m\ufffd\ufffd")),
    ],
)
def test_a_line_is_read_for_its_codes_and_words(line: bytes, reply: tuple[int, str, str]) -> None:
    found = replies.parse((line,))
    assert (found.code, found.enhanced, found.text) == reply


@pytest.mark.parametrize(
    "line", [b"", b"25", b"2500 ok", b"199 no", b"600 no", b"ok", b" 250 ok", "٢٥٠ ok".encode()]
)
def test_what_is_no_reply_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="not an SMTP reply"):
        replies.parse((line,))


@given(CODES, st.lists(WORDS, min_size=1, max_size=8), st.integers(1, 7))
def test_a_reply_is_the_same_however_it_is_cut(code: int, words: list[str], step: int) -> None:
    marks = ["-"] * (len(words) - 1) + [" "]
    lines = [f"{code}{m}{w}\r\n" for m, w in zip(marks, words, strict=True)]
    said = "".join(lines).encode("ascii")
    found = heard([said[at : at + step] for at in range(0, len(said), step)])
    assert (found.code, found.lines) == (code, tuple(words))


@given(st.lists(st.sampled_from([b"250", b"-", b" ", b"\r", b"\n", b"\r\n", b"\x00", b"\xff"])))
def test_bytes_of_any_kind_are_a_readable_reply_or_broken(said: list[bytes]) -> None:
    try:
        reply = heard([b"".join(said)])
    except Broken:
        return
    assert reply.code == 250
    assert reply.text.isprintable()


@given(st.integers(0, 2 * limits.SMTP_REPLY_BYTES), st.integers(1, 2000))
def test_a_reply_is_read_up_to_its_limit(length: int, width: int) -> None:
    body = b"".join(b"250-" + b"x" * (width - 1) + b"\r\n" for _ in range(length // width))
    said = [body + b"250 end\r\n"]
    if len(said[0]) <= limits.SMTP_REPLY_BYTES:
        assert heard(said).code == 250
    elif len(body) > limits.SMTP_REPLY_BYTES + len(body) // width + 9:
        with pytest.raises(Broken, match="no end"):
            heard(said)


def test_the_words_kept_are_bounded() -> None:
    assert len(replies.parse((b"250 " + b"x" * 4000,)).text) == limits.SMTP_REPLY_TEXT_LENGTH


def test_the_offer_is_read_without_the_greeting() -> None:
    reply = heard([b"250-SMTPUTF8 greets you\r\n250-size 9\r\n250-AUTH plain\r\n250 \r\n"])
    offer = Extensions.parse(reply)
    assert offer == Extensions(frozenset({"SIZE", "AUTH"}), 9, frozenset({"PLAIN"}))


@pytest.mark.parametrize("words", ["", " 0", " many", " -1", " " + "9" * 30])
def test_a_size_that_says_nothing_is_no_limit(words: str) -> None:
    extensions = Extensions.parse(Reply(250, "2.0.0", "", ("relay", f"SIZE{words}")))
    assert extensions.size is None
    assert "SIZE" in extensions
