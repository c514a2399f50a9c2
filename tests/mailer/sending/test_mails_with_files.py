"""An outbox mail may carry files: sealed with its words until it is sent, then behind them in the message."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from mailer.composing import Composer
from mailer.models.deliveries import OutboxMail
from mailer.outbox import Attached
from tests.builders import NOW
from tests.cast import BORIS
from wiring.core import core

FILE = Attached("2026-00042.pdf", "application/pdf", b"%PDF-1.4\n\xff\0 seven\n%%EOF\n")


def queue(session: Session, *files: Attached) -> int:
    return outbox.queue(
        session,
        template="donation-processing",
        address=BORIS,
        language="en",
        context={"amount": "€50.00"},
        now=NOW,
        expires_at=NOW,
        attached=files,
    )


def sent(session: Session, *files: Attached) -> EmailMessage:
    composer = Composer(core().sender, core().links, core().organisation)
    session.flush()
    copy = composer.letter_copy(outbox.letter(session, queue(session, *files)), now=NOW)
    return email.message_from_bytes(copy.content.message, policy=email.policy.default)


def test_the_files_come_out_as_they_went_in(session: Session) -> None:
    other = Attached("كشف.pdf", "application/pdf", b"%PDF")
    letter = outbox.letter(session, queue(session, FILE, other))
    assert letter.attached == (FILE, other)
    assert letter.context == {"amount": "€50.00"}


def test_the_message_is_its_words_and_behind_them_the_files(session: Session) -> None:
    message = sent(session, FILE)
    assert message.get_content_type() == "multipart/mixed"
    assert next(message.iter_parts()).get_content_type() == "multipart/alternative"
    (part,) = message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("2026-00042.pdf", "application/pdf")
    assert part.get_content() == FILE.content


def test_a_mail_without_files_is_multipart_alternative(session: Session) -> None:
    assert sent(session).get_content_type() == "multipart/alternative"


def test_a_file_is_not_in_the_row_unsealed(session: Session) -> None:
    row = session.get_one(OutboxMail, queue(session, FILE))
    assert b"JVBER" not in row.context  # '%PDF' in base64
    assert FILE.name.encode() not in row.context


def test_an_emptied_mail_has_no_file_left(session: Session) -> None:
    id_ = queue(session, FILE)
    outbox.empty(session, [id_])
    assert session.get_one(OutboxMail, id_).context == b""


def test_more_than_a_mail_may_carry_is_refused(session: Session) -> None:
    heavy = Attached("x.pdf", "application/pdf", b"x" * (limits.OUTBOX_ATTACHED_BYTES // 2 + 1))
    with pytest.raises(outbox.TooHeavy):
        queue(session, heavy, heavy)
